import { Later } from "../../ui/later.svelte";

/** Offering something to the chair, and what has become of it. */
export const offering = new Later(() => import("./offering"));
/** All sheets at once, and my part. */
export const around = new Later(() => import("./around"));
/** Save state and words not taken, for whoever has or had a pen. */
export const pen = new Later(() => import("../parts/pen"));
/** What the chair asks of this person alone, and putting one's own name right: seldom, so it comes when it is needed. */
export const forMe = new Later(() => import("./for-me"));
/** Sealed notes: the pad and the numbers. */
export const scale = new Later(() => import("./scale"));
