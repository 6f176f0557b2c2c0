/** The whole job of the desk, once, without a mouse: every button is reached with Tab, nothing is clicked. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Attendee } from "./harness/attendee.mjs";
import { launch, person, SCREEN } from "./harness/browser.mjs";
import { comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { wallPageOnDesk, wallShows } from "./harness/sheets.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";

const exact = true;
const WORRIES = "What are we Worried About";
const WELL = "What's Working Well";
/** More stops than any screen of the desk has. */
const STOPS = 160;

let service, browser, chair, wall;
const people = {};

async function sits(name, how = {}) {
  people[name] = await person(browser, { origin: service.origin, ...how });
  people[name].page.setDefaultTimeout(10_000);
  return people[name].page;
}

const press = (...keys) => keys.reduce((before, key) => before.then(() => chair.keyboard.press(key)), Promise.resolve());
const type = (words) => chair.keyboard.type(words);
const has = (locator) => locator.evaluateAll((all) => all.includes(document.activeElement));
const button = (name, within = chair) => within.getByRole("button", { name, exact: typeof name === "string" });

/** Goes on with Tab until the focus is there. */
async function reach(locator, key = "Tab") {
  await locator.first().waitFor();
  for (let stop = 0; stop < STOPS; stop++) {
    if (await has(locator)) return;
    await press(key);
  }
  assert.fail(`Tab does not come to ${locator}`);
}

/** Reaches a button and presses it. */
async function push(name, within = chair) {
  await reach(typeof name === "object" && "first" in name ? name : button(name, within));
  await press("Enter");
}

const line = (n, section = WORRIES) => chair.getByRole("textbox", { name: `Line ${n} of ${section}`, exact });
const menu = (n, section) => chair.getByRole("group", { name: `More for line ${n} of ${section}`, exact });
const opened = (name) => chair.getByRole("dialog", { name });

async function more(n, section = WORRIES) {
  await push(`More for line ${n} of ${section}`);
  await menu(n, section).waitFor();
  return menu(n, section);
}

/** Words of a section on somebody else's screen. */
const shows = (page, words) => until(`“${words}” on another screen`, () => page.getByText(words).first().isVisible());
const showsNot = (page, words) => until(`no “${words}” on another screen`, async () => (await page.getByText(words).count()) === 0);

before(async () => {
  service = await Service.start();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await service?.end();
});

