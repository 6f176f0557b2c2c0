import { describe, expect, test } from "vitest";
import { rebase, type Letter } from "./rebase";

/** "ab[cd]{ef}": ab is kept, cd is open, ef was taken away. */
function letters(text: string): Letter[] {
  let is: Letter["is"] = "kept";
  const all: Letter[] = [];
  for (const letter of text) {
    if (letter === "[") is = "open";
    else if (letter === "{") is = "gone";
    else if (letter === "]" || letter === "}") is = "kept";
    else all.push({ letter, is, clock: all.length });
  }
  return all;
}

function rebased(mine: string, now: string): string {
  let text = now;
  for (const { at, remove, insert } of rebase(letters(mine), now) ?? []) text = text.slice(0, at) + insert + text.slice(at + remove);
  return text;
}

describe("words of mine on what stands there now", () => {
  test.each([
    ["nothing was taken", "one [two ]three", "one three", "one two three"],
    ["all was taken", "one [two ]three", "one two three", "one two three"],
    ["part of it was taken", "ab[cdef]g", "abcdg", "abcdefg"],
    ["letters that repeat", "ab[abab]", "abab", "ababab"],
    ["two places, the first of them taken", "a[1]bc[2]d", "a1bcd", "a1bc2d"],
    ["letters taken away", "one two{o}[, y]", "one twoo", "one two, y"],
    ["a letter typed, taken by the service, and taken away", "ab{x}[y]", "abx", "aby"],
    ["others wrote before it, and part of it was taken", "middle[ sent!]", "first middle sent", "first middle sent!"],
    ["others wrote letters of mine in the same place", "one [two ]three", "one four", "one two four"],
    ["others wrote behind it", "ab[x]", "ab and more", "abx and more"],
    ["others took letters away", "one two[ three]", "two", "two three"],
    ["others wrote all anew", "one[ two]", "", " two"],
    ["an empty text", "[first]", "", "first"],
    ["letters of two units", "😀[😁]{😂}😃", "😀😂😃", "😀😁😃"],
  ])("sync14_%s", (_, mine, now, result) => {
    expect(rebased(mine, now)).toBe(result);
  });

  test("a stretch too long to be compared is left to the tray, unless all of it stands there", () => {
    const long = Array.from({ length: 4_000 }, (_, at): Letter => ({ letter: "abcdefg".charAt(at % 7), is: "open", clock: at }));
    const whole = long.map(({ letter }) => letter).join("");
    expect(rebase(long, whole)).toEqual([]);
    expect(rebase(long, "")).toEqual([{ at: 0, remove: 0, insert: whole }]);
    expect(rebase(long, whole.slice(1))).toBeNull();
  });

  test("any part of my edits that the service has taken comes to the same text", () => {
    let seed = 7;
    const draw = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 500; round++) {
      // Few letters, so that they repeat; those taken away are others.
      const mine = Array.from({ length: draw(12) }, (): Letter => {
        const is = (["kept", "open", "gone"] as const)[draw(3)] ?? "kept";
        return { letter: (is === "gone" ? "xyz" : "ab").charAt(draw(2)), is, clock: draw(100) };
      });
      const whole = mine.filter(({ is }) => is !== "gone").map(({ letter }) => letter).join("");
      const upTo = draw(100);
      const stands = ({ is, clock }: Letter): boolean => is === "kept" || (is === "open" ? clock <= upTo : draw(2) === 0);
      const now = mine.filter(stands).map(({ letter }) => letter).join("");
      let text = now;
      for (const { at, remove, insert } of rebase(mine, now) ?? []) text = text.slice(0, at) + insert + text.slice(at + remove);
      expect([text, mine, now]).toEqual([whole, mine, now]);
    }
  });
});
