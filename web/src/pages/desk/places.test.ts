import { describe, expect, it } from "vitest";
import type { NoteView, RowView } from "../../model/types";
import { pairsOf, partsOf, placesOf, putRight, type Where } from "./places";

const OLD = "Marek Zielinski";
const record = { id: "r", kind: "quote", words: OLD, speaker: OLD, author: null, roleWords: null, label: null, source: null, readBack: true, agreed: null, time: 0 } as const;
const note = (more: Partial<NoteView>): NoteView => ({
  id: "n", audience: "all", section: "worried", words: "", record: null, label: null, source: null, children: [], struck: false, order: "a",
  edit: () => () => {}, mine: true, writing: false, writer: null, unsaved: false, ...more,
});
const row: RowView = {
  id: "row", audience: "all", cells: { task: OLD }, text: () => () => () => {}, who: [{ words: OLD }], when: { date: null, words: `until ${OLD} is back` }, from: null, children: [],
  struck: false, order: "a", forMe: false, mine: true, writing: false, unsaved: false,
};
const lines = [note({ id: "line", words: OLD }), note({ id: "sourced", source: `told by ${OLD}` }), note({ id: "locked", words: OLD, record }), note({ id: "open", words: OLD, record: { ...record, id: "o", speaker: null, readBack: false } })];
const meeting = {
  framework: { sheets: [{ key: "s", sections: [{ key: "worried" }] }] },
  sections: () => lines,
  rows: [row],
  fields: [{ key: "contingency", words: `If ${OLD} shouts`, edit: () => () => {}, unsaved: false }],
  desk: {
    held: [{ id: "held", section: "worried", words: OLD, label: null, source: null, children: [], time: 0 }],
    offers: [{ id: "offer", by: "m", what: { kind: "note", section: null, words: OLD, label: null, source: null, children: [] }, onBehalfOf: null, named: true, time: 0, state: "waiting" }],
  },
} as unknown as Where;

describe("correcting a name", () => {
  const pairs = pairsOf("Marek Zielinski", "Marek Zieliński");

  it("p21_only_the_parts_that_differ_are_put_right", () => {
    expect(pairs).toEqual([["Marek Zielinski", "Marek Zieliński"], ["Zielinski", "Zieliński"]]);
    expect(putRight("Mr Zielinski and Marek Zielinski", pairs)).toBe("Mr Zieliński and Marek Zieliński");
  });

  it("p21_a_name_inside_another_word_stays", () => {
    expect(putRight("Anna and Annabel", pairsOf("Anna", "Hanna"))).toBe("Hanna and Annabel");
    expect(putRight("Zielinskiego", pairs)).toBe("Zielinskiego");
  });

  it("p21_a_name_is_found_whole_first_and_last", () => {
    expect(partsOf("Ewa Nowicka")).toEqual(["Ewa Nowicka", "Ewa", "Nowicka"]);
    expect(pairsOf("Ewa", "Ewa")).toEqual([]);
  });

  it("p21_every_place_is_listed_sources_speakers_held_lines_fields_who_and_offers_too", () => {
    const places = placesOf(meeting, pairs);
    expect(places.map((place) => place.what)).toEqual(["line", "source", "locked", "speaker", "quote", "plan", "who", "when", "field", "held", "offer"]);
    expect(places.find((place) => place.what === "field")?.right).toBe("If Marek Zieliński shouts");
  });

  it("p21_locked_words_and_what_is_offered_are_put_right_by_nobody_but_their_author", () => {
    const places = placesOf(meeting, pairs);
    for (const place of places) expect(place.mend === null).toBe(place.what === "locked" || place.what === "offer");
    expect(places.find((place) => place.what === "locked")?.note?.record?.id).toBe("r");
  });

  it("p21_a_field_that_several_plans_have_is_a_place_in_each", () => {
    const field = meeting.fields[0];
    const several = { ...meeting, fields: [field, { ...field, audience: "part-1" }] } as unknown as typeof meeting;
    const ids = placesOf(several, pairs).filter((place) => place.what === "field").map((place) => place.id);
    expect([ids.length, new Set(ids).size]).toEqual([2, 2]);
  });

  it("p21_each_press_sends_what_puts_that_place_right", () => {
    const sent: unknown[] = [];
    const act = async (command: unknown): Promise<boolean> => { sent.push(command); return true; };
    const mended: unknown[] = [];
    const to = { source: (id: string, words: string | null) => mended.push([id, words]), setWho: (id: string, who: unknown) => mended.push([id, who]), setWhen: (id: string, when: unknown) => mended.push([id, when]) };
    for (const place of placesOf(meeting, pairs)) if (["source", "speaker", "quote", "who", "when", "held"].includes(place.what)) void place.mend?.(to, act);
    expect(sent).toEqual([
      { do: "speaker", record: "r", speaker: "Marek Zieliński" },
      { do: "requote", record: "o", words: "Marek Zieliński" },
      { do: "rewrite-held", held: "held", words: "Marek Zieliński", was: OLD },
    ]);
    expect(mended).toEqual([["sourced", "told by Marek Zieliński"], ["row", [{ words: "Marek Zieliński" }]], ["row", { date: null, words: "until Marek Zieliński is back" }]]);
  });
});
