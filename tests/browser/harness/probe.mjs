/**
 * How long a page's own thread was held up by single pieces of work, on a processor that is so many times slower.
 *
 * What is counted is the time on the processor, which a busy machine does not lengthen, and of it what the page itself does:
 * drawing a new screen is the browser's work, takes what it takes on that phone, and is told beside it.
 */

import { until } from "./until.mjs";

const CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "blink.user_timing"];
/** A new picture is made in a frame, and then styled, laid out and painted. */
const DRAWING = new Set(["FireAnimationFrame", "UpdateLayoutTree", "Layout", "PrePaint", "Paint", "Layerize", "Commit"]);
const MARK = "probe";

export class Probe {
  #client;
  #events = [];

  /** Slows the page down `times` fold and looks from now on. */
  static async start(page, times) {
    const probe = new Probe();
    const client = (probe.#client = await page.context().newCDPSession(page));
    client.on("Tracing.dataCollected", ({ value }) => probe.#events.push(...value));
    await client.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: CATEGORIES, excludedCategories: ["*"] } });
    await page.evaluate((mark) => void performance.mark(mark), MARK);
    await client.send("Emulation.setCPUThrottlingRate", { rate: times });
    return probe;
  }

  /** Milliseconds: `own` of the longest piece of the page's own work, `whole` of the longest with what was drawn for it. */
  async end() {
    await this.#client.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    let complete = false;
    this.#client.once("Tracing.tracingComplete", () => (complete = true));
    await this.#client.send("Tracing.end");
    await until("the whole trace", () => complete);
    await this.#client.detach();
    const mark = this.#events.find((event) => event.name === MARK);
    const thread = this.#events.filter((event) => event.pid === mark.pid && event.tid === mark.tid && event.dur !== undefined);
    const tasks = thread.filter((event) => event.name === "RunTask").toSorted((a, b) => a.ts - b.ts);
    const own = tasks.map((task) => task.tdur);
    let counted = 0;
    for (const drawn of thread.filter((event) => DRAWING.has(event.name)).toSorted((a, b) => a.ts - b.ts)) {
      // What is laid out within a frame is part of it.
      if (drawn.ts < counted) continue;
      counted = drawn.ts + drawn.dur;
      const at = tasks.findLastIndex((task) => task.ts <= drawn.ts);
      if (at >= 0 && drawn.ts < tasks[at].ts + tasks[at].dur) own[at] -= drawn.tdur;
    }
    const ms = (all) => Math.round(Math.max(...all) / 100) / 10;
    return { count: tasks.length, own: ms(own), whole: ms(tasks.map((task) => task.tdur)) };
  }
}
