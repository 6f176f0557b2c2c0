/** A round of sealed notes. Comes with the phase that has one. */
import "../../words/scale";
import type { RoundView } from "../../model/types";
import { words } from "../../words";

export { default as MeetRound } from "../../scale/MeetRound.svelte";
export { default as UnderWay } from "../../scale/UnderWay.svelte";
export { isPadOpen, noteOf } from "../../scale/mine";
export { eraseOver } from "../../scale/seed";

/** What is read aloud of it. */
export const spokenOf = (round: RoundView): string[] => [round.question, `0: ${round.lowWords}`, `10: ${round.highWords}`];

/** Beside the phase, while the pad is open. */
export const onlyYou = (): string => words("scale-only-you");
