/** The arithmetic of a sealed note. */
import type { Asked } from "./asked";
import { check } from "./check";
import { Device } from "./device";
import { wordsOf } from "./round";

/** Holds one device, of the round that is open; when it is told to forget, it is gone. */
export class Sealing {
  #device: Device | undefined;

  async answer(asked: Asked): Promise<unknown> {
    switch (asked.do) {
      case "words":
        return wordsOf(asked.round);
      case "open":
        this.#device?.forget();
        this.#device = await Device.from(asked.round, asked.seed);
        return this.#device.blinded.slice();
      case "finalise":
        await this.#here().finalise(asked.signed);
        return undefined;
      case "ballot":
        return this.#here().ballot(asked.seq, asked.answer);
      case "check":
        return check(asked.round, asked.entitled, asked.numbers, asked.bundle);
      case "find":
        return this.#here().find(asked.bundle, asked.answer);
      case "forget":
        this.#device?.forget();
        this.#device = undefined;
        return undefined;
    }
  }

  #here(): Device {
    if (!this.#device) throw new Error("no round is open on this device");
    return this.#device;
  }
}
