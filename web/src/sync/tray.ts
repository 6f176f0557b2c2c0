// Words of this device that the service did not take, kept until somebody offers them as a note or puts them away.
// They live in memory alone.

import type { Audience, NoteId, RowId } from "../protocol/generated";
import type { OpenWords } from "./open";

/** Where words stood. */
export type Stood =
  | { in: "note"; note: NoteId; section: string; audience: Audience }
  | { in: "cell"; row: RowId; column: string; audience: Audience }
  | { in: "field"; field: string; audience: Audience };

/** Why words were not taken. */
export type Why =
  /** The service refused them, or their place is gone. */
  | "refused"
  /** There was no room for them in one line: nobody refused them. */
  | "too-long"
  /** Their line was taken off while they were written. */
  | "taken-off"
  /** They are the line's words: what was set beside them – label, place, struck, who and when – was not taken. */
  | "not-set"
  /** The line broke before the service had answered, and they stand nowhere now: they may have been read and taken off. */
  | "in-doubt";

/** Words that were not taken. */
export interface NotTaken {
  /** Of the tray, not of a document. */
  id: string;
  words: string;
  stood: Stood;
  why: Why;
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

  /** Keeps words; runs of blanks are nothing, but what was set beside a line without words is. */
  keep(open: Pick<OpenWords, "runs" | "stood">, why: Why = "refused"): void {
    const words = open.runs.map((run) => run.trim()).filter((run) => run !== "");
    if (!words.length && why !== "not-set") return;
    this.add(words.join(" … "), open.stood, why);
  }

  /** Keeps words at the moment when they are typed; letters typed on follow those before them. */
  keepTyped(words: string, stood: Stood, why: Why): void {
    const last = this.words.at(-1);
    if (last?.why === why && JSON.stringify(last.stood) === JSON.stringify(stood)) {
      this.words = [...this.words.slice(0, -1), { ...last, words: last.words + words }];
      this.changed();
    } else this.add(words, stood, why);
  }

  private add(words: string, stood: Stood, why: Why): void {
    this.words = [...this.words, { id: `t${++this.counter}`, words, stood, why, time: this.now() }];
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
