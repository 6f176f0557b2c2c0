/** My note in one round: asked for at once, handed in when its person says so, and at the closing without a number. */
import type { AttendeeId, Command, ConferenceId, Outcome, ShownNote } from "../protocol/generated";
import type { RoundView } from "../model/types";
import type { Sealed } from "./asked";
import { hex, unhex } from "./bytes";
import { Casting, type World } from "./casting";
import type { Own } from "./device";
import { shownOf } from "./reveal";
import type { Answer, Round } from "./round";
import { Seeds, type Seed } from "./seed";

/** Whether a note can be handed in from here. */
export type Stands =
  /** Its signature is on the way. */
  | "asking"
  | "ready"
  /** Another device of this person has it. */
  | "elsewhere"
  /** It could not be made here; `why` says so. */
  | "not"
  /** Nothing can be handed in any more. */
  | "over";

/** Answers of one load; more than anybody presses. */
const OF_ONE_LOAD = 65_536;
/** A refusal that may pass is asked about again after this time, in milliseconds. */
const ASK_AGAIN = 2_000;

/** What a note needs of the page. */
export interface Around extends World {
  conference: ConferenceId;
  attendee: AttendeeId;
  store: Storage;
  sealed: Sealed;
  ask(command: Command): Promise<Outcome>;
}

export class OwnNote {
  stands = $state<Stands>("asking");
  /** Handed in from this page. */
  handed = $state(false);
  /** Its pad stands open although it was handed in: its person may change their mind, or has just pressed the button. */
  writing = $state(false);
  /** This page was loaded again during the round: a note may have been handed in before, which it cannot know. */
  before = $state(false);
  /** The box is another one and what was handed in before is not known here: it has to be asked for again. */
  lost = $state(false);
  /** Why there is none, in the service's words. */
  why = $state("");

  readonly #round: Round;
  readonly #around: Around;
  readonly #seeds: Seeds;
  readonly #casting: Casting;
  #jitter: number;
  #seed: Seed | null = null;
  #answer: Answer = null;
  #n = 0;
  #signed = false;
  /** The blank of a closing round was cast. */
  #closing = false;
  #forget: (() => void) | null = null;
  #stopped = false;

  constructor(round: RoundView, around: Around) {
    this.#around = around;
    this.#jitter = round.timing.jitter;
    this.#round = { conference: around.conference, round: round.id, modulus: unhex(round.key ?? "") };
    this.#seeds = new Seeds(around.store, around.attendee);
    this.#casting = new Casting(`/box/${around.conference}/${round.id}`, around);
    if (round.state === "open" || round.state === "closing") void this.#begin();
    else this.#end(round.state !== "closed");
  }

