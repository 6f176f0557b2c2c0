import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Command, Outcome, Request } from "../protocol/generated";
import type { Answer } from "./client";
import { Commands, FIRST_WAIT, LONGEST_WAIT, waitBefore } from "./commands";

const LEAVE: Command = { do: "leave" };
const PAUSE: Command = { do: "pause" };
const CONVENE: Command = { do: "convene" };
const done: Answer<Outcome> = { is: "done", body: { is: "done", wait: [] } };
const lost: Answer<Outcome> = { is: "lost" };

/** A service that answers as told, then always with "done". */
function service(...answers: Answer<Outcome>[]) {
  const sent: Request[] = [];
  const send = async (_attendee: string, request: Request) => {
    sent.push(request);
    return answers.shift() ?? done;
  };
  return { sent, send };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("commands", () => {
  it("http1: sends a lost command again under the same id, and answers once", async () => {
    const { sent, send } = service(lost, lost);
    const commands = new Commands("a", send, () => 1);
    const counts: number[] = [];
    commands.watch((count) => counts.push(count));
    const result = commands.send(LEAVE);
    await vi.runAllTimersAsync();
    expect(await result).toEqual({ is: "done", wait: [] });
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    expect(counts).toEqual([0, 1, 0]);
  });

  it("keeps the order, and gives each command an id of its own", async () => {
    const { sent, send } = service(lost);
    const commands = new Commands("a", send);
    const all = [commands.send(CONVENE), commands.send({ do: "open-phase", phase: "x" })];
    await vi.runAllTimersAsync();
    await Promise.all(all);
    expect(sent.map(({ command }) => command.do)).toEqual(["convene", "convene", "open-phase"]);
    expect(sent[1]?.id).not.toBe(sent[2]?.id);
  });

  it("p6: lets a pause pass a command that waits for the network", async () => {
    const { sent, send } = service(lost);
    const commands = new Commands("a", send);
    void commands.send(CONVENE);
    await vi.advanceTimersByTimeAsync(1);
    expect(await commands.send(PAUSE)).toEqual({ is: "done", wait: [] });
    expect(sent.map(({ command }) => command.do)).toEqual(["convene", "pause"]);
    expect(commands.count).toBe(1);
  });

  it("wakes at once when the network is back", async () => {
    const { sent, send } = service(lost);
    const online = new EventTarget();
    const commands = new Commands("a", send, () => 1, online);
    const result = commands.send(LEAVE);
    await vi.advanceTimersByTimeAsync(10);
    expect(sent).toHaveLength(1);
    online.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    expect(await result).toEqual({ is: "done", wait: [] });
  });

  it("waits longer each time, never longer than the longest, and with jitter", () => {
    expect(waitBefore(0, () => 1)).toBe(FIRST_WAIT);
    expect(waitBefore(0, () => 0)).toBe(FIRST_WAIT / 2);
    expect(waitBefore(3, () => 1)).toBe(FIRST_WAIT * 8);
    expect(waitBefore(40, () => 1)).toBe(LONGEST_WAIT);
  });

  it("sends again what could not be saved, and hands a refusal on", async () => {
    const refused: Outcome = { is: "refused", code: "not-now", why: "Convene first" };
    const { sent, send } = service({ is: "done", body: { is: "refused", code: "not-saved", why: "" } }, { is: "done", body: refused });
    const result = new Commands("a", send).send(CONVENE);
    await vi.runAllTimersAsync();
    expect(await result).toEqual(refused);
    expect(sent).toHaveLength(2);
  });

  it("http14: ends for good when this device is no longer in, and forgets what waited", async () => {
    const { sent, send } = service({ is: "refused", status: 401, code: "no-session", message: "" });
    const commands = new Commands("a", send);
    const all = [commands.send(CONVENE), commands.send(LEAVE)];
    await vi.runAllTimersAsync();
    expect(await Promise.all(all)).toEqual([{ is: "shut" }, { is: "shut" }]);
    expect(await commands.send(LEAVE)).toEqual({ is: "shut" });
    expect(sent).toHaveLength(1);
    expect(commands.count).toBe(0);
  });

  it("stops while a command waits for the network", async () => {
    const { sent, send } = service(lost, lost, lost);
    const commands = new Commands("a", send);
    const result = commands.send(LEAVE);
    await vi.advanceTimersByTimeAsync(10);
    commands.stop();
    expect(await result).toEqual({ is: "shut" });
    await vi.runAllTimersAsync();
    expect(sent).toHaveLength(1);
  });
});
