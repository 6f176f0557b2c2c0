/**
 * The arithmetic of a sealed note, beside the screen and not on it: a slow phone needs half a second for it. Holds one
 * device, of the round that is open; when it is told to forget, it is gone.
 */
import { check } from "./check";
import { Device } from "./device";
import type { Asked, Told } from "./sealed";
import { wordsOf } from "./round";

let device: Device | undefined;

async function answer(asked: Asked): Promise<unknown> {
  const here = (): Device => {
    if (!device) throw new Error("no round is open on this device");
    return device;
  };
  switch (asked.do) {
    case "words":
      return wordsOf(asked.round);
    case "open":
      device?.forget();
      device = await Device.from(asked.round, asked.seed);
      return device.blinded.slice();
    case "finalise":
      await here().finalise(asked.signed);
      return undefined;
    case "ballot":
      return here().ballot(asked.seq, asked.answer);
    case "check":
      return check(asked.round, asked.entitled, asked.numbers, asked.bundle);
    case "find":
      return here().find(asked.bundle, asked.answer);
    case "forget":
      device?.forget();
      device = undefined;
      return undefined;
  }
}

/** One after the other: an `open` that is on its way is done before what was asked behind it. */
let before: Promise<unknown> = Promise.resolve();

addEventListener("message", ({ data }: MessageEvent<{ id: number; asked: Asked }>) => {
  const { id, asked } = data;
  before = before.then(async () => {
    const told: Told = await answer(asked).then(
      (value) => ({ id, value }),
      (why: unknown) => ({ id, fault: why instanceof Error ? why.message : String(why) }),
    );
    postMessage(told);
  });
});
