/** A list that changes its order takes lines out of the page and puts them in again: the focus in them is lost. */

/** Longest wait for the new order to be drawn, in milliseconds. */
const SOON_MS = 1_000;

/** Remembers where the focus is while its line goes to another place. */
export class KeptFocus {
  #at: Element | null = null;
  #since = 0;

  /** The line is about to go. */
  keep(): void {
    this.#at = document.activeElement;
    this.#since = performance.now();
  }

  /** It stands in its new place. */
  restore(): void {
    const at = this.#at;
    this.#at = null;
    if (at instanceof HTMLElement && at.isConnected && performance.now() - this.#since < SOON_MS) at.focus();
  }
}
