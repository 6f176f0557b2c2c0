import { Later } from "../../ui/later.svelte";

/** Sealed notes. Comes when the phase is opened to which the framework's scale belongs. */
export const scale = new Later(() => import("./scale"));
