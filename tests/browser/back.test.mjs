/** P5: a parent's part ends, lines are written, the parent comes back. The desk is worked without a mouse. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, launch, person, picture, SCREEN } from "./harness/browser.mjs";
import { Desk, Pen } from "./harness/desk.mjs";
import { comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { linesOf, wallShows } from "./harness/sheets.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";
import { BRUISES, CONTINGENCY, KIT, TRUSTS, WORRIED } from "./scenario-b.mjs";

const SECTION = "What are we Worried About";
const OPENED = TRUSTS;
const KEPT = ["He was seen near her flat", "and she must not know of it"];
const EWA = "Ewa Nowicka";

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

const alone = async (key, how = {}) => {
  here[key] = await person(browser, { origin: service.origin, ...how });
  here[key].page.setDefaultTimeout(15_000);
  return here[key].page;
};

/** Every frame that comes to a page from now on, as bytes. */
function frames(page) {
  const all = [];
  page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => all.push(Buffer.from(payload))));
  return { holds: (words) => all.some((frame) => frame.includes(words)), get count() { return all.length; } };
}

test("somebody goes and comes back", async (t) => {
  let link, desk, wall, ewa, again, leila, got;
  const step = story(t, () => here);
  /** A button of the desk, by the keyboard. */
  const push = async (button) => {
    await button.focus();
    await desk.page.keyboard.press("Enter");
  };
  const typed = [];

  await step("setup_back everybody is here", async () => {
    link = await practice(service, "empty sheets");
    desk = new Desk(await alone("desk"));
    await comeIn(desk.page, await link("Ruth Amankwah"));
    wall = await alone("wall", { screen: SCREEN.wall });
    await comeIn(wall, await link("Wall of the room"));
    for (const [key, name, screen] of [["ewa", EWA, SCREEN.phone], ["leila", "Leila Haddad", SCREEN.laptop]]) {
      const page = await alone(key, { screen });
      await comeIn(page, await link(name));
      await desk.letIn(name);
      await page.getByText("You are following the chair").waitFor();
    }
    ewa = here.ewa.page;
    leila = new Pen(here.leila.page);
    await desk.givePen("Leila Haddad");
    await desk.convene();
    await desk.tab(WORRIED);
    await desk.write(SECTION, BRUISES);
    await desk.write(SECTION, KIT);
    await desk.button("Show this sheet").or(desk.button("Show this page")).first().click();
    await ewa.getByText(KIT).waitFor();
  });

  await step("p5_browser her part ends: the screen clears and thanks her", async () => {
    await desk.person(EWA, async (people) => {
      await push(people.getByRole("button", { name: "End their part" }));
      await push(people.getByRole("button", { name: "Yes", exact: true }));
    });
    await ewa.getByText("Your part has ended. Thank you.").waitFor();
    assert.equal(await ewa.getByText(KIT).count(), 0);
    await desk.write(SECTION, KEPT[0]);
    await desk.write(SECTION, OPENED);
    await desk.words(SECTION, 2).focus();
    await desk.page.keyboard.press("End");
    await desk.page.keyboard.type(`, ${KEPT[1]}`);
    await desk.page.keyboard.press("Escape");
    await desk.page.getByRole("tab", { name: "The Plan" }).focus();
    await desk.page.keyboard.press("Enter");
    await desk.page.getByRole("textbox", { name: "Contingency" }).focus();
    await desk.page.keyboard.type(CONTINGENCY);
    await desk.saved();
    await until("the wall to show it", async () => (await wallShows(wall)).some((piece) => piece.words.includes(KEPT[0])));
  });

  await step("p5_browser she comes back by a new link while a pen writes, and no letter is lost", async () => {
    let way;
    await desk.person(EWA, async (people) => {
      await push(people.getByRole("button", { name: "New link and PIN" }));
      way = { url: await people.locator(".link-text").textContent(), pin: (await people.locator(".link-pin").textContent()).replace(" ", "") };
      await push(people.getByRole("button", { name: "I have written it down" }));
    });
    again = await alone("again", { screen: SCREEN.phone });
    got = frames(again);
    await comeIn(again, way);
    const door = desk.page.getByRole("region", { name: /^At the door/ }).getByRole("button", { name: new RegExp(`^Let in ?: ${EWA}`) });
    await door.waitFor();
    await leila.page.getByText("You are following the chair").waitFor();
    // In the line that she missed, letter after letter, before, while and after the door opens.
    const at = await linesOf(leila.page, SECTION).then((lines) => lines.findIndex((line) => line.words === KEPT[0]) + 1);
    await leila.words(SECTION, at).focus();
    await leila.page.keyboard.press("End");
    const writes = (async () => {
      for (const letter of " since the tenth, the police said, and twice before that") {
        await leila.page.keyboard.type(letter);
        typed.push(letter);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    })();
    await until("a few letters", () => typed.length > 5);
    await push(door);
    await writes;
    await again.getByText("You are following the chair").waitFor();
    await again.getByText(BRUISES).waitFor();
    const whole = KEPT[0] + typed.join("");
    await until("every letter on the desk", async () => {
      await desk.page.getByRole("tab", { name: WORRIED, exact: true }).click();
      return (await linesOf(desk.page, SECTION)).some((line) => line.words === whole);
    });
    assert.equal(await leila.page.evaluate(() => document.activeElement?.tagName), "TEXTAREA", "the caret stays where it was");
    assert.equal(await leila.page.getByRole("region", { name: /^Words not taken/ }).count(), 0);
    await leila.saved();
  });

  await step("p5_browser nothing of that time is on her phone, nor on the wall while she sits there", async () => {
    await desk.write(SECTION, "and the meeting goes on");
    await again.getByText("and the meeting goes on").waitFor();
    for (const words of [...KEPT, KIT, OPENED, CONTINGENCY.slice(0, 20), "since the tenth"]) {
      assert.equal(await again.getByText(words).count(), 0, words);
      assert.ok(!got.holds(words), `a frame holds “${words}”`);
    }
    assert.ok(got.count > 10 && got.holds(BRUISES), "the frames were recorded");
    await until("the wall without them", async () => !(await wallShows(wall)).some((piece) => piece.words.includes(KEPT[0])));
    await picture(again, "back-phone");
    // The desk knows why, and it alone can say that she sits elsewhere.
    await desk.page.getByText(`What was written while ${EWA} was out is not on the wall`).waitFor();
    await push(desk.page.getByRole("button", { name: `${EWA} is not in the room` }));
    await until("the wall with them", async () => (await wallShows(wall)).some((piece) => piece.words.includes(KEPT[0])));
    await desk.person(EWA, (people) => push(people.getByRole("button", { name: "Sits in the room" })));
    await until("the wall without them again", async () => !(await wallShows(wall)).some((piece) => piece.words.includes(KEPT[0])));
  });

  await step("p5_browser the chair opens one line, by the keyboard, and only that one appears", async () => {
    const asks = desk.asks();
    await asks.getByText(new RegExp(`^${EWA} was out from \\d\\d:\\d\\d to \\d\\d:\\d\\d\\. 4 lines were written`)).waitFor();
    assert.deepEqual(await axe(desk.page), []);
    await picture(desk.page, "back-laptop");
    const box = asks.getByRole("checkbox", { name: OPENED });
    assert.equal(await box.isChecked(), false, "by default nothing is opened");
    await box.focus();
    await desk.page.keyboard.press("Space");
    await push(asks.getByRole("button", { name: `Open 1 line to ${EWA}` }));
    await again.getByText(OPENED).waitFor();
    await asks.getByText(/was out from/).waitFor({ state: "hidden" });
    for (const words of [...KEPT, KIT, CONTINGENCY.slice(0, 20)]) assert.ok(!got.holds(words), `a frame holds “${words}”`);
    // What the bar at the foot happens to cover can be scrolled from under it.
    await again.evaluate(() => { document.querySelector(".meet-foot, footer").style.position = "static"; });
    assert.deepEqual(await axe(again), []);
    await desk.page.getByText(`Not shown to ${EWA}`).first().waitFor();
  });

  await step("p2_browser the contingency is opened by itself, later", async () => {
    await push(desk.button("People"));
    const people = desk.page.getByRole("dialog", { name: "The people of this conference" });
    await until("the focus in the dialog", () => people.evaluate((dialog) => dialog.contains(document.activeElement)));
    await push(people.getByRole("button", { name: `${EWA}: what to do` }));
    await push(people.getByRole("button", { name: "What was written while they were out" }));
    assert.deepEqual(await axe(desk.page), []);
    await picture(desk.page, "back-people");
    await push(people.getByRole("button", { name: `Open “Contingency” to ${EWA}` }));
    await until("the contingency in a frame", () => got.holds(CONTINGENCY.slice(0, 20)));
    assert.ok(!got.holds(KEPT[0]));
    for (const one of Object.values(here)) assert.deepEqual(one.faults, []);
  });
});
