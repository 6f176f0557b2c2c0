/** Where a name stands in free text, so that it can be put right one press at a time (P21). */

import type { NoteView, RowView } from "../model/types";

/** The parts of a name by which somebody is called in a sentence: the whole, the first, the last. */
export function partsOf(name: string): string[] {
  const parts = name.trim().split(/\s+/);
  const all = [name.trim(), parts[0] ?? "", parts.length > 1 ? (parts.at(-1) ?? "") : ""];
  return [...new Set(all.filter((part) => part.length > 1))];
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The pairs of old and new that a correction makes: whole name first, so that it is not taken apart. */
export function pairsOf(before: string, after: string): [string, string][] {
  const old = before.trim().split(/\s+/);
  const now = after.trim().split(/\s+/);
  const pairs: [string, string][] = [[before.trim(), after.trim()]];
  if (old[0] && now[0] && old[0] !== now[0]) pairs.push([old[0], now[0]]);
  const [oldLast, nowLast] = [old.length > 1 ? old.at(-1) : undefined, now.length > 1 ? now.at(-1) : undefined];
  if (oldLast && nowLast && oldLast !== nowLast) pairs.push([oldLast, nowLast]);
  return pairs.filter(([from, to]) => from.length > 1 && from !== to);
}

/** The words with the name put right; whole words only, so that "Mar" in "Marek" stays. */
export function putRight(words: string, pairs: readonly [string, string][]): string {
  return pairs.reduce((text, [from, to]) => text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${escaped(from)}(?![\\p{L}\\p{N}])`, "gu"), to), words);
}

/** Lines in which the old name stands. */
export function linesWith(notes: readonly NoteView[], pairs: readonly [string, string][]): NoteView[] {
  return notes.filter((note) => putRight(note.words, pairs) !== note.words);
}

/** Cells in which the old name stands. */
export function cellsWith(rows: readonly RowView[], pairs: readonly [string, string][]): { row: RowView; column: string; words: string }[] {
  return rows.flatMap((row) => Object.entries(row.cells).filter(([, words]) => putRight(words, pairs) !== words).map(([column, words]) => ({ row, column, words })));
}
