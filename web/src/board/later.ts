import { Later } from "../ui/later.svelte";

/** Lines to write in. */
export const penOfBoard = new Later(() => import("./editing"));
