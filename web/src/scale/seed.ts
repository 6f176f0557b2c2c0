/**
 * What a tab keeps of a sealed note: the seed, so that a reload comes back to the same note, how often it was loaded in
 * this round, so that an answer given after a reload counts more than one before, and which box it knew. Never a number and
 * never a time (design promise 6). It is erased at the reveal, when the round is given up, on leaving and at the end.
 */
import type { RoundId } from "../protocol/generated";
import type { RoundView } from "../model/types";
import { hex, unhex, type Bytes } from "./bytes";

/** Every name begins with it. */
const NOTE = "note.";
/** A counter of 32 bits has 16 for loads. */
const MOST_LOADS = 65_535;

export interface Seed {
  seed: Bytes;
  /** From 1. */
  loads: number;
  /** The box that was known last. */
  epoch: string | null;
}

/** Erases what is kept of rounds that are over, also where their pad has gone from the page (SEAL3). */
export function eraseOver(rounds: readonly Pick<RoundView, "id" | "state">[], store = sessionStorage): void {
  for (const name of Object.keys(store)) {
    const of = rounds.find(({ id }) => name.startsWith(`${NOTE}${id}.`));
    if (of?.state === "revealed" || of?.state === "void") store.removeItem(name);
  }
}

export class Seeds {
  constructor(
    private readonly store: Storage,
    private readonly of: string,
  ) {}

  /** The seed of this tab for a round, with one load more; a new one where there is none. */
  take(round: RoundId): Seed {
    const kept = this.read(round);
    const seed = kept ?? { seed: crypto.getRandomValues(new Uint8Array(32)), loads: 0, epoch: null };
    seed.loads = Math.min(seed.loads + 1, MOST_LOADS);
    this.keep(round, seed);
    return seed;
  }

  keep(round: RoundId, { seed, loads, epoch }: Seed): void {
    this.store.setItem(this.name(round), `${hex(seed)} ${loads} ${epoch ?? ""}`);
  }

  erase(round: RoundId): void {
    this.store.removeItem(this.name(round));
  }

  private read(round: RoundId): Seed | null {
    const match = /^([0-9a-f]{64}) (\d{1,5}) ([0-9a-f]*)$/.exec(this.store.getItem(this.name(round)) ?? "");
    return match?.[1] ? { seed: unhex(match[1]), loads: Number(match[2]), epoch: match[3] || null } : null;
  }

  /** With the person in it: a tablet that is handed round in one tab has a fresh note for each (P15). */
  private name(round: RoundId): string {
    return `${NOTE}${round}.${this.of}`;
  }
}
