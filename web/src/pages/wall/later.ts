import { Later } from "../../ui/later.svelte";

/** A round of sealed notes in place of the sheet. Comes when the first one opens. */
export const rounds = new Later(() => import("./rounds"));
