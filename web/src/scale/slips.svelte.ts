/** Notes typed for people without a device (P15): sealed and cast like everybody's, several of them in no order. */
import type { AttendeeId } from "../protocol/generated";
import type { RoundView } from "../model/types";
import { hex, unhex, type Bytes } from "./bytes";
import { Casting } from "./casting";
import type { Around } from "./ownNote.svelte";
import type { Answer, Round } from "./round";
import { Seeds } from "./seed";

/** What one slip says. */
export interface Slip {
  of: AttendeeId;
  answer: Answer;
}

export class Slips {
  /** Whose slip this page has handed in. What it said is not kept. */
  given = $state.raw<ReadonlySet<AttendeeId>>(new Set());

  readonly #round: Round;
  readonly #around: Omit<Around, "attendee">;
  readonly #casting = new Map<AttendeeId, Casting>();
  #jitter: number;
  #closing = false;
  #epoch: string | null = null;

  constructor(round: RoundView, around: Omit<Around, "attendee">) {
    this.#around = around;
    this.#jitter = round.timing.jitter;
    this.#round = { conference: around.conference, round: round.id, modulus: unhex(round.key ?? "") };
  }

  /** Takes what everybody is told of the round. */
  see({ state }: Pick<RoundView, "state">, epoch: string | null): void {
    this.#epoch = epoch ?? this.#epoch;
    const closes = state === "closing" && !this.#closing;
    this.#closing ||= closes;
    for (const [of, casting] of this.#casting) {
      if (state === "closed") casting.rest();
      else if (state !== "open" && state !== "closing") this.#over(of, casting);
      else {
        if (epoch !== null) casting.box(epoch, this.#within());
        if (closes) casting.hurry(this.#within());
      }
    }
  }

  /** Seals all of them, then hands each in after a wait of its own. The answer is why one was refused. */
  async hand(slips: readonly Slip[]): Promise<string | null> {
    const sealed: { of: AttendeeId; ballot: Bytes }[] = [];
    let why: string | null = null;
    for (const slip of slips) {
      const made = await this.#seal(slip);
      if (typeof made === "string") why = made;
      else sealed.push({ of: slip.of, ballot: made });
    }
    for (const { of, ballot } of sealed) {
      const casting = this.#casting.get(of) ?? new Casting(`/box/${this.#around.conference}/${this.#round.round}`, this.#around);
      this.#casting.set(of, casting);
      if (this.#epoch !== null) casting.box(this.#epoch, this.#within());
      casting.cast(ballot, this.#within());
    }
    this.given = new Set([...this.given, ...sealed.map(({ of }) => of)]);
    return why;
  }

  flush(): void {
    for (const casting of this.#casting.values()) casting.flush();
  }

  /** The page shows something else. */
  stop(): void {
    this.flush();
    for (const casting of this.#casting.values()) casting.stop();
  }

  async #seal({ of, answer }: Slip): Promise<Bytes | string> {
    const { sealed, store, ask } = this.#around;
    // A number that is put right has the same seed and counts more.
    const seed = new Seeds(store, of).take(this.#round.round);
    try {
      const blinded = hex(await sealed.open(this.#round, seed.seed));
      const outcome = await ask({ do: "ask-note-for", round: this.#round.round, attendee: of, blinded });
      if (outcome.is !== "signed") return outcome.is === "refused" ? outcome.why : "";
      await sealed.finalise(unhex(outcome.signed));
      return await sealed.ballot(seed.loads, answer);
    } catch (fault) {
      return fault instanceof Error ? fault.message : String(fault);
    } finally {
      await sealed.forget();
    }
  }

  #over(of: AttendeeId, casting: Casting): void {
    casting.stop();
    new Seeds(this.#around.store, of).erase(this.#round.round);
  }

  #within(): number {
    return this.#closing ? this.#jitter / 2 : this.#jitter;
  }
}
