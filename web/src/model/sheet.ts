/** What a screen shows of a section's lines. */

import type { Audience, Framework, Section } from "../protocol/generated";
import type { Attendee, Child, Desk, Expected, NoteView, Seat } from "./types";

/** A line without words is nobody's business but its writer's. */
export function readable(notes: readonly NoteView[]): NoteView[] {
  return notes.filter((note) => note.words.trim() !== "");
}

/** Every section of every sheet, in reading order. */
export function allSections(framework: Framework | null): Section[] {
  return framework?.sheets.flatMap((sheet) => sheet.sections) ?? [];
}

/** Sections that head a tab: no strips, and not the plan, which has a tab of its own. */
export function headSections(framework: Framework | null): Section[] {
  return allSections(framework).filter((section) => !section.strip_of && section.widget === "notes");
}

/** A section with its strips in reading order: a strip named before its section stands over it. */
export function withStrips(framework: Framework | null, section: Section): Section[] {
  if (section.strip_of) return [section];
  return allSections(framework).filter((one) => one.key === section.key || one.strip_of === section.key);
}

/** The section under whose tab a section is found. */
export function headOf(framework: Framework | null, key: string): string {
  return allSections(framework).find((section) => section.key === key)?.strip_of ?? key;
}

/** The chair's sheet: the first of these keys that names one, as the key of its tab, or `plan`. "join" names no sheet. */
export function chairsSheet(framework: Framework | null, keys: readonly (string | null | undefined)[]): string {
  const heads = headSections(framework);
  for (const key of keys) {
    if (!key) continue;
    if (key === "plan" || allSections(framework).some((section) => section.key === key && section.widget === "plan")) return "plan";
    const head = headOf(framework, key);
    if (heads.some((section) => section.key === head)) return head;
  }
  return heads[0]?.key ?? "plan";
}

/** Names of the children a line is about; none when it is about all of them. */
export function aboutNames(note: { children: readonly string[] }, children: readonly Child[]): string[] {
  if (note.children.length === 0 || note.children.length >= children.length) return [];
  return children.filter((child) => note.children.includes(child.id)).map((child) => child.firstName);
}

/** Children a line is about once one of them is pressed; none = all. */
export function toggled(about: readonly string[], child: string, children: readonly Child[]): string[] {
  const now = about.length === 0 ? children.map((one) => one.id) : [...about];
  const next = now.includes(child) ? now.filter((one) => one !== child) : [...now, child];
  return next.length === children.length ? [] : next;
}

/** "Kacper", "Kacper and Lena", "Kacper, Lena and Mia". */
export function together(names: readonly string[]): string {
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(names);
}

/** True where the line shows words that this attendee offered. */
export function isMine(note: NoteView, seat: Seat | null): boolean {
  const record = note.record;
  return record !== null && (seat?.accepted.some((one) => one.own && one.record === record.id) ?? false);
}

/** The words a line stands with on a wall or in a voice: whose words they are belongs to them. */
export function spoken(note: NoteView): string {
  const record = note.record;
  if (!record) return note.words;
  const who = record.kind === "quote" ? record.speaker : record.author;
  const words = record.kind === "quote" ? `“${bare(record.words)}”` : record.words;
  return who ? `${who}: ${words}` : words;
}

/** Words without the quotation marks around them. */
export function bare(words: string): string {
  return words.trim().replace(/^[“"‘']|[”"’']$/gu, "");
}

/** Names of those who are here and do not see lines of this audience; only a desk knows them (P5). */
export function leftOut(audience: Audience, meeting: { roll: readonly Attendee[]; desk: Desk | null }): string[] {
  const without = meeting.desk?.parts[audience] ?? [];
  return meeting.roll.filter((person) => without.includes(person.id)).map((person) => person.name);
}

/** What a wall of the room shows: nothing that leaves out somebody of whom no desk has said that they do not sit there (SPEC PART2). */
export function onTheWall(audience: Audience, meeting: { desk: Desk | null }): boolean {
  const without = meeting.desk?.parts[audience] ?? [];
  return !meeting.desk?.people.some((person) => !person.away && without.includes(person.id));
}

/** Who keeps something off the wall: they were out when it was written and may sit in the room. */
export function keepOffTheWall(desk: Desk): Expected[] {
  return desk.people.filter((person) => !person.away && Object.values(desk.parts).some((without) => without?.includes(person.id)));
}
