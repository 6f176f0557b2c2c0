/** The chair's network goes away in the middle of a line; what screens say about saving is held against the store. */

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

/** A state is painted, and what it speaks of is older or newer by the way through the network and the disk, in ms. */
const SLACK = 1_500;

/** Letters of lines. */
const lettersIn = (lines) => lines.reduce((sum, line) => sum + line.length, 0);

/** At each frame of a screen: what it says about saving, and its words. */
const watch = (page) =>
  page.evaluate((label) => {
    const seen = [];
    window.seen = seen;
    // Behind every callback of a frame and before it is painted: what somebody sees.
    const probe = document.body.appendChild(document.createElement("i"));
    let wide = 1;
    const look = () => {
      const save = document.querySelector("header .save, .meet-save .save")?.textContent.trim();
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
  let desk, farrow, reader, rightsOfFarrow, rightsOfChair;
  /** Durable words, with the moments at which they were asked for and had come. */
  const durable = [];
  /** What a seat allows, with the same moments. */
  const allowed = { farrow: [], desk: [] };
  /** When the chair was cut off, and when no more. */
  const cut = { from: Infinity, to: Infinity };
  let reading;
  let isOver = false;
  let isClosing = false;
  const ended = (error) => {
    if (!isClosing) throw error;
    return null;
  };
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
    const beside = async (one) => {
      const tab = await one.tab();
      const rights = new Reader(one.page);
      rights.page = tab;
      await tab.goto(`${service.origin}/gone`);
      return rights;
    };
    rightsOfFarrow = await beside(here.farrow);
    // The chair's own network goes away, and with it whoever asks through it.
    const { cookies } = await here.desk.context.storageState();
    here.chairAgain = await person(browser, { origin: service.origin });
    await here.chairAgain.context.addCookies(cookies);
    await here.chairAgain.page.goto(`${service.origin}/gone`);
    rightsOfChair = new Reader(desk.page);
    rightsOfChair.page = here.chairAgain.page;
    await desk.convene();
    await desk.tab(WELL);
    await desk.button("Show this sheet").click();
    await farrow.page.getByRole("heading", { name: WELL }).waitFor();
    await Promise.all([desk, farrow].map((one) => watch(one.page)));
    reading = (async () => {
      while (!isOver) {
        const at = Date.now();
        const words = async () => {
          // Whoever reads is shown out when the conference is closed.
          const lines = await reader.lines("working-well").catch(ended);
          if (lines) durable.push({ at, came: Date.now(), words: lines.join("\n"), letters: lettersIn(lines) });
        };
        const may = async (who, rights) => {
          const now = await rights.rights().catch(ended);
          if (now) allowed[who].push({ at, came: Date.now(), write: now["board.all"] === "write" });
        };
        await Promise.all([words(), may("farrow", rightsOfFarrow), may("desk", rightsOfChair)]);
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
    cut.from = Date.now();
    await until("out of touch", async () => /^Out of touch – \d+ changes? waits? here$/.test(await saying()), 5_000);
    await writing;
    await type(some("more", 12), 60);
    const atReader = (await linesOf(farrow.page, WELL))[0].words;
    assert.ok(typed.startsWith(atReader) && atReader.length < typed.length, "others still show what was durable");
    await new Promise((go) => setTimeout(go, Math.max(0, began + CUT - Date.now())));
    assert.match(await saying(), /^Out of touch – \d+ changes wait here$/);
    ofChair.mend();
    cut.to = Date.now();
    await type(some("after", 10));
  });

  await step("sync_nothing_lost every letter is on every screen and in the store", async () => {
    await until("saved", async () => (await saying()) === "Saved", 30_000);
    assert.deepEqual(await reader.lines("working-well"), [typed], "saved is in the store at once");
    for (const one of [desk, farrow]) await until("every letter", async () => (await linesOf(one.page, WELL))[0]?.words === typed.trim());
  });

  await step("p22 a pen is given and taken while its holder types", async () => {
    await desk.givePen("Miss Farrow");
    await farrow.page.getByText("you have a pen").waitFor();
    await farrow.startLine(WELL);
    await farrow.page.keyboard.type("hers and saved", { delay: 20 });
    await farrow.saved();
    await desk.takePen("Miss Farrow");
    await farrow.page.getByText("you have a pen").waitFor({ state: "hidden" });
    await until("no save state without a pen", async () => (await farrow.page.locator(".meet-save").count()) === 0);
  });

  await step("p13 closing leaves the desk readable and says why nothing can be written", async () => {
    isClosing = true;
    await desk.button("More").click();
    await desk.button("Close the conference").click();
    await desk.page.getByRole("dialog", { name: "Close the conference?" }).getByRole("button", { name: "Close it" }).click();
    await until("the reason", async () => (await saying()) === "Read only: the conference is closed");
    await new Promise((go) => setTimeout(go, 2 * SLACK));
  });

  await step("f63_save_state_never_lies every painted state was true of the store and of the rights at that moment", async () => {
    isOver = true;
    await reading;
    const seen = await desk.page.evaluate(() => window.seen);
    const tally = { saved: 0, waiting: 0, away: 0, locked: 0 };
    for (const [at, { save, words, ...frame }] of seen.entries()) {
      const gone = seen[at + 1]?.at ?? frame.at;
      const next = durable.find((one) => one.at >= frame.at);
      const before = durable.findLast((one) => one.came <= frame.at - SLACK);
      const here = lettersIn(words);
      const told = `“${save}” at ${frame.at} with ${here} letters`;
      if (save === "Saved") {
        if (!next) continue;
        tally.saved += 1;
        for (const line of words.filter(Boolean)) assert.ok(next.words.includes(line), `${told}: ${line}\nin the store: ${next.words}`);
        continue;
      }
      const [, state, n = 0] = save?.match(/^(Not saved yet|Out of touch)(?: – (\d+) changes? ?(?:waits? here)?)?$/) ?? [];
      if (state) {
        tally[state === "Out of touch" ? "away" : "waiting"] += 1;
        // A letter is a change. No fewer than the store lacks now; no more than it lacked the slack before, when its
        // answers had time to come – which they had not while the network was away.
        if (next) assert.ok(Number(n) >= here - next.letters, `${told}: the store lacks ${here - next.letters}`);
        const old = frame.at < cut.from || frame.at > cut.to + SLACK ? before : durable.findLast((one) => one.came <= cut.from - SLACK);
        // The line itself is one change more.
        if (old) assert.ok(Number(n) <= here - old.letters + 1, `${told}: the store had lacked ${here - old.letters}`);
        if (state === "Out of touch") assert.ok(gone >= cut.from && frame.at <= cut.to + 20_000, `${told}: the network was there`);
        continue;
      }
      assert.equal(save, "Read only: the conference is closed", told);
      tally.locked += 1;
    }
    assert.ok(tally.saved > 3 && tally.waiting > 10 && tally.away > 10 && tally.locked > 0, JSON.stringify(tally));
    assert.ok(durable.length > 50, `${durable.length} readings`);

    /** Whether a seat allowed writing at some reading that touches this time. */
    const may = (who, from, to) => allowed[who].filter((one) => one.came >= from - SLACK && one.at <= to + SLACK).map((one) => one.write);
    for (const [who, screen] of [["desk", seen], ["farrow", await farrow.page.evaluate(() => window.seen)]]) {
      for (const [at, { save, ...frame }] of screen.entries()) {
        const rights = may(who, frame.at, screen[at + 1]?.at ?? frame.at);
        if (rights.length === 0) continue;
        const reads = save === undefined || /^(Read only|You are reading)/.test(save);
        assert.ok(rights.includes(!reads), `${who} says “${save}” at ${frame.at}, and may write: ${rights.join(" ")}`);
      }
      assert.ok(new Set(allowed[who].map((one) => one.write)).size === 2, `the rights of ${who} changed`);
    }
    t.diagnostic(`${JSON.stringify(tally)} states of the desk against ${durable.length} readings of the store and ${allowed.desk.length} of its rights`);
    for (const one of Object.values(here)) assert.deepEqual(one.faults, []);
  });
});
