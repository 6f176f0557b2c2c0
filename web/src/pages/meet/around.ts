/** What is looked at beside the chair's sheet. */
import "../../words/around";

export { default as Agenda } from "./Agenda.svelte";
export { default as MyPart } from "../../plan/MyPart.svelte";
export { default as Overview } from "./Overview.svelte";
export { default as Roll } from "../../people/Roll.svelte";
