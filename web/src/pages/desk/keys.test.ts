import { describe, expect, it } from "vitest";
import { strokeOf } from "./keys";

const press = (more: Partial<Parameters<typeof strokeOf>[0]>) => ({ key: "", code: "", altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...more });

describe("the desk by keyboard", () => {
  it("p6_one_key_pauses_and_p14_one_key_hides", () => {
    expect(strokeOf(press({ key: "F8" }), true)).toEqual({ do: "pause" });
    expect(strokeOf(press({ key: "F9" }), true)).toEqual({ do: "mirrored" });
  });

  it("a_question_mark_in_a_line_is_a_question_mark", () => {
    expect(strokeOf(press({ key: "?" }), true)).toBeNull();
    expect(strokeOf(press({ key: "?" }), false)).toEqual({ do: "help" });
  });

  it("p22_sections_undo_and_new_lines_have_keys", () => {
    expect(strokeOf(press({ code: "Digit2", altKey: true }), true)).toEqual({ do: "section", n: 2 });
    expect(strokeOf(press({ code: "Digit0", altKey: true }), true)).toEqual({ do: "plan" });
    expect(strokeOf(press({ code: "KeyZ", ctrlKey: true }), true)).toEqual({ do: "undo" });
    expect(strokeOf(press({ code: "KeyZ", ctrlKey: true, shiftKey: true }), true)).toBeNull();
    expect(strokeOf(press({ code: "KeyN", altKey: true }), true)).toEqual({ do: "new" });
    expect(strokeOf(press({ key: "a", code: "KeyA" }), true)).toBeNull();
  });
});
