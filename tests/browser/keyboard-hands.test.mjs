/** What the chair's hands do beside writing, without a mouse: words changed with a yes, turns, topics, agreement, places, typing for somebody, putting back. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Attendee } from "./harness/attendee.mjs";
import { launch, person, SCREEN } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { Keyboard } from "./harness/keyboard.mjs";
import { atTheDoor, comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { linesOf } from "./harness/sheets.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";
import { WELL } from "./scenario-b.mjs";

const exact = true;
const HIS = "I want him to stop.";
const LEILA = "Leila Haddad";

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

test("the chair's hands by keyboard alone", { timeout: 240_000 }, async (t) => {
  const step = story(t, () => here);
  let desk, keys, ewa, leila;

  const sits = async (name, how = {}) => {
    here[name] = await person(browser, { origin: service.origin, ...how });
    here[name].page.setDefaultTimeout(15_000);
    await comeIn(here[name].page, await link(name));
    return here[name].page;
  };
  const page = () => desk.page;
  const fold = (text) => page().locator("summary", { hasText: text });
  const linesNow = () => linesOf(leila.page, WELL);
  const caretInEmpty = () => until("the caret in an empty line", () => page().evaluate(() => document.activeElement.tagName === "TEXTAREA" && document.activeElement.value === ""));

  await step("setup_hands people are here and the family is spoken of", async () => {
    desk = new Desk(await sits("Ruth Amankwah", { screen: { width: 1440, height: 900 } }));
    keys = new Keyboard(desk.page);
    ewa = new Attendee(await sits("Ewa Nowicka", { screen: SCREEN.phone, touch: true }));
    leila = new Attendee(await sits(LEILA));
    for (const name of ["Ewa Nowicka", LEILA]) {
      await atTheDoor(here[name].page);
      await desk.letIn(name);
      await here[name].page.getByText("You are following the chair").waitFor();
    }
    await desk.phase("Mapping");
    await desk.tab(WELL);
    await leila.open(WELL);
  });

  await step("p21_keys locked words change with their author's yes: asked on a device, or said in the room", async () => {
    await keys.press("Alt+n");
    await caretInEmpty();
    await keys.type(HIS);
    await keys.press("Escape");
    const n = (await linesOf(page(), WELL)).findIndex((line) => line.words === HIS) + 1;
    const menu = () => desk.line(WELL, n).getByRole("group", { name: `More for line ${n} of ${WELL}`, exact });
    await keys.push(`More for line ${n} of ${WELL}`);
    await keys.push("Make it a quote", menu());
    const quote = keys.dialog("Somebody’s own words");
    await keys.write(quote.getByLabel("Who said it"), "Kacper’s mother");
    await keys.press("Enter");
    await keys.gone(quote);
    await keys.push(desk.line(WELL, n).getByRole("button", { name: /^It has been read back/ }));
    await leila.page.getByText("Kacper’s mother’s own words, read back").waitFor();

    const dialog = keys.dialog("Change words that are locked");
    const change = async (words) => {
      // What more can be done with a line stays open until it is closed.
      if (!(await menu().count())) await keys.push(`More for line ${n} of ${WELL}`);
      await keys.push("Change with their yes", menu());
      await keys.write(dialog.getByLabel("How they should read"), words);
    };
    await change("I want him to stop now.");
    await keys.tick(dialog.getByRole("checkbox", { name: /^Only the spelling changes/ }));
    await keys.push("They said yes in the room", dialog);
    await keys.gone(dialog);
    await until("the same line, mended", async () => (await linesNow())[n - 1].words.includes("I want him to stop now."));

    await change("I want him to stop today.");
    await keys.choose(dialog.getByRole("combobox"), "Ewa Nowicka, Kacper’s and Lena’s mother");
    await keys.push("Ask Ewa Nowicka on their device", dialog);
    await keys.gone(dialog);
    await ewa.page.getByRole("heading", { name: "May your words read like this?" }).waitFor();
    await ewa.button("Yes, that is right").click();
    await until("struck, and a new one follows", async () => {
      const [before, next] = (await linesNow()).slice(n - 1);
      return before.struck && before.words.includes("stop now.") && next?.words.includes("I want him to stop today.");
    });
  });

  await step("p22_f38_keys turns: asked earlier, asked, heard, and the family's reply", async () => {
    await keys.push(fold("Who speaks, 2 not heard yet"));
    const turns = () => page().locator(".turns .turn-one b").allTextContents();
    const [, second] = await turns();
    await keys.push(`Ask ${second} earlier`);
    await until("another order", async () => (await turns())[0] === second);
    await keys.push(/^Ask ?: Leila/);
    await leila.page.getByText("The chair asks you to speak now.").waitFor();
    await keys.push(/^Has spoken ?: Leila/);
    await keys.push("Ask Ewa Nowicka", page().getByRole("group", { name: `Would the family like to answer ${LEILA}?` }));
    await ewa.page.getByText("The chair asks you to speak now.").waitFor();
    await leila.page.getByText("The chair asks you to speak now.").waitFor({ state: "hidden" });
  });

  await step("f54_keys a topic is kept for later and done", async () => {
    await keys.push(fold("Still open"));
    await keys.write(page().getByLabel("A topic for later"), "Who fetches Kacper on Fridays");
    await keys.press("Enter");
    await keys.push(/^Done ?: For later: Who fetches Kacper/);
    await until("done", async () => (await page().getByText("For later: Who fetches").count()) === 0);
    assert.equal(await leila.page.getByText("Who fetches").count(), 0);
  });

  await step("f77_p17_keys everybody is asked whether they agree, and no more", async () => {
    await keys.push("Ask it on every screen");
    const asked = ewa.page.getByRole("group", { name: "Does everyone agree?" });
    await asked.getByText("I am not sure").click();
    await ewa.button("Tell the chair").click();
    await page().getByText("is not sure").waitFor();
    await keys.push("Ask no more");
    await asked.waitFor({ state: "hidden" });
  });

  await step("p1_keys who sits where is hidden from the family, and shown again", async () => {
    await ewa.button(/^Who is here/).or(ewa.page.getByText(/^Who is here/)).first().waitFor();
    const box = keys.dialog("Who sees where people sit").getByRole("checkbox", { name: "Hide it from the family" });
    const turn = async () => {
      await keys.push("More");
      await keys.push("Who sees where people sit");
      await keys.reach(box);
      await keys.press("Space");
    };
    const done = async () => {
      await keys.push("Done", keys.dialog("Who sees where people sit"));
      await keys.gone(keys.dialog("Who sees where people sit"));
    };
    const placed = () => ewa.page.getByText("in the room", { exact }).count();
    await until("places on her phone", async () => (await placed()) > 0);
    await turn();
    await until("no place on her phone", async () => (await placed()) === 0);
    await done();
    await turn();
    await until("places again", async () => (await placed()) > 0);
    await done();
  });

  await step("p22_keys an offered note is written up, put back and written up again", async () => {
    await ewa.offer("He sleeps at my sister’s on Fridays.", { where: WELL });
    const stands = async () => (await linesNow()).some((line) => line.words.includes("my sister’s"));
    await keys.push("Write it up: Ewa Nowicka’s");
    await until("on the sheet", stands);
    await keys.push("Undo my last");
    await page().getByText("Taken back: a note written up").first().waitFor();
    await until("not on the sheet", async () => !(await stands()));
    await keys.push("Write it up: Ewa Nowicka’s");
    await until("on the sheet again", stands);
  });

  await step("p15_keys business support types for somebody, without a mouse too", async () => {
    await keys.push("People");
    const list = keys.dialog("The people of this conference");
    await keys.push(list.locator("summary", { hasText: "Invite somebody" }));
    await keys.write(list.getByLabel("Name, as they wish to be called"), "Sam Reed");
    await keys.choose(list.getByLabel("What they are here"), "Business support");
    await keys.write(list.getByLabel("Role in plain words"), "minute taker");
    await keys.push("Put on the list", list);
    const [url, pin] = await Promise.all([".link-text", ".link-pin"].map((part) => list.locator(part).innerText()));
    await keys.push("I have written it down", list);
    await keys.push("Done", list);
    await keys.gone(list);
    here.sam = await person(browser, { origin: service.origin, screen: { width: 1440, height: 900 } });
    await comeIn(here.sam.page, { url: url.trim(), pin: pin.replace(/\D/g, "") });
    const sam = new Keyboard(here.sam.page);
    const pane = sam.page.getByRole("region", { name: "Type for somebody" });
    await sam.push(pane.locator("summary", { hasText: "A note in somebody’s words" }));
    await sam.choose(pane.getByRole("combobox", { name: "In whose words" }), "Ewa Nowicka, Kacper’s and Lena’s mother");
    await sam.write(pane.getByRole("textbox", { name: "Offer a note to the chair" }), "I asked for help in October.");
    await sam.push("Offer it", pane);
    await desk.offers().getByText("Ewa Nowicka, typed by Sam Reed").waitFor();
    assert.deepEqual([...sam.unseen], [], "the focus is seen at every stop");
  });

  await step("promise6_keys the focus was seen at every stop, and no browser had a fault", () => {
    assert.deepEqual([...keys.unseen], []);
    for (const [name, one] of Object.entries(here)) assert.deepEqual(one.faults, [], name);
  });
});
