/** The arithmetic of a sealed note, beside the screen and not on it: a slow phone needs half a second for it. */
import type { Asked } from "./asked";
import type { Told } from "./sealed";
import { Sealing } from "./sealing";

const sealing = new Sealing();
/** One after the other: an `open` that is on its way is done before what was asked behind it. */
let before: Promise<unknown> = Promise.resolve();

addEventListener("message", ({ data }: MessageEvent<{ id: number; asked: Asked }>) => {
  const { id, asked } = data;
  before = before.then(async () => {
    const told: Told = await sealing.answer(asked).then(
      (value) => ({ id, value }),
      (why: unknown) => ({ id, fault: why instanceof Error ? why.message : String(why) }),
    );
    postMessage(told);
  });
});
