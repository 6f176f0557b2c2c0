/** The README's tour, walked by its steps and by the words that it prints in bold. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Attendee } from "./harness/attendee.mjs";
import { kept, launch, person, SCREEN } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { linesOf, wallShows } from "./harness/sheets.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";
import { WORRIED } from "./scenario-b.mjs";

const exact = true;
const WRITTEN = "He holds his arm when it rains.";
const OFFERED = "I would like to tell it myself.";
const PAUSED = "His uncle phones on Saturdays.";

let service, browser, link, readme;
const here = {};

before(async () => {
  service = await Service.start();
  link = await practice(service, "filled sheets");
  browser = await launch();
  readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
});

after(async () => {
  await browser?.close();
  await service?.end();
});

/** The words of one step of the tour. */
function tourStep(n) {
  const tour = readme.split("## Five minutes")[1].split("\n## ")[0].replace(/\s+/g, " ");
  return tour.split(new RegExp(` ${n}\\. `))[1].split(new RegExp(` ${n + 1}\\. `))[0];
}

test("the tour of the README", async (t) => {
  const told = story(t, () => here);
  let tabs, desk, wall, ewa;
  let says;
  const step = (n, name, act) =>
    told(`readme_tour ${n}: ${name}`, async () => {
      says = tourStep(n);
      await act();
    });
  /** A button that the step prints in bold, so that neither can change alone. */
  const bold = (page, name) => {
    assert.ok(says.includes(`**${name}**`), `the step names no **${name}**: ${says}`);
    return page.getByRole("button", { name: new RegExp(`^${name}`) }).first();
  };
  const quoted = (words) => assert.ok(says.includes(words), `the step does not say ${words}: ${says}`);
  const opens = async (page, whose) => {
    const { url, pin } = await link(whose);
    await page.goto(url);
    await page.getByLabel("Type your PIN").fill(pin);
    await page.getByRole("button", { name: "Open", exact }).click();
  };
  const shows = (page, words) => page.getByText(words).first().waitFor();

  await step(1, "a link and a PIN for each role of two conferences", async () => {
    quoted("cargo xtask serve");
    for (const title of ["Empty sheets", "filled sheets"]) {
      quoted(`"${title}"`);
      const of = await practice(service, title.toLowerCase());
      for (const whose of ["Ruth Amankwah", "Wall of the room", "Ewa Nowicka"]) assert.match((await of(whose)).pin, /^\d{8}$/);
    }
    assert.equal((await link("Ruth Amankwah")).pin, (await link("Ewa Nowicka")).pin);
  });

  await step(2, "the chair's desk", async () => {
    tabs = await person(browser, { origin: service.origin, screen: { width: 1440, height: 900 } });
    here.desk = tabs;
    desk = new Desk(tabs.page);
    quoted("(Ruth Amankwah)");
    const { url, pin } = await link("Ruth Amankwah");
    await desk.page.goto(url);
    await desk.page.getByLabel("Type your PIN").fill(pin);
    await bold(desk.page, "Open").click();
    await desk.page.getByRole("navigation", { name: "Phases" }).waitFor();
    await desk.page.getByRole("tabpanel", { name: WORRIED, exact }).waitFor();
    await desk.button("Next: Danger statements").waitFor();
  });

  await step(3, "the wall", async () => {
    quoted("**wall of the room**");
    wall = await tabs.tab();
    here.wall = { ...tabs, page: wall };
    await wall.setViewportSize(SCREEN.wall);
    await opens(wall, "Wall of the room");
    await wall.getByRole("heading", { name: WORRIED, exact }).waitFor();
    assert.equal(await wall.getByRole("button").count(), 0, "it has no controls");
  });

  await step(4, "the mother at the door", async () => {
    quoted("(Ewa Nowicka)");
    ewa = new Attendee(await tabs.tab());
    here.ewa = { ...tabs, page: ewa.page };
    await ewa.page.setViewportSize(SCREEN.phone);
    await opens(ewa.page, "Ewa Nowicka");
    await bold(ewa.page, "Come to the door").click();
    quoted('"At the door"');
    const door = desk.page.getByRole("region", { name: /^At the door/ });
    await desk.page.bringToFront();
    await bold(door, "Let in").click();
    await ewa.page.getByRole("heading", { name: WORRIED }).waitFor();
    await Promise.all([desk.page, wall, ewa.page].map((page) => page.reload()));
    await ewa.page.getByRole("heading", { name: WORRIED }).waitFor();
    await wall.getByRole("heading", { name: WORRIED, exact }).waitFor();
  });

  await step(5, "a note", async () => {
    await desk.page.bringToFront();
    await bold(desk.page, "Write a note").click();
    // The caret comes with the next frame; whoever reads a tour is slower than that.
    await until("the caret", () => desk.page.evaluate(() => document.activeElement?.matches("textarea") && document.activeElement.value === ""));
    await desk.page.keyboard.type(WRITTEN, { delay: 10 });
    quoted('"Not saved yet"');
    await shows(ewa.page, WRITTEN);
    await until("the wall", async () => (await wallShows(wall)).some((piece) => piece.words.includes(WRITTEN)));
    await desk.saved();
    quoted("Alt N");
    await desk.page.keyboard.press("Alt+n");
    await until("another caret", () => desk.page.evaluate(() => document.activeElement?.matches("textarea") && document.activeElement.value === ""));
    await desk.page.keyboard.press("Escape");
  });

  await step(6, "an offered note", async () => {
    await ewa.page.bringToFront();
    await bold(ewa.page, "Offer a note").click();
    await ewa.page.getByRole("textbox", { name: "Offer a note to the chair" }).click();
    await ewa.page.keyboard.type(OFFERED);
    await bold(ewa.page.getByRole("dialog", { name: "Offer a note" }), "Offer it").click();
    await desk.page.bringToFront();
    quoted('"Offered notes"');
    await desk.offers().getByText(OFFERED).waitFor();
    assert.equal(await wall.getByText(OFFERED).count(), 0);
    await bold(desk.offers(), "Write it up").click();
    await until("her words on the sheet", async () => (await linesOf(desk.page, WORRIED)).some((line) => line.words === OFFERED));
    await ewa.page.bringToFront();
    await ewa.page.getByText("on the sheet").first().waitFor();
  });

  await step(7, "a pause", async () => {
    await desk.page.bringToFront();
    await bold(desk.page, "Pause the screens").click();
    await Promise.all([wall, ewa.page].map((page) => page.getByText("We are taking a break").waitFor()));
    await desk.note(WORRIED, PAUSED);
    await bold(desk.page, "Show the screens again").click();
    const dialog = desk.page.getByRole("dialog", { name: "Show the screens again?" });
    assert.deepEqual((await dialog.getByRole("listitem").allTextContents()).map((words) => words.trim()), [`New: ${PAUSED}`]);
    await dialog.getByRole("button", { name: "Show the screens again" }).click();
    await shows(ewa.page, PAUSED);
  });

  await step(8, "a row of the plan, and her part", async () => {
    quoted('"The Plan"');
    await desk.phase("The Plan");
    await Promise.all([wall, ewa.page].map((page) => page.getByRole("heading", { name: "The Plan", exact }).first().waitFor()));
    assert.ok(await bold(desk.page, "Add a row").isEnabled());
    const n = await desk.startRow();
    await desk.page.keyboard.type("Kacper tells it once");
    quoted("Ewa Nowicka under \"Who\"");
    await desk.fill(n, { cells: { Task: "I sit beside him" }, who: ["Ewa Nowicka"], date: "2026-12-18" });
    await ewa.page.bringToFront();
    await bold(ewa.page, "My part").click();
    const on = ewa.page.getByRole("navigation", { name: "My part" }).getByRole("button", { name: /^Next: / });
    await on.waitFor();
    const hers = ewa.page.getByRole("heading", { name: "Kacper tells it once" });
    // The new row may come to her tab while she turns to the last of the others.
    await until("the new row", async () => {
      if (await hers.isVisible()) return true;
      if (await on.count()) await on.click();
      return false;
    });
    await shows(ewa.page, "I sit beside him");
    await shows(ewa.page, "Fri 18 Dec 2026");
    assert.equal(await ewa.page.getByText("15 minutes with Miss Farrow").count(), 0, "her tasks alone");
  });

  await step(9, "the service stops in the middle of a word", async () => {
    await desk.page.bringToFront();
    const n = await desk.page.getByRole("textbox", { name: /^Outcome statement, row \d+$/ }).count();
    await desk.cell("Measure", n).click();
    await desk.page.keyboard.type("he says ");
    await desk.saved();
    await service.kill();
    await desk.page.keyboard.type("that it was enough");
    quoted('"Out of touch"');
    await desk.page.getByText(/^Out of touch – \d+ changes? waits? here/).waitFor();
    await service.restart();
    await desk.saved();
    await ewa.page.bringToFront();
    await shows(ewa.page, "he says that it was enough");
    await ewa.page.getByRole("button", { name: "Back to the chair’s sheet" }).click().catch(() => {});
    assert.deepEqual(await kept(ewa.page), []);
    assert.deepEqual(tabs.faults, []);
  });
});
