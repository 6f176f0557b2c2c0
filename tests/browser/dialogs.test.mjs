/** Pages and dialogs that the story of screens.test.mjs does not pass: each is judged as every other screen. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Attendee } from "./harness/attendee.mjs";
import { launch, person, SCREEN } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { judge, judgeOpened, still } from "./harness/judge.mjs";
import { atTheDoor, comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";
import { WELL, WORRIED } from "./scenario-b.mjs";

const exact = true;
const DESK = { width: 1440, height: 900 };
const LAPTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const ELSEWHERE = "flipchart.example";
const QUICK = { reflow: false };

let service, browser, link;
const here = {};

before(async () => {
  service = await Service.start();
  link = await practice(service, "filled sheets");
  browser = await launch([`--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`]);
});

after(async () => {
  await browser?.close();
  await service?.end();
});

async function sits(name, screen, more = {}) {
  here[name] = await person(browser, { origin: service.origin, screen, ...more });
  here[name].page.setDefaultTimeout(10_000);
  return here[name].page;
}

const say = (page, name) => page.getByRole("button", { name, exact: typeof name === "string" });

test("pages and dialogs", { timeout: 300_000 }, async (t) => {
  const step = story(t, () => here);
  let desk, ewa, leila;

  await step("p3 the way in on a laptop, and pages that lead nowhere", async () => {
    const page = await sits("newcomer", LAPTOP);
    await page.goto((await link("Paediatrician")).url);
    await page.getByLabel("Type your PIN").waitFor();
    await judge(page, "join-laptop", QUICK);
    await comeIn(page, await link("Paediatrician"));
    await atTheDoor(page);
    await judge(page, "waiting-laptop", QUICK);
    const phone = await sits("lost", PHONE, { touch: true });
    await phone.goto(`${service.origin}/gone`);
    await phone.getByRole("heading", { name: "Page closed" }).waitFor();
    await judge(phone, "gone");
    await phone.route("**/assets/way-in-*.js", (route) => route.abort());
    await phone.goto(`${service.origin}/join`);
    await phone.getByRole("heading", { name: "The page did not come" }).waitFor();
    await judge(phone, "lost");
    await phone.unroute("**/assets/way-in-*.js");
    await phone.getByRole("button", { name: "Try again" }).click();
    await phone.getByLabel("Type the code").waitFor();
    const away = await sits("elsewhere", PHONE, { touch: true });
    here.elsewhere.faults.length = 0;
    await away.goto(`http://${ELSEWHERE}:${service.port}/join`);
    await away.getByRole("heading", { name: "This page needs a safe connection" }).waitFor();
    await judge(away, "unsafe");
    here.elsewhere.faults.length = 0;
  });

  await step("set-up's dialogs", async () => {
    const page = await sits("business support", LAPTOP);
    await page.goto(service.links.find(({ url }) => url.includes("/set-up#")).url);
    await page.getByRole("radio").first().waitFor();
    await judgeOpened(page, "set-up-person", () => say(page, "Add a person").click(), {});
    await judgeOpened(page, "set-up-child", () => say(page, "Add a child, born or unborn").click(), {});
  });

  await step("people are here", async () => {
    const chair = await sits("Ruth", DESK);
    await comeIn(chair, await link("Ruth Amankwah"));
    desk = new Desk(chair);
    ewa = new Attendee(await sits("Ewa", PHONE, { touch: true }));
    leila = new Attendee(await sits("Leila", LAPTOP));
    for (const [one, name] of [[ewa, "Ewa Nowicka"], [leila, "Leila Haddad"]]) {
      await comeIn(one.page, await link(name));
      await atTheDoor(one.page);
      await desk.letIn(name);
      await one.page.getByText("You are following the chair").waitFor();
    }
    await desk.givePen("Leila Haddad");
    await leila.page.getByText("you have a pen").waitFor();
  });

  await step("the list of people: inviting, a link that is shown once, a name put right", async () => {
    const { page } = desk;
    await desk.button("People").click();
    const people = page.getByRole("dialog", { name: "The people of this conference" });
    await people.locator("summary", { hasText: "Invite somebody" }).click();
    await judge(page, "desk-invite", QUICK);
    await people.getByLabel("Name, as they wish to be called").fill("Tomek Zieliński");
    await people.getByLabel("Role in plain words").fill("Marek’s brother");
    await people.getByRole("button", { name: "Put on the list" }).click();
    await people.getByText("Shown once.").waitFor();
    await judge(page, "desk-link-once", QUICK);
    await people.getByRole("button", { name: "I have written it down" }).click();
    await people.getByRole("button", { name: "Ewa Nowicka: what to do" }).click();
    await people.getByRole("button", { name: "Correct the name", exact }).click();
    await page.getByRole("dialog", { name: "Correct a name" }).waitFor();
    await judge(page, "desk-correct-name", QUICK);
    await page.keyboard.press("Escape");
    await people.getByRole("button", { name: "Done", exact }).click();
    await people.waitFor({ state: "hidden" });
  });

  await step("p3 somebody with the room's code, and who it is", async () => {
    const { page } = desk;
    await say(page, "Show the way in").click();
    const code = (await page.getByText(/^[a-z]+-[a-z]+-\d\d$/).first().textContent()).trim();
    const halina = await sits("Halina", PHONE, { touch: true });
    await halina.goto(`${service.origin}/join`);
    await halina.getByLabel("Type the code").fill(code);
    await say(halina, "Go on").click();
    await halina.getByLabel("What should people call you?").fill("Halina");
    await halina.getByText("In the room", { exact }).click();
    await judge(halina, "join-name");
    await say(halina, "Go on").click();
    await say(halina, "Come to the door").click();
    await atTheDoor(halina);
    await desk.letIn("Halina");
    await page.getByRole("dialog", { name: "Who is it?" }).waitFor();
    await judge(page, "desk-admit", QUICK);
    await page.keyboard.press("Escape");
  });

  await step("p22 a line for the desk alone, and words that were not taken, on the desk and on a laptop", async () => {
    const { page } = desk;
    await desk.tab(WORRIED);
    await page.locator("summary", { hasText: "Write a line that waits" }).click();
    await page.getByLabel("A line for the desk alone").fill("Ask about the summer.");
    await say(page, "Keep it here").click();
    await page.getByRole("region", { name: /^Held on the desk/ }).getByText("Ask about the summer.").first().waitFor();
    await page.getByRole("region", { name: /^Held on the desk/ }).scrollIntoViewIfNeeded();
    await judge(page, "desk-held", QUICK);
    for (const [one, name] of [[desk, "desk-tray"], [leila, "laptop-tray"]]) {
      if (one === leila) await leila.open(WELL);
      await one.startLine(one === leila ? WELL : WORRIED);
      await one.page.keyboard.insertText("She says that it was always like this. ".repeat(300));
      const tray = one.page.getByRole("region", { name: /^Words not taken/ });
      await tray.waitFor();
      await tray.scrollIntoViewIfNeeded();
      await judge(one.page, name, one === leila ? {} : QUICK);
      await tray.getByRole("button", { name: "Drop" }).click();
      await tray.waitFor({ state: "hidden" });
      const section = one === leila ? WELL : WORRIED;
      await until("no line without words", () => one.list(section).getByRole("textbox").evaluateAll((all) => all.every((area) => area.value.trim() !== "")));
    }
    await leila.backToTheChair();
  });

  await step("f151 the recording's dialog", async () => {
    const { page } = desk;
    await judgeOpened(page, "desk-recording", async () => {
      await desk.button("More").click();
      await desk.button("Recording notice").click();
    });
  });

  await step("p6 a dialog that is opened while another closes stays open", async () => {
    const { page } = desk;
    const resume = page.getByRole("dialog", { name: "Show the screens again?" });
    const keys = page.getByRole("dialog", { name: "The desk by keyboard" });
    await desk.pause();
    await page.keyboard.press("F8");
    await resume.waitFor();
    for (let n = 0; n < 8; n++) {
      await Promise.all([page.keyboard.press("Escape"), page.keyboard.press(n % 2 ? "F8" : "?")]);
      await (n % 2 ? resume : keys).waitFor();
      await (n % 2 ? keys : resume).waitFor({ state: "hidden" });
    }
    await page.keyboard.press("Escape");
    await page.locator("dialog[open]").waitFor({ state: "detached" });
    await desk.resume();
  });

  await step("f114 my part, answered", async () => {
    await ewa.button("My part").click();
    await ewa.button("I do this").click();
    await until("the answer", async () => (await ewa.page.locator('.my-answer [aria-pressed="true"]').count()) === 1);
    await judge(ewa.page, "phone-my-part-answered");
    await ewa.backToTheChair();
  });

  await step("p4 what goes when words are taken off", async () => {
    await ewa.offer("Our door code is 4417.");
    await desk.writeUp("Ewa Nowicka", "Our door code is 4417.");
    const own = ewa.page.locator(".my-offers").getByRole("listitem").filter({ hasText: "Our door code" });
    await own.getByText("on the sheet").waitFor();
    await judgeOpened(ewa.page, "phone-take-off", () => own.getByRole("button", { name: /^Take off/ }).click());
    await desk.tab("The Plan");
    await judgeOpened(desk.page, "desk-take-off-row", async () => {
      await desk.page.getByRole("button", { name: "More for row 1" }).click();
      await desk.page.getByRole("group", { name: "More for row 1" }).getByRole("button", { name: "Take off", exact }).click();
    });
  });

  await step("a desk on half a screen and on the narrowest phone", async () => {
    const { page } = desk;
    for (const width of [720, 320]) {
      await page.setViewportSize({ width, height: 740 });
      await still(page);
      const whole = say(page, "The whole desk");
      if (await whole.count()) await whole.click();
      await judge(page, `desk-${width}`, { modes: [[]], reflow: width === 320 });
    }
    await page.setViewportSize(DESK);
  });

  await step("p6 a page that was left says no more than one that never was", async () => {
    const { page } = ewa;
    const was = page.url();
    await page.getByRole("button", { name: /^Leave/ }).first().click();
    await page.getByRole("heading", { name: "Page closed" }).waitFor();
    await desk.page.locator("ul.roll").getByText("Ewa Nowicka", { exact }).waitFor({ state: "detached" });
    await page.goto(was);
    await page.getByRole("heading", { name: "This page cannot be opened here" }).waitFor();
    await judge(page, "no-way-in", QUICK);
  });

  await step("promise6 no browser had a fault", () => {
    for (const [name, one] of Object.entries(here)) assert.deepEqual(one.faults, [], name);
  });
});