  /** Takes what everybody is told of the round. */
  see({ state, timing }: Pick<RoundView, "state" | "timing">, epoch: string | null): void {
    if (this.#stopped) return;
    this.#jitter = timing.jitter;
    if (epoch !== null && this.#seed && this.#seed.epoch !== epoch) {
      // A note from before this page was loaded went with the old box.
      if (this.#seed.epoch !== null && this.before && !this.handed) this.lost = true;
      this.#seed.epoch = epoch;
      this.#seeds.keep(this.#round.round, this.#seed);
    }
    // A new box may be told of before the round is known to take notes once more: the note waits for that.
    if (epoch !== null && state !== "closed") this.#casting.box(epoch, this.#within(state));
    // The service was started anew after the closing: the round takes the note once more.
    if (state === "closing" && this.stands === "over" && this.#signed) this.stands = "ready";
    if (state === "closing" && !this.#closing) {
      this.#closing = true;
      this.#casting.hurry(this.#within(state));
      void this.#blank();
    }
    if (state === "closed") this.#end(false);
    else if (state === "revealed" || state === "void") this.#end(true);
    if (state === "void") void this.#around.sealed.forget();
  }

  /** Hands in what its person has chosen. What it is stays in this page's memory, and in no other place. */
  async handIn(answer: Answer): Promise<void> {
    if (this.stands !== "ready" && this.stands !== "asking") return;
    this.#n += 1;
    this.#answer = answer;
    this.handed = true;
    this.lost = false;
    if (this.stands === "ready") await this.#castAnswer();
  }

  /** Whether this note is among those that were shown; undefined where this page handed none in. */
  async find(bundle: readonly ShownNote[]): Promise<Own | undefined> {
    if (!this.#signed || (!this.handed && !this.#closing)) return undefined;
    // Its person answered before this page was loaded: that it is there is all that can be said.
    const notes = shownOf(bundle).map((note) => (this.before && !this.handed ? { oneTimeKey: note.oneTimeKey, signature: note.signature } : note));
    return this.#around.sealed.find(notes, this.#answer);
  }

  /** What waits to be handed in goes now: the page goes. */
  flush(): void {
    this.#casting.flush();
  }

  /** The page shows something else for good. The seed stays: the same person may come back in this tab. */
  stop(): void {
    this.flush();
    this.#stopped = true;
    this.#forget?.();
    this.#casting.stop();
    void this.#around.sealed.forget();
  }

  async #begin(): Promise<void> {
    const { sealed, ask } = this.#around;
    const id = this.#round.round;
    this.#seed ??= this.#seeds.take(id);
    this.before = this.#seed.loads > 1;
    try {
      const blinded = hex(await sealed.open(this.#round, this.#seed.seed));
      const outcome = await ask({ do: "ask-note", round: id, blinded });
      if (this.#stopped || this.stands !== "asking") return;
      if (outcome.is === "signed") {
        await sealed.finalise(unhex(outcome.signed));
        if (this.#stopped || this.stands !== "asking") return;
        this.#signed = true;
        this.stands = "ready";
        // Its person may have been faster than the signature.
        await (this.handed ? this.#castAnswer() : this.#blank());
      } else if (outcome.is === "refused") this.#refused(outcome.code === "already", outcome.code === "not-now", outcome.why);
    } catch (fault) {
      // A device that is no longer in says so by itself; arithmetic that does not come out is no note.
      if (!this.#stopped) this.#refused(false, false, fault instanceof Error ? fault.message : String(fault));
    }
  }

  #refused(elsewhere: boolean, later: boolean, why: string): void {
    this.why = why;
    if (elsewhere || !later) this.handed = false;
    if (elsewhere) {
      this.#seeds.erase(this.#round.round);
      this.#seed = null;
      this.stands = "elsewhere";
    } else if (later) {
      this.#forget = this.#around.after(ASK_AGAIN, () => {
        if (!this.#stopped && this.stands === "asking") void this.#begin();
      });
    } else this.stands = "not";
  }

  async #castAnswer(): Promise<void> {
    const loads = this.#seed?.loads ?? 1;
    await this.#cast(loads * OF_ONE_LOAD + this.#n, this.#answer, this.#within(this.#closing ? "closing" : "open"));
  }

  /** At the closing whoever has done nothing hands in a note without a number, so that silence does not stand out. */
  async #blank(): Promise<void> {
    if (this.#closing && this.stands === "ready" && !this.handed) await this.#cast(0, null, this.#within("closing"));
  }

  async #cast(seq: number, answer: Answer, within: number): Promise<void> {
    const n = this.#n;
    const ballot = await this.#around.sealed.ballot(seq, answer);
    if (!this.#stopped && this.#n === n && this.stands === "ready") this.#casting.cast(ballot, within);
  }

  #within(state: RoundView["state"]): number {
    return state === "closing" ? this.#jitter / 2 : this.#jitter;
  }

  #end(erase: boolean): void {
    this.stands = "over";
    this.#forget?.();
    this.#casting.rest();
    if (erase) {
      this.#casting.stop();
      this.#seeds.erase(this.#round.round);
      this.#seed = null;
    }
  }
}