test("the desk by keyboard alone", { timeout: 240_000 }, async (t) => {
  const step = story(t, () => people);
  const link = await practice(service, "empty sheets");
  let leila, ewa;

  await step("p3 comes in, lets people in, links stay at the door", async () => {
    chair = await sits("Ruth"); // A laptop: worries and what works stand side by side.
    const { url, pin } = await link("Ruth");
    await chair.goto(url);
    await reach(chair.getByLabel("Type your PIN"));
    await type(pin);
    await press("Enter");
    await chair.getByRole("navigation", { name: "Phases" }).waitFor();
    wall = await sits("Wall", { screen: SCREEN.wall });
    await comeIn(wall, await link("Wall"));
    leila = new Attendee(await sits("Leila"));
    ewa = new Attendee(await sits("Ewa", { screen: SCREEN.phone, touch: true }));
    await comeIn(leila.page, await link("Leila"));
    await comeIn(ewa.page, await link("Ewa"));
    await push(/^Let in ?: Leila/);
    await push(/^Let in ?: Ewa/);
    await leila.ask("I want to speak").waitFor();
    await ewa.ask("I want to speak").waitFor();
  });

  await step("f47 f48 convenes and opens the next phases", async () => {
    await push("Convene the conference");
    await push("Convene the conference", opened("Convene the conference?"));
    // It closes when it has its answer; until then keys of the desk do nothing.
    await opened("Convene the conference?").waitFor({ state: "hidden" });
    const now = chair.locator(".phase.is-now");
    for (const phase of ["Social worker", "Others", "Mapping"]) {
      await button(`Next: ${phase}`).waitFor();
      await press("Alt+g");
      await until(phase, async () => (await now.innerText()).includes(phase));
    }
    await leila.page.getByText("Mapping").first().waitFor();
  });

  await step("f62 f78 writes, labels, says whose words, moves up and down, moves away", async () => {
    await press("Alt+n");
    await until("the caret", () => has(line(1)));
    await type("Kacper had bruises.");
    await press("Enter");
    await until("the caret in the next line", () => has(line(2)));
    await type("Lena has been seen; no marks.");
    await press("Enter");
    await until("the caret in the third line", () => has(line(3)));
    await type("Ewa asks for help.");
    await press("Alt+ArrowUp");
    await until("second place", () => has(line(2)));
    await press("Alt+ArrowUp");
    await until("first place", () => has(line(1)));
    await press("Alt+ArrowDown");
    await until("second place again", () => has(line(2)));
    await press("Alt+m");
    await opened("Move the line to").waitFor();
    await push(WELL, opened("Move the line to"));
    await opened("Move the line to").waitFor({ state: "hidden" });
    await until("two lines", async () => (await chair.getByRole("list", { name: WORRIES, exact }).getByRole("textbox").count()) === 2);
    await showsNot(leila.page, "Ewa asks for help.");
    const label = chair.getByRole("combobox", { name: `Label of line 1 of ${WORRIES}`, exact });
    await reach(label);
    await press("ArrowDown");
    await leila.list(WORRIES).getByText("Fact", { exact }).waitFor();
    const beside = await more(1);
    await until("the source has the focus", () => has(beside.getByRole("textbox", { name: `Source of line 1 of ${WORRIES}`, exact })));
    await type("class teacher");
    await press("Tab");
    await leila.page.getByText("class teacher").waitFor();
    await press("Escape");
    await beside.waitFor({ state: "hidden" });
  });

  await step("f62 strikes through, and back", async () => {
    const beside = await more(2);
    await push("Strike through", beside);
    await leila.page.locator("s", { hasText: "Lena has been seen" }).waitFor();
    await push("Take the line through it away", beside);
    await until("no line through it", async () => (await leila.page.locator("s").count()) === 0);
    await push("Close", beside);
  });

  await step("p21 a quote, read back", async () => {
    await press("Alt+n");
    await until("the caret", () => has(line(3)));
    await type("I did not ask.");
    await press("Escape");
    const beside = await more(3);
    await push("Make it a quote", beside);
    const dialog = opened("Somebody’s own words");
    await reach(dialog.getByLabel("Who said it"));
    await type("Kacper’s mother");
    await press("Enter");
    await dialog.waitFor({ state: "hidden" });
    await push(/^It has been read back/);
    await leila.page.getByText("Kacper’s mother’s own words, read back").waitFor();
  });

  await step("p22 holds a line on the desk and shows it", async () => {
    await press("Alt+n");
    await until("the caret", () => has(line(4)));
    await type("Not for now.");
    await shows(leila.page, "Not for now.");
    await press("Escape");
    const beside = await more(4);
    await push("Hold this line on the desk", beside);
    await showsNot(leila.page, "Not for now.");
    await push(/^Show it: Not for now/);
    await shows(leila.page, "Not for now.");
  });

  await step("f43 f44 answers what was offered", async () => {
    await ewa.offer("He sings in the bath.");
    await push(/^Write it up: Ewa/);
    await shows(leila.page, "He sings in the bath.");
    await ewa.offer("I am tired.");
    await push(/^Talk first: Ewa/);
    await until("the answer", async () => (await chair.getByRole("button", { name: /^Talk first/ }).count()) === 0);
  });

  await step("p22 gives a pen and takes it back", async () => {
    await push("People");
    const list = opened("The people of this conference");
    await push("Leila Haddad: what to do", list);
    await push("Give a pen", list);
    await leila.page.getByText("you have a pen").waitFor();
    await push("Take the pen back", list);
    await showsNot(leila.page, "you have a pen");
    await push("Done", list);
    await list.waitFor({ state: "hidden" });
  });

  await step("p3_p15_p21 invites, makes a new link, seats, corrects a name, ends a part and sends out", async () => {
    await push("People");
    const list = opened("The people of this conference");
    await push(list.locator("summary", { hasText: "Invite somebody" }));
    await reach(list.getByLabel("Name, as they wish to be called"));
    await type("Tomek Zieliński");
    await reach(list.getByLabel("Role in plain words"));
    await type("Marek’s brother");
    await push("Put on the list", list);
    await list.getByText("Shown once.").waitFor();
    await push("I have written it down", list);
    await button("Tomek Zieliński: what to do", list).waitFor();
    await push("Health visitor: what to do", list);
    await push("New link and PIN", list);
    await push("I have written it down", list);
    await push("Has come, without a device", list);
    await leila.page.getByText("Who is here, 4").waitFor();
    await push("Correct the name", list);
    const name = opened("Correct a name");
    await reach(name.getByLabel("Name, as they wish to be called"));
    await press("Control+a");
    await type("Hanna Visser");
    await press("Enter");
    await push("Done", name);
    await push("End their part", list);
    await push("Yes", list);
    await leila.page.getByText("Who is here, 3").waitFor();
    await push("School nurse: what to do", list);
    await push("Has come, without a device", list);
    await leila.page.getByText("Who is here, 4").waitFor();
    await push("Send out", list);
    await push("Yes", list);
    await leila.page.getByText("Who is here, 3").waitFor();
    await push("Done", list);
    await list.waitFor({ state: "hidden" });
  });

  await step("f39_f54 deals with what somebody asks for", async () => {
    await ewa.ask("I want to speak").click();
    await push("Ask in Ewa Nowicka: done");
    await showsNot(ewa.page, "The chair knows that you want to speak.");
  });

  await step("p22 writes a line for the desk alone and drops it", async () => {
    await push(chair.locator("summary", { hasText: "Write a line that waits" }));
    await reach(chair.getByLabel("A line for the desk alone"));
    await type("Ask about the summer.");
    await push("Keep it here");
    await push(/^Drop: Ask about the summer/);
    await until("dropped", async () => (await chair.getByText("Ask about the summer.").count()) === 0);
    assert.equal(await leila.page.getByText("Ask about the summer.").count(), 0);
  });

  await step("p13 links a wall by its code and shows the way in", async () => {
    const second = await sits("second wall", { screen: SCREEN.wall });
    await second.goto(`${service.origin}/wall`);
    const code = await until("a code", async () => (await second.getByRole("status").textContent()).replace(/\s/g, ""));
    await push("Link a wall");
    const dialog = opened("Link a wall");
    await reach(dialog.getByLabel("Code on the wall"));
    await type(code);
    await push("Link it", dialog);
    await second.getByRole("heading", { name: WORRIES, exact }).waitFor();
    await push("Show the way in");
    for (const screen of [wall, second]) await screen.getByText("and type").waitFor();
    await push("Show this sheet");
    for (const screen of [wall, second]) await screen.getByRole("heading", { name: WORRIES, exact }).waitFor();
  });

  await step("f151 says that a recording runs, and that none does", async () => {
    const dialog = opened("Is an audio recording running?");
    await push("More");
    await push("Recording notice");
    await reach(dialog.getByLabel("Where it is kept"));
    await type("the council’s archive");
    await push("Show the notice", dialog);
    await shows(ewa.page, "the council’s archive");
    await push("More");
    await push("Recording notice");
    await push("No recording is running", dialog);
    await showsNot(ewa.page, "the council’s archive");
  });

  await step("f28 f53 turns the wall, shows a prompt there", async () => {
    // While a dialog is open, keys of the desk do nothing: it closes when its command has been answered.
    await chair.locator("dialog[open]").waitFor({ state: "detached" });
    await press("Alt+1");
    for (let n = 0; n < 6; n++) {
      await press("Alt+n");
      await until("the caret in an empty line", () => chair.evaluate(() => document.activeElement.tagName === "TEXTAREA" && document.activeElement.value === ""));
      await type(`Line ${n}, long enough to take two lines of the wall, so that there is a page to turn.`);
      await press("Escape");
    }
    await until("the last line on the wall", async () => (await wallShows(wall)).some((piece) => String(piece.words).startsWith("Line 5")));
    const [n, of] = await wallPageOnDesk(chair, wall, WORRIES);
    assert.ok(n === of && of > 1, `page ${n} of ${of}`);
    await press("Alt+PageUp");
    await wall.getByText(`page ${of - 1} of ${of}`).waitFor();
    await wallPageOnDesk(chair, wall, WORRIES);
    await press("Alt+PageDown");
    await wall.getByText(`page ${of} of ${of}`).waitFor();
    await push(button("Show on the wall"));
    await wall.locator(".wall-prompt").waitFor();
    await push(button("Take off the wall"));
    await wall.locator(".wall-prompt").waitFor({ state: "detached" });
  });

  await step("f106 f110 writes the plan", async () => {
    const cell = (column, n) => chair.getByRole("textbox", { name: `${column}, row ${n}`, exact });
    // What a row is written with is fetched when the plan is opened; a key that is pressed before it has come is not lost.
    await press("Alt+0");
    for (const [n, outcome] of ["Kacper feels safe", "Lena is well"].entries()) {
      await press("Alt+n");
      await until("the caret in a new row", () => has(cell("Outcome statement", n + 1)));
      await type(outcome);
      await press("Tab");
      assert.ok(await has(cell("Task", n + 1)), "Tab goes on to the next cell");
      await type("Miss Farrow sees him every Monday");
    }
    const who = chair.getByRole("combobox", { name: "Who, row 1: add somebody", exact });
    await reach(who, "Shift+Tab");
    await type("Leila");
    await button("Take Leila Haddad away from row 1").waitFor();
    await reach(chair.getByLabel("By when, row 1: in words", { exact }));
    await type("until Easter");
    await press("Tab");
    await push("More for row 2");
    await push(/^Move up/);
    await until("moved", async () => (await cell("Outcome statement", 1).inputValue()) === "Lena is well");
    await push(button("Strike through", chair.getByRole("group", { name: "More for row 1" })));
    await leila.button("The whole plan").click();
    await leila.page.locator("s", { hasText: "Lena is well" }).waitFor();
    await shows(leila.page, "until Easter");
    await shows(leila.page, "Leila Haddad");
    await leila.backToTheChair();
  });

  await step("p4_f112_f131 puts an offered row into the plan, takes a row off it, writes the contingency and takes its words off", async () => {
    for (const phase of ["Danger statements", "What you need to see", "The Plan"]) {
      await button(`Next: ${phase}`).waitFor();
      await press("Alt+g");
      await leila.page.getByText(phase).first().waitFor();
    }
    await leila.button("I can offer…").click();
    const offering = leila.page.getByRole("dialog", { name: "I can offer…" });
    await offering.getByRole("textbox", { name: "Task", exact }).fill("I drive him to football");
    await offering.getByRole("button", { name: "Offer it" }).click();
    await push(/^Write it up: Leila/);
    await shows(leila.page, "I drive him to football");
    await push("More for row 1");
    await push("Take off", chair.getByRole("group", { name: "More for row 1" }));
    await push("Take it off", opened("Take this off?"));
    await showsNot(leila.page, "Lena is well");
    await reach(chair.getByRole("textbox", { name: "Contingency" }));
    await type("Ewa phones the duty number.");
    await shows(leila.page, "Ewa phones the duty number.");
    await push("Take off the words of Contingency");
    await opened("Take this off?").getByText(/^Leila Haddad/).waitFor();
    await push("Take it off", opened("Take this off?"));
    await opened("Take this off?").waitFor({ state: "hidden" });
    for (const page of [leila.page, chair]) await showsNot(page, "Ewa phones the duty number.");
    await leila.page.getByText("I drive him to football").first().waitFor();
    await reach(chair.getByRole("textbox", { name: "Contingency" }), "Shift+Tab");
    await type("His aunt comes.");
    await shows(leila.page, "His aunt comes.");
  });

  await step("p6 pauses, from inside a dialog too, and goes on", async () => {
    await press("Alt+1");
    await push("People");
    await opened("The people of this conference").waitFor();
    await press("F8");
    await ewa.page.getByText("We are taking a break").waitFor();
    await wall.getByText("We are taking a break").waitFor();
    await press("Escape", "F8");
    await opened("Show the screens again?").waitFor();
    await push("Show the screens again", opened("Show the screens again?"));
    await showsNot(ewa.page, "We are taking a break");
  });

  await step("p14 puts away what is for the chair alone", async () => {
    await press("F9");
    await chair.getByRole("region", { name: "For you alone" }).waitFor({ state: "detached" });
    await press("F9");
    await chair.getByRole("region", { name: "For you alone" }).waitFor();
  });

  await step("p4 takes a line off every screen, undoes the last thing written", async () => {
    await press("Alt+1");
    await push("Show this sheet");
    await shows(leila.page, "Kacper had bruises.");
    const beside = await more(1);
    await push("Take off", beside);
    const dialog = opened("Take this off?");
    await push("Take it off", dialog);
    await dialog.waitFor({ state: "hidden" });
    await showsNot(leila.page, "Kacper had bruises.");
    await press("Alt+n");
    await until("the caret in an empty line", () => chair.evaluate(() => document.activeElement.tagName === "TEXTAREA" && document.activeElement.value === ""));
    await type("A slip of the keys");
    await shows(leila.page, "A slip of the keys");
    await press("Control+z");
    await showsNot(leila.page, "A slip of the keys");
  });

  await step("p13 closes", async () => {
    await press("Escape");
    await push("More");
    await push("Close the conference");
    const dialog = opened("Close the conference?");
    await push("Close it", dialog);
    await ewa.page.getByRole("heading", { name: /ended\. Thank you\.$/ }).waitFor();
    for (const [name, { faults }] of Object.entries(people)) assert.deepEqual(faults, [], name);
  });
});
