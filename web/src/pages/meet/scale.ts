/** A round of sealed notes. Comes when the first one opens. */
import "../../words/scale";
import { words } from "../../words";

export { default as MeetRound } from "../../scale/MeetRound.svelte";
export { default as UnderWay } from "../../scale/UnderWay.svelte";
export { isPadOpen, noteOf } from "../../scale/mine";

/** Beside the phase, while the pad is open. */
export const onlyYou = (): string => words("scale-only-you");
