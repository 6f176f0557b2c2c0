import { describe, expect, it } from "vitest";
import type { Phase } from "../../protocol/generated";
import { askedOf, mayOfferNow } from "./now";

const phase: Phase = {
  key: "others", label: "Others", section: null, prompts: [], offers: ["note"], plan_writers: [], convenes: false,
  asks: [{ of: ["social-worker"], text: "Listen" }, { of: [], text: "Pull out “your key concerns”" }],
};

describe("what a phase asks", () => {
  it("f36_the_first_sentence_that_fits_the_role_counts", () => {
    expect(askedOf(phase, "social-worker")).toBe("Listen");
    expect(askedOf(phase, "parent")).toBe("Pull out “your key concerns”");
    expect(askedOf(null, "parent")).toBeNull();
  });

  it("p15_interpreter_and_observer_are_offered_no_note", () => {
    expect(mayOfferNow(phase, "parent", "note")).toBe(true);
    expect(mayOfferNow(phase, "supporter", "note")).toBe(true);
    expect(mayOfferNow(phase, "interpreter", "note")).toBe(false);
    expect(mayOfferNow(phase, "observer", "note")).toBe(false);
    expect(mayOfferNow(phase, "parent", "row")).toBe(false);
  });
});
