/** Sealed notes without a mouse: the round on the desk, the pad, slips, a tablet that is handed round, the numbers. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, SCREEN } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { Device } from "./harness/device.mjs";
import { Keyboard } from "./harness/keyboard.mjs";
import { comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";

const exact = true;
const KACPER = "Where would you rate things for Kacper on a scale of 0 to 10?";
/** They sit in the room without a device: business support types their numbers. */
const SLIPS = { "Team manager": 3, "School nurse": 4 };
/** They are handed one tablet, one after the other. */
const TABLET = { "PC Gwen Marsh": 5, "Designated lead": 6 };

let service, browser;
const here = {};

before(async () => {
  service = await Service.start();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await service?.end();
});

test("sealed notes by keyboard alone", { timeout: 240_000 }, async (t) => {
  const step = story(t, () => here);
  const hands = {};
  let link, desk, part;

  /** Somebody with a browser and no mouse. */
  const begin = async (name, screen) => {
    here[name] = await Device.start(browser, service, screen);
    hands[name] = new Keyboard(here[name].page);
    return here[name];
  };
  const come = async (name, screen) => {
    await begin(name, screen);
    await comeIn(here[name].page, await link(name));
    await desk?.letIn(name);
  };
  const counted = (words) => desk.page.getByText(words, { exact }).first().waitFor();
  const headed = (keys, words) =>
    until(`the focus on “${words}”`, () => keys.page.evaluate((text) => document.activeElement?.tagName === "H1" && document.activeElement.textContent.includes(text), words));

  await step("setup people with devices, people without, business support and one tablet", async () => {
    link = await practice(service, "filled sheets");
    await come("Ruth Amankwah", { width: 1440, height: 900 });
    desk = new Desk(here["Ruth Amankwah"].page);
    part = desk.page.getByRole("region", { name: "Scale notes" });
    await come("Leila Haddad", SCREEN.phone);
    await come("Health visitor", SCREEN.laptop);
    await come("Ewa Nowicka", SCREEN.phone);
    for (const name of [...Object.keys(SLIPS), ...Object.keys(TABLET)]) await desk.seat(name);
    const invited = await desk.invite("Sam Reed", "Business support", "minute taker");
    await begin("Sam Reed", { width: 1440, height: 900 });
    await comeIn(here["Sam Reed"].page, invited);
    await begin("tablet", { width: 820, height: 1180 });
    await desk.phase("Decision Making");
    await part.waitFor();
  });

  await step("p16_keys the chair asks the family, looks who hands in, and opens the round", async () => {
    const keys = hands["Ruth Amankwah"];
    await keys.choose(part.getByRole("combobox", { name: "How Ewa Nowicka takes part" }), "a note of their own");
    await keys.push(part.locator("summary", { hasText: "7 people hand in a note" }));
    assert.equal(await part.getByText("no device: business support types it").count(), 4);
    await keys.choose(part.getByRole("combobox", { name: "How Marek Zieliński takes part" }), "aloud");
    await keys.pick(part.getByRole("radio", { name: "Kacper", exact }));
    await keys.push(part.locator("summary", { hasText: "In other words, and from how many on" }));
    await keys.write(part.getByRole("textbox", { name: "What 0 means" }), "he is in danger tonight");
    await keys.write(part.getByRole("textbox", { name: "What 10 means" }), "he is safe at home");
    await keys.choose(part.getByRole("combobox", { name: "Show single numbers from" }), "6 numbers on");
    await part.getByText("7 people hand in a note").waitFor();
    await keys.push("Open the notes for Kacper");
    await part.getByText("No note has come yet").waitFor();
  });

  await step("f93_f98_heard the pad as somebody hears it: the question, what the ends of this round mean, the choices, what is promised", async () => {
    // The last piece of it: it comes one a picture.
    await here["Leila Haddad"].page.getByText("The same four words stand on every screen").waitFor();
    const heard = await here["Leila Haddad"].page.locator(".pad-sheet").ariaSnapshot();
    const wanted = [
      `heading "${KACPER}" [level=1]`, "term: \"0\"", "definition: he is in danger tonight", "term: \"10\"", "definition: he is safe at home",
      'group "Your number, 0 to 10"', 'radio "0"', 'radio "10"', 'radio "I’d rather not"', 'radio "I don’t know enough"', 'button "Hand in my note"', "Nobody can see who wrote which number", "The same four words stand on every screen",
    ];
    let at = 0;
    for (const part of wanted) {
      const next = heard.indexOf(part, at);
      assert.ok(next >= 0, `${part}, in this order, in:\n${heard}`);
      at = next;
    }
    assert.doesNotMatch(heard, /\[checked\]/);
    const group = here["Leila Haddad"].page.getByRole("group", { name: "Your number, 0 to 10" });
    const described = await group.evaluate((one) => document.getElementById(one.getAttribute("aria-describedby")).textContent);
    assert.match(described, /in danger tonight.*safe at home/s, "and is told with the choices");
  });

  await step("f93_keys the pad: nothing chosen is said, a number with the arrows, handed in, changed, and how it is anonymous", async () => {
    const keys = hands["Leila Haddad"];
    const { page } = keys;
    const number = (n) => page.getByRole("radio", { name: String(n), exact });
    await keys.push("Hand in my note");
    await page.getByText("Choose a number, or one of the two answers below it.").waitFor();
    assert.ok(await keys.has(page.getByRole("radio")), "the focus is where a choice is made");
    await keys.pick(number(9));
    await keys.push("Hand in my note");
    await headed(keys, "Your note is handed in");
    assert.equal(await page.getByRole("radio").count(), 0);
    await keys.push("Change my note");
    await headed(keys, KACPER);
    await page.getByText("Only you can see this page").waitFor();
    assert.equal(await page.getByRole("radio", { checked: true }).count(), 0, "what was chosen stands nowhere");
    await keys.push("Keep my note as it is");
    await headed(keys, "Your note is handed in");
    await keys.push("Change my note");
    await headed(keys, KACPER);
    await keys.push(page.locator("summary", { hasText: "How is this anonymous?" }));
    await page.getByRole("heading", { name: "What this does not protect" }).waitFor();
    await keys.pick(number(2));
    await keys.push("Hand in my note");
    await headed(keys, "Your note is handed in");
  });

  await step("f93_keys the two answers that are no number, on a laptop and on the mother's phone", async () => {
    for (const [name, answer] of [["Health visitor", "I don’t know enough"], ["Ewa Nowicka", "I’d rather not"]]) {
      const keys = hands[name];
      await keys.pick(keys.page.getByRole("radio", { name: answer, exact }));
      await keys.push("Hand in my note");
      await headed(keys, "Your note is handed in");
    }
  });

  await step("p15_keys slips: said first, then typed and handed in together", async () => {
    const keys = hands["Sam Reed"];
    for (const [name, n] of Object.entries(SLIPS)) await keys.choose(keys.page.getByRole("combobox", { name: `The number of ${name}`, exact }), String(n));
    assert.ok(await keys.button("Hand in these slips").isDisabled(), "not before it was said");
    await keys.tick(keys.page.getByRole("checkbox", { name: "I have said that I will know their numbers" }));
    await keys.push("Hand in these slips");
    await keys.page.getByText("The slips go in after a while, in no order.").first().waitFor();
    await until("the focus is not lost with the button", () => keys.page.evaluate(() => document.activeElement !== document.body));
  });

  await step("p15_keys a tablet is handed round: in, a note, and out, with nothing left for the next", async () => {
    const keys = hands.tablet;
    const { page } = keys;
    for (const [name, n] of Object.entries(TABLET)) {
      const { url, pin } = await link(name);
      await page.goto(url);
      await keys.write(page.getByLabel("Type your PIN"), pin);
      await keys.press("Enter");
      await keys.push("Come to the door");
      await desk.letIn(name);
      await keys.pick(page.getByRole("radio", { name: String(n), exact }));
      await keys.push("Hand in my note");
      await headed(keys, "Your note is handed in");
      await keys.push(/^Leave/);
      await until("nothing of them is left", async () => !new RegExp(`note|${name}`, "i").test(await page.evaluate(() => document.body.innerText)));
      assert.deepEqual(await page.evaluate(() => Object.keys(sessionStorage)), []);
    }
    await counted("7 of 7 notes are in");
  });

  await step("f94_f98_f103_keys closed and shown: five numbers where the chair asked for six are groups; the own note while a key is held, and no longer", async () => {
    await hands["Ruth Amankwah"].push("Close the notes");
    await until("the focus is not lost with the button", () => desk.page.evaluate(() => document.activeElement !== document.body));
    await hands["Ruth Amankwah"].push("Show the numbers");
    const keys = hands["Leila Haddad"];
    const own = keys.page.getByText("Your note is in", { exact });
    await keys.page.getByText("5 with a number, 2 without. The middle lies in 4–6.").waitFor();
    await keys.page.getByText("Only groups are shown: fewer notes have a number than the chair asked for.").waitFor();
    await keys.reach(keys.button("Press and hold: check my note"));
    for (const key of ["Space", "Enter"]) {
      assert.equal(await own.count(), 0);
      await keys.page.keyboard.down(key);
      await own.waitFor();
      await keys.page.keyboard.up(key);
      await own.waitFor({ state: "detached" });
    }
    await keys.page.keyboard.down("Space");
    await own.waitFor();
    await keys.press("Tab");
    await own.waitFor({ state: "detached" });
    await keys.page.keyboard.up("Space");
    const mother = hands["Ewa Nowicka"];
    await mother.push("Show me the numbers");
    await mother.page.getByText("5 with a number, 2 without. The middle lies in 4–6.").waitFor();
    await until("the focus is not lost with the button", () => mother.page.evaluate(() => document.activeElement !== document.body));
  });

  await step("promise6_keys the focus was seen at every stop, and no screen had a fault", () => {
    for (const [name, keys] of Object.entries(hands)) assert.deepEqual([...keys.unseen], [], name);
    for (const [name, device] of Object.entries(here)) assert.deepEqual(device.person.faults, [], name);
  });
});
