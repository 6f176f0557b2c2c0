// The desk's words are there before any of its modules asks for one.
import "../words/desk";
export { default } from "./Desk.svelte";
