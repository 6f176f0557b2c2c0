/** What will appear on the screens when a pause ends (P6). */

import { allSections, readable } from "../../model/sheet";
import type { Meeting } from "../../model/screen";
import { cellWords, isEmptyRow } from "../../plan/values";

/** Words by line, as they stood at one moment. */
export type Standing = ReadonlyMap<string, string>;

export interface Change {
  id: string;
  is: "new" | "changed" | "gone";
  words: string;
}

/** Every line, row and field of the meeting now. */
export function standing(meeting: Meeting): Standing {
  const all = new Map<string, string>();
  for (const section of allSections(meeting.framework)) for (const note of readable(meeting.sections(section.key))) all.set(note.id, note.words);
  const columns = meeting.framework?.plan.columns ?? [];
  for (const row of meeting.rows) {
    if (!isEmptyRow(row)) all.set(row.id, columns.map((column) => cellWords(row, column, meeting.roll)).filter(Boolean).join(" · "));
  }
  for (const field of meeting.fields) if (field.words.trim()) all.set(`${field.key} ${field.audience}`, field.words);
  return all;
}

/** What differs, new first. */
export function changes(before: Standing, now: Standing): Change[] {
  const found: Change[] = [];
  for (const [id, words] of now) {
    const old = before.get(id);
    if (old === undefined) found.push({ id, is: "new", words });
    else if (old !== words) found.push({ id, is: "changed", words });
  }
  for (const [id, words] of before) if (!now.has(id)) found.push({ id, is: "gone", words });
  const order = { new: 0, changed: 1, gone: 2 };
  return found.sort((a, b) => order[a.is] - order[b.is]);
}
