import { describe, expect, it } from "vitest";
import type { Framework, Section } from "../protocol/generated";
import type { NoteView } from "./types";
import { aboutNames, chairsSheet, headSections, isMine, readable, spoken, together, withStrips } from "./sheet";

const section = (key: string, strip_of: string | null = null): Section => ({
  key, label: key, holds: [], mark: "worry", widget: "notes", per_child: false, statement: strip_of !== null, strip_of,
});
const framework = { sheets: [{ key: "s", sections: [section("worried"), section("danger", "worried"), section("see", "next"), section("next")] }] } as unknown as Framework;
const note = (more: Partial<NoteView>): NoteView => ({
  id: "n", audience: "all", section: "worried", words: "", record: null, label: null, source: null, children: [],
  struck: false, order: "a", edit: null, mine: false, writing: false, writer: null, unsaved: false, ...more,
});
const quote = { id: "r", kind: "quote", words: "“I need to see it.”", speaker: "the social worker", author: null, roleWords: null, label: null, source: null, readBack: true, agreed: null, time: 0 } as const;

describe("the lines of a sheet", () => {
  it("f65_a_strip_stands_over_or_under_its_section_in_the_order_of_the_framework", () => {
    expect(headSections(framework).map((one) => one.key)).toEqual(["worried", "next"]);
    expect(withStrips(framework, section("worried")).map((one) => one.key)).toEqual(["worried", "danger"]);
    expect(withStrips(framework, section("next")).map((one) => one.key)).toEqual(["see", "next"]);
    expect(withStrips(framework, section("danger", "worried")).map((one) => one.key)).toEqual(["danger"]);
  });

  it("f47_the_way_in_is_no_sheet_whoever_follows_stays_with_the_phase", () => {
    expect(chairsSheet(framework, ["join", "next"])).toBe("next");
    expect(chairsSheet(framework, ["join", "plan"])).toBe("plan");
    expect(chairsSheet(framework, ["danger", "next"])).toBe("worried");
    expect(chairsSheet(framework, [null, undefined])).toBe("worried");
  });

  it("a_line_without_words_is_shown_to_nobody_else", () => {
    expect(readable([note({ words: "  " }), note({ words: "Warm home" })]).map((one) => one.words)).toEqual(["Warm home"]);
  });

  it("f89_a_line_about_all_children_names_none", () => {
    const children = [{ id: "k", firstName: "Kacper", name: "", n: 0 }, { id: "l", firstName: "Lena", name: "", n: 1 }];
    expect(aboutNames({ children: ["l"] }, children)).toEqual(["Lena"]);
    expect(aboutNames({ children: [] }, children)).toEqual([]);
    expect(aboutNames({ children: ["k", "l"] }, children)).toEqual([]);
    expect(together(["Kacper", "Lena"])).toBe("Kacper and Lena");
  });

  it("f76_a_quote_is_shown_with_its_speaker_and_one_pair_of_marks", () => {
    expect(spoken(note({ words: quote.words, record: quote }))).toBe("the social worker: “I need to see it.”");
  });

  it("p17_an_accepted_note_names_its_author_only_where_the_author_chose_it", () => {
    const offered = { ...quote, kind: "offered", words: "did not ask", speaker: null } as const;
    expect(spoken(note({ record: offered }))).toBe("did not ask");
    expect(spoken(note({ record: { ...offered, author: "Ewa Nowicka" } }))).toBe("Ewa Nowicka: did not ask");
  });

  it("f43_my_own_words_are_known_to_me_as_mine", () => {
    const seat = (own: boolean) => ({ accepted: [{ record: "r", own, off: own, time: 0 }] }) as never;
    expect(isMine(note({ record: quote }), seat(true))).toBe(true);
    expect(isMine(note({ record: quote }), seat(false))).toBe(false);
    expect(isMine(note({ record: quote }), null)).toBe(false);
  });
});
