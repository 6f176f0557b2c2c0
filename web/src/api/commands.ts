// Commands go up one after the other and are sent again, under the same id, until the service has answered: a lost
// network costs nobody a word (design promise 7). In memory only.
import type { AttendeeId, Command, Outcome, Request } from "../protocol/generated";
import { type Answer, command as post } from "./client";
import { newId } from "./secrets";

/** What became of a command: the service's outcome, or `shut` when this device is no longer in. */
export type Result = Outcome | { is: "shut" };

/** First and longest wait before a command is sent again, in milliseconds. */
export const FIRST_WAIT = 300;
export const LONGEST_WAIT = 5_000;

/** Tries after which an error of the service itself is told instead of being waited out. */
const PATIENCE_WITH_ERRORS = 5;

/** These never wait behind others: they keep people safe (P6). */
const AT_ONCE: ReadonlySet<Command["do"]> = new Set<Command["do"]>(["pause", "resume", "ask", "unask", "eject", "end-part", "take-off"]);

/** Wait before try `n`, with jitter so that a room full of devices does not come back in one blow. */
export function waitBefore(n: number, random: () => number = Math.random): number {
  const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** n);
  return longest / 2 + (random() * longest) / 2;
}

interface Waiting {
  request: Request;
  answer: (result: Result) => void;
}

/** Commands that wait for each other. */
interface Lane {
  waiting: Waiting[];
  busy: boolean;
  wake: () => void;
}

type Send = (attendee: AttendeeId, request: Request) => Promise<Answer<Outcome>>;

/** Commands of one attendee in one tab. */
export class Commands {
  readonly #attendee: AttendeeId;
  readonly #send: Send;
  readonly #random: () => number;
  readonly #lanes: Lane[] = [0, 1].map(() => ({ waiting: [], busy: false, wake: () => {} }));
  readonly #watchers = new Set<(count: number) => void>();
  readonly #online: EventTarget | undefined;
  #shut = false;

  constructor(attendee: AttendeeId, send: Send = post, random: () => number = Math.random, online: EventTarget | undefined = globalThis.window) {
    this.#attendee = attendee;
    this.#send = send;
    this.#random = random;
    this.#online = online;
    online?.addEventListener("online", this.#wake);
  }

  /** How many commands have no answer yet. */
  get count(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.waiting.length, 0);
  }

  /** Calls with the count now and at every change; the answer ends it. */
  watch(watcher: (count: number) => void): () => void {
    this.#watchers.add(watcher);
    watcher(this.count);
    return () => this.#watchers.delete(watcher);
  }

  /** Sends a command, now or when the network is back. */
  send(command: Command): Promise<Result> {
    if (this.#shut) return Promise.resolve({ is: "shut" });
    const lane = this.#lanes[AT_ONCE.has(command.do) ? 0 : 1]!;
    return new Promise((answer) => {
      lane.waiting.push({ request: { id: newId(), command }, answer });
      this.#changed();
      if (!lane.busy) void this.#run(lane);
    });
  }

  /** Forgets everything that waits. */
  stop(): void {
    this.#shut = true;
    this.#online?.removeEventListener("online", this.#wake);
    for (const lane of this.#lanes) {
      for (const { answer } of lane.waiting.splice(0)) answer({ is: "shut" });
      lane.wake();
    }
    this.#changed();
  }

  async #run(lane: Lane): Promise<void> {
    lane.busy = true;
    for (let next = lane.waiting[0]; next; next = lane.waiting[0]) {
      const result = await this.#untilAnswered(lane, next.request);
      if (this.#shut) break;
      lane.waiting.shift();
      next.answer(result);
      this.#changed();
      if (result.is === "shut") this.stop();
    }
    lane.busy = false;
  }

  async #untilAnswered(lane: Lane, request: Request): Promise<Result> {
    for (let tries = 0; !this.#shut; tries += 1) {
      const answer = await this.#send(this.#attendee, request);
      const result = this.#judge(answer, tries);
      if (result) return result;
      await new Promise<void>((done) => {
        const timer = setTimeout(done, waitBefore(tries, this.#random));
        lane.wake = () => {
          clearTimeout(timer);
          done();
        };
        if (this.#shut) lane.wake();
      });
    }
    return { is: "shut" };
  }

  /** The result, or nothing when the command has to be sent again. */
  #judge(answer: Answer<Outcome>, tries: number): Result | undefined {
    if (answer.is === "lost") return undefined;
    if (answer.is === "done") {
      return answer.body.is === "refused" && answer.body.code === "not-saved" ? undefined : answer.body;
    }
    switch (answer.code) {
      case "not-saved":
      case "too-many":
        return undefined;
      case "no-session":
      case "no-way-in":
      case "wrong-origin":
        return { is: "shut" };
      case "internal":
        return tries + 1 < PATIENCE_WITH_ERRORS ? undefined : { is: "refused", code: "not-saved", why: answer.message };
      case "not-there":
        return { is: "refused", code: "not-there", why: answer.message };
      case "bad-input":
        return { is: "refused", code: "bad-input", why: answer.message };
    }
  }

  #wake = (): void => {
    for (const lane of this.#lanes) lane.wake();
  };

  #changed(): void {
    for (const watcher of this.#watchers) watcher(this.count);
  }
}
