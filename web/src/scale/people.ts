/** Who hands a note in, as the desk can say before a round is opened; the service decides (SPEC SEAL, P16). */
import type { Scale } from "../protocol/generated";
import type { Child, Desk, Expected, RoundView } from "../model/types";

/** Fewer people cannot be told anything without telling who (SEAL8). */
export const FEWEST = 4;

/** Everybody who is here and scales by the framework; of the family those who have chosen to. */
export function entitledNow(desk: Desk, scale: Scale): Expected[] {
  return desk.people.filter((person) => person.standing === "here" && (person.family ? desk.choices[person.id] === "pad" : scale.who.includes(person.role)));
}

/** The child who is asked about next: the first of whom nothing was shown. */
export function nextChild(children: readonly Child[], rounds: readonly RoundView[]): Child | undefined {
  return children.find((child) => !rounds.some((round) => round.child === child.id && round.revealed)) ?? children[0];
}
