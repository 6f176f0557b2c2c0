/**
 * Frameworks of one's own from a folder: one that asks how worried people are, where higher is worse, and one that asks for no
 * number at all.
 */

import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Attendee } from "./harness/attendee.mjs";
import { launch, SCREEN } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { Device } from "./harness/device.mjs";
import { judge, judgeWall } from "./harness/judge.mjs";
import { comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { linesOf } from "./harness/sheets.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";

const FRAMEWORKS = fileURLToPath(new URL("../frameworks", import.meta.url));
const QUESTION = "How worried are you about Kacper, from 0 to 10?";
const THEN = "What are the protective factors that mean you scale for example at a 5 not a 10 today.";
const FACTORS = "What protective factors strengths are there?";
const NOTES = { "Leila Haddad": 5, "Team manager": 3, "Miss Farrow": 4, "Designated lead": 6, "Health visitor": 5, "School nurse": 5, "PC Gwen Marsh": 5 };
/** Parts of the app that only a round of scale notes needs. */
const SCALE_PART = /\/assets\/(scale|rounds|worker|sealed|Check)\b[\w-]*\.js$/;

let service, browser;

before(async () => {
  service = await Service.start(["--practice", "--frameworks", FRAMEWORKS]);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await service?.end();
});

/** Somebody with a device in one of the practice conferences; keeps the names of the parts of the app that it fetched. */
async function come(link, name, screen) {
  const device = await Device.start(browser, service, screen);
  device.parts = [];
  device.page.on("request", (request) => {
    if (SCALE_PART.test(new URL(request.url()).pathname)) device.parts.push(path.basename(request.url()));
  });
  await comeIn(device.page, await link(name));
  return device;
}

/** Notes on the wall that cannot be counted from the back of the room: outside their place, or hidden by the next. */
function notesAmiss(page) {
  return page.evaluate(() => {
    const place = document.querySelector(".tally-notes").getBoundingClientRect();
    const line = document.querySelector(".tally-line").getBoundingClientRect();
    return [...document.querySelectorAll(".tally-notes > li")].flatMap((stack, number) => {
      const tops = [...stack.querySelectorAll(".sticky")].map((note) => note.getBoundingClientRect().top);
      const out = tops.some((top) => top < place.top - 4 || top > line.top);
      const hidden = tops.some((top, n) => n > 0 && tops[n - 1] - top < innerHeight / 100);
      return out || hidden ? [`${number}: ${tops.map(Math.round)} in ${Math.round(place.top)}–${Math.round(line.top)}`] : [];
    });
  });
}

test("a worry scale", async (t) => {
  const here = {};
  const step = story(t, () => here);
  const people = {};
  let desk, chair, wall, ewa;
  /** The desk's own part for the notes, beside which stands a small picture of the wall; and each person's page. */
  const pages = () => [chair.page.getByRole("region", { name: "Scale notes" }), ...Object.values(people).map((device) => device.page)];

  await step("setup the conference of a framework from a folder is convened and item 6 is open", async () => {
    const link = await practice(service, "empty sheets of Worry");
    here.chair = chair = await come(link, "Ruth Amankwah", SCREEN.laptop);
    desk = new Desk(chair.page);
    here.wall = wall = await come(link, "Wall of the room", SCREEN.wall);
    here.ewa = ewa = await come(link, "Ewa Nowicka");
    await desk.letIn("Ewa Nowicka");
    for (const name of Object.keys(NOTES)) {
      here[name] = people[name] = await come(link, name, name === "Miss Farrow" ? SCREEN.laptop : SCREEN.phone);
      await desk.letIn(name);
    }
    await Promise.all([ewa, ...Object.values(people)].map((device) => device.page.getByText("You are following the chair").waitFor()));
    await desk.convene();
    await desk.phase("Background Information");
    assert.equal(await chair.page.getByRole("region", { name: "Scale notes" }).count(), 0, "it belongs to item 6");
    await desk.phase("What are we worried about");
    await chair.page.getByRole("region", { name: "Scale notes" }).waitFor();
  });

  await step("f97 the pad says that a higher number is worse, in the words of the file", async () => {
    await desk.button("Open the notes for Kacper").click();
    await Promise.all(Object.values(people).map((device) => device.button("Hand in my note").waitFor()));
    const { page } = people["Team manager"];
    await page.getByRole("heading", { name: QUESTION }).waitFor();
    const ends = await page.locator(".pad-end").evaluateAll((all) => all.map((end) => end.innerText.split(/\s+/).join(" ")));
    assert.deepEqual(ends, ["0 not worried", "10 as worried as can be"]);
    await page.getByText("A higher number means: more worried").waitFor();
    assert.equal(await page.getByText("safer").count(), 0);
    await judge(page, "pad-worry", { modes: [[]] });
    await Promise.all(Object.entries(people).map(([name, device]) => device.handIn(NOTES[name])));
  });

  await step("f97 f103 the numbers keep their direction and their words on every screen", async () => {
    await chair.page.getByText("7 of 7 notes are in").first().waitFor();
    await desk.button("Close the notes").click();
    await desk.button("Show the numbers").waitFor();
    const notes = Object.values(people).flatMap((device) => device.notes);
    assert.ok(notes.length >= 7);
    for (const device of [chair, wall, ewa, ...Object.values(people)]) assert.deepEqual(device.told(notes), []);
    await desk.button("Show the numbers").click();
    await wall.page.getByText("middle 5, lowest 3, highest 6").waitFor();
    const ends = await wall.page.locator(".tally-ends > p").evaluateAll((all) => all.map((end) => end.textContent));
    assert.deepEqual(ends, ["0:not worried", "10:as worried as can be", "A higher number means: more worried"]);
    await Promise.all(pages().map((page) => page.getByText("A higher number means: more worried").waitFor()));
    assert.ok(people["PC Gwen Marsh"].parts.length, "a part of the app came for the round");
  });

  await step("f99 the question that follows has the real middle number, on the desk and on every device; a family's after a tap", async () => {
    await Promise.all(pages().map((page) => page.getByText(THEN, { exact: true }).waitFor()));
    await judge(people["Team manager"].page, "reveal-worry", { modes: [[]] });
    await ewa.button("Show me the numbers").waitFor();
    assert.equal(await ewa.page.getByText(/protective factors that mean/).count(), 0, "it holds a number");
    await ewa.button("Show me the numbers").click();
    await ewa.page.getByText(THEN, { exact: true }).waitFor();
  });

  await step("f99 f103 the wall asks it too, with the line, its words and every note, in each size of letters that a room can need", async () => {
    const { page } = wall;
    await judgeWall(page, "wall-reveal-worry", { height: 535, metres: 3 });
    await page.getByText(THEN, { exact: true }).waitFor();
    await page.setViewportSize({ width: 1280, height: 720 });
    await judgeWall(page, "wall-reveal-worry-small", { height: 535, metres: 3, lines: 720 });
    await page.setViewportSize(SCREEN.wall);
    const own = await page.evaluate(() => document.documentElement.style.getPropertyValue("--wall"));
    for (const [letter, more] of [["6.4vh", [THEN, "as worried as can be"]], ["9vh", []]]) {
      await page.evaluate((size) => document.documentElement.style.setProperty("--wall", size), letter);
      await until(`everything to be in its place at ${letter}`, async () => {
        await judgeWall(page, `wall-reveal-worry-${letter}`, { height: 1080, metres: letter === "9vh" ? 10 : 7 });
        return true;
      });
      for (const words of ["A higher number means: more worried", "middle 5, lowest 3, highest 6", ...more]) assert.ok(await page.getByText(words).isVisible(), `${letter}: ${words}`);
      assert.deepEqual(await notesAmiss(page), [], letter);
    }
    await page.evaluate((size) => document.documentElement.style.setProperty("--wall", size), own);
  });

  await step("f99 answers go to the column of the protective factors: those offered, and those the chair writes", async () => {
    const farrow = new Attendee(people["Miss Farrow"].page);
    const where = farrow.page.getByRole("complementary").getByRole("combobox", { name: "Where it could go" });
    assert.equal(await where.evaluate((select) => select.selectedOptions[0].textContent), FACTORS);
    await farrow.offer("Mum brings them to breakfast club every day.");
    await desk.writeUp("Miss Farrow", "breakfast club");
    await pages()[0].getByText(THEN, { exact: true }).scrollIntoViewIfNeeded();
    await judge(chair.page, "desk-then", { reflow: false, modes: [[]] });
    await desk.button(`Write the answers under ${FACTORS}`).click();
    await until("the caret in a line of that column", () =>
      desk.list(FACTORS).getByRole("textbox").evaluateAll((all) => all.some((area) => area === document.activeElement && area.value === "")),
    );
    await chair.page.keyboard.type("Halina can be there within two days.");
    await desk.saved();
    await desk.button("Show this sheet").click();
    await until("both lines on the mother's phone", async () => {
      const lines = await linesOf(ewa.page, FACTORS);
      return lines?.length === 2 && lines[0].words.includes("breakfast club") && lines[1].words.includes("Halina");
    });
    await wall.page.getByText("Halina can be there within two days.").waitFor();
  });

  await step("no screen had a fault", () => {
    for (const [name, device] of Object.entries(here)) assert.deepEqual(device.person.faults, [], name);
  });
});

test("a framework without a scale", async (t) => {
  const here = {};
  const step = story(t, () => here);
  let desk;

  /** Everything that a page says, to those who see it and to those who hear it. */
  const said = (page) =>
    page.evaluate(() =>
      [document.title, document.body.innerText, ...[...document.body.querySelectorAll("*")].flatMap((one) => [one.textContent, ...["aria-label", "title", "alt", "placeholder"].map((name) => one.getAttribute(name) ?? "")])].join("\n"),
    );

  await step("setup chair, wall, the mother and a teacher", async () => {
    const link = await practice(service, "empty sheets of Plain");
    here.chair = await come(link, "Ruth Amankwah", SCREEN.laptop);
    desk = new Desk(here.chair.page);
    here.wall = await come(link, "Wall of the room", SCREEN.wall);
    for (const name of ["Ewa Nowicka", "Miss Farrow"]) {
      here[name] = await come(link, name);
      await desk.letIn(name);
      await here[name].page.getByText("You are following the chair").waitFor();
    }
    await desk.convene();
  });

  await step("f100 neither the word nor the screen is anywhere, in any phase, on desk, phone and wall", async () => {
    const nav = desk.page.getByRole("navigation", { name: "Phases" });
    for (const phase of ["Worries", "Positives", "Decision and Actions"]) {
      await desk.phase(phase);
      for (const name of ["Ewa Nowicka", "Miss Farrow"]) await here[name].page.getByText(phase, { exact: true }).first().waitFor();
      await here.wall.page.getByText(new RegExp(`item .*${phase}|${phase}`)).first().waitFor();
      for (const [name, device] of Object.entries(here)) {
        const text = await said(device.page);
        assert.ok(text.includes(phase), `${name} shows ${phase}`);
        assert.doesNotMatch(text, /scal(e|ing)\b|number between|hand in my note|four words/i, `${name} in ${phase}`);
        assert.equal(await device.page.getByRole("region", { name: "Scale notes" }).count(), 0);
        assert.deepEqual(device.parts, [], `${name} fetched a part that only rounds need`);
      }
    }
    assert.equal(await nav.getByRole("button").count(), 4);
    // The same desk on a phone is a remote control.
    await desk.page.setViewportSize(SCREEN.phone);
    await desk.button("The whole desk").waitFor();
    assert.doesNotMatch(await said(desk.page), /scal(e|ing)\b/i);
  });

  await step("no screen had a fault", () => {
    for (const [name, device] of Object.entries(here)) assert.deepEqual(device.person.faults, [], name);
  });
});
