/** Two rounds of sealed notes, one for each child, on the screens of a chair, a wall and nine people who hand in a note. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, SCREEN } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { Device } from "./harness/device.mjs";
import { judge, judgeWall } from "./harness/judge.mjs";
import { atTheDoor, comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";

const exact = true;
const KACPER = "Where would you rate things for Kacper on a scale of 0 to 10?";
const LENA = "Where would you rate things for Lena on a scale of 0 to 10?";
/** Who hands in a note, and what stands on it for Kacper. */
const NOTES = {
  "Leila Haddad": 2, "Team manager": 3, "Miss Farrow": 3, "Designated lead": 3, "Health visitor": 4, "School nurse": 4, "PC Gwen Marsh": 5, Paediatrician: 5,
  "Parenting practitioner": 7,
};
const RIGHT = /^This device has checked the notes/;

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

test("sealed notes", async (t) => {
  const step = story(t, () => here);
  let link, chair, desk, wall, ewa;
  const people = {};
  const devices = () => Object.values(people);
  const everybody = () => [chair, wall, ewa, ...devices()];
  const tally = () => wall.page.locator(".tally-notes > li .only-heard").allTextContents();
  const close = async () => {
    await desk.button("Close the notes").click();
    await desk.button("Show the numbers").waitFor();
  };

  const come = async (name, screen) => {
    const device = await Device.start(browser, service, screen);
    here[name] = device;
    await comeIn(device.page, await link(name));
    return device;
  };

  await step("setup chair, wall, the mother and nine people who scale are in the phase of the scale", async () => {
    link = await practice(service, "filled sheets");
    chair = await come("Ruth Amankwah", SCREEN.laptop);
    desk = new Desk(chair.page);
    wall = await come("Wall of the room", SCREEN.wall);
    ewa = await come("Ewa Nowicka");
    await desk.letIn("Ewa Nowicka");
    for (const name of Object.keys(NOTES)) {
      people[name] = await come(name, name === "Miss Farrow" ? SCREEN.laptop : SCREEN.phone);
      await desk.letIn(name);
    }
    await Promise.all([ewa, ...devices()].map((device) => device.page.getByText("You are following the chair").waitFor()));
    await desk.phase("Decision Making");
  });

  await step("f95_f98_f101 p16 the round belongs to the phase and to one child; nobody's part of the family is assumed", async () => {
    const part = chair.page.getByRole("region", { name: "Scale notes" });
    await part.waitFor();
    await part.scrollIntoViewIfNeeded();
    await judge(chair.page, "desk-scale", { reflow: false, modes: [[], ["dark"]] });
    await part.getByText("9 people hand in a note").click();
    assert.equal(await part.getByText("Ewa Nowicka").count(), 1, "the mother is asked beforehand and hands in nothing");
    await desk.button("Open the notes for Kacper").click();
    await Promise.all(devices().map((device) => device.page.getByRole("heading", { name: KACPER }).waitFor()));
    await Promise.all(devices().map((device) => device.button("Hand in my note").waitFor()));
    assert.equal(await ewa.button("Hand in my note").count(), 0);
    await ewa.page.getByText("Notes are being handed in.").waitFor();
  });

  await step("f93_f96 seal10 a pad with words at both ends, by keyboard, and the same four words on every screen", async () => {
    const { page } = people["Leila Haddad"];
    await page.getByText("Only you can see this page").waitFor();
    await page.getByText("the child is safe and professionals can close the case").waitFor();
    await page.getByText("A higher number means: safer").waitFor();
    await judge(page, "pad");
    await page.getByText("How is this anonymous?").click();
    await page.getByText("A note goes in within 2 seconds here").waitFor();
    for (const words of ["What this does not protect", "If everybody gives the same number", "Whoever changes this page itself"]) await page.getByText(words).waitFor();
    await judge(page, "pad-anonymous", { modes: [[], ["dark"]] });
    await page.getByText("How is this anonymous?").click();
    await people["Miss Farrow"].page.getByText("Hand in my note").waitFor();
    await judge(people["Miss Farrow"].page, "pad-laptop", { modes: [[]], reflow: false });
    const words = await Promise.all(everybody().map(async (device) => {
      const four = device.page.locator(".round-words b").first();
      return until("four words", async () => ((await four.textContent()) ?? "").trim());
    }));
    assert.match(words[0], /^[a-z]+, [a-z]+, [a-z]+, [a-z]+$/);
    assert.equal(new Set(words).size, 1, words.join(" / "));
    // Without a mouse: into the group, to the number, to the button.
    await page.getByRole("radio", { name: "0", exact }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    assert.ok(await page.getByRole("radio", { name: "2", exact }).isChecked());
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Your note is handed in" }).waitFor();
    await until("the focus", () => page.evaluate(() => document.activeElement?.tagName === "H1"));
    assert.equal(await page.getByRole("radio").count(), 0, "no number stands there any more");
  });

  await step("f94 seal9 everybody hands in; what is seen is how many, and a changed mind counts", async () => {
    const others = Object.entries(NOTES).filter(([name]) => name !== "Leila Haddad");
    await people["PC Gwen Marsh"].handIn(9);
    await Promise.all(others.filter(([name]) => name !== "PC Gwen Marsh").map(([name, answer]) => people[name].handIn(answer)));
    await people["PC Gwen Marsh"].button("Change my note").click();
    await people["PC Gwen Marsh"].handIn(5);
    await Promise.all(everybody().map((device) => device.page.getByText("9 of 9 notes are in").first().waitFor()));
    await until("the second note of PC Marsh", () => people["PC Gwen Marsh"].notes.some((note) => note[53] === 5));
    await judge(people["Team manager"].page, "note-in");
    await judge(chair.page, "desk-scale-open", { reflow: false, modes: [[]] });
    await judgeWall(wall.page, "wall-round");
  });

  await step("seal2 a second device of the same person says that the note is open on the other", async () => {
    const second = await Device.start(browser, service);
    here.second = second;
    await comeIn(second.page, await link("School nurse"));
    await atTheDoor(second.page);
    await desk.letIn("School nurse");
    await second.page.getByText("Your note is open on your other device. Hand it in there.").waitFor();
    await second.person.close();
    delete here.second;
  });

  await step("seal3 a reload keeps the note and the tab keeps a seed and no number", async () => {
    const { page } = people["Health visitor"];
    await page.reload();
    await page.getByText("If you handed a note in before this page was loaded again, it still counts").waitFor();
    const kept = await page.evaluate(() => Object.entries(sessionStorage));
    assert.equal(kept.length, 1);
    assert.match(kept[0][0], /^note\.[0-9a-z]{16}\.[0-9a-z]{16}$/);
    assert.match(kept[0][1], /^[0-9a-f]{64} 2 ([0-9a-f]{32})?$/);
    // That it counts is seen among the numbers.
  });

  await step("seal4_seal5 every note that went out is of one length and says nobody's name", async () => {
    for (const [name, device] of Object.entries(people)) {
      assert.ok(device.cast.length >= 1, name);
      for (const request of device.cast) {
        const headers = await request.allHeaders();
        for (const header of ["cookie", "authorization", "referer"]) assert.equal(headers[header], undefined, `${name}: ${header}`);
        assert.equal(request.postDataBuffer().length, 1024);
      }
    }
  });

  await step("f94 nothing that reached a device before the numbers are shown holds a note", async () => {
    await close();
    const notes = devices().flatMap((device) => device.notes);
    assert.ok(notes.length >= 9);
    for (const device of everybody()) {
      assert.ok(Buffer.concat(device.came).length > 1000);
      assert.deepEqual(device.told(notes), []);
    }
  });

  await step("f103_f102 seal11 the numbers are shown together, every browser has checked them, and each finds its own", async () => {
    await desk.button("Show the numbers").click();
    await wall.page.getByText("middle 4, lowest 2, highest 7").waitFor();
    assert.deepEqual(await tally(), [
      "0: no notes", "1: no notes", "2: 1 note", "3: 3 notes", "4: 2 notes", "5: 2 notes", "6: no notes", "7: 1 note", "8: no notes", "9: no notes", "10: no notes",
    ]);
    const colours = await wall.page.locator(".tally-notes .sticky").evaluateAll((all) => all.map((one) => getComputedStyle(one).backgroundColor));
    assert.equal(colours.length, 9);
    assert.equal(new Set(colours).size, 1, "a colour says nothing about a number");
    await wall.page.getByText("A higher number means: safer").waitFor();
    await judgeWall(wall.page, "wall-reveal");
    await Promise.all([chair, ...devices()].map((device) => device.page.getByText(RIGHT).waitFor()));
    await judge(chair.page, "desk-scale-shown", { reflow: false, modes: [[]] });
    const { page } = people["Team manager"];
    await judge(page, "reveal");
    const hold = people["Team manager"].button("Press and hold: check my note");
    assert.equal(await page.getByText("Your note is in", { exact }).count(), 0);
    await hold.focus();
    await page.keyboard.down("Enter");
    await page.getByText("Your note is in", { exact }).waitFor();
    await page.keyboard.up("Enter");
    await page.getByText("Your note is in", { exact }).waitFor({ state: "detached" });
    await hold.hover();
    await page.mouse.down();
    await page.getByText("Your note is in", { exact }).waitFor();
    await page.mouse.up();
    await page.getByText("Your note is in", { exact }).waitFor({ state: "detached" });
    assert.deepEqual(await page.evaluate(() => Object.keys(sessionStorage)), []);
  });

  await step("f103 notes land one after the other in the order of their numbers; whoever wants no motion has all at once", async () => {
    const { page } = wall;
    const landing = () =>
      page.locator(".tally-notes .sticky").evaluateAll((all) => all.map((one) => [one.textContent, ...["animationDelay", "animationDuration"].map((name) => Number.parseFloat(getComputedStyle(one)[name]))]));
    assert.deepEqual(await landing(), ["2", "3", "3", "3", "4", "4", "5", "5", "7"].map((number) => [number, 0, 0]));
    await page.emulateMedia({ reducedMotion: "no-preference" });
    const moving = await landing();
    assert.deepEqual(moving.map(([, delay]) => Math.round(delay * 1000)), moving.map((_, n) => 60 * n));
    assert.ok(moving.every(([, , lasts]) => lasts === 0.24));
    await page.emulateMedia({ reducedMotion: "reduce" });
  });

  await step("p16 the mother's phone shows the numbers only after a tap", async () => {
    await ewa.button("Show me the numbers").waitFor();
    assert.equal(await ewa.page.getByText("Middle 4").count(), 0);
    await judge(ewa.page, "reveal-family");
    await ewa.button("Show me the numbers").click();
    await ewa.page.getByText("9 notes, no names. Middle 4, lowest 2, highest 7.").waitFor();
  });

  await step("f98 seal15 the second child's round; whoever does nothing hands in a note without a number", async () => {
    const silent = people["Health visitor"];
    const before = silent.cast.length;
    for (const device of everybody()) device.came.length = 0;
    await desk.button("Open the notes for Lena").click();
    await Promise.all(devices().map((device) => device.page.getByRole("heading", { name: LENA }).waitFor()));
    await Promise.all(Object.entries(people).filter(([, device]) => device !== silent).map(([name, device]) => device.handIn(name === "Paediatrician" ? "I’d rather not" : 10 - NOTES[name])));
    await chair.page.getByText("8 of 9 notes are in").first().waitFor();
    // A device that has been given its signature is waited for, however slow it is (SEAL15).
    await until("the silent device can hand in too", () => Buffer.concat(silent.came).includes('"signed"'));
    for (const device of everybody()) device.tampers = device !== people["Team manager"];
    await close();
    assert.equal(silent.cast.length, before + 1);
    assert.equal(silent.notes.at(-1)[53], 255);
    const notes = devices().flatMap((device) => device.notes);
    for (const device of everybody()) assert.deepEqual(device.told(notes), []);
    await desk.button("Show the numbers").click();
    await wall.page.getByText("7 with a number, 2 without").waitFor();
  });

  await step("seal11 notes that were tampered with are reported by each browser that got them", async () => {
    const wrong = "There is a note without the seal of this round. Tell the chair: these numbers may not be right.";
    await ewa.button("Show me the numbers").click();
    await Promise.all([chair, wall, ewa, ...devices().filter((device) => device.tampers)].map((device) => device.page.getByText(wrong).first().waitFor()));
    await people["Team manager"].page.getByText(RIGHT).waitFor();
  });

  await step("no screen had a fault", () => {
    for (const [name, device] of Object.entries(here)) assert.deepEqual(device.person.faults, [], name);
  });
});
