import { describe, expect, it } from "vitest";
import { QUIET_MS, Sides } from "./sides";

const keys = ["worried", "well"] as const;

describe("worries and what works, side by side", () => {
  it("f52_the_side_without_a_line_for_a_while_is_hinted_at_and_the_busy_one_is_not", () => {
    const sides = new Sides();
    sides.begin([{ key: "worried", stands: "" }, { key: "well", stands: "" }], 0);
    sides.see("worried", "a line", 60_000);
    expect(sides.quiet(keys, QUIET_MS - 1)).toBeNull();
    expect(sides.quiet(keys, QUIET_MS + 60_000)).toEqual({ key: "well", minutes: 11 });
    sides.see("well", "a line here too", QUIET_MS + 60_001);
    expect(sides.quiet(keys, QUIET_MS + 61_000)).toEqual({ key: "worried", minutes: 10 });
  });

  it("f52_nothing_is_hinted_at_while_nobody_writes_at_all", () => {
    const sides = new Sides();
    sides.begin([{ key: "worried", stands: "x" }, { key: "well", stands: "y" }], 0);
    sides.see("well", "y", QUIET_MS);
    expect(sides.quiet(keys, 3 * QUIET_MS)).toBeNull();
  });
});
