/** A wall's screen stays lit, and a browser that does not let it is no fault of the meeting. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, person, SCREEN } from "./harness/browser.mjs";
import { comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";

let service, browser, link;
const here = {};

before(async () => {
  service = await Service.start();
  link = await practice(service, "filled sheets");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await service?.end();
});

/** Puts a browser's lock of its own in place, that tells what it was asked: whether this machine has a screen does not matter. */
const counted = (refuses) => {
  const told = { asked: [], held: 0 };
  window.wake = told;
  const request = async (kind) => {
    told.asked.push(kind);
    if (refuses) throw new DOMException("The battery is empty.", "NotAllowedError");
    told.held += 1;
    let isHeld = true;
    const release = async () => {
      if (isHeld) told.held -= 1;
      isHeld = false;
    };
    // As browsers do it: a page that is hidden has no lock any more.
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && release());
    return { release };
  };
  Object.defineProperty(Navigator.prototype, "wakeLock", { get: () => ({ request }) });
};

const sight = (page, state) =>
  page.evaluate((now) => {
    Object.defineProperty(document, "visibilityState", { get: () => now, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
const wake = (page) => page.evaluate(() => window.wake);

test("a wall stays awake", async (t) => {
  const step = story(t, () => here);
  const wall = async (name, refuses) => {
    here[name] = await person(browser, { origin: service.origin, screen: SCREEN.wall });
    await here[name].context.addInitScript(counted, refuses);
    await comeIn(here[name].page, await link("Wall of the room"));
    return here[name].page;
  };

  await step("p13_awake a wall asks for its screen's light once, and again when it comes back into sight", async () => {
    const page = await wall("wall", false);
    await until("the light", async () => (await wake(page)).held === 1);
    assert.deepEqual(await wake(page), { asked: ["screen"], held: 1 });
    await sight(page, "hidden");
    assert.deepEqual(await wake(page), { asked: ["screen"], held: 0 }, "nothing is asked for while nobody looks");
    await sight(page, "visible");
    await until("the light again", async () => (await wake(page)).held === 1);
    assert.deepEqual(await wake(page), { asked: ["screen", "screen"], held: 1 });
  });

  await step("p13_awake a refusal is silent, and the wall shows what it shows", async () => {
    const page = await wall("dark wall", true);
    await until("the question", async () => (await wake(page)).asked.length === 1);
    await page.getByText(/^page \d+ of|Join on your own phone/).first().waitFor();
    await sight(page, "hidden");
    await sight(page, "visible");
    await until("the question again", async () => (await wake(page)).asked.length === 2);
    assert.equal(await page.getByRole("alert").count(), 0);
    for (const one of Object.values(here)) assert.deepEqual(one.faults, [], "no page had a fault");
  });

  await step("p13_awake an attendee's phone is left alone", async () => {
    here.ewa = await person(browser, { origin: service.origin, screen: SCREEN.phone, touch: true });
    await here.ewa.context.addInitScript(counted, false);
    await comeIn(here.ewa.page, await link("Ewa Nowicka"));
    await here.ewa.page.getByRole("heading", { name: "The chair will be with you soon" }).waitFor();
    assert.deepEqual((await wake(here.ewa.page)).asked, []);
  });
});
