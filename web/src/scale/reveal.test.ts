import { describe, expect, test } from "vitest";
import type { Numbers, Revealed } from "../protocol/generated";
import { columns, footOf, halves, isMiddle, sumOf, thenOf } from "./reveal";

const each = (numbers: number[], middle_doubled: number): Numbers => ({ is: "each", numbers, middle_doubled });
const revealed = (numbers: Numbers, notes: number, without_number = 0): Revealed => ({ numbers, notes, without_number, at: 0 });
const nine = each([2, 3, 3, 3, 4, 4, 5, 5, 7], 8);

describe("what a reveal says", () => {
  test("f103 count, middle, lowest and highest, and no mean", () => {
    expect(sumOf(revealed(nine, 9))).toBe("9 notes, no names. Middle 4, lowest 2, highest 7.");
    expect(sumOf(revealed(each([0, 0, 1, 1, 10, 10], 2), 6))).toContain("Middle 1,");
    expect(columns([2, 3, 3, 10])).toEqual([0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 1]);
  });

  test("f103 a middle between two numbers is said as it is, and both are marked", () => {
    expect([0, 1, 2, 9, 20].map(halves)).toEqual(["0", "½", "1", "4½", "10"]);
    const marked = (doubled: number): number[] => Array.from({ length: 11 }, (_, n) => n).filter((n) => isMiddle(doubled, n));
    expect(marked(9)).toEqual([4, 5]);
    expect(marked(8)).toEqual([4]);
    expect(marked(0)).toEqual([0]);
    expect(marked(20)).toEqual([10]);
  });

  test("seal8 bands say where the middle lies, and nothing of single numbers", () => {
    expect(sumOf(revealed({ is: "bands", counts: [1, 3, 0], middle: ["middle", "middle"] }, 4))).toBe("4 notes, no names. The middle lies in 4–6.");
    expect(sumOf(revealed({ is: "bands", counts: [2, 0, 2], middle: ["low", "high"] }, 4))).toBe("4 notes, no names. The middle lies between 0–3 and 7–10.");
  });

  test("seal8 too few numbers are said to be too few", () => {
    expect(sumOf(revealed({ is: "too-few" }, 5, 2))).toBe("3 with a number, 2 without. Too few notes have a number to be shown: people could tell who wrote which.");
  });

  test("seal7 notes without a number are one figure", () => {
    expect(footOf(revealed(nine, 11, 2))).toEqual(["9 with a number, 2 without", "middle 4, lowest 2, highest 7"]);
    expect(footOf(revealed(nine, 9))).toEqual(["9 notes, no names", "middle 4, lowest 2, highest 7"]);
  });

  test("f99 the question that follows has the real middle number, and is not put where there is none", () => {
    const then = "What are the protective factors that mean you scale at a {middle} not a 10 today?";
    expect(thenOf(then, revealed(nine, 9))).toBe("What are the protective factors that mean you scale at a 4 not a 10 today?");
    expect(thenOf(then, revealed({ is: "too-few" }, 3))).toBeNull();
    expect(thenOf(null, revealed(nine, 9))).toBeNull();
    expect(thenOf(then, revealed(each([9, 10, 10, 10, 10], 20), 5))).toBeNull();
    expect(thenOf(then, revealed(each([0, 0, 1, 1, 10, 10], 2), 6))).toContain("at a 1 not a 10");
  });
});
