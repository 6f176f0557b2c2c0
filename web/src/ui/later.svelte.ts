/** The page has drawn itself; what it may need later comes after this time, in milliseconds. */
const QUIET_MS = 400;
/** A part that did not come is asked for again after this time, in milliseconds, and when the network is back. */
const AGAIN_MS = 5_000;

/** A part of a page that is not needed for its first picture. It is fetched soon after it, before anybody asks. */
export class Later<T> {
  /** Null until it has come. */
  now = $state.raw<T | null>(null);
  #coming = false;
  readonly #load: () => Promise<T>;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  /** What has come so far; asks for it now. */
  get asked(): T | null {
    if (!this.now) this.ask();
    return this.now;
  }

  /** Asks for it, until it has come. */
  ask(): void {
    if (this.now || this.#coming) return;
    this.#coming = true;
    this.#load().then(
      (part) => (this.now = part),
      () => {
        const again = (): void => {
          clearTimeout(timer);
          removeEventListener("online", again);
          this.#coming = false;
          this.ask();
        };
        const timer = setTimeout(again, AGAIN_MS);
        addEventListener("online", again);
      },
    );
  }
}

/** Fetches parts once the page stands, one after the other; the answer ends the wait. */
export function fetchSoon(...parts: { ask(): void }[]): () => void {
  const timer = setTimeout(() => parts.forEach((part) => part.ask()), QUIET_MS);
  return () => clearTimeout(timer);
}
