/** Somebody types letter by letter, far away, while the chair takes other lines off: each letter stands once, everywhere. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Attendee } from "./harness/attendee.mjs";
import { launch, person, SCREEN } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { Network } from "./harness/network.mjs";
import { comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { linesOf, planOf } from "./harness/sheets.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";
import { WORRIED } from "./scenario-b.mjs";

const exact = true;
/** Lines taken off in front of each typist. */
const TIMES = 3;

let service, browser, far;
const here = {};

before(async () => {
  service = await Service.start();
  browser = await launch();
  // Some letters are typed between the end of one edition and the beginning of the next.
  far = await Network.start({ delay: 200, seed: 11 });
});

after(async () => {
  await browser?.close();
  await far?.end();
  await service?.end();
});

test("a document goes on in its next edition under the caret", { timeout: 240_000 }, async (t) => {
  const step = story(t, () => here);
  const link = await practice(service, "empty sheets");
  let desk, leila, ewa;

  const sits = async (name, how = {}) => {
    here[name] = await person(browser, { origin: service.origin, ...how });
    here[name].page.setDefaultTimeout(20_000);
    return here[name].page;
  };

  /** Types numbers where the caret is for as long as something happens, and a few more; gives what was typed. */
  async function typesWhile(happens) {
    let typed = "";
    let over = false;
    const number = async (n) => {
      for (const letter of `${n} `) await leila.page.keyboard.press(letter === " " ? "Space" : letter);
      typed += `${n} `;
    };
    const types = async () => {
      for (let n = 1; !over; n++) await number(n);
      for (let n = 0; n < 5; n++) await number(n);
    };
    const acts = async () => {
      try {
        await happens();
      } finally {
        over = true;
      }
    };
    await Promise.all([types(), acts()]);
    return typed.trim();
  }

  async function takesOff(menu) {
    await menu.getByRole("button", { name: "Take off", exact }).click();
    const dialog = desk.page.getByRole("dialog", { name: "Take this off?" });
    await dialog.getByRole("button", { name: "Take it off" }).click();
    await dialog.waitFor({ state: "hidden" });
  }

  async function takesLineOff(words) {
    const lines = await linesOf(desk.page, WORRIED);
    await takesOff(await desk.more(WORRIED, lines.findIndex((line) => line.words === words) + 1));
    for (const { page } of [leila, desk]) {
      await until(`“${words}” is gone`, async () => !(await linesOf(page, WORRIED)).some((line) => line.words === words));
    }
  }

  /** The last row of the plan, over and over: Leila's stands before it. */
  async function takesRowOff(n) {
    await desk.button(`More for row ${n}`).click();
    await takesOff(desk.page.getByRole("group", { name: `More for row ${n}`, exact }));
    for (const { page } of [leila, desk]) await until(`row ${n} is gone`, async () => (await planOf(page)).rows.length === n - 1);
  }

  /** What somebody reads of the plan; the desk and a pen have fields, others words. */
  const contingency = (page) => page.getByRole("textbox", { name: "Contingency", exact });
  const sameOnAll = async (typed, look) => {
    for (const [name, { page }] of Object.entries(here)) {
      await until(`the same words for ${name}`, async () => (await look(page))?.trim() === typed);
    }
    assert.equal(await leila.page.getByText("Words not taken").count(), 0, "nothing waits in the tray");
  };

  await step("chair, somebody far away with a pen, and a reader come in", async () => {
    desk = new Desk(await sits("Ruth"));
    await comeIn(desk.page, await link("Ruth"));
    leila = new Attendee(await sits("Leila", { network: far }));
    await comeIn(leila.page, await link("Leila"));
    ewa = new Attendee(await sits("Ewa", { screen: SCREEN.phone, touch: true }));
    await comeIn(ewa.page, await link("Ewa"));
    await desk.letIn("Leila Haddad");
    await desk.letIn("Ewa Nowicka");
    await desk.givePen("Leila Haddad");
    await leila.page.getByText("you have a pen").waitFor();
  });

  await step("sync14_p4 a note", async () => {
    await desk.tab(WORRIED);
    for (let n = 1; n <= TIMES; n++) await desk.write(WORRIED, `Goes, ${n}`);
    for (const one of [ewa, leila]) {
      await one.open(WORRIED);
      await until("all lines", async () => (await linesOf(one.page, WORRIED))?.length === TIMES);
    }
    await leila.startLine(WORRIED);
    const typed = await typesWhile(async () => {
      for (let n = 1; n <= TIMES; n++) await takesLineOff(`Goes, ${n}`);
    });
    await sameOnAll(typed, async (page) => (await linesOf(page, WORRIED)).map(({ words }) => words).join(" | "));
  });

  await step("sync14_p4 words in the very line that is taken off wait in the tray and say why", async () => {
    await leila.startLine(WORRIED);
    await leila.page.keyboard.type("Halina lives at");
    await until("the line on the desk", async () => (await linesOf(desk.page, WORRIED)).at(-1)?.words === "Halina lives at");
    let gone = false;
    const types = async () => {
      while (!gone) await leila.page.keyboard.type("12 ");
    };
    const acts = async () => {
      try {
        await takesOff(await desk.more(WORRIED, 2));
        await until("the line is gone", async () => (await linesOf(leila.page, WORRIED)).length === 1);
      } finally {
        gone = true;
      }
    };
    await Promise.all([types(), acts()]);
    await leila.page.getByText("Words not taken").waitFor();
    await leila.page.getByText("Their line was taken off while they were written.").waitFor();
    await leila.button("Drop").click();
  });

  await step("sync14_p4 a cell of the plan, and its contingency", async () => {
    await desk.tab("The Plan");
    for (let n = 1; n <= 2 * TIMES + 1; n++) await desk.row({ cells: { "Outcome statement": `Row ${n}` } });
    await leila.open("The Plan");
    await until("all rows", async () => (await planOf(leila.page))?.rows.length === 2 * TIMES + 1);
    await leila.cell("Task", 1).click();
    const task = await typesWhile(async () => {
      for (let n = 2 * TIMES + 1; n > TIMES + 1; n--) await takesRowOff(n);
    });
    await contingency(leila.page).click();
    const field = await typesWhile(async () => {
      for (let n = TIMES + 1; n > 1; n--) await takesRowOff(n);
    });
    await ewa.open("The Plan");
    await sameOnAll(task, async (page) => (await planOf(page))?.rows.map((row) => row.Task).join(" | "));
    await sameOnAll(field, async (page) => ((await contingency(page).count()) ? contingency(page).inputValue() : page.locator(".plan-limit p").first().innerText()));
  });

  await step("no screen had a fault", async () => {
    for (const [name, { faults }] of Object.entries(here)) assert.deepEqual(faults, [], name);
  });
});
