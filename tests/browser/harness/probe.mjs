/**
 * How long a page's own thread is held up by single pieces of work on a phone that is so many times slower than this machine.
 *
 * One page is really made slower, as a phone is; how long its pieces take depends on what else this machine does, so that is
 * told and not judged. Another page at full speed is judged: of each piece of work the time on the processor, which a busy
 * machine does not lengthen, times as many. Only what the page itself does is counted: drawing a new screen is the
 * browser's work and takes what it takes.
 */

import { until } from "./until.mjs";

const CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "blink.user_timing"];
const DRAWING = new Set(["UpdateLayoutTree", "Layout", "PrePaint", "Paint", "Layerize", "Commit"]);

export class Probe {
  #client;
  #phone;
  #times;
  #events = [];

  /** Makes `slow` that many times slower and looks at both pages from now on. */
  static async start({ slow, quick, times }) {
    const probe = new Probe();
    probe.#times = times;
    probe.#phone = await slow.context().newCDPSession(slow);
    const client = (probe.#client = await slow.context().browser().newBrowserCDPSession());
    client.on("Tracing.dataCollected", ({ value }) => probe.#events.push(...value));
    await client.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: CATEGORIES, excludedCategories: ["*"] } });
    for (const [name, page] of Object.entries({ slow, quick })) await page.evaluate((mark) => void performance.mark(mark), name);
    await probe.#phone.send("Emulation.setCPUThrottlingRate", { rate: times });
    return probe;
  }

  /** Milliseconds of the longest pieces: `own` is judged, `slow` was measured on the slow page with what was drawn for it. */
  async end() {
    await this.#phone.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    let complete = false;
    this.#client.once("Tracing.tracingComplete", () => (complete = true));
    await this.#client.send("Tracing.end");
    await until("the whole trace", () => complete);
    await this.#client.detach();
    await this.#phone.detach();
    const ms = (microseconds) => Math.round(microseconds / 100) / 10;
    const [slow, quick] = [this.#pieces("slow"), this.#pieces("quick")];
    return { count: quick.length, own: ms(this.#times * Math.max(...quick.map(({ own }) => own))), slow: ms(Math.max(...slow.map(({ whole }) => whole))) };
  }

  /** Pieces of work of the page that has this mark, in microseconds of the processor. */
  #pieces(name) {
    const mark = this.#events.find((event) => event.name === name && event.cat === "blink.user_timing");
    const thread = this.#events
      .filter((event) => event.pid === mark.pid && event.tid === mark.tid && event.tdur !== undefined)
      .toSorted((a, b) => a.ts - b.ts || b.dur - a.dur);
    const pieces = [];
    // A frame's own callbacks make the new picture, which is then styled, laid out and painted. What follows from them –
    // promises that are kept within the frame – is the page's own.
    let [end, frame, counted] = [0, 0, 0];
    for (const event of thread) {
      if (event.name === "RunTask" && event.ts >= end) {
        end = event.ts + event.dur;
        pieces.push({ whole: event.tdur, own: event.tdur });
      }
      if (event.ts >= end) continue;
      if (event.name === "FireAnimationFrame") frame = event.ts + event.dur;
      const draws = DRAWING.has(event.name) || (event.name === "FunctionCall" && event.ts < frame);
      if (!draws || event.ts < counted) continue;
      counted = event.ts + event.dur;
      pieces.at(-1).own -= event.tdur;
    }
    return pieces;
  }
}
