/**
 * How long a page's own thread is held up by single pieces of work on a phone that is so many times slower than this machine.
 *
 * One page is really made slower, as a phone is; how long its pieces take depends on what else this machine does, so that is
 * told and not judged. Other pages at full speed are judged: of each piece of work – scripts, style, layout and paint alike –
 * the time on the processor, times as many. They all do the same, and what the machine does in between can only make a piece
 * longer: the page counts on which the longest piece was shortest.
 */

import { until } from "./until.mjs";

const CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "blink.user_timing"];

export class Probe {
  #client;
  #phone;
  #times;
  #quick;
  #events = [];

  /** Makes `slow` that many times slower and looks at it and at all the `quick` ones from now on. */
  static async start({ slow, quick, times }) {
    const probe = new Probe();
    probe.#times = times;
    probe.#quick = quick.map((_, n) => `quick ${n}`);
    probe.#phone = await slow.context().newCDPSession(slow);
    const client = (probe.#client = await slow.context().browser().newBrowserCDPSession());
    client.on("Tracing.dataCollected", ({ value }) => probe.#events.push(...value));
    await client.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: CATEGORIES, excludedCategories: ["*"] } });
    for (const [name, page] of [["slow", slow], ...quick.map((page, n) => [probe.#quick[n], page])]) {
      await page.evaluate((mark) => void performance.mark(mark), name);
    }
    await probe.#phone.send("Emulation.setCPUThrottlingRate", { rate: times });
    return probe;
  }

  /** Milliseconds of the longest pieces, `all` by quick page: `longest` is judged, `slow` was measured on the slow page. */
  async end() {
    await this.#phone.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    let complete = false;
    this.#client.once("Tracing.tracingComplete", () => (complete = true));
    await this.#client.send("Tracing.end");
    await until("the whole trace", () => complete);
    await this.#client.detach();
    await this.#phone.detach();
    const ms = (microseconds) => Math.round(microseconds / 100) / 10;
    const quick = this.#quick.map((name) => this.#pieces(name));
    const all = quick.map((pieces) => ms(this.#times * Math.max(...pieces)));
    const count = Math.min(...quick.map((pieces) => pieces.length));
    return { count, longest: Math.min(...all), all, slow: ms(Math.max(...this.#pieces("slow"))) };
  }

  /** Pieces of work of the page that has this mark, in microseconds of the processor. */
  #pieces(name) {
    const mark = this.#events.find((event) => event.name === name && event.cat === "blink.user_timing");
    const tasks = this.#events
      .filter((event) => event.name === "RunTask" && event.tdur !== undefined && event.pid === mark.pid && event.tid === mark.tid && event.ts > mark.ts)
      .toSorted((a, b) => a.ts - b.ts);
    // One inside another is part of it.
    let end = 0;
    return tasks.flatMap((task) => {
      if (task.ts < end) return [];
      end = task.ts + task.dur;
      return [task.tdur];
    });
  }
}
