/** Words for what a row of the plan holds. */

import { words } from "../words";
import type { Framework, Holds } from "../protocol/generated";
import type { Attendee, RowView, When, Who } from "../model/types";

const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

/** "Thu 7 Jan 2027" for `2027-01-07`; words that are no date stay as they are. */
export function dayWords(date: string): string {
  const parsed = /^\d{4}-\d{2}-\d{2}$/.test(date) ? new Date(`${date}T00:00:00Z`) : null;
  return parsed && !Number.isNaN(parsed.getTime()) ? DAY.format(parsed).replace(",", "") : date;
}

/** By when, as it is read. Words that name the day, "first by Tue 22 Dec 2026", say it for both. */
export function whenWords(when: When): string {
  const day = when.date ? dayWords(when.date) : "";
  const said = when.words?.trim() ?? "";
  return day && said.includes(day) ? said : [day, said].filter(Boolean).join(", ");
}

/** Name of one of those who do it. */
export function whoName(who: Who, people: readonly Pick<Attendee, "id" | "name">[]): string {
  return "words" in who ? who.words : (people.find((person) => person.id === who.attendee)?.name ?? words("plan-who-away"));
}

/** Who does it, as it is read. */
export function whoWords(row: RowView, people: readonly Pick<Attendee, "id" | "name">[]): string {
  return row.who.map((who) => whoName(who, people)).filter(Boolean).join(", ");
}

/** Everything a row says in one column. */
export function cellWords(row: RowView, column: { key: string; holds: Holds }, people: readonly Pick<Attendee, "id" | "name">[]): string {
  if (column.holds === "who") return whoWords(row, people);
  if (column.holds === "when") return whenWords(row.when);
  return row.cells[column.key] ?? "";
}

/** A row in which nothing stands yet. */
export function isEmptyRow(row: RowView): boolean {
  return Object.values(row.cells).every((text) => text.trim() === "") && row.who.length === 0 && !row.when.date && !row.when.words;
}

/** What a row is called in a sentence: the first column that holds words. */
export function rowTitle(row: RowView, framework: Framework | null): string {
  for (const column of framework?.plan.columns ?? []) {
    const text = column.holds === "words" ? (row.cells[column.key]?.trim() ?? "") : "";
    if (text) return text;
  }
  return "";
}

const NOBODY = /^(all|everyone|everybody|family|the family|professionals|parents|agencies|tbc)$/i;
const NEVER = /\b(ongoing|on-going|asap|a\.s\.a\.p|soon|tbc|as soon as possible|continuing)\b/i;

/** True where "who" names nobody in particular (F110): asked of the writer alone, never shown to others. */
export function whoIsVague(row: RowView): boolean {
  return row.who.some((who) => "words" in who && NOBODY.test(who.words.trim()));
}

/** True where "by when" has no end. */
export function whenIsVague(row: RowView): boolean {
  return !row.when.date && NEVER.test(row.when.words ?? "");
}
