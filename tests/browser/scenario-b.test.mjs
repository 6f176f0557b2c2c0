/** Scenario B from welcome to the end of The Plan, all of it typed; then a killed service. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Attendee } from "./harness/attendee.mjs";
import { kept, launch, networkIsBack, person, SCREEN } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { within } from "./harness/moments.mjs";
import { Network } from "./harness/network.mjs";
import { atTheDoor, comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { story } from "./harness/story.mjs";
import { everything, linesOf, SHEETS, wallShows, wallThrough, wordsOf } from "./harness/sheets.mjs";
import { until } from "./harness/until.mjs";
import * as B from "./scenario-b.mjs";

let service, browser, link;
let bad, ofChair, ofLeila;
const here = {};
let desk, wall, ewa, leila, farrow, marsh, doctor, manager;

/** Somebody with a browser of their own, on their own screen. */
async function somebody(name, how = {}) {
  const one = await person(browser, { origin: service.origin, ...how });
  one.page.setDefaultTimeout(15_000);
  here[name] = one;
  await comeIn(one.page, await link(name));
  return one.page;
}

async function admitted(name, how) {
  const page = await somebody(name, how);
  await atTheDoor(page);
  await desk.letIn(name);
  const at = new Attendee(page);
  await at.button("Cover my screen").waitFor();
  await page.getByText("You are following the chair").waitFor();
  return at;
}

before(async () => {
  service = await Service.start();
  link = await practice(service, "empty sheets");
  browser = await launch();
  bad = await Network.start({ delay: 150, stalls: 0.02, stall: 1_500, seed: 11 });
  ofChair = await Network.start();
  ofLeila = await Network.start();
});

after(async () => {
  await browser?.close();
  await Promise.all([bad, ofChair, ofLeila].map((network) => network?.end()));
  await service?.end();
});

/** Turns to a sheet: the desk by its tabs, everybody else by the look around. */
function opens(one) {
  if (one === desk) return (sheet) => desk.tab(sheet);
  return async (sheet) => {
    if (sheet !== "The Plan") return one.open(sheet);
    await one.button("All sheets").click();
    await one.page.getByRole("navigation", { name: "Sheets" }).getByRole("button", { name: /^The Plan/ }).click();
  };
}

/** Every sheet on the screen of everybody: the same words in the same order, and what stands beside them. */
async function equal(want) {
  const late = Date.now() + 15_000;
  for (const [name, one, of] of [
    ["Team manager", manager], ["PC Gwen Marsh", marsh], ["Paediatrician", doctor, wordsOf], ["Miss Farrow", farrow],
    ["Leila Haddad", leila], ["Ruth Amankwah", desk], ["Ewa Nowicka", ewa, wordsOf],
  ]) {
    const [read, wanted] = [of ?? ((all) => all), (of ?? ((all) => all))(want)];
    let found;
    await until(`the end on the screen of ${name}`, async () => {
      found = read(await everything(one.page, opens(one)));
      try {
        assert.deepEqual(found, wanted);
        return true;
      } catch (error) {
        if (Date.now() > late) throw error;
        return false;
      }
    }).catch(() => assert.deepEqual(found, wanted, name));
  }
}

