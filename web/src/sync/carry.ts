// A document was rebuilt under its next edition while words of mine in the old one were not durable yet. Where their
// line still stands they are written into the new one; the others go to the tray. What was taken off stays off.

import * as Y from "yjs";
import type { Audience } from "../protocol/generated";
import { makeText } from "./made";
import type { OpenWords } from "./open";
import { isWithin, kept, rebase, type Letter } from "./rebase";
import type { Stood } from "./tray";
import { Mine } from "./undo";

/** A note or row of mine that the service has never had, or has not said that it has. */
export interface NewLine {
  root: "notes" | "rows";
  id: string;
  value: Record<string, unknown>;
  stood: Stood;
  /** It went out before the line broke: where it stands nowhere now, it may have been read and taken off. */
  doubtful: boolean;
}

/** Lines of mine made from this clock on; before the other clock they are in doubt. */
export function newLines(doc: Y.Doc, audience: Audience, clock: number, doubtful: number): NewLine[] {
  const lines: NewLine[] = [];
  for (const root of ["notes", "rows"] as const) {
    for (const [id, value] of doc.getMap<unknown>(root)) {
      const item = value instanceof Y.Map ? value._item : null;
      if (item && item.id.client === doc.clientID && item.id.clock >= clock) {
        const stood = stoodOf(root, id, value as Y.Map<unknown>, audience);
        lines.push({ root, id, value: (value as Y.Map<unknown>).toJSON(), stood, doubtful: item.id.clock < doubtful });
      }
    }
  }
  return lines;
}

/** Writes a line of mine into the next edition; false where the service had taken it and it stands there. */
export function carryLine(line: NewLine, doc: Y.Doc): boolean {
  const root = doc.getMap<unknown>(line.root);
  if (root.has(line.id)) return false;
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
  return true;
}

/** Writes what is lacking of my words into the same text of another document; false where there is no place for them. */
export function carryWords(open: OpenWords, doc: Y.Doc): boolean {
  const holder = holderOf(open.stood, doc);
  if (!holder) return false;
  const [map, key] = holder;
  const there = map.get(key);
  // A field is always there. Without a word it may be one whose words were read and taken off.
  if (open.stood.in === "field" && open.doubtful && String(there ?? "") === "") return false;
  const steps = rebase(open.letters, there instanceof Y.Text ? there.toString() : "");
  if (!steps?.length) return steps !== null;
  doc.transact(() => {
    // Not every text without words is made again by the service.
    const text = there instanceof Y.Text ? there : makeText(map, key);
    for (const { at, remove, insert } of steps) {
      if (remove) text.delete(at, remove);
      if (insert) text.insert(at, insert);
    }
  }, new Mine());
  return true;
}

/** Whether the line or field of these words is in a document. */
export function standsIn(stood: Stood, doc: Y.Doc): boolean {
  const holder = holderOf(stood, doc);
  return holder !== null && (stood.in !== "field" || holder[0].get(holder[1]) instanceof Y.Text);
}

/** Whether the letters that were durable stand in the same text of another document. */
export function stillHolds(letters: readonly Letter[], stood: Stood, doc: Y.Doc): boolean {
  const holder = holderOf(stood, doc);
  return holder !== null && isWithin(kept(letters), String(holder[0].get(holder[1]) ?? ""));
}

/** Letters by which a text that the service took the beginning of is known again. */
const START = 3;

/** Whether the beginning of words of mine, in a text that had none, stands in the same text of another document. */
export function holdsStart(letters: readonly Letter[], stood: Stood, doc: Y.Doc): boolean {
  const holder = holderOf(stood, doc);
  const mine = letters.filter(({ is }) => is === "open").map(({ letter }) => letter).join("");
  return holder !== null && kept(letters) === "" && mine !== "" && String(holder[0].get(holder[1]) ?? "").includes(mine.slice(0, START));
}

/** Where a line stands, by what its document holds of it. */
export function stoodOf(root: "notes" | "rows", line: string, map: Y.Map<unknown>, audience: Audience): Stood {
  return root === "notes" ? { in: "note", note: line, section: String(map.get("section") ?? ""), audience } : { in: "cell", row: line, column: "", audience };
}

/** The map and the key that hold a text; null where there is no such line. */
function holderOf(stood: Stood, doc: Y.Doc): [Y.Map<unknown>, string] | null {
  if (stood.in === "field") return [doc.getMap<unknown>("fields"), stood.field];
  const line = doc.getMap<unknown>(stood.in === "note" ? "notes" : "rows").get(stood.in === "note" ? stood.note : stood.row);
  if (!(line instanceof Y.Map)) return null;
  if (stood.in === "note") return [line, "text"];
  const cells: unknown = line.get("cells");
  return cells instanceof Y.Map ? [cells, stood.column] : null;
}
