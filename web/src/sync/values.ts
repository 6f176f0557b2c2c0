// What a line holds beside its words – label, source, children, place, struck, who and when – set by me in an edition that
// ended before the service had answered. A map tells only its last value, so nothing has to be aligned: what I set last
// goes into the next edition, and what others have set since in this one stays theirs.

import * as Y from "yjs";
import type { Audience } from "../protocol/generated";
import { stoodOf } from "./carry";
import type { TakenAway } from "./open";
import type { Stood } from "./tray";
import { Mine } from "./undo";

/** Values of one line that I set, or took away, and that are not durable. */
export interface OpenValues {
  root: "notes" | "rows";
  line: string;
  /** The line's words, as they stood here. */
  words: string;
  stood: Stood;
  /** Undefined: taken away. */
  values: Map<string, unknown>;
}

/** Values that I set from this clock on or took away, in every line of a board or plan document. */
export function openValues(doc: Y.Doc, audience: Audience, clock: number, takenAway: TakenAway): OpenValues[] {
  const found: OpenValues[] = [];
  for (const root of ["notes", "rows"] as const) {
    for (const [line, map] of doc.getMap<unknown>(root)) {
      if (!(map instanceof Y.Map)) continue;
      const values = new Map<string, unknown>();
      for (const [key, item] of map._map) {
        const isOpen = item.id.client === doc.clientID && item.id.clock >= clock;
        const value: unknown = item.deleted ? undefined : map.get(key);
        if (value instanceof Y.AbstractType) continue;
        if (isOpen || (item.deleted && takenAway(item.id))) values.set(key, value);
      }
      if (values.size) found.push({ root, line, values, words: wordsOf(map), stood: stoodOf(root, line, map, audience) });
    }
  }
  return found;
}

/** Words of a note, or of a row's cells; none where they are a record's, or not written yet. */
function wordsOf(line: Y.Map<unknown>): string {
  const cells: unknown = line.get("cells");
  return cells instanceof Y.Map ? [...cells.values()].map(String).filter(Boolean).join(" · ") : String(line.get("text") ?? "");
}

/** Sets what differs in the same line of another document; false where it has no such line. */
export function carryValues({ root, line, values }: OpenValues, doc: Y.Doc): boolean {
  const map = doc.getMap<unknown>(root).get(line);
  if (!(map instanceof Y.Map)) return false;
  doc.transact(() => {
    for (const [key, value] of values) {
      // Words are carried letter by letter.
      if (map.get(key) instanceof Y.AbstractType) continue;
      if (value === undefined) map.delete(key);
      else if (JSON.stringify(map.get(key)) !== JSON.stringify(value)) map.set(key, value);
    }
  }, new Mine());
  return true;
}
