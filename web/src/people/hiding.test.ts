import { describe, expect, it } from "vitest";
import { nextHidden } from "./hiding";

describe("who sees where people sit", () => {
  it("p1_everybody_holds_the_others_and_each_is_put_in_and_taken_out", () => {
    expect(nextHidden([], "family")).toEqual(["family"]);
    expect(nextHidden(["family"], "professionals")).toEqual(["family", "professionals"]);
    expect(nextHidden(["family", "professionals"], "all")).toEqual(["all"]);
    expect(nextHidden(["all"], "family")).toEqual(["family"]);
    expect(nextHidden(["family"], "family")).toEqual([]);
  });
});
