/** Many screens of one conference, and of two, in the tabs of one browser. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Attendee } from "./harness/attendee.mjs";
import { kept, launch, person, SCREEN } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { judgeWall } from "./harness/judge.mjs";
import { within } from "./harness/moments.mjs";
import { Network } from "./harness/network.mjs";
import { atTheDoor, comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { linesOf, wallPage, wallShows } from "./harness/sheets.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";
import { goings } from "./goings.mjs";
import { authors, typists } from "./own-words.mjs";
import { BRUISES, DANGERS, HOME, PIOTR, TRUTH, WELL, WORRIED } from "./scenario-b.mjs";

const exact = true;
let service, browser, far, near;
const here = {};

before(async () => {
  service = await Service.start();
  browser = await launch();
  far = await Network.start({ delay: 250, seed: 5 });
});

after(async () => {
  await browser?.close();
  await far?.end();
  await near?.end();
  await service?.end();
});

test("screens side by side", async (t) => {
  let link, tabs, desk, wall, ewa, leila;
  const told = story(t, () => here);
  /** The chair looks at the desk's tab; the others lie behind it and get few frames. */
  const step = (name, act) =>
    told(name, async () => {
      await desk?.page.bringToFront();
      await act();
    });

  const alone = async (key, how = {}) => {
    here[key] = await person(browser, { origin: service.origin, ...how });
    here[key].page.setDefaultTimeout(15_000);
    return here[key].page;
  };
  const sheet = async (label) => {
    await desk.tab(label);
    const show = desk.button("Show this sheet");
    if (await show.isVisible()) await show.click();
    await wall.getByRole("heading", { name: label, exact }).waitFor();
  };
  /** Who is here, for the steps of other files. */
  const room = () => ({ origin: service.origin, link, desk, wall, ewa, leila, sheet, alone, byCode: (...who) => byCode(...who), here });
  const onTheWall = async (words) => (await wallShows(wall)).some((piece) => piece.words.includes(words));

  await step("setup_tabs chair, wall and attendee work in tabs of one browser, through reload", async () => {
    link = await practice(service, "filled sheets");
    tabs = await person(browser, { origin: service.origin });
    here.tabs = tabs;
    desk = new Desk(tabs.page);
    await comeIn(desk.page, await link("Ruth Amankwah"));
    wall = await tabs.tab();
    await wall.setViewportSize(SCREEN.wall);
    await comeIn(wall, await link("Wall of the room"));
    here.wall = { ...tabs, page: wall };
    ewa = new Attendee(await tabs.tab());
    here.ewa = { ...tabs, page: ewa.page };
    await comeIn(ewa.page, await link("Ewa Nowicka"));
    await desk.letIn("Ewa Nowicka");
    await ewa.page.getByText("You are following the chair").waitFor();
    await desk.phase("Convene");
    await sheet(WORRIED);
    const shows = async () => {
      await desk.page.getByRole("tab", { name: WORRIED }).waitFor();
      await ewa.page.getByText(BRUISES).waitFor();
      // Following, the wall shows the last page.
      await until("the wall", () => onTheWall(DANGERS));
      await until("the desk", async () => (await linesOf(desk.page, WORRIED)).some((line) => line.words === BRUISES));
    };
    await shows();
    await Promise.all([desk.page, wall, ewa.page].map((page) => page.reload()));
    await shows();
    assert.equal(await ewa.page.getByRole("tab").count(), 0, "the attendee's tab is no desk");
    assert.match(desk.page.url(), /\/desk\//);
    assert.match(wall.url(), /\/wall\//);
    assert.match(ewa.page.url(), /\/meet\//);
  });

  await step("p22_tray a pen is taken while somebody types far away: words not taken are kept and offered", async () => {
    leila = new Attendee(await alone("leila", { network: far }));
    await comeIn(leila.page, await link("Leila Haddad"));
    await desk.letIn("Leila Haddad");
    await leila.page.getByText("You are following the chair").waitFor();
    await desk.givePen("Leila Haddad");
    await leila.page.getByText("you have a pen").waitFor();
    await leila.open(WELL);
    await leila.startLine(WELL);
    await leila.page.keyboard.type("She comes to the gate ");
    await leila.saved();
    await sheet(WELL);
    let isTaken = false;
    const rest = Array.from({ length: 100 }, (_, n) => `gate${n} `).join("");
    const typing = (async () => {
      let after = 0;
      for (const letter of rest) {
        if (isTaken && ++after > 40) break;
        await leila.page.keyboard.type(letter);
        await new Promise((go) => setTimeout(go, 25));
      }
    })();
    await desk.takePen("Leila Haddad");
    isTaken = true;
    await typing;
    const tray = leila.page.getByRole("region", { name: /^Words not taken/ });
    await tray.waitFor();
    const words = (await tray.getByRole("listitem").first().locator("p").first().textContent()).trim();
    assert.ok(words.length > 2, words);
    // Nothing can be offered while the chair convenes: the words stay, and the screen says why.
    await tray.getByRole("button", { name: "Offer as a note" }).click();
    await leila.page.getByRole("button", { name: "All right" }).waitFor();
    await tray.getByText(words).waitFor();
    await desk.phase("Mapping");
    await tray.getByRole("button", { name: "Offer as a note" }).click();
    await desk.offers().getByText(words).waitFor();
    await tray.waitFor({ state: "hidden" });
    await sheet(WELL);
    const shown = (await linesOf(desk.page, WELL)).find((line) => line.words.startsWith("She comes to the gate"));
    const letters = (text) => text.replaceAll(" ", "");
    const typed = letters(`She comes to the gate ${rest}`);
    assert.ok(typed.startsWith(letters(shown.words + words)), `what was refused follows what stands there: ${shown.words} | ${words}`);
    assert.equal(await leila.button("Write a note").count(), 0);
  });

  await step("p4 a line taken off is gone from every screen and for whoever comes later", async () => {
    await desk.note(WELL, "The neighbour’s name is Jadwiga Kos.");
    await ewa.page.getByText("Jadwiga").waitFor();
    await until("the wall", () => onTheWall("Jadwiga"));
    const n = (await linesOf(desk.page, WELL)).findIndex((line) => line.words.includes("Jadwiga")) + 1;
    const menu = await desk.more(WELL, n);
    await menu.getByRole("button", { name: "Take off" }).click();
    const dialog = desk.page.getByRole("dialog", { name: "Take this off?" });
    await dialog.getByText("Ewa Nowicka").waitFor();
    await dialog.getByText("everybody who sees the wall").waitFor();
    // Leila is 250 ms away, and her browser reads the new edition from the beginning.
    const took = await within(3_000, {
      pressed: desk.page,
      act: () => dialog.getByRole("button", { name: "Take it off" }).click(),
      screens: { desk: desk.page, wall, ewa: ewa.page, leila: leila.page },
      words: /Jadwiga/,
      gone: true,
    });
    t.diagnostic(`taken off, ms by screen: ${JSON.stringify(took)}`);
    await until("not in a field of the desk", async () => !(await linesOf(desk.page, WELL)).some((line) => line.words.includes("Jadwiga")));
    for (const page of [desk.page, wall, ewa.page]) {
      await page.reload();
      if (page === wall) await until("the wall", async () => (await wallShows(wall)).length > 0);
      else await page.getByText(page === desk.page ? "Convened at" : HOME).first().waitFor();
      assert.ok(!(await page.content()).includes("Jadwiga"));
    }
    await sheet(WELL);
    await until("the other lines are still there", async () => (await linesOf(desk.page, WELL)).some((line) => line.words === TRUTH));
  });

  await authors(step, room);

  await step("p22_hold_f30 a held line is on the desk alone until it is released, and is marked as new for a moment", async () => {
    await desk.startLine(WELL);
    await desk.page.keyboard.type("Halina phones every evening.");
    await desk.line(WELL, (await linesOf(desk.page, WELL)).length).getByRole("button", { name: /^Hold/ }).click();
    const held = desk.page.getByRole("region", { name: /^Held on the desk/ });
    await held.getByText("Halina phones every evening.").first().waitFor();
    await until("gone from the phone", async () => (await ewa.page.getByText("Halina phones").count()) === 0);
    await held.getByRole("button", { name: /Show it: Halina/ }).click();
    // A new line is marked for a few seconds where it is read (F30).
    const fresh = [ewa.page, wall].map((page) => page.locator("li.is-fresh").filter({ hasText: "Halina phones every evening." }));
    await Promise.all(fresh.map((line) => line.waitFor()));
    await Promise.all(fresh.map((line) => line.waitFor({ state: "detached" })));
    await ewa.page.getByText("Halina phones every evening.").waitFor();
  });

  await step("p6_pause walls and phones are covered within a second, also after a reload; resume lists what appears", async () => {
    const took = await within(1_000, {
      pressed: desk.page,
      event: "keydown",
      act: () => desk.page.keyboard.press("F8"),
      screens: { wall, ewa: ewa.page, leila: leila.page },
      words: /We are taking a break/,
    });
    t.diagnostic(`covered, ms by screen: ${JSON.stringify(took)}`);
    await desk.note(WELL, "Tomek has room for Marek until March.");
    await ewa.page.reload();
    await ewa.page.getByText("We are taking a break").waitFor();
    for (const page of [wall, ewa.page, leila.page]) assert.ok(!/Tomek|Warm home/.test(await page.content()), "nothing of the sheets is on a covered screen");
    assert.deepEqual(await desk.resume(), ["New: Tomek has room for Marek until March."]);
    await Promise.all([wall, ewa.page, leila.page].map((page) => page.getByText("Tomek has room").first().waitFor()));
  });

  await step("f38_turns when a professional has spoken, the family's reply is one press away", async () => {
    await desk.page.getByText(/^Who speaks/).click();
    await desk.page.getByRole("button", { name: /^Has spoken ?: Leila Haddad/ }).click();
    const reply = desk.page.getByRole("group", { name: "Would the family like to answer Leila Haddad?" });
    await reply.getByRole("button", { name: "Ask Ewa Nowicka" }).click();
    await ewa.page.getByText("The chair asks you to speak now.").waitFor();
    await until("it has been asked", async () => (await reply.count()) === 0);
    assert.equal(await leila.page.getByText("asks you to speak").count(), 0);
    await desk.page.getByRole("button", { name: /^Has spoken ?: Ewa Nowicka/ }).click();
    await until("asked no more", async () => (await ewa.page.getByText("The chair asks you to speak now.").count()) === 0);
    await desk.saved();
    assert.equal(await reply.count(), 0, "nobody answers the family in the family's name");
    await desk.page.getByText(/^Who speaks/).click();
  });

  await step("p6_unsafe can't talk safely reaches the desk alone, quietly", async () => {
    // Who writes where comes and goes by itself.
    const sees = async () => (await leila.page.locator("body").innerText()).replaceAll("The chair is writing\n", "");
    const before = await sees();
    await ewa.ask("I can’t talk safely now").click();
    await desk.asks().getByText("can’t talk safely now").waitFor();
    await until("her screen knows", async () => (await ewa.ask("I can’t talk safely now").getAttribute("aria-pressed")) === "true");
    assert.equal(await sees(), before);
    assert.equal(await wall.getByText("safely").count(), 0);
    await desk.asks().getByRole("button", { name: /Ewa Nowicka: done/ }).click();
    await desk.asks().getByText("Nobody asks for anything.").waitFor();
  });

  await step("p6_cover cover my screen puts plain paper over everything with one tap", async () => {
    await ewa.page.getByRole("button", { name: /^Cover/ }).click();
    const paper = ewa.page.getByRole("dialog", { name: "Plain paper" });
    await paper.waitFor();
    const { width, height } = await paper.boundingBox();
    const view = ewa.page.viewportSize();
    assert.ok(width >= view.width - 1 && height >= view.height - 1, `${width} × ${height}`);
    await ewa.page.getByRole("button", { name: "Tap to come back" }).click();
    await paper.waitFor({ state: "hidden" });
    await wall.keyboard.press("x");
    await until("a covered wall", async () => (await wallShows(wall)).length === 0);
    await wall.keyboard.press("x");
    await until("the wall", async () => (await wallShows(wall)).length > 0);
  });

  await step("p14 F9 puts every private pane away", async () => {
    await ewa.offer("He sings when he cooks.");
    await desk.offers().getByText("He sings when he cooks.").waitFor();
    await desk.page.keyboard.press("F9");
    await desk.page.getByText("What is for you alone is put away.").waitFor();
    const shown = await desk.page.locator("body").innerText();
    for (const word of ["He sings", "Offered notes", "Held on the desk", "For you alone", "At the door", "Still open", "Write a line that waits"]) assert.ok(!shown.includes(word), word);
    assert.equal(await desk.button("People").count(), 0);
    await desk.page.keyboard.press("F9");
    await desk.offers().getByText("He sings when he cooks.").waitFor();
  });

  await step("p3_second_device a second device of the mother waits with a warning and the first stays", async () => {
    const page = await alone("second", { screen: SCREEN.phone, touch: true });
    await comeIn(page, await link("Ewa Nowicka"));
    await atTheDoor(page);
    const door = desk.page.getByRole("region", { name: /^At the door/ });
    await door.getByText("A second device of Ewa Nowicka, who is here already. Ask them before you let it in.").waitFor();
    assert.ok(!/Kacper|Lena|Ewa/.test(await page.locator("body").innerText()), "the door names nobody");
    await ewa.page.getByText("Tomek has room").waitFor();
    await desk.letIn("Ewa Nowicka");
    await page.getByText("You are following the chair").waitFor();
    await ewa.page.getByText("Tomek has room").waitFor();
  });

  /** Comes by the room's code, on a phone, and is let in as somebody who is not on the list. */
  const byCode = async (key, name, { role, words }) => {
    await desk.button("People").click();
    const people = desk.page.getByRole("dialog", { name: "The people of this conference" });
    const code = (await people.getByText(/^[a-z]+-[a-z]+-\d\d$/).textContent()).trim();
    await people.getByRole("img", { name: "A square code to point a phone at" }).waitFor();
    await people.getByRole("button", { name: "Done", exact }).click();
    const page = await alone(key, { screen: SCREEN.phone, touch: true });
    await page.goto(`${service.origin}/join`);
    await page.getByLabel("Type the code").fill(code.replaceAll("-", " "));
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByLabel("What should people call you?").fill(name);
    await page.getByText("In the room", { exact }).click();
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "Come to the door" }).click();
    await atTheDoor(page);
    const door = desk.page.getByRole("region", { name: /^At the door/ });
    await door.getByText("came with the room’s code").waitFor();
    await desk.letIn(name);
    const who = desk.page.getByRole("dialog", { name: "Who is it?" });
    await who.getByText("Somebody not on the list").click();
    if (role) await who.getByLabel("What they are here").selectOption({ label: role });
    await who.getByLabel("Role in plain words").fill(words);
    await who.getByRole("button", { name: "Let in", exact }).click();
    await page.getByText("You are following the chair").waitFor();
    return page;
  };

  await step("p3_code somebody comes in by the room's code and the chair says who it is", async () => {
    await byCode("halina", "Halina", { words: "Kacper’s grandmother" });
    await ewa.page.getByText(/Who is here, \d+/).first().click();
    await ewa.page.getByText("Kacper’s grandmother").waitFor();
  });

  await typists(step, room);

  await step("p13_pairing a wall is linked by the code it shows, for its own size; the desk's small wall has its pages", async () => {
    near = await Network.start();
    const page = await alone("second wall", { screen: SCREEN.wall, network: near });
    // The wall's own clock, which a later step moves on.
    await page.clock.install();
    await page.goto(`${service.origin}/wall`);
    const status = page.getByRole("status");
    const code = await until("a code", async () => (await status.textContent()).replace(/\s/g, ""));
    await desk.button("Link a wall").click();
    const dialog = desk.page.getByRole("dialog", { name: "Link a wall" });
    await dialog.getByLabel("Code on the wall").fill(code);
    await dialog.getByLabel("What you call it").fill("the small room");
    const [height, distance] = [dialog.getByLabel(/Height/), dialog.getByLabel(/last chair/)];
    assert.deepEqual([await height.inputValue(), await distance.inputValue()], ["68.5", "5"]);
    // 43″, and a last chair at 3 m: smaller letters, fewer pages.
    await height.fill("53.5");
    await distance.fill("3");
    await dialog.getByRole("button", { name: "Link it" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByRole("heading", { name: WELL, exact }).waitFor();
    await sheet(WORRIED);
    await page.getByRole("heading", { name: WORRIED, exact }).waitFor();
    const many = async (of) => (await wallPage(of))[1];
    assert.ok((await many(page)) < (await many(wall)), `${await many(page)} of ${await many(wall)}`);
    // With the large wall away, the desk shows the small one, page for page.
    const large = wall.url();
    await wall.goto("about:blank");
    await desk.page.getByRole("img", { name: new RegExp(`page \\d+ of ${await many(page)}$`) }).waitFor();
    await desk.page.getByText("43″").waitFor();
    await wall.goto(large);
    await wall.getByRole("heading", { name: WORRIED, exact }).waitFor();
    await sheet(WELL);
  });

  await step("p13_wall2_two_minutes a wall that hears nothing has paper alone two minutes after the last sign of life", async () => {
    const { page } = here["second wall"];
    await until("its sheet", async () => (await wallShows(page)).length > 0);
    near.hush();
    // The service speaks at least every 10 s: the last sign of life is at most that old.
    await page.clock.fastForward(105_000);
    assert.ok((await wallShows(page)).length > 0, "it keeps the sheet at first");
    await page.clock.fastForward(15_000);
    await until("paper alone", async () => (await wallShows(page)).length === 0, 5_000);
    await judgeWall(page, "wall-lost", { height: 535, metres: 3 });
    near.mend();
    await page.clock.fastForward(20_000);
    await until("the sheet is back", async () => (await wallShows(page)).length > 0);
  });

  await goings(step, room);

  await step("p13_two two conferences in one browser never mix", async () => {
    const other = await practice(service, "empty sheets");
    const second = new Desk(await tabs.tab());
    here["other desk"] = { ...tabs, page: second.page };
    await comeIn(second.page, await other("Ruth Amankwah"));
    const bytes = [];
    second.page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => bytes.push(Buffer.from(payload).toString("utf8"))));
    await second.page.reload();
    await second.page.getByRole("tab", { name: WORRIED }).waitFor();
    await second.tab(WELL);
    await second.note(WELL, "Only in the other conference.");
    await desk.note(WELL, "Only in the first conference.");
    await ewa.page.getByText("Only in the first conference.").waitFor();
    await second.saved();
    // A wall is linked for the room's screen as set-up knows it: here a small one.
    await second.button("Link a wall").click();
    const dialog = second.page.getByRole("dialog", { name: "Link a wall" });
    assert.deepEqual([await dialog.getByLabel(/Height/).inputValue(), await dialog.getByLabel(/last chair/).inputValue()], ["53.5", "3"]);
    await second.page.keyboard.press("Escape");
    assert.deepEqual((await linesOf(second.page, WELL)).map((line) => line.words), ["Only in the other conference."]);
    assert.ok(!(await linesOf(desk.page, WELL)).some((line) => line.words.includes("other")));
    assert.ok(bytes.length > 3 && !bytes.some((frame) => /first conference|Tomek|Jadwiga/.test(frame)), "no byte crosses");
    for (const page of [wall, ewa.page, leila.page]) assert.ok(!(await page.content()).includes("Only in the other"));
  });

  await step("p13 closing clears every wall and attendee, ends codes, and leaves the desk readable", async () => {
    await desk.button("More").click();
    await desk.button("Close the conference").click();
    const dialog = desk.page.getByRole("dialog", { name: "Close the conference?" });
    const took = await within(2_000, {
      pressed: desk.page,
      act: () => dialog.getByRole("button", { name: "Close it" }).click(),
      screens: { ewa: ewa.page, leila: leila.page, halina: here.halina.page, wall, "second wall": here["second wall"].page },
      words: /Tomek|Only in the first/,
      gone: true,
    });
    t.diagnostic(`cleared, ms by screen: ${JSON.stringify(took)}`);
    await Promise.all([ewa.page, leila.page, here.halina.page].map((page) => page.getByText("Thank you.").waitFor()));
    for (const page of [wall, here["second wall"].page]) await until("a clear wall", async () => !/Kacper|Marek|Tomek|Warm/.test(await page.locator("body").innerText()));
    for (const page of [ewa.page, leila.page]) {
      await page.reload();
      await page.getByRole("main").waitFor();
      await until("nothing after a reload", async () => !/Kacper|Marek|Tomek|Warm/.test(await page.content()));
    }
    await desk.page.getByText("The conference is closed. The desk can still be read.").waitFor();
    await desk.page.getByText("Read only: the conference is closed").waitFor();
    assert.ok((await linesOf(desk.page, WELL)).some((line) => line.words === PIOTR));
    assert.equal(await desk.button("Write a note").count(), 0);
    const late = await alone("late");
    const { url, pin } = await link("Health visitor");
    await late.goto(url);
    await late.getByLabel("Type your PIN").fill(pin);
    await late.getByRole("button", { name: "Open", exact }).click();
    await late.getByText("That did not work. Please phone the number on your letter.").waitFor();
  });

  await step("promise6 nothing is kept on a device, and no browser had a fault", async () => {
    for (const [name, one] of Object.entries(here)) {
      assert.deepEqual(await kept(one.page), [], name);
      assert.deepEqual(one.faults, [], name);
    }
  });
});
