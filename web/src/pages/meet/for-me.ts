/** What the chair asks of one person, and one's own name. */
import "../../words/for-me";

export { default as AskedOfMe } from "./AskedOfMe.svelte";
export { default as OwnName } from "./OwnName.svelte";
