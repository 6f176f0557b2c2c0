/** A desk on the narrowest screen (320 px, what 1280 px is at 400 %): every tab and every dialog without sideways scroll. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Attendee } from "./harness/attendee.mjs";
import { launch, person, SCREEN } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { judgeReflow } from "./harness/judge.mjs";
import { atTheDoor, comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { linesOf } from "./harness/sheets.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";
import { VIEWS, WELL, WORRIED } from "./scenario-b.mjs";

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

test("a desk that is 320 px wide", { timeout: 300_000 }, async (t) => {
  const step = story(t, () => here);
  let desk, page, ewa;

  const sits = async (name, how = {}) => {
    here[name] = await person(browser, { origin: service.origin, ...how });
    here[name].page.setDefaultTimeout(15_000);
    await comeIn(here[name].page, await link(name));
    return here[name].page;
  };
  const open = () => page.locator("dialog[open]");
  /** Opens a dialog, looks at it and closes it. */
  const dialog = async (name, opens, inside = async () => {}) => {
    await opens();
    await open().first().waitFor();
    await inside(open());
    await judgeReflow(page, name);
    // One may lie over another.
    await until("all closed", async () => {
      if (!(await open().count())) return true;
      await page.keyboard.press("Escape");
      return false;
    });
  };
  const fromMore = (name) => async () => {
    await desk.button("More").click();
    await desk.button(name).click();
  };
  const lineOf = async (section, is) => 1 + (await linesOf(page, section)).findIndex(is);
  /** The menu of a line: what a press in it opens. */
  const ofLine = (section, n, name) => async () => {
    const more = desk.line(section, n).getByRole("button", { name: `More for line ${n} of ${section}`, exact: true });
    if ((await more.getAttribute("aria-expanded")) === "false") await more.click();
    await desk.line(section, n).getByRole("group", { name: /^More for/ }).getByRole("button", { name }).click();
  };

  await step("setup_reflow a desk, a mother, a note that was offered, a line that is held", async () => {
    page = await sits("Ruth Amankwah", { screen: SCREEN.laptop });
    desk = new Desk(page);
    ewa = new Attendee(await sits("Ewa Nowicka"));
    await atTheDoor(ewa.page);
    await desk.letIn("Ewa Nowicka");
    await ewa.page.getByText("You are following the chair").waitFor();
    await desk.phase("Mapping");
    await ewa.offer("Averylongwordthatnobodywouldeverwritebutthatmaystandinsomebodysownwordsandhastobebroken.");
    await desk.offers().waitFor();
    await ewa.ask("I need a break").click();
    await desk.asks().getByText("would like a break").waitFor();
    await page.setViewportSize(SCREEN.narrow);
  });

  await step("reflow the small desk, and the whole one with every tab", async () => {
    await page.getByRole("button", { name: "The whole desk" }).waitFor();
    await judgeReflow(page, "desk-small");
    await page.getByRole("button", { name: "The whole desk" }).click();
    const tabs = await page.getByRole("tab").allTextContents();
    assert.ok(tabs.length >= 5, tabs.join(", "));
    for (const name of tabs.map((one) => one.trim())) {
      await desk.tab(name);
      await judgeReflow(page, name);
    }
    for (const fold of [/^Who speaks/, /^Still open/, /more question/, /Write a line that waits/]) {
      const summary = page.locator("summary", { hasText: fold });
      if (await summary.count()) await summary.first().click();
    }
    await judgeReflow(page, "everything unfolded");
  });

  await step("reflow the dialogs of the desk", async () => {
    const people = () => desk.button("People").click();
    await dialog("people", people);
    await dialog("a person", people, (all) => all.getByRole("button", { name: "Ewa Nowicka: what to do" }).click());
    await dialog("invite", people, (all) => all.locator("summary", { hasText: "Invite somebody" }).click());
    await dialog("correct a name", people, async (all) => {
      const ewas = all.getByRole("button", { name: "Ewa Nowicka: what to do" });
      if ((await ewas.getAttribute("aria-expanded")) === "false") await ewas.click();
      await all.getByRole("button", { name: "Correct the name" }).click();
      await page.getByRole("dialog", { name: "Correct a name" }).waitFor();
    });
    await dialog("convened", () => page.getByRole("button", { name: /^Convened at/ }).click());
    await dialog("link a wall", () => desk.button("Link a wall").click());
    await dialog("keys", fromMore("Keys"));
    await dialog("recording", fromMore("Recording notice"));
    await dialog("places", fromMore("Who sees where people sit"));
    await dialog("close", fromMore("Close the conference"));
  });

  await step("reflow the dialogs of a line and of a row", async () => {
    await desk.tab(WORRIED);
    await dialog("quote", ofLine(WORRIED, 1, "Make it a quote"));
    await dialog("move", ofLine(WORRIED, 1, /^Move to another section/));
    await dialog("take off", ofLine(WORRIED, 1, "Take off"));
    await desk.tab(VIEWS);
    const locked = async () => lineOf(VIEWS, ({ beside }) => beside.some((one) => one.endsWith("read back")));
    if (!(await locked())) {
      await page.getByRole("button", { name: /^It has been read back/ }).first().click();
      await until("locked words", locked);
    }
    await dialog("reword", ofLine(VIEWS, await locked(), "Change with their yes"));
    await desk.tab("The Plan");
    await dialog("take a row off", async () => {
      await desk.button("More for row 1").click();
      await judgeReflow(page, "the menu of a row");
      await page.getByRole("group", { name: "More for row 1" }).getByRole("button", { name: "Take off" }).click();
    });
  });

  await step("reflow a pause, what will appear, and words that were not taken", async () => {
    await desk.tab(WELL);
    await desk.startLine(WELL);
    await page.keyboard.insertText("She says that it was always like this. ".repeat(300));
    await page.getByRole("region", { name: /^Words not taken/ }).waitFor();
    await judgeReflow(page, "tray");
    await desk.pause();
    await judgeReflow(page, "paused");
    await dialog("resume", () => page.keyboard.press("F8"));
    await desk.resume();
    for (const [name, one] of Object.entries(here)) assert.deepEqual(one.faults, [], name);
  });
});
