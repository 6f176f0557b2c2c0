/** What only somebody with a pen needs; a phone that reads does not fetch it. */
import "../words/pen";

export { default as NoteEditor } from "./NoteEditor.svelte";
export { default as MoveDialog } from "./MoveDialog.svelte";
export { default as QuoteDialog } from "./QuoteDialog.svelte";
export { default as TakeOffDialog } from "./TakeOffDialog.svelte";
