/** Every screen with a real meeting on it: axe, reflow, the content policy, the size of letters on the wall, pictures. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, launch, person, picture, SCREEN } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { atTheDoor, comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { until } from "./harness/until.mjs";

const DESK = { width: 1440, height: 900 };
const LAPTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

/** Pictures that docs/screens keeps. The others are for looking at. */
const KEPT = new Set([
  "wall", "wall-plan", "wall-join", "wall-paused", "desk", "desk-shared", "desk-plan", "desk-phone", "phone", "phone-dark", "phone-my-part", "laptop", "join", "set-up",
]);

let service;
let browser;
let link;
const people = {};

async function sits(name, screen, more = {}) {
  people[name] = await person(browser, { origin: service.origin, screen, ...more });
  return people[name].page;
}

before(async () => {
  service = await Service.start();
  link = await practice(service, "filled sheets");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await service?.end();
});

/** Modes are classes of the page; the text menu sets the same. */
function mode(page, names) {
  return page.evaluate((all) => {
    for (const name of ["dark", "large", "extra", "spaced"]) document.documentElement.classList.toggle(name, all.includes(name));
  }, names);
}

async function still(page) {
  await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))));
}

/** Things that stick out of the page sideways. */
function sticksOut(page) {
  return page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth <= room) return [];
    const out = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > room + 0.5);
    return [`the page is ${document.scrollingElement.scrollWidth} wide of ${room}`, ...out.slice(0, 5).map((one) => `${one.tagName} ${one.className}: ${one.textContent.slice(0, 40)}`)];
  });
}

/** Axe in every mode, no sideways scroll at 320 px, a picture. */
async function judge(page, name, { modes = [[], ["dark"], ["large"]], reflow = true } = {}) {
  for (const names of modes) {
    await mode(page, names);
    await still(page);
    assert.deepEqual(await axe(page), [], `${name} ${names.join(" ")}`);
  }
  if (reflow) {
    const size = page.viewportSize();
    await page.setViewportSize(SCREEN.narrow);
    for (const names of [[], ["large"], ["extra"], ["spaced"]]) {
      await mode(page, names);
      await still(page);
      assert.deepEqual(await sticksOut(page), [], `${name} at 320 px ${names.join(" ")}`);
    }
    await page.setViewportSize(size);
  }
  await mode(page, []);
  await still(page);
  await keep(page, name);
}

async function keep(page, name) {
  if (process.env.FLIPCHART_SCREENS !== "1" || KEPT.has(name)) await picture(page, name);
}

/** What is wrong with a wall: letters under 16 minutes of arc at the last chair, words outside the paper. */
function wallFaults(page, { height, metres }) {
  const least = (2 * metres * 1000 * Math.tan((16 / 60 / 2) * (Math.PI / 180))) / 0.668 / height * SCREEN.wall.height;
  return page.evaluate((px) => {
    const faults = [];
    const view = document.querySelector(".wallview");
    const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".only-heard");
    for (const walker = document.createTreeWalker(view, NodeFilter.SHOW_TEXT); walker.nextNode(); ) {
      const { textContent, parentElement } = walker.currentNode;
      if (!textContent.trim() || !shown(parentElement)) continue;
      const size = Number.parseFloat(getComputedStyle(parentElement).fontSize);
      if (size < px - 0.5) faults.push(`${size} px of ${px}: ${textContent}`);
      const range = document.createRange();
      range.selectNodeContents(walker.currentNode);
      const box = range.getBoundingClientRect();
      if (box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight) faults.push(`off the screen: ${textContent}`);
      const cut = parentElement.closest(".wall-cut")?.getBoundingClientRect();
      // A line that is cut goes on with the next page; it may not stick out sideways.
      if (cut && (box.right > cut.right + 1 || box.left < cut.left - 1)) faults.push(`beside the paper: ${textContent}`);
    }
    const sheet = view.querySelector(".sheet");
    if (sheet && sheet.scrollHeight > sheet.clientHeight + 1) faults.push(`the sheet runs over: ${sheet.scrollHeight} of ${sheet.clientHeight}`);
    if (document.scrollingElement.scrollHeight > innerHeight) faults.push("the wall scrolls");
    return faults;
  }, least);
}
const ROOM = { height: 685, metres: 5 };

async function judgeWall(page, name) {
  await still(page);
  assert.deepEqual(await wallFaults(page, ROOM), [], name);
  assert.deepEqual(await axe(page), [], name);
  await keep(page, name);
}

test("the way in and set-up", async () => {
  const page = await sits("newcomer", PHONE, { touch: true });
  await page.goto(`${service.origin}/join`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await judge(page, "join-code");
  await page.goto(link("Ewa").url);
  await page.getByLabel("Type your PIN").waitFor();
  await judge(page, "join");
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.getByRole("alert").waitFor();
  await judge(page, "join-mend");
  await page.getByLabel("Type your PIN").fill("1".repeat(8));
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.getByText("Please phone the number on your letter.").first().waitFor();
  await judge(page, "join-wrong");
  await page.goto(`${service.origin}/nowhere`);
  await page.getByRole("heading", { name: "This page cannot be opened here" }).waitFor();
  await judge(page, "no-way-in");

  const desk = await sits("business support", LAPTOP);
  await desk.goto(service.links.find(({ url }) => url.includes("/set-up#")).url);
  await desk.getByRole("heading", { level: 1 }).first().waitFor();
  await desk.getByRole("radio").first().waitFor();
  await judge(desk, "set-up");
});

test("the door, the desk and an attendee's screen", async () => {
  const chair = await sits("Ruth", DESK);
  await comeIn(chair, link("Ruth"));
  const desk = new Desk(chair);
  const ewa = await sits("Ewa", PHONE, { touch: true });
  await comeIn(ewa, link("Ewa"));
  await atTheDoor(ewa);
  await judge(ewa, "waiting");
  const leila = await sits("Leila", LAPTOP);
  await comeIn(leila, link("Leila"));
  const doctor = await sits("Paediatrician", LAPTOP);
  await comeIn(doctor, link("Paediatrician"));
  await desk.letIn("Ewa Nowicka");
  await desk.letIn("Leila Haddad");
  await judge(chair, "desk-lobby", { reflow: false });
  await desk.letIn("Paediatrician");
  for (const page of [ewa, leila, doctor]) await page.getByRole("button", { name: "I want to speak" }).waitFor();
  for (const phase of process.env.PHASES?.split(",") ?? []) await desk.phase(phase);
  await keep(chair, "x-desk-1");
  await keep(ewa, "x-phone-1");
  await keep(doctor, "x-laptop-1");
  console.log(await chair.getByRole("navigation", { name: "Phases" }).innerText());
});
