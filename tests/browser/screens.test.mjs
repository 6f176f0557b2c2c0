/** Every screen with a real meeting on it: axe, reflow, the content policy, the size of letters on the wall, pictures. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Attendee } from "./harness/attendee.mjs";
import { launch, person, SCREEN } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { judge, judgeOpened, judgeWall, keep, mode, still } from "./harness/judge.mjs";
import { atTheDoor, comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { until } from "./harness/until.mjs";

const DESK = { width: 1440, height: 900 };
const LAPTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

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

test("p25 the way in and set-up", async () => {
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

  await page.goto(`${service.origin}/gone`);
  await page.getByRole("heading", { name: "Page closed" }).waitFor();
  await judge(page, "gone");

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

async function showOnWall(desk, wall, label) {
  await desk.tab(label);
  const show = say(desk.page, "Show this sheet");
  if (await show.count()) await show.click();
  await wall.getByRole("heading", { name: label, exact: true }).waitFor();
}

/** My part on paper: all of it, and nothing of the screen around it (F114). */
async function onPaper(page) {
  const on = await page.locator(".my-part").count();
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const all = await page.locator(".my-part").filter({ visible: true }).count();
  assert.ok(on === 1 && all > 1, `${on} on the screen, ${all} on paper`);
  for (const gone of [".meet-top", ".meet-foot", ".my-answer", ".meet-more"]) assert.equal(await page.locator(gone).filter({ visible: true }).count(), 0, gone);
  await keep(page, "my-part-on-paper");
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await page.emulateMedia({ media: null });
  assert.equal(await page.locator(".my-part").count(), 1);
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
    await say(chair, "Show the way in").click();
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

  await t.test("f46 f114 an attendee's phone", async () => {
    await phone.evaluate(() => scrollTo(0, 0));
    await judge(phone, "phone", { modes: [[], ["dark"], ["large"], ["extra"], ["spaced"]] });
    await mode(phone, ["dark"]);
    await still(phone);
    await keep(phone, "phone-dark");
    await mode(phone, []);
    // Where the meeting stands in its agenda, on the phone and on the wall (F46).
    const agenda = phone.getByRole("button", { name: /^Mapping 5 of 12/ });
    await wall.getByText("Mapping, 5 of 12").waitFor();
    await wall.getByText("then Danger statements").waitFor();
    await agenda.click();
    await phone.getByRole("listitem").filter({ hasText: "Danger statements" }).waitFor();
    assert.deepEqual(await phone.locator(".agenda-list [aria-current=step]").allInnerTexts().then((all) => all.map((text) => text.replace(/\s+/g, " "))), ["5 Mapping"]);
    await judge(phone, "phone-agenda");
    await phone.keyboard.press("Escape");
    await judgeOpened(phone, "phone-offer", () => say(phone, "Offer a note").click(), {});
    await say(phone, "All sheets").click();
    await judge(phone, "phone-sheets");
    await say(phone, "My part").click();
    await phone.getByText("What I do").or(phone.locator(".my-part")).first().waitFor();
    await judge(phone, "phone-my-part");
    await onPaper(phone);
    await say(phone, "The whole plan").click();
    await judge(phone, "phone-plan");
    await say(phone, "Back to the chair’s sheet").click();
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
    // The way in is no sheet: whoever follows stays with the phase's (F47).
    await say(chair, "Show the way in").click();
    await wall.getByText("and type").waitFor();
    assert.equal(await doctor.page.getByRole("heading", { level: 1 }).first().innerText(), "The Plan");
    await showOnWall(desk, wall, "The Plan");
    await judge(doctor.page, "laptop-plan");
    await judgeOpened(doctor.page, "laptop-offer-row", () => say(doctor.page, "I can offer…").click(), {});
    await judge(leila.page, "laptop-plan-pen");
    await chair.evaluate(() => scrollTo(0, 0));
    await judge(chair, "desk-plan", { reflow: false });
    await judge(phone, "phone-plan-live");
    noFaults();
  });

  await t.test("f151 p6 the notice of a recording and the pause on every screen", async () => {
    const kept = "with the council’s records, for six weeks";
    await say(chair, "More").click();
    await say(chair, "Recording notice").click();
    await chair.getByLabel("Where it is kept").fill(kept);
    await say(chair, "Show the notice").click();
    const notice = () => Promise.all([phone, doctor.page, wall].map((page) => page.getByText(`An audio recording is running. It is kept: ${kept}`).waitFor()));
    await notice();
    await judge(phone, "phone-recording");
    await judgeWall(wall, "wall-recording");
    await desk.pause();
    await phone.getByRole("heading", { name: "We are taking a break" }).waitFor();
    await notice();
    await judge(phone, "phone-paused");
    await judge(doctor.page, "laptop-paused");
    await wall.getByText("We are taking a break").waitFor();
    await judgeWall(wall, "wall-paused");
    await chair.getByText("screen, paused").waitFor();
    await chair.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    const told = await chair.getByText("The screens are paused.").boundingBox();
    assert.ok(told.y >= 0, "the desk says so wherever the chair has scrolled to");
    await chair.evaluate(() => scrollTo(0, 0));
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
    const closed = phone.getByRole("heading", { name: "The meeting has ended. Thank you." });
    await closed.waitFor();
    await phone.reload();
    await closed.waitFor();
    await judge(phone, "closed");
    await marsh.page.reload();
    await marsh.page.getByRole("heading", { name: "Your part has ended. Thank you." }).waitFor();
    await judge(chair, "desk-closed", { reflow: false });
    await wall.getByText("This screen’s code").or(wall.locator(".wall-blank")).first().waitFor();
    await judgeWall(wall, "wall-closed");
    noFaults();
  });
});
