/** Every screen with a real meeting on it: axe, reflow, the content policy, the size of letters on the wall, pictures. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Attendee } from "./harness/attendee.mjs";
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
  people[name].page.setDefaultTimeout(10_000);
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

/** What a bar at the foot happens to cover can be scrolled from under it; axe would call it too small to be pressed. */
function barsStand(page, position) {
  return page.evaluate((how) => {
    for (const bar of document.querySelectorAll("header, footer, .meet-foot")) bar.style.position = how;
  }, position);
}

/** Axe in every mode, no sideways scroll at 320 px, a picture. */
async function judge(page, name, { modes = [[], ["dark"], ["large"]], reflow = true } = {}) {
  const size = page.viewportSize();
  for (const names of modes) {
    await mode(page, names);
    await still(page);
    await barsStand(page, "static");
    const found = await axe(page);
    await barsStand(page, "");
    assert.deepEqual(found, [], `${name} ${names.join(" ")}`);
  }
  if (reflow) {
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
      // A line that is cut goes on with the next page, behind the paper's edge.
      const below = !parentElement.closest(".wall-cut") && (box.top < 0 || box.bottom > innerHeight);
      if (box.left < 0 || below || box.right > innerWidth) faults.push(`off the screen: ${textContent}`);
      const cut = parentElement.closest(".wall-cut")?.getBoundingClientRect();
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
  await page.goto((await link("Ewa")).url);
  await page.getByLabel("Type your PIN").waitFor();
  await judge(page, "join");
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.getByRole("alert").waitFor();
  await judge(page, "join-mend");
  await page.getByLabel("Type your PIN").fill("1".repeat(8));
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.getByText("Please phone the number on your letter.").first().waitFor();
  await judge(page, "join-wrong");
  await page.goto(`${service.origin}/meet/${"0".repeat(16)}`);
  await page.getByRole("heading", { name: "This page cannot be opened here" }).waitFor();
  await judge(page, "no-way-in");

  const desk = await sits("business support", LAPTOP);
  await desk.goto(service.links.find(({ url }) => url.includes("/set-up#")).url);
  await desk.getByRole("heading", { level: 1 }).first().waitFor();
  await desk.getByRole("radio").first().waitFor();
  await judge(desk, "set-up");
});

/** Faults that the pages have told of so far; each is told once. */
function noFaults() {
  for (const [name, { faults }] of Object.entries(people)) assert.deepEqual(faults.splice(0), [], name);
}

const say = (page, name) => page.getByRole("button", { name, exact: true });

/** Opens something, judges it and closes it with Escape. */
async function judgeOpened(page, name, open, more = { reflow: false, modes: [[], ["dark"]] }) {
  await open();
  await page.locator("dialog[open]").waitFor();
  await judge(page, name, more);
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
}

async function showOnWall(desk, wall, label) {
  await desk.tab(label);
  const show = say(desk.page, "Show this sheet");
  if (await show.count()) await show.click();
  await wall.getByRole("heading", { name: label, exact: true }).waitFor();
}

