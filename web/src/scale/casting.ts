/** Hands a sealed note in, so that neither the moment nor the silence says whose it is (SEAL15). */
import type { Bytes } from "./bytes";

/** First and longest wait before a note is handed in again that did not arrive, in milliseconds. */
const FIRST_AGAIN = 500;
const LONGEST_AGAIN = 4_000;

/** What casting needs of the page. */
export interface World {
  fetch(address: string, init: RequestInit): Promise<{ status: number }>;
  /** 0 ≤ x < 1. */
  random(): number;
  /** Runs it after so many milliseconds; the answer forgets it. */
  after(ms: number, run: () => void): () => void;
}

/** The page itself. */
export const page: World = {
  fetch: (address, init) => fetch(address, init),
  // Not `Math.random`: whoever guessed its state would know the wait.
  random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export class Casting {
  /** The box to which it went; null while it waits. "" = one whose name was not known yet. */
  #inBox: string | null = null;
  #box = "";
  #body: Bytes | null = null;
  #waits: (() => void) | null = null;
  #rests = false;
  #over = false;

  constructor(
    private readonly address: string,
    private readonly world: World,
  ) {}

  /** Hands this note in after a random wait of up to `within`; it takes the place of one that waits. */
  cast(body: Bytes, within: number): void {
    this.#body = body;
    this.#inBox = null;
    this.#rests = false;
    this.#soon(this.world.random() * within);
  }

  /** The round is closing: what waits goes within this time. */
  hurry(within: number): void {
    if (this.#body && this.#inBox === null && this.#waits) this.#soon(this.world.random() * within);
  }

  /** The box has this name. Another box than before: what was handed in, or came too late, is handed in again. */
  box(epoch: string, within: number): void {
    const other = this.#box !== epoch;
    this.#box = epoch;
    if (this.#body && other && (this.#inBox !== null || this.#rests)) this.cast(this.#body, within);
  }

  /** Nothing is taken for now. The note is kept: a service that starts anew takes it once more (SEAL6). */
  rest(): void {
    this.#rests = true;
    this.#waits?.();
    this.#waits = null;
  }

  /** The page goes: what waits is handed in now, because nobody else has it. */
  flush(): void {
    if (this.#body && this.#inBox === null && !this.#over) void this.#post(this.#body);
  }

  /** Nothing is taken any more. */
  stop(): void {
    this.#over = true;
    this.#waits?.();
    this.#waits = null;
    this.#body?.fill(0);
    this.#body = null;
  }

  #soon(ms: number, again = FIRST_AGAIN): void {
    this.#waits?.();
    this.#waits = this.world.after(ms, () => {
      this.#waits = null;
      void this.#send(again);
    });
  }

  async #send(again: number): Promise<void> {
    const body = this.#body;
    if (!body || this.#over || this.#rests) return;
    this.#inBox = this.#box;
    if ((await this.#post(body)) || this.#over || this.#rests || this.#body !== body) return;
    this.#inBox = null;
    this.#soon(again / 2 + (this.world.random() * again) / 2, Math.min(again * 2, LONGEST_AGAIN));
  }

  /** Without anything that says who sends it; the header says that a page of ours does, and is the same for all. */
  async #post(body: Bytes): Promise<boolean> {
    try {
      const answer = await this.world.fetch(this.address, {
        method: "POST", body, headers: { "x-flipchart": "1" }, credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store", keepalive: true,
      });
      return answer.status === 204;
    } catch {
      return false;
    }
  }
}
