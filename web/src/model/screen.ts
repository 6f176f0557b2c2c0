/** What the parts of a sheet are given. */

export type { Meeting } from "./meeting.svelte";
export type { Child, NoteView, Stage } from "./types";
import type { Command } from "../protocol/generated";

/** Sends a command; a refusal is told to the person and answered with false. */
export type Act = (command: Command) => Promise<boolean>;