test("every screen of a meeting", { timeout: 420_000 }, async (t) => {
  const chair = await sits("Ruth", DESK);
  await comeIn(chair, await link("Ruth"));
  const desk = new Desk(chair);
  const wall = await sits("Wall", SCREEN.wall);
  await comeIn(wall, await link("Wall"));
  const phone = await sits("Ewa", PHONE, { touch: true });
  await comeIn(phone, await link("Ewa"));
  await atTheDoor(phone);
  const ewa = new Attendee(phone);
  const leila = new Attendee(await sits("Leila", LAPTOP));
  const doctor = new Attendee(await sits("Paediatrician", LAPTOP));
  const marsh = new Attendee(await sits("PC Gwen Marsh", LAPTOP));
  for (const [one, name] of [[leila, "Leila"], [doctor, "Paediatrician"], [marsh, "PC Gwen"]]) await comeIn(one.page, await link(name));

  await t.test("p3 the door, and the wall that shows the way in", async () => {
    await judge(phone, "waiting");
    await desk.letIn("Ewa Nowicka");
    await desk.letIn("PC Gwen Marsh");
    await desk.letIn("Leila Haddad");
    await judge(chair, "desk-door", { reflow: false });
    await desk.letIn("Paediatrician");
    for (const one of [ewa, leila, doctor, marsh]) await one.ask("I want to speak").waitFor();
    await wall.getByText("and type").waitFor();
    await until("the square", () => wall.locator(".wall-qr").evaluate((image) => image.complete && image.naturalWidth > 0));
    await judgeWall(wall, "wall-join");
    const screen = await sits("a new wall", SCREEN.wall);
    await screen.goto(`${service.origin}/wall`);
    await screen.getByText("This screen’s code").waitFor();
    await judgeWall(screen, "wall-code");
    noFaults();
  });

  await t.test("the desk while people write, offer and ask", async () => {
    for (const name of ["Marek Zieliński", "Polish interpreter", "Health visitor"]) await desk.seat(name);
    await say(chair, "Convene the conference").click();
    await chair.getByRole("dialog", { name: "Convene the conference?" }).waitFor();
    await judge(chair, "desk-convene", { reflow: false });
    await chair.getByRole("button", { name: "Not yet" }).click();
    await desk.convene();
    await desk.phase("Mapping");
    await desk.givePen("Leila Haddad");
    await leila.page.getByText("you have a pen").waitFor();
    await ewa.offer("I was at work and did not ask.", { named: true });
    await doctor.offer("Lena has been seen; no marks; weight as expected.", { label: "Fact", source: "examination on 24 Nov" });
    await ewa.ask("I need a break").click();
    await marsh.ask("I want to speak").click();
    await desk.asks().getByText("PC Gwen Marsh, police").waitFor();
    await showOnWall(desk, wall, "What are we Worried About");
    await leila.startLine("What are we Worried About");
    await leila.page.keyboard.type("Kacper says his arm still hurts when");
    await chair.getByText("Leila Haddad is writing here").waitFor();
    await desk.startLine("What are we Worried About");
    await chair.keyboard.type("Kacper does not want PE k");
    await chair.evaluate(() => scrollTo(0, 0));
    await desk.saved();
    await judge(chair, "desk", { reflow: false });
    await judge(leila.page, "laptop-pen");
    await chair.keyboard.type("it at home.");
    await chair.keyboard.press("Escape");
    await leila.page.keyboard.press("Escape");
    await chair.setViewportSize(SCREEN.phone);
    await say(chair, "The whole desk").waitFor();
    await judge(chair, "desk-phone");
    await say(chair, "The whole desk").click();
    await judge(chair, "desk-phone-whole");
    await chair.setViewportSize(DESK);
    noFaults();
  });

  await t.test("the dialogs of the desk", async () => {
    const worries = "What are we Worried About";
    await desk.tab(worries);
    await judgeOpened(chair, "desk-people", () => say(chair, "People").click());
    await chair.locator("body").click({ position: { x: 5, y: 300 } });
    await judgeOpened(chair, "desk-keys", () => chair.keyboard.press("?"));
    for (const [name, button] of [["desk-take-off", "Take off"], ["desk-quote", "Make it a quote"], ["desk-move", /^Move to another section/]]) {
      const menu = await desk.more(worries, 1);
      await judgeOpened(chair, name, () => menu.getByRole("button", { name: button }).click());
      await menu.getByRole("button", { name: "Close", exact: true }).click();
    }
    await desk.more(worries, 1);
    await judge(chair, "desk-line", { reflow: false });
    await chair.keyboard.press("Escape");
    await judgeOpened(chair, "desk-link-a-wall", () => say(chair, "Link a wall").click());
    noFaults();
  });

  await t.test("p14 the desk that others can see", async () => {
    await chair.keyboard.press("F9");
    await chair.getByText("F9").first().waitFor();
    await chair.evaluate(() => scrollTo(0, 0));
    await judge(chair, "desk-shared");
    for (const secret of ["I was at work", "would like to speak", "Offered notes"]) assert.equal(await chair.getByText(secret).count(), 0, secret);
    await chair.keyboard.press("F9");
    noFaults();
  });

  await t.test("p1 f28 each sheet on the wall, in pages, with a prompt", async () => {
    const tabs = (await chair.getByRole("tab").allTextContents()).map((text) => text.trim());
    for (const [n, label] of tabs.entries()) {
      await showOnWall(desk, wall, label);
      const on = say(chair, "Wall: page on");
      await wall.getByText(/^page \d+ of \d+$/).waitFor();
      const [, count] = (await wall.getByText(/^page \d+ of \d+$/).textContent()).match(/of (\d+)/);
      const name = label === "The Plan" ? "wall-plan" : n === 0 ? "wall" : `wall-${n + 1}`;
      const back = say(chair, "Wall: page back");
      await until("the first page", async () => {
        if (await wall.getByText(`page 1 of ${count}`).isVisible()) return true;
        if (await back.isEnabled()) await back.click();
        return false;
      });
      for (let page = 1; page <= count; page++) {
        await wall.getByText(`page ${page} of ${count}`).waitFor();
        await judgeWall(wall, page === 1 ? name : `${name}-page-${page}`);
        if (page < count) await on.click();
      }
    }
    await showOnWall(desk, wall, tabs[0]);
    await say(chair, "Show on the wall").first().click();
    await wall.locator(".wall-prompt").waitFor();
    await judgeWall(wall, "wall-prompt");
    noFaults();
  });

  await t.test("an attendee's phone", async () => {
    await phone.evaluate(() => scrollTo(0, 0));
    await judge(phone, "phone", { modes: [[], ["dark"], ["large"], ["extra"], ["spaced"]] });
    await mode(phone, ["dark"]);
    await still(phone);
    await keep(phone, "phone-dark");
    await mode(phone, []);
    await judgeOpened(phone, "phone-offer", () => say(phone, "Offer a note").click(), {});
    await say(phone, "All sheets").click();
    await judge(phone, "phone-sheets");
    await say(phone, "My part").click();
    await phone.getByText("What I do").or(phone.locator(".my-part")).first().waitFor();
    await judge(phone, "phone-my-part");
    await say(phone, "The whole plan").click();
    await judge(phone, "phone-plan");
    await say(phone, "Back to the chair’s sheet").click();
    await judgeOpened(phone, "phone-leave", () => say(phone, "Leave").click());
    await phone.getByText("Who is here").click();
    await judge(phone, "phone-who");
    await judgeOpened(phone, "phone-cover", () => phone.getByRole("button", { name: /^Cover/ }).click());
    await phone.getByRole("button", { name: /^Text/ }).click();
    await judge(phone, "phone-text");
    await phone.keyboard.press("Escape");
    noFaults();
  });

  await t.test("a laptop on the call, and the plan on all screens", async () => {
    await doctor.page.evaluate(() => scrollTo(0, 0));
    await judge(doctor.page, "laptop");
    await say(chair, "Show on the wall").or(say(chair, "Take it off the wall")).first().isVisible();
    await desk.phase("The Plan");
    await doctor.page.getByRole("heading", { name: "The Plan" }).waitFor();
    await judge(doctor.page, "laptop-plan");
    await judgeOpened(doctor.page, "laptop-offer-row", () => say(doctor.page, "I can offer…").click(), {});
    await judge(leila.page, "laptop-plan-pen");
    await chair.evaluate(() => scrollTo(0, 0));
    await judge(chair, "desk-plan", { reflow: false });
    await judge(phone, "phone-plan-live");
    noFaults();
  });

  await t.test("p6 the pause on every screen", async () => {
    await desk.pause();
    await phone.getByRole("heading", { name: "We are taking a break" }).waitFor();
    await judge(phone, "phone-paused");
    await judge(doctor.page, "laptop-paused");
    await wall.getByText("We are taking a break").waitFor();
    await judgeWall(wall, "wall-paused");
    await judge(chair, "desk-paused", { reflow: false });
    await chair.keyboard.press("F8");
    await judge(chair, "desk-resume", { reflow: false });
    await chair.keyboard.press("Escape");
    await chair.locator("dialog[open]").waitFor({ state: "detached" });
    await desk.resume();
    noFaults();
  });

  await t.test("p5 the end of a part and of the meeting", async () => {
    await desk.person("PC Gwen Marsh", async (all) => {
      await all.getByRole("button", { name: "End their part" }).click();
      await all.getByRole("button", { name: "Yes" }).click();
    });
    await marsh.page.getByRole("heading", { name: "Your part has ended. Thank you." }).waitFor();
    await judge(marsh.page, "ended");
    await say(chair, "More").click();
    await say(chair, "Close the conference").click();
    await judge(chair, "desk-close", { reflow: false });
    await say(chair, "Close it").click();
    await phone.getByRole("heading", { name: /ended\. Thank you\.$/ }).waitFor();
    await judge(phone, "closed");
    await judge(chair, "desk-closed", { reflow: false });
    await wall.getByText("This screen’s code").or(wall.locator(".wall-blank")).first().waitFor();
    await judgeWall(wall, "wall-closed");
    noFaults();
  });
});
