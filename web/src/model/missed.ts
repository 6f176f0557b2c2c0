/** What was written while somebody was out and is not open to them (P5). */

import type { AttendeeId, Line } from "../protocol/generated";
import type { Desk, FieldView, NoteView, RowView } from "./types";
import { spoken } from "./sheet";

export interface Missed {
  /** Unique on this screen. */
  id: string;
  line: Line;
  words: string;
  /** Opened only by itself (P2). */
  alone: boolean;
}

interface Lines {
  desk: Desk | null;
  notes: readonly NoteView[];
  rows: readonly RowView[];
  fields: readonly FieldView[];
}

/** Lines first, then rows, then fields, each as they stand. */
export function missedBy(attendee: AttendeeId, { desk, notes, rows, fields }: Lines): Missed[] {
  const isOut = (one: { audience: NoteView["audience"] }): boolean => desk?.parts[one.audience]?.includes(attendee) ?? false;
  const all: Missed[] = [];
  for (const note of notes) {
    if (isOut(note)) all.push({ id: note.id, line: { kind: "note", note: note.id }, words: spoken(note), alone: false });
  }
  for (const row of rows) {
    const words = Object.values(row.cells).filter((cell) => cell.trim() !== "").join(" · ");
    if (isOut(row)) all.push({ id: row.id, line: { kind: "row", row: row.id }, words, alone: false });
  }
  for (const { key, words, ...field } of fields) {
    if (!isOut(field)) continue;
    const before = all.find((one) => one.line.kind === "field" && one.line.field === key);
    if (before) before.words += `\n${words}`;
    else all.push({ id: key, line: { kind: "field", field: key }, words, alone: true });
  }
  return all;
}
