import { beforeAll, describe, expect, it } from "vitest";
import { HANDS, sourceOf, sourceWords } from "./source";

beforeAll(() => import("../words/pen"));

describe("where a line's words come from", () => {
  it("f80_own_knowledge_told_by_and_third_hand_are_said_in_words_and_read_again", () => {
    expect(sourceWords({ hand: "told", who: "the school" })).toBe("told by the school");
    expect(sourceWords({ hand: "own", who: "class teacher" })).toBe("class teacher, own knowledge");
    for (const hand of HANDS) for (const who of ["", "Mrs Patel, the school nurse"]) expect(sourceOf(sourceWords({ hand, who }))).toEqual({ hand, who });
  });

  it("f80_words_of_ones_own_stay_as_they_are", () => {
    for (const who of ["health visitor, own visit", "the school", ""]) {
      expect(sourceOf(who)).toEqual({ hand: null, who });
      expect(sourceWords({ hand: null, who })).toBe(who);
    }
  });
});