test("scenario B", async (t) => {
  const step = story(t, () => here);

  await step("p3_f34 chair, wall and everybody come in by link, PIN and the chair's hand at the door", async () => {
    desk = new Desk(await somebody("Ruth Amankwah", { network: ofChair }));
    [wall, ewa, leila, farrow, marsh, doctor] = await Promise.all([
      somebody("Wall of the room", { screen: SCREEN.wall }),
      admitted("Ewa Nowicka", { screen: SCREEN.phone, touch: true }),
      admitted("Leila Haddad", { network: ofLeila }),
      admitted("Miss Farrow"),
      admitted("PC Gwen Marsh", { network: bad }),
      admitted("Paediatrician", { network: bad }),
    ]);
    assert.equal(await ewa.page.getByText("At the door").count(), 0);
  });

  await step("p15_p22 people without a device are on the roll, and a pen is given", async () => {
    for (const name of ["Marek Zieliński", "Polish interpreter", "Health visitor"]) await desk.seat(name);
    await desk.givePen("Leila Haddad");
    await leila.page.getByText("you have a pen").waitFor();
    await ewa.page.getByText("Who is here, 9").waitFor();
  });

  await step("f36_f47 in the reading time each role is asked for something of its own, and nothing can be offered", async () => {
    await doctor.page.getByText("Please read all the reports now, without talking about the family.").waitFor();
    await ewa.page.getByText("Tell the chair how you would like to take part; you may read the reports now too.").waitFor();
    await desk.page.getByRole("main").getByText("Please do not talk about the family during this reading time.").waitFor();
    for (const one of [ewa, doctor]) assert.equal(await one.page.getByText("Offer a note").count(), 0);
  });

  await step("f47_f48 the chair opens phases and convenes once", async () => {
    const said = await desk.convene();
    assert.match(said, /people are here/);
    assert.match(said, /agenc(y|ies) (is|are) here/);
    assert.match(said, /Is an audio recording running\?/);
    await desk.page.getByText(/^Convened at \d\d:\d\d/).waitFor();
    await doctor.page.getByText("Please say your name and your work, in plain words.").waitFor();
    await ewa.page.getByText("Say your name the way you like to be called; you can ask what anything means at any time.").waitFor();
    await desk.phase("Social worker");
    await wall.getByRole("heading", { name: B.WORRIED }).waitFor();
    await doctor.page.getByText("Please listen to the social worker; you are asked next.").waitFor();
  });

  await step("f53 a question of the phase stands on the wall when it is pressed", async () => {
    const question = "What is the evidence on which the opinion or generalisation is based?";
    await desk.page.getByRole("main").getByRole("button", { name: "Show on the wall" }).click();
    await wall.getByText(question).waitFor();
    await desk.page.getByRole("main").getByRole("button", { name: "Take off the wall" }).click();
    await wall.getByText(question).waitFor({ state: "hidden" });
    await desk.button("Show the way in").click();
    await wall.getByText("and type").waitFor();
    await desk.page.getByRole("main").getByRole("button", { name: "Show on the wall" }).click();
    await wall.getByText(question).waitFor();
    await desk.page.getByRole("main").getByRole("button", { name: "Take off the wall" }).click();
    await wall.getByText(question).waitFor({ state: "hidden" });
    await wall.getByText("and type").waitFor({ state: "hidden" });
  });

  await step("f62_f78_f80_f89 worries are written by two pens, with label, source and child", async () => {
    await desk.note(B.WORRIED, B.BRUISES, { label: "Observed", source: "teacher, own", child: "Kacper" });
    await leila.page.getByText(B.BRUISES).or(leila.words(B.WORRIED, 1)).first().waitFor();
    await leila.note(B.WORRIED, B.BELT, { label: "Fact", source: "he said it (social worker, own)", child: "Kacper" });
    await desk.phase("Others");
    await until("two worries on the desk", async () => (await linesOf(desk.page, B.WORRIED)).length === 2);
    await desk.note(B.WORRIED, B.KIT, { label: "Observed", child: "Kacper" });
  });

  await step("f43_p17 the paediatrician offers over the call, the mother in her own words; the chair writes them up", async () => {
    await doctor.offer(B.DOCTOR, { label: "Opinion", source: "examination 24 Nov", child: "Kacper" });
    await desk.offers().getByText("Paediatrician, own words").waitFor();
    await desk.writeUp("Paediatrician", B.DOCTOR);
    await until("the doctor's words on the desk", async () => (await linesOf(desk.page, B.WORRIED)).length === 4);
    const menu = await desk.more(B.WORRIED, 4);
    await menu.getByRole("button", { name: "Move up" }).click();
    await until("third", async () => (await linesOf(desk.page, B.WORRIED))[2].words === B.DOCTOR);
    const again = desk.line(B.WORRIED, 3);
    await again.getByRole("button", { name: "Move up" }).click();
    await until("second", async () => (await linesOf(desk.page, B.WORRIED))[1].words === B.DOCTOR);
    await desk.line(B.WORRIED, 2).getByRole("button", { name: "Close", exact: true }).click();

    await desk.phase("Mapping");
    await ewa.offer(B.WORK);
    await ewa.offer(B.PIOTR, { child: "Kacper", where: B.WELL, named: false });
    await desk.offers().getByText("name not shown").waitFor();
    assert.equal(await farrow.page.getByText(B.WORK).count(), 0, "an offered note reaches the desk alone");
    await desk.writeUp("Ewa Nowicka", B.WORK);
    await ewa.page.getByText("on the sheet").first().waitFor();
    await until("her words on the sheet", async () => (await linesOf(desk.page, B.WORRIED)).length === 5);
  });

  await step("f62 two pens write in one line at the same time", async () => {
    await desk.write(B.WORRIED, B.LENA[1]);
    const hers = leila.words(B.WORRIED, 6);
    await until("the line on her screen", async () => (await hers.inputValue()) === B.LENA[1]);
    await desk.words(B.WORRIED, 6).click();
    await desk.page.keyboard.press("Home");
    await hers.click();
    await leila.page.keyboard.press("End");
    await Promise.all([desk.page.keyboard.type(B.LENA[0], { delay: 15 }), leila.page.keyboard.type(B.LENA[2], { delay: 25 })]);
    for (const pen of [desk, leila]) await until("one line of both", async () => (await pen.words(B.WORRIED, 6).inputValue()) === B.LENA.join(""));
    await desk.page.keyboard.press("Escape");
    await desk.line(B.WORRIED, 6).getByRole("combobox", { name: `Label of line 6 of ${B.WORRIED}` }).selectOption({ label: "Fact" });
    await desk.beside(B.WORRIED, 6, { child: "Lena" });
  });

  await step("f52_f91 what is working well, on both pens' screens", async () => {
    await desk.tab(B.WELL);
    // The mother's second note waits until others have spoken.
    await leila.open(B.WELL);
    await leila.note(B.WELL, B.TRUTH, { label: "Fact" });
    await leila.note(B.WELL, B.SHIFTS, { label: "Fact", source: "employer’s letter" });
    await until("both on the desk", async () => (await linesOf(desk.page, B.WELL)).length === 2);
    await desk.note(B.WELL, B.TRUSTS, { child: "Kacper" });
    await desk.note(B.WELL, B.HOME, { label: "Observed", source: "health visitor" });
    await desk.writeUp("Ewa Nowicka", B.PIOTR);
    await until("five strengths", async () => (await linesOf(desk.page, B.WELL)).length === 5);
    await leila.backToTheChair();
  });

  await step("f65_p21 the child's words are quotes", async () => {
    await desk.tab(B.VIEWS);
    await desk.note(B.VIEWS, B.FASTEST, { child: "Kacper" });
    await desk.note(B.VIEWS, B.HATS, { child: "Lena" });
    for (const words of B.KACPER) await desk.quote(B.VIEWS, words, B.SPEAKER, { child: "Kacper" });
    await desk.note(B.VIEWS, B.WATCHES, { child: "Lena" });
  });

  await step("f39_f54_p6 a hand and a break reach the desk alone; a pause covers wall and phones within a second", async () => {
    await marsh.ask("I want to speak").click();
    await desk.asks().getByText("PC Gwen Marsh, police").waitFor();
    await marsh.page.getByText("The chair knows that you want to speak.").waitFor();
    assert.equal(await farrow.page.getByText("would like to speak").count(), 0);
    await desk.asks().getByRole("button", { name: "Ask in PC Gwen Marsh: done" }).click();
    await marsh.page.getByText("The chair knows that you want to speak.").waitFor({ state: "hidden" });

    await ewa.ask("I need a break").click();
    await desk.asks().getByText("would like a break").waitFor();
    const took = await within(1_000, {
      pressed: desk.page,
      act: () => desk.asks().getByRole("button", { name: "Pause for Ewa Nowicka" }).click(),
      screens: { wall, ewa: ewa.page, farrow: farrow.page },
      words: /We are taking a break/,
    });
    t.diagnostic(`covered, ms by screen: ${JSON.stringify(took)}`);
    await desk.phase("Danger statements");
    await desk.page.getByText("What are you worried will happen to this child/children if nothing changes?").first().waitFor();
    await desk.note(B.DANGER, B.DANGERS);
    await desk.saved();
    assert.equal(await ewa.page.getByText("badly hurt").count(), 0, "nothing is sent in a pause");
    assert.deepEqual(await desk.resume(), [`New: ${B.DANGERS}`]);
    await Promise.all([ewa, farrow, marsh, doctor].map((one) => one.page.getByText(B.DANGERS).first().waitFor()));
  });

  await step("f76_p21 the social worker's answer is a quote, read back", async () => {
    await desk.phase("What you need to see");
    const at = await desk.quote(B.SEE, B.ANSWER, "the social worker");
    await desk.line(B.SEE, at).getByRole("button", { name: "It has been read back" }).click();
    await desk.line(B.SEE, at).getByText("Read back", { exact: true }).waitFor();
    const main = desk.page.getByRole("main");
    await main.getByText("1 more question").click();
    const everybody = "Does everyone agree, and is there anything else?";
    await main.locator(".prompt", { hasText: everybody }).getByRole("button", { name: "Show on the wall" }).click();
    await wall.getByText(everybody).waitFor();
    await desk.note(B.SEE, B.AGREED);
    await desk.quote(B.SEE, B.HIS_WORDS, "the police", { child: "Kacper" });
  });

  await step("f106_f110_f112_f131 the plan is made in front of all by two pens, and an agency offers a row", async () => {
    await desk.phase("The Plan");
    await leila.page.getByRole("heading", { name: "The Plan" }).waitFor();
    await desk.row(B.ROWS[0]);
    await desk.row(B.ROWS[1]);
    // One row by two pens at once.
    const { cells, ...how } = B.ROWS[2];
    const n = await desk.startRow();
    await leila.cell("Task", n).click();
    await Promise.all([desk.page.keyboard.type(cells["Outcome statement"], { delay: 20 }), leila.page.keyboard.type(cells.Task, { delay: 10 })]);
    await desk.fill(n, { cells: { Measure: cells.Measure }, ...how });

    await farrow.button("I can offer…").click();
    const dialog = farrow.page.getByRole("dialog", { name: "I can offer…" });
    for (const [column, words] of Object.entries(B.ROWS[3].cells)) {
      await dialog.getByRole("textbox", { name: column, exact: true }).click();
      await farrow.page.keyboard.type(words);
    }
    await farrow.typeDate(dialog.getByLabel("By when: date", { exact: true }), B.ROWS[3].date);
    await dialog.getByRole("textbox", { name: "By when: in words" }).click();
    await farrow.page.keyboard.type(B.ROWS[3].words);
    await dialog.getByRole("button", { name: "Offer it" }).click();
    await desk.offers().getByText("Miss Farrow, own words").waitFor();
    await desk.writeUp("Miss Farrow", B.ROWS[3].cells.Task);
    await until("her row on the desk", async () => (await desk.cell("Outcome statement", 4).inputValue()) === B.ROWS[3].cells["Outcome statement"]);
    // Who offers a row does it.
    await desk.button("Take Miss Farrow away from row 4").waitFor();

    await desk.row(B.ROWS[4]);
    await until("five rows on her screen", () => leila.cell("Measure", 5).isVisible());
    await leila.row(B.ROWS[5]);
    await desk.page.getByRole("textbox", { name: "Contingency" }).click();
    await desk.page.keyboard.type(B.CONTINGENCY);
    for (const pen of [desk, leila]) await pen.saved();
  });

  await step("f38_f63 all screens and somebody who has just come show the same words in the same order", async () => {
    manager = await admitted("Team manager");
    await equal(B.AT_THE_END);
    for (const [sheet, words] of Object.entries(B.ON_THE_WALL)) assert.deepEqual(await wallThrough(desk, wall, sheet), words, sheet);
  });

  await step("f114 my part holds the mother's rows alone", async () => {
    await ewa.button("My part").click();
    await ewa.page.getByRole("heading", { name: B.ROWS[1].cells["Outcome statement"] }).waitFor();
    await ewa.page.getByRole("navigation", { name: "My part" }).getByRole("button", { name: /^Next: / }).click();
    await ewa.page.getByRole("heading", { name: B.ROWS[2].cells["Outcome statement"] }).waitFor();
    await ewa.backToTheChair();
  });

  await step("sto_promise1 a service killed while two people type loses no word that another screen has shown", async () => {
    await desk.phase("Mapping");
    await desk.tab(B.NEXT);
    await desk.button("Show this sheet").click();
    const readers = [ewa, farrow, marsh, doctor];
    await Promise.all([leila, ...readers].map((one) => one.page.getByRole("heading", { name: B.NEXT }).waitFor()));
    await desk.startLine(B.NEXT);
    await desk.page.keyboard.type("a ");
    await until("the line on her screen", () => leila.words(B.NEXT, 1).isVisible());
    await leila.startLine(B.NEXT);
    const long = (of) => Array.from({ length: 60 }, (_, n) => `${of}${n} `).join("");
    let killed = false;
    const type = async (pen, of) => {
      for (const letter of long(of)) {
        if (killed && Date.now() > killed + 1_500) break;
        await pen.page.keyboard.type(letter);
        await new Promise((go) => setTimeout(go, 12));
      }
    };
    const typing = Promise.all([type(desk, "chair"), type(leila, "leila")]);
    await until("words of both at a reader's", async () => ((await linesOf(farrow.page, B.NEXT)) ?? []).filter((line) => /\d+ .*\d/.test(line.words)).length === 2);
    await service.kill();
    killed = Date.now();
    await typing;
    await until("out of touch", () => desk.page.getByText(/^Out of touch – \d+ changes wait here/).isVisible());
    const shown = [];
    for (const one of readers) for (const { words } of await linesOf(one.page, B.NEXT)) shown.push(words);
    for (const { words } of await wallShows(wall)) shown.push(words);
    for (const { words } of await linesOf(leila.page, B.NEXT)) if (words.includes("chair")) shown.push(words);
    for (const { words } of await linesOf(desk.page, B.NEXT)) if (words.includes("leila")) shown.push(words);

    // The authors stay away, so that nothing comes back but what the service has kept.
    ofChair.cut();
    ofLeila.cut();
    await service.restart();
    await networkIsBack(Object.values(here).map((one) => one.page));
    await manager.page.reload();
    const fresh = manager;
    await fresh.page.getByText("You are following the chair").waitFor();
    const read = (page) => linesOf(page, B.NEXT).then((lines) => lines?.map((line) => line.words) ?? []);
    await until("both lines for somebody fresh", async () => (await read(fresh.page)).length === 2);
    const keptWords = await read(fresh.page);
    for (const words of shown.filter((one) => /chair\d|leila\d/.test(one))) {
      assert.ok(keptWords.some((line) => line.startsWith(words)), `shown and lost: ${words}\nkept: ${keptWords.join("\n")}`);
    }

    const whole = [(await read(desk.page)).find((words) => words.includes("chair")), (await read(leila.page)).find((words) => words.includes("leila"))];
    assert.ok(keptWords.join("").length < whole.join("").length, "the authors hold words that the service never had");
    ofChair.mend();
    ofLeila.mend();
    await networkIsBack([desk.page, leila.page]);
    for (const pen of [desk, leila]) await pen.saved();
    for (const one of [fresh, ...readers, leila, desk]) {
      await until("the unsaved words on every screen", async () => {
        const lines = await read(one.page);
        return lines.length === 2 && whole.every((words) => lines.includes(words));
      });
    }
    await until("the wall is back", async () => (await wallShows(wall)).length > 0);
    await until("the unsaved words on the wall", async () => {
      const words = await wallThrough(desk, wall, B.NEXT);
      return whole.every((one) => words.includes(one));
    });
    // And nothing else has changed for anybody: the chair's line stands first, as it was begun first.
    await manager.page.reload();
    await manager.page.getByText("You are following the chair").waitFor();
    await equal({ ...B.AT_THE_END, [B.NEXT]: whole.map((words) => ({ words, beside: [], struck: false })) });
    for (const [sheet, words] of Object.entries(B.ON_THE_WALL)) {
      assert.deepEqual(await wallThrough(desk, wall, sheet), sheet === B.NEXT ? [...words, ...whole] : words, sheet);
    }
  });

  await step("promise6 nothing is kept on a device, and no browser had a fault", async () => {
    for (const [name, one] of Object.entries(here)) {
      assert.deepEqual(await kept(one.page), [], name);
      assert.deepEqual(one.faults, [], name);
    }
  });
});
