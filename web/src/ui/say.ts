/** Least time between two spoken messages, in milliseconds: more often nobody can listen to the meeting. */
export const SAY_EVERY = 5_000;

/** Passes messages on at most once in {@link SAY_EVERY}; what comes between waits and is said together, each once. */
export class Speaker {
  #waiting: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #out: (words: string) => void;

  constructor(out: (words: string) => void) {
    this.#out = out;
  }

  say(message: string): void {
    if (!this.#waiting.includes(message)) this.#waiting.push(message);
    if (this.#timer === undefined) this.#flush();
  }

  /** Forgets everything that was to be said. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }

  #flush(): void {
    if (!this.#waiting.length) {
      this.#timer = undefined;
      return;
    }
    this.#out(this.#waiting.join(" "));
    this.#waiting = [];
    this.#timer = setTimeout(() => this.#flush(), SAY_EVERY);
  }
}

let out: (words: string) => void = () => {};
const speaker = new Speaker((words) => out(words));

/** Says something to those who listen to the screen. Never a name, never a keystroke. */
export function say(message: string): void {
  speaker.say(message);
}

/** The one live region takes what is said; the answer lets go of it. */
export function hear(region: (words: string) => void): () => void {
  out = region;
  return () => {
    out = () => {};
    speaker.stop();
  };
}
