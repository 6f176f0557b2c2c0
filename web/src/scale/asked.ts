/** What a sealed note asks of the arithmetic. This file holds no arithmetic: it travels with the screen. */
import type { Bytes } from "./bytes";
import type { Fault, Shown } from "./check";
import type { Own } from "./device";
import type { Answer, Round } from "./round";

/** What can be asked. */
export type Asked =
  | { do: "words"; round: Round }
  | { do: "open"; round: Round; seed: Bytes }
  | { do: "finalise"; signed: Bytes }
  | { do: "ballot"; seq: number; answer: Answer }
  | { do: "check"; round: Round; entitled: number; numbers: readonly number[]; bundle: readonly Shown[] }
  | { do: "find"; bundle: readonly Shown[]; answer: Answer }
  | { do: "forget" };

/** The same as it is used, wherever it is answered. */
export class Sealed {
  readonly #ask: (asked: Asked) => Promise<unknown>;

  constructor(ask: (asked: Asked) => Promise<unknown>) {
    this.#ask = ask;
  }

  /** The four words of a round, from the key that this browser was given. */
  words(round: Round): Promise<string[]> {
    return this.#of({ do: "words", round });
  }
  /** Begins, or after a reload resumes, this device's part in a round. Answers what the service is asked to sign. */
  open(round: Round, seed: Bytes): Promise<Bytes> {
    return this.#of({ do: "open", round, seed });
  }
  /** Takes what the service signed; fails if it is not signed with the round's key. */
  finalise(signed: Bytes): Promise<void> {
    return this.#of({ do: "finalise", signed });
  }
  /** A body for the box, always of the same length. */
  ballot(seq: number, answer: Answer): Promise<Bytes> {
    return this.#of({ do: "ballot", seq, answer });
  }
  /** What is wrong with a revealed bundle; undefined if nothing is. */
  check(round: Round, entitled: number, numbers: readonly number[], bundle: readonly Shown[]): Promise<Fault | undefined> {
    return this.#of({ do: "check", round, entitled, numbers, bundle });
  }
  /** Whether the own note is in it, for a press-and-hold alone. */
  find(bundle: readonly Shown[], answer: Answer): Promise<Own> {
    return this.#of({ do: "find", bundle, answer });
  }
  /** Erases this device's part: once the reveal has been left, when a round is void, and on leaving. */
  forget(): Promise<void> {
    return this.#of({ do: "forget" });
  }

  #of<T>(asked: Asked): Promise<T> {
    return this.#ask(asked) as Promise<T>;
  }
}
