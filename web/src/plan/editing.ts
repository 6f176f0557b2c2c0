/** What only somebody who may write the plan needs. */
import "../words/pen";

export { default as PenRow } from "./PenRow.svelte";
export { default as PenField } from "./PenField.svelte";
