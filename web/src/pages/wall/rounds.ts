/** Sealed notes on a wall. */
export { default as WallRound } from "../../scale/WallRound.svelte";
