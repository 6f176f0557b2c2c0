/** Two pens in the very same cell of the plan, in the same moments: all letters stay, and all screens are equal. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Attendee } from "./harness/attendee.mjs";
import { launch, person, SCREEN } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { Network } from "./harness/network.mjs";
import { comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { planOf, wallShows } from "./harness/sheets.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";

let service, browser, far, link;
const here = {};

before(async () => {
  service = await Service.start();
  link = await practice(service, "filled sheets");
  browser = await launch();
  far = await Network.start({ delay: 120, seed: 8 });
});

after(async () => {
  await browser?.close();
  await far?.end();
  await service?.end();
});

test("one cell, two pens", async (t) => {
  const step = story(t, () => here);
  let desk, leila, ewa, wall, column, n;

  const sits = async (name, how = {}) => {
    here[name] = await person(browser, { origin: service.origin, ...how });
    here[name].page.setDefaultTimeout(15_000);
    await comeIn(here[name].page, await link(name));
    return here[name].page;
  };
  const pens = () => [desk, leila];
  const words = async (page) => (await planOf(page)).rows[n - 1][column];
  /** Letter by letter, each pen at its own pace. */
  const type = async (pen, letters, pace) => {
    for (const letter of letters) {
      await pen.page.keyboard.type(letter);
      await new Promise((go) => setTimeout(go, pace));
    }
  };
  /** The same words on every screen that shows the plan, durable, with all letters of both. */
  const equal = async (...typed) => {
    for (const pen of pens()) await pen.saved();
    await until("equal screens", async () => new Set(await Promise.all([desk, leila, ewa].map(({ page }) => words(page)))).size === 1);
    const stands = await words(ewa.page);
    await until("the wall", async () => (await wallShows(wall)).some((piece) => piece.words.includes(stands)));
    for (const letters of typed) assert.equal([...stands].filter((letter) => letters.includes(letter)).join(""), letters, `of ${letters} in ${stands}`);
    return stands;
  };

  await step("setup_cell two pens, a mother and a wall look at the plan", async () => {
    desk = new Desk(await sits("Ruth Amankwah", { screen: { width: 1440, height: 900 } }));
    wall = await sits("Wall of the room", { screen: SCREEN.wall });
    leila = new Attendee(await sits("Leila Haddad", { network: far }));
    ewa = new Attendee(await sits("Ewa Nowicka"));
    for (const name of ["Leila Haddad", "Ewa Nowicka"]) await desk.letIn(name);
    await desk.givePen("Leila Haddad");
    await desk.phase("The Plan");
    await desk.tab("The Plan");
    const show = desk.button("Show this sheet");
    if (await show.isVisible()) await show.click();
    for (const { page } of [leila, ewa]) await page.getByRole("heading", { name: "The Plan", level: 1 }).waitFor();
    await wall.getByRole("heading", { name: "The Plan" }).waitFor();
    n = await desk.startRow();
    [column] = Object.keys((await planOf(desk.page)).rows[n - 1]);
    await leila.cell(column, n).waitFor();
  });

  await step("f106_doc7 the first letters of an empty cell are typed by both at once", async () => {
    for (const pen of pens()) await pen.cell(column, n).click();
    const [hers, theirs] = ["ABCDEFGHIJKLMNOP", "abcdefghijklmnop"];
    await Promise.all([type(desk, hers, 31), type(leila, theirs, 43)]);
    await equal(hers, theirs);
  });

  await step("f106 in the middle of the other's words, with letters taken away", async () => {
    const before = await words(desk.page);
    await desk.cell(column, n).click();
    await desk.page.keyboard.press("Control+Home");
    await leila.cell(column, n).click();
    await leila.page.keyboard.press("Control+End");
    const [hers, theirs] = ["QRSTUVWXYZ", "qrstuvwxyz"];
    await Promise.all([
      type(desk, hers, 29),
      (async () => {
        await type(leila, theirs.slice(0, 5), 37);
        await leila.page.keyboard.type("!!");
        await leila.page.keyboard.press("Backspace");
        await leila.page.keyboard.press("Backspace");
        await type(leila, theirs.slice(5), 37);
      })(),
    ]);
    const stands = await equal(hers, theirs);
    assert.equal(stands, hers + before + theirs);
  });

  await step("f106 a screen that is opened now reads the same", async () => {
    const stands = await words(desk.page);
    await ewa.page.reload();
    await until("the plan again", async () => (await planOf(ewa.page))?.rows[n - 1]?.[column] === stands);
    for (const one of Object.values(here)) assert.deepEqual(one.faults, []);
  });
});
