/** Rounds of sealed notes as this device has been told of them (SPEC SEAL). */

import type { ConferenceId, RoundId, ShownNote, Told } from "../protocol/generated";
import type { Count, RoundView, Stage } from "./types";

/** Nobody may hand a note in any more, or the round was given up. */
const OVER: ReadonlySet<unknown> = new Set<RoundView["state"]>(["revealed", "void"]);

/** Notes are given out and handed in. */
export const takesNotes = (round: RoundView): boolean => round.state === "open" || round.state === "closing";

export class Rounds {
  /** In the order of opening. */
  all = $state.raw<RoundView[]>([]);
  /** How many notes are in. */
  counts = $state.raw<ReadonlyMap<RoundId, Count>>(new Map());
  /** The conference they are of; part of what is sealed. */
  conference = $state.raw<ConferenceId>("");
  /** Rounds whose notes have come here, to be checked. */
  came = $state.raw<ReadonlySet<RoundId>>(new Set());
  /** The disk takes nothing at the moment (SPEC STO16): told beside the documents as well. */
  full = $state.raw(false);
  /** What takes the place of the chair's sheet now: the round under way, else the one whose numbers were shown last. */
  shown = $state.raw<RoundView | null>(null);

  /** Sent once and kept by nobody: in memory, away from everything that is drawn. */
  readonly #bundles = new Map<RoundId, readonly ShownNote[]>();
  /** Where the walls stood when this device first saw the last reveal. */
  #turned: { round: RoundId; from: string } | null = null;

  /** Notes that are to be checked. */
  bundle(round: RoundId): readonly ShownNote[] | null {
    return this.#bundles.get(round) ?? null;
  }

  /** True while anybody may hand a note in. */
  get open(): boolean {
    return this.all.some(takesNotes);
  }

  /** Takes what the documents say now. */
  read(conference: ConferenceId, rounds: RoundView[], stage: Stage | null, phase: string | null): void {
    this.conference = conference;
    if (JSON.stringify(rounds) !== JSON.stringify(this.all)) {
      const before = new Map(this.all.map((round) => [round.id, round]));
      // A round that has not changed keeps its identity.
      this.all = rounds.map((round) => {
        const old = before.get(round.id);
        return old && JSON.stringify(old) === JSON.stringify(round) ? old : round;
      });
    }
    this.shown = this.#onScreens(stage, phase);
  }

  /** Takes what the service says beside the documents; words this app does not know are left alone. */
  hear(words: string): void {
    const told = readTold(words);
    if (told?.is === "count") {
      this.counts = new Map(this.counts).set(told.round, { epoch: told.epoch, notes: told.notes });
    } else if (told?.is === "bundle") {
      this.#bundles.set(told.round, told.notes);
      this.came = new Set(this.#bundles.keys());
    } else if (told?.is === "disk") {
      this.full = !told.takes;
    }
  }

  forget(): void {
    this.#bundles.clear();
    this.#turned = this.shown = null;
    this.all = [];
    this.counts = new Map();
    this.came = new Set();
  }

  #onScreens(stage: Stage | null, phase: string | null): RoundView | null {
    const under = this.all.find((round) => !OVER.has(round.state) && round.key !== null);
    if (under) return under;
    const last = this.all.findLast((round) => round.state !== "void");
    if (!last?.revealed || !stage || stage.phase !== phase) return null;
    // What was shown stays until the chair turns the walls to something else.
    const focus = JSON.stringify(stage.focus);
    if (this.#turned?.round !== last.id) this.#turned = { round: last.id, from: focus };
    return this.#turned.from === focus ? last : null;
  }
}

function readTold(words: string): Told | null {
  try {
    return JSON.parse(words) as Told;
  } catch {
    return null;
  }
}
