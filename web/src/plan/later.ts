import { Later } from "../ui/later.svelte";

/** Rows to write in. */
export const penOfPlan = new Later(() => import("./editing"));
