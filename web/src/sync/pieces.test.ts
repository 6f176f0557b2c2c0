import { describe, expect, test } from "vitest";
import { pieces } from "./pieces";
import { sizeOf } from "./text";

describe("words that are too long for one line", () => {
  test("lim1_are_cut_behind_a_paragraph_a_sentence_or_a_word_and_none_is_lost", () => {
    expect(pieces("One two three four five.", 20)).toEqual(["One two three four", "five."]);
    expect(pieces("A whole paragraph.\nAnother one.", 24)).toEqual(["A whole paragraph.", "Another one."]);
    expect(pieces("It was cold at home. He said so.", 26)).toEqual(["It was cold at home.", "He said so."]);
    const long = Array.from({ length: 40_000 }, (_, n) => `word${n}`).join(" ");
    const all = pieces(long);
    expect(all.join(" ")).toBe(long);
    expect(all.every((piece) => sizeOf(piece) <= 8192)).toBe(true);
    expect(all.length).toBeLessThan(sizeOf(long) / 8192 + 3);
  });

  test("lim1_a_letter_is_never_cut", () => {
    const words = "😀".repeat(5_000);
    expect(pieces(words, 1_001).every((piece) => !piece.includes("\uFFFD") && piece.length % 2 === 0)).toBe(true);
    expect(pieces(words, 1_001).join("")).toBe(words);
    expect(pieces("  ")).toEqual([]);
  });
});
