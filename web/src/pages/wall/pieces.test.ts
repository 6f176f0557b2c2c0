import { describe, expect, it } from "vitest";
import type { Framework, Section } from "../../protocol/generated";
import type { NoteView, RowView } from "../../model/types";
import { lastChanged, paperOf, type Source } from "./pieces";

const section = (key: string, more: Partial<Section> = {}): Section => ({
  key, label: `Label of ${key}`, holds: [], mark: "worry", widget: "notes", per_child: false, statement: false, strip_of: null, ...more,
});
const note = (id: string, words: string, more: Partial<NoteView> = {}): NoteView => ({
  id, audience: "all", section: "worried", words, record: null, label: "observed", source: "class teacher", children: [],
  struck: false, order: id, edit: null, mine: false, writing: true, writer: null, unsaved: false, ...more,
});
const framework = {
  sheets: [{ key: "s", sections: [section("worried"), section("danger", { strip_of: "worried", statement: true })] }],
  plan: { label: "The Plan", columns: [{ key: "o", label: "Outcome", holds: "words" }, { key: "w", label: "Who", holds: "who" }], fields: [{ key: "c", label: "If things go wrong", required: true }] },
} as unknown as Framework;
const lines: Record<string, NoteView[]> = { worried: [note("a", "He does not want PE kit at home."), note("b", " ")], danger: [note("c", "We are worried that")] };
const row: RowView = {
  id: "r", audience: "all", cells: { o: "Ewa stops hard evenings" }, text: () => null, who: [{ attendee: "e" }], when: { date: null, words: null }, from: null,
  children: [], struck: false, order: "a", forMe: false, mine: false, writing: false, writer: null, unsaved: false,
};
const source: Source = {
  framework, children: [], rows: [row], fields: [{ key: "c", words: "Ewa phones 999" }], sections: (key) => lines[key] ?? [],
  roll: [{ id: "e", name: "Ewa Nowicka", role: "parent", words: "mother", agency: null, place: "room", family: true, pen: false, standing: "here", device: true, n: 0 }],
};

describe("what a wall shows", () => {
  it("f28_a_sheet_with_its_strips_and_no_empty_line", () => {
    expect(paperOf(source, "worried")?.shown.map((one) => one.id)).toEqual(["a", "strip danger", "c"]);
  });

  it("p1_no_label_no_source_and_nobody_who_writes", () => {
    const text = JSON.stringify(paperOf(source, "worried"));
    expect(text).not.toMatch(/class teacher|observed|writing/);
  });

  it("f106_the_plan_with_who_and_the_fixed_field", () => {
    const paper = paperOf(source, "plan");
    expect(paper?.head).toBe("The Plan");
    expect(paper?.shown).toEqual([
      { kind: "row", id: "r", struck: false, head: "Ewa stops hard evenings", rest: [{ key: "w", label: "Who", words: "Ewa Nowicka" }] },
      { kind: "field", id: "field c", label: "If things go wrong", words: "Ewa phones 999" },
    ]);
  });

  it("an_unknown_focus_shows_no_sheet", () => {
    expect(paperOf(source, "nothing")).toBeNull();
    expect(paperOf({ ...source, framework: null }, "plan")).toBeNull();
  });

  it("wall1_f28_the_page_follows_what_was_changed_last", () => {
    const before = paperOf(source, "worried")?.shown ?? [];
    const now = before.map((one) => (one.id === "a" && one.kind === "note" ? { ...one, words: "He does not want PE" } : one));
    expect(lastChanged(before, now)).toBe("a");
    expect(lastChanged(now, now)).toBeNull();
  });
});
