// A document was rebuilt under its next edition while words of mine in the old one were not durable yet. Those that
// still fit exactly are written into the new one; the others go to the tray. What was taken off stays off.

import * as Y from "yjs";
import { difference } from "./text";
import type { OpenWords } from "./open";
import type { Stood } from "./tray";
import { Mine } from "./undo";

/** A note or row of mine that the service has never had. */
export interface NewLine {
  root: "notes" | "rows";
  id: string;
  value: Record<string, unknown>;
}

/** Lines of mine made from this clock on. */
export function newLines(doc: Y.Doc, clock: number): NewLine[] {
  const lines: NewLine[] = [];
  for (const root of ["notes", "rows"] as const) {
    for (const [id, value] of doc.getMap<unknown>(root)) {
      const item = value instanceof Y.Map ? value._item : null;
      if (item && item.id.client === doc.clientID && item.id.clock >= clock) {
        lines.push({ root, id, value: (value as Y.Map<unknown>).toJSON() });
      }
    }
  }
  return lines;
}

/** Writes a line of mine into the next edition, unless it is there. */
export function carryLine(line: NewLine, doc: Y.Doc): void {
  const root = doc.getMap<unknown>(line.root);
  if (root.has(line.id)) return;
  doc.transact(() => {
    const map = new Y.Map<unknown>();
    for (const [key, value] of Object.entries(line.value)) {
      if (key === "text" && typeof value === "string") map.set(key, new Y.Text(value));
      else if (key === "cells" && value !== null && typeof value === "object") {
        const cells = new Y.Map<unknown>();
        for (const [column, words] of Object.entries(value)) cells.set(column, new Y.Text(String(words)));
        map.set(key, cells);
      } else map.set(key, value);
    }
    root.set(line.id, map);
  }, new Mine());
}

/** True when nothing is left to do for these words; false = into the tray. */
export function carryWords(open: OpenWords, doc: Y.Doc): boolean {
  const text = textAt(open.stood, doc);
  // The line was taken off, or stands nowhere: its words may not come back by this way.
  if (text === undefined) return true;
  if (text === null) return false;
  const now = text.toString();
  if (now === open.whole) return true;
  const { start, end, insert } = difference(now, open.whole, open.whole.length);
  // The service may have taken some of the letters already: those that are lacking go in between.
  const grown = difference(open.without, now, now.length);
  if (now !== open.without && (end > start || grown.end > grown.start)) return false;
  doc.transact(() => {
    if (end > start) text.delete(start, end - start);
    text.insert(start, insert);
  }, new Mine());
  return true;
}

/** Whether the line or field of these words is in a document. */
export function standsIn(stood: Stood, doc: Y.Doc): boolean {
  return textAt(stood, doc) !== undefined && !(stood.in === "field" && textAt(stood, doc) === null);
}

/** Undefined: no such line. Null: the line is there and has no such text. */
function textAt(stood: Stood, doc: Y.Doc): Y.Text | null | undefined {
  if (stood.in === "field") return asText(doc.getMap<unknown>("fields").get(stood.field));
  const line = doc.getMap<unknown>(stood.in === "note" ? "notes" : "rows").get(stood.in === "note" ? stood.note : stood.row);
  if (!(line instanceof Y.Map)) return undefined;
  if (stood.in === "note") return asText(line.get("text"));
  const cells: unknown = line.get("cells");
  return cells instanceof Y.Map ? asText(cells.get(stood.column)) : null;
}

function asText(value: unknown): Y.Text | null {
  return value instanceof Y.Text ? value : null;
}
