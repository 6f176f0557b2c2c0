import { describe, expect, it } from "vitest";
import { changes } from "./appear";

describe("resuming after a pause", () => {
  it("p6_lists_what_will_appear_before_it_appears", () => {
    const before = new Map([["a", "Warm home"], ["b", "He trusts her"], ["c", "gone soon"]]);
    const now = new Map([["a", "Warm home"], ["b", "He trusts Miss Farrow"], ["d", "Piotr phones"]]);
    expect(changes(before, now)).toEqual([
      { id: "d", is: "new", words: "Piotr phones" },
      { id: "b", is: "changed", words: "He trusts Miss Farrow" },
      { id: "c", is: "gone", words: "gone soon" },
    ]);
  });

  it("p6_nothing_written_means_nothing_listed", () => {
    const same = new Map([["a", "Warm home"]]);
    expect(changes(same, new Map(same))).toEqual([]);
  });
});
