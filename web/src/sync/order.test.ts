import { describe, expect, test } from "vitest";
import { byOrder, type Placed } from "./order";
import { between, orderAfter } from "./place";

function ranked(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

describe("places of lines", () => {
  test("doc4_a_line_put_anywhere_stands_there", () => {
    const random = ranked(7);
    const lines: Placed[] = [];
    for (let n = 0; n < 400; n++) {
      const at = Math.floor(random() * (lines.length + 1));
      const order = orderAfter(lines, at === 0 ? null : lines[at - 1]?.id, random);
      lines.splice(at, 0, { id: `line${n}`, order });
      expect([...lines].sort(byOrder)).toEqual(lines);
    }
  });

  test("doc4_two_pens_at_the_same_spot_get_different_keys", () => {
    const keys = new Set(Array.from({ length: 50 }, () => between("a0", "a1")));
    expect(keys.size).toBeGreaterThan(48);
  });

  test("a key that another program made up is passed over", () => {
    const lines = [
      { id: "a", order: "" },
      { id: "b", order: between(null, null) },
      { id: "c", order: "zz!" },
    ].sort(byOrder);
    const order = orderAfter(lines, "b");
    expect(order > (lines.find(({ id }) => id === "b")?.order ?? "")).toBe(true);
    expect(() => orderAfter(lines, null)).not.toThrow();
  });

  test("keys stay short where lines are added at the end all day", () => {
    const lines: Placed[] = [];
    for (let n = 0; n < 500; n++) lines.push({ id: String(n).padStart(4, "0"), order: orderAfter(lines, undefined) });
    expect(Math.max(...lines.map(({ order }) => order.length))).toBeLessThan(16);
  });
});
