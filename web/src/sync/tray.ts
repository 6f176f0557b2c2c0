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
  /** What was typed as the pen went and follows nothing here yet: the answer to the letters before it may still come. */
  private typedFirst: string | null = null;

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
    const runs = open.runs.filter((run) => run.trim() !== "");
    if (!runs.length && why !== "not-set") return;
    const words = runs.map((run) => run.trim()).join(" … ");
    const last = this.words.at(-1);
    if (last && last.id === this.typedFirst && this.stoodThere(last, open.stood, why)) {
      // Typed after these, and kept before the answer to them came.
      const blank = /\s$/.test(runs.at(-1) ?? "") ? " " : "";
      this.typedFirst = null;
      this.replaceLast({ ...last, words: words + blank + last.words });
    } else this.add(words, open.stood, why);
  }

  /** Keeps words at the moment when they are typed; letters typed on follow those before them. */
  keepTyped(words: string, stood: Stood, why: Why): void {
    const last = this.words.at(-1);
    if (last && this.stoodThere(last, stood, why)) this.replaceLast({ ...last, words: last.words + words });
    else this.typedFirst = this.add(words, stood, why);
  }

  private stoodThere(one: NotTaken, stood: Stood, why: Why): boolean {
    return one.why === why && JSON.stringify(one.stood) === JSON.stringify(stood);
  }

  private replaceLast(entry: NotTaken): void {
    this.words = [...this.words.slice(0, -1), entry];
    this.changed();
  }

  private add(words: string, stood: Stood, why: Why): string {
    const id = `t${++this.counter}`;
    this.words = [...this.words, { id, words, stood, why, time: this.now() }];
    this.changed();
    return id;
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
