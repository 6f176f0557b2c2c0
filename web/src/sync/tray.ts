// Words of this device that the service did not take, kept until somebody offers them as a note or puts them away.
// They live in memory alone.

import type { Audience, NoteId, RowId } from "../protocol/generated";
import type { OpenWords } from "./open";

/** Where words stood. */
export type Stood =
  | { in: "note"; note: NoteId; section: string; audience: Audience }
  | { in: "cell"; row: RowId; column: string; audience: Audience }
  | { in: "field"; field: string; audience: Audience };

/** Words that were not taken. */
export interface NotTaken {
  /** Of the tray, not of a document. */
  id: string;
  words: string;
  stood: Stood;
  /** UTC milliseconds. */
  time: number;
}

export class Tray {
  private words: NotTaken[] = [];
  private counter = 0;

  constructor(
    private readonly changed: () => void = () => {},
    private readonly now: () => number = Date.now,
  ) {}

  /** Oldest first; a new array after each change. */
  get entries(): NotTaken[] {
    return this.words;
  }

  /** Keeps words; runs of blanks are nothing. */
  keep(open: OpenWords): void {
    const words = open.runs.map((run) => run.trim()).filter((run) => run !== "");
    if (!words.length) return;
    this.words = [...this.words, { id: `t${++this.counter}`, words: words.join(" … "), stood: open.stood, time: this.now() }];
    this.changed();
  }

  /** Drops words. */
  putAway(id: string): void {
    this.words = this.words.filter((entry) => entry.id !== id);
    this.changed();
  }

  clear(): void {
    this.words = [];
    this.changed();
  }
}
