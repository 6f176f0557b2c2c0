/** How long a new or changed line is marked: long enough to look up and find it, in milliseconds. */
const MARKED_MS = 4_000;

/** Which lines of a sheet have just come or changed (F30). */
export class Fresh {
  marked = $state.raw<ReadonlySet<string>>(new Set());
  #before: ReadonlyMap<string, string> | null = null;
  #sheet = "";
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  /**
   * The lines as they are now: id and all that is shown of it. What fills a sheet at once was there before: a page that
   * opens, another sheet, the end of a pause. A sheet that is empty for a moment comes back as it was.
   */
  see(lines: readonly (readonly [id: string, shown: string])[], sheet: string): void {
    const before = sheet === this.#sheet ? this.#before : null;
    if (before && !lines.length) return;
    this.#sheet = sheet;
    this.#before = new Map(lines);
    const fills = before === null || (lines.length > 1 && !lines.some(([id]) => before.has(id)));
    if (fills) return;
    for (const [id, shown] of lines) if (before.get(id) !== shown) this.#mark(id);
  }

  /** The sheet goes. */
  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #mark(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.set(id, setTimeout(() => {
      this.#timers.delete(id);
      this.marked = new Set([...this.marked].filter((one) => one !== id));
    }, MARKED_MS));
    if (!this.marked.has(id)) this.marked = new Set([...this.marked, id]);
  }
}
