/** Sealed notes on the desk. */
import "../../words/scale-desk";

export { default as DeskScale } from "../../scale/DeskScale.svelte";
