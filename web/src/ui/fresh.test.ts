import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Fresh } from "./fresh.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("what is marked as new", () => {
  const lines = (...all: string[]): [string, string][] => all.map((one) => [one[0] ?? "", one]);

  it("f30_a_new_and_a_changed_line_are_marked_for_a_few_seconds_and_no_other", () => {
    const fresh = new Fresh();
    fresh.see(lines("a", "b"), "worries");
    expect([...fresh.marked]).toEqual([]);
    fresh.see(lines("a", "b more", "c"), "worries");
    expect([...fresh.marked]).toEqual(["b", "c"]);
    vi.advanceTimersByTime(3_000);
    fresh.see(lines("a", "b more", "c again"), "worries");
    vi.advanceTimersByTime(1_500);
    expect([...fresh.marked]).toEqual(["c"]);
    vi.advanceTimersByTime(4_000);
    expect([...fresh.marked]).toEqual([]);
  });

  it("f30_what_fills_a_sheet_at_once_was_there_before", () => {
    const fresh = new Fresh();
    fresh.see([], "worries");
    fresh.see(lines("a", "b"), "worries");
    fresh.see([], "worries");
    fresh.see(lines("a", "b"), "worries");
    fresh.see(lines("x"), "strengths");
    expect([...fresh.marked]).toEqual([]);
  });

  it("f30_the_first_line_of_an_empty_sheet_is_new", () => {
    const fresh = new Fresh();
    fresh.see([], "worries");
    fresh.see(lines("a"), "worries");
    expect([...fresh.marked]).toEqual(["a"]);
  });
});
