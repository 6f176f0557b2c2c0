import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { soon } from "./soon";

let frames: (() => void)[];
beforeEach(() => {
  frames = [];
  vi.useFakeTimers();
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => frames.push(run));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A picture is made: what was asked for it runs, then it is laid out and painted, then what comes after it. */
function picture(after: () => void = () => {}): void {
  const now = frames;
  frames = [];
  now.forEach((run) => run());
  after();
  vi.runAllTimers();
}

test("seal15 pieces come one after each picture, in their order, and never in the frame that draws the one before", () => {
  const came: string[] = [];
  for (const name of ["head", "numbers", "button"]) soon(() => came.push(name));
  expect(came).toEqual([]);
  picture(() => expect(came, "within the frame").toEqual([]));
  expect(came).toEqual(["head"]);
  picture();
  expect(came).toEqual(["head", "numbers"]);
  picture();
  expect(came).toEqual(["head", "numbers", "button"]);
  expect(frames, "no picture is asked for when nothing waits").toEqual([]);
});

test("what has gone from the page does not come, and what it asks for in turn comes last", () => {
  const came: string[] = [];
  soon(() => {
    came.push("head");
    soon(() => came.push("inside"));
  });
  const forget = soon(() => came.push("gone"));
  soon(() => came.push("below"));
  forget();
  for (let n = 0; n < 4; n++) picture();
  expect(came).toEqual(["head", "below", "inside"]);
});
