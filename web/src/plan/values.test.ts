import { describe, expect, it } from "vitest";
import type { RowView } from "../model/types";
import { cellWords, dayWords, isEmptyRow, whenIsVague, whenWords, whoIsVague, whoWords } from "./values";

const row = (more: Partial<RowView>): RowView => ({
  id: "r", audience: "all", cells: {}, text: () => null, who: [], when: { date: null, words: null }, from: null,
  children: [], struck: false, order: "a", forMe: false, mine: false, writing: false, writer: null, unsaved: false, ...more,
});
const people = [{ id: "m", name: "Marek Zieliński" }, { id: "e", name: "Ewa Nowicka" }];

describe("a row of the plan", () => {
  it("f110_says_who_by_name_or_in_words", () => {
    expect(whoWords(row({ who: [{ attendee: "m" }, { attendee: "e" }, { words: "Tomek" }] }), people)).toBe("Marek Zieliński, Ewa Nowicka, Tomek");
  });

  it("f110_says_the_day_of_the_week_and_the_words_beside_it", () => {
    expect(dayWords("2027-01-07")).toBe("Thu 7 Jan 2027");
    expect(whenWords({ date: "2026-12-22", words: "first" })).toBe("Tue 22 Dec 2026, first");
    expect(whenWords({ date: "2026-12-22", words: "first by Tue 22 Dec 2026" })).toBe("first by Tue 22 Dec 2026");
    expect(whenWords({ date: null, words: "until core group changes it" })).toBe("until core group changes it");
    expect(dayWords("soon")).toBe("soon");
  });

  it("f110_all_family_professionals_ongoing_and_asap_are_queried", () => {
    for (const words of ["all", "Family", "professionals"]) expect(whoIsVague(row({ who: [{ words }] }))).toBe(true);
    for (const words of ["ongoing", "ASAP", "as soon as possible"]) expect(whenIsVague(row({ when: { date: null, words } }))).toBe(true);
    expect(whoIsVague(row({ who: [{ attendee: "m" }, { words: "Tomek" }] }))).toBe(false);
    expect(whenIsVague(row({ when: { date: "2027-01-07", words: "ongoing from" } }))).toBe(false);
  });

  it("f106_reads_each_column_by_what_it_holds", () => {
    const one = row({ cells: { task: "Attend the course" }, who: [{ attendee: "e" }], when: { date: null, words: "from 7 Jan" } });
    expect(cellWords(one, { key: "task", holds: "words" }, people)).toBe("Attend the course");
    expect(cellWords(one, { key: "who", holds: "who" }, people)).toBe("Ewa Nowicka");
    expect(cellWords(one, { key: "when", holds: "when" }, people)).toBe("from 7 Jan");
    expect(isEmptyRow(one)).toBe(false);
    expect(isEmptyRow(row({ cells: { task: " " } }))).toBe(true);
  });
});
