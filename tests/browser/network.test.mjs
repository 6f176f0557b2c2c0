/** The chair's network goes away in the middle of a line. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Attendee } from "./harness/attendee.mjs";
import { launch, person } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { Network } from "./harness/network.mjs";
import { atTheDoor, comeIn, practice } from "./harness/practice.mjs";
import { Reader } from "./harness/reader.mjs";
import { Service } from "./harness/service.mjs";
import { linesOf } from "./harness/sheets.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";
import { WELL } from "./scenario-b.mjs";

const CUT = 30_000;

let service, browser, ofChair;
const here = {};

before(async () => {
  service = await Service.start();
  browser = await launch();
  ofChair = await Network.start({ delay: 20, seed: 3 });
});

after(async () => {
  await browser?.close();
  await ofChair?.end();
  await service?.end();
});

/** At each frame of the desk: what it says about saving, and its words. */
const watch = (page) =>
  page.evaluate((label) => {
    const seen = [];
    window.seen = seen;
    // Behind every callback of a frame and before it is painted: what somebody sees.
    const probe = document.body.appendChild(document.createElement("i"));
    let wide = 1;
    const look = () => {
      const save = document.querySelector("header .save")?.textContent.trim();
      const words = [...document.querySelectorAll(`ul[aria-label="${CSS.escape(label)}"] textarea`)].map((area) => area.value);
      const last = seen.at(-1);
      if (!last || last.save !== save || last.words.join("\n") !== words.join("\n")) seen.push({ at: Date.now(), save, words });
    };
    new ResizeObserver(look).observe(probe);
    const turn = () => {
      probe.style.cssText = `position: fixed; height: 1px; width: ${(wide = 3 - wide)}px`;
      requestAnimationFrame(turn);
    };
    turn();
  }, WELL);

test("a network that goes away", async (t) => {
  const step = story(t, () => here);
  let desk, farrow, reader;
  /** Durable words, with the moment at which they were asked for. */
  const durable = [];
  let reading;
  let isOver = false;
  let typed = "";

  const type = async (words, delay = 25) => {
    for (const letter of words) {
      typed += letter;
      await desk.page.keyboard.type(letter);
      await new Promise((go) => setTimeout(go, delay));
    }
  };
  const some = (of, count) => Array.from({ length: count }, (_, n) => `${of}${n} `).join("");
  const saying = () => desk.page.getByRole("banner").locator(".save").textContent();

  await step("two people and a reader are here", async () => {
    const link = await practice(service, "empty sheets");
    here.desk = await person(browser, { origin: service.origin, network: ofChair });
    here.farrow = await person(browser, { origin: service.origin });
    here.reader = await person(browser, { origin: service.origin });
    await comeIn(here.desk.page, await link("Ruth Amankwah"));
    desk = new Desk(here.desk.page);
    for (const [key, name] of [["farrow", "Miss Farrow"], ["reader", "Team manager"]]) {
      await comeIn(here[key].page, await link(name));
      await atTheDoor(here[key].page);
      await desk.letIn(name);
      await here[key].page.getByText("You are following the chair").waitFor();
    }
    farrow = new Attendee(here.farrow.page);
    // The reader's own app would hold a socket open; only its session is wanted.
    reader = new Reader(here.reader.page);
    await here.reader.page.goto(`${service.origin}/gone`);
    await desk.convene();
    await desk.tab(WELL);
    await desk.button("Show this sheet").click();
    await farrow.page.getByRole("heading", { name: WELL }).waitFor();
    await watch(desk.page);
    reading = (async () => {
      while (!isOver) {
        const at = Date.now();
        durable.push({ at, words: (await reader.lines("working-well")).join("\n") });
        await new Promise((go) => setTimeout(go, 60));
      }
    })();
    reading.catch(() => {});
    await desk.startLine(WELL);
    await type(some("before", 12));
    await until("saved", async () => (await saying()) === "Saved");
  });

  await step("sync_ledger words wait while nothing arrives, and nothing is called saved", async () => {
    ofChair.hush();
    await type(some("hushed", 8));
    assert.match(await saying(), /^Not saved yet – \d+ changes?$/);
    ofChair.mend();
    await until("saved", async () => (await saying()) === "Saved");
  });

  await step("sync_cut the chair goes on writing for 30 s without a network", async () => {
    const writing = type(some("cut", 30), 60);
    await new Promise((go) => setTimeout(go, 400));
    const began = Date.now();
    ofChair.cut();
    await until("out of touch", async () => /^Out of touch – \d+ changes? waits? here$/.test(await saying()), 5_000);
    await writing;
    await type(some("more", 12), 60);
    const atReader = (await linesOf(farrow.page, WELL))[0].words;
    assert.ok(typed.startsWith(atReader) && atReader.length < typed.length, "others still show what was durable");
    await new Promise((go) => setTimeout(go, Math.max(0, began + CUT - Date.now())));
    assert.match(await saying(), /^Out of touch – \d+ changes wait here$/);
    ofChair.mend();
    await type(some("after", 10));
  });

  await step("sync_nothing_lost every letter is on every screen and in the store", async () => {
    await until("saved", async () => (await saying()) === "Saved", 30_000);
    assert.deepEqual(await reader.lines("working-well"), [typed], "saved is in the store at once");
    for (const one of [desk, farrow]) await until("every letter", async () => (await linesOf(one.page, WELL))[0]?.words === typed.trim());
  });

  await step("f63_save_state_never_lies at no frame was anything called saved that was not in the store", async () => {
    isOver = true;
    await reading;
    const seen = await desk.page.evaluate(() => window.seen);
    let saved = 0;
    for (const { at, save, words } of seen) {
      const next = durable.find((one) => one.at >= at);
      if (save !== "Saved" || !next) continue;
      saved += 1;
      for (const line of words.filter(Boolean)) assert.ok(next.words.includes(line), `called saved at ${at}: ${line}\nin the store: ${next.words}`);
    }
    assert.ok(saved > 3, `${saved} frames said saved`);
    assert.ok(seen.some(({ save }) => save?.startsWith("Not saved yet")), "it was seen to wait");
    assert.ok(durable.length > 50, `${durable.length} readings`);
    t.diagnostic(`${seen.length} states of the desk, ${saved} of them saved, against ${durable.length} readings of the store`);
    for (const one of Object.values(here)) assert.deepEqual(one.faults, []);
  });
});
