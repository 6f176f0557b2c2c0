import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SAY_EVERY, Speaker } from "./say";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("says the first at once, and what comes within five seconds together, each once", () => {
  const said: string[] = [];
  const speaker = new Speaker((words) => said.push(words));
  speaker.say("One.");
  speaker.say("Two.");
  speaker.say("Three.");
  speaker.say("Two.");
  expect(said).toEqual(["One."]);
  vi.advanceTimersByTime(SAY_EVERY - 1);
  expect(said).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(said).toEqual(["One.", "Two. Three."]);
  vi.advanceTimersByTime(SAY_EVERY * 3);
  speaker.say("Two.");
  expect(said).toHaveLength(3);
});

it("says nothing any more once stopped", () => {
  const said: string[] = [];
  const speaker = new Speaker((words) => said.push(words));
  speaker.say("One.");
  speaker.say("Two.");
  speaker.stop();
  vi.advanceTimersByTime(SAY_EVERY * 3);
  expect(said).toEqual(["One."]);
});
