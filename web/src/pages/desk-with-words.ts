// The words of the desk are there before any of its modules asks for one.
import "../words/desk";
import "../words/people-desk";
import "../words/sheets";
import "../words/parts";
export { default } from "./Desk.svelte";
