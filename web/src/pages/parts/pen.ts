/** What only somebody with a pen needs around the sheets. */
import "../../words/parts";

export { default as Saved } from "./Saved.svelte";
export { default as Tray } from "./Tray.svelte";
