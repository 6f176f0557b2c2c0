// Local edits, in exactly the shapes of SPEC DOC: one transaction each, under an origin that can be undone.

import * as Y from "yjs";
import { makeText } from "../sync/made";
import { Mine } from "../sync/undo";
import type { NewNote, NewRow, When, Who } from "./types";

/** One step of this session. */
export function asMine(doc: Y.Doc, step: () => void): void {
  doc.transact(step, new Mine());
}

/** A new line, whole in one transaction. */
export function addNote(doc: Y.Doc, id: string, note: NewNote, order: string): void {
  asMine(doc, () => {
    const map = new Y.Map<unknown>();
    map.set("text", new Y.Text(note.words ?? ""));
    map.set("section", note.section);
    map.set("order", order);
    if (note.children?.length) map.set("children", note.children);
    if (note.label) map.set("label", note.label);
    if (note.source) map.set("source", note.source);
    doc.getMap<unknown>("notes").set(id, map);
  });
}

/** A new row with a text for every column of words: two pens then never make the same cell twice. */
export function addRow(doc: Y.Doc, id: string, row: NewRow, columns: string[], order: string): void {
  asMine(doc, () => {
    const map = new Y.Map<unknown>();
    const cells = new Y.Map<unknown>();
    for (const column of new Set([...columns, ...Object.keys(row.cells ?? {})])) {
      cells.set(column, new Y.Text(row.cells?.[column] ?? ""));
    }
    map.set("cells", cells);
    map.set("order", order);
    if (row.children?.length) map.set("children", row.children);
    if (row.who?.length) map.set("who", row.who);
    if (row.when && (row.when.date || row.when.words)) map.set("when", row.when);
    doc.getMap<unknown>("rows").set(id, map);
  });
}

/** Sets what differs of a line's own values; null and empty take a value away. False when the line is not there. */
export function change(doc: Y.Doc, root: "notes" | "rows", id: string, values: Record<string, Plain>): boolean {
  const line = doc.getMap<unknown>(root).get(id);
  if (!(line instanceof Y.Map)) return false;
  asMine(doc, () => {
    for (const [key, value] of Object.entries(values)) {
      const nothing = value === null || value === false || (Array.isArray(value) && value.length === 0);
      if (nothing) {
        if (line.has(key)) line.delete(key);
      } else if (JSON.stringify(line.get(key)) !== JSON.stringify(value)) line.set(key, value);
    }
  });
  return true;
}

/** Values a line holds beside its words. */
export type Plain = string | boolean | null | string[] | Who[] | When;

/** The text at a path below a root, made where it is missing; null when the line itself is not there. `moved`: see `makeText`. */
export function textFor(doc: Y.Doc, root: "rows" | "fields", path: string[], moved: () => void): Y.Text | null {
  const last = path.at(-1);
  if (last === undefined) return null;
  let map: Y.Map<unknown> = doc.getMap<unknown>(root);
  for (const key of path.slice(0, -1)) {
    const next = map.get(key);
    if (!(next instanceof Y.Map)) return null;
    map = next;
  }
  const there = map.get(last);
  if (there instanceof Y.Text) return there;
  let text: Y.Text | null = null;
  asMine(doc, () => (text = makeText(map, last, moved)));
  return text;
}
