/** What each screen shows to somebody who looks at it: features that no other story walks through. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Attendee } from "./harness/attendee.mjs";
import { kept, launch, person, SCREEN } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { atTheDoor, comeIn, practice } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { linesOf } from "./harness/sheets.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";
import { HOME, WELL, WORRIED } from "./scenario-b.mjs";

const exact = true;
let service, browser, link, framework;
const here = {};

before(async () => {
  service = await Service.start();
  link = await practice(service, "filled sheets");
  // A microphone that hears a beep: without one a page could not listen whoever let it.
  browser = await launch(["--use-fake-device-for-media-stream"]);
  framework = await readFile(new URL("../../server/frameworks/lbh.toml", import.meta.url), "utf8");
});

after(async () => {
  await browser?.close();
  await service?.end();
});

/** Labels of one kind in the framework's file, in its order. */
const labels = (kind) => framework.split(/^\[\[?/m).filter((part) => part.startsWith(`${kind}]`)).map((part) => part.match(/^label = "(.*)"$/m)[1]);

/** Colours of what is in sight that shout: a strong red as ink, ground or line. */
const alarms = (page) =>
  page.evaluate(() => {
    const shouts = (colour) => {
      const [r, g, b, a = 1] = (colour.match(/[\d.]+/g) ?? []).map(Number);
      return a > 0.3 && r > 150 && g < 70 && b < 70;
    };
    return [...document.querySelectorAll("body, body *")]
      .filter((one) => one.checkVisibility())
      .flatMap((one) => ["color", "backgroundColor", "borderTopColor"].map((part) => [one, part, getComputedStyle(one)[part]]))
      .filter(([, , colour]) => shouts(colour))
      .map(([one, part, colour]) => `${one.tagName} ${one.className} ${part} ${colour}`);
  });

const bodyOf = async (page) => (await page.locator("body").innerText()).replace(/\s+/g, " ");

test("features on their screens", async (t) => {
  const step = story(t, () => here);
  let desk, wall, ewa, doctor, farrow, interpreter;

  const sits = async (name, how = {}) => {
    here[name] = await person(browser, { origin: service.origin, ...how });
    here[name].page.setDefaultTimeout(15_000);
    await comeIn(here[name].page, await link(name));
    return here[name].page;
  };
  const admitted = async (name, how) => {
    const page = await sits(name, how);
    await atTheDoor(page);
    await desk.letIn(name);
    await page.getByText("You are following the chair").waitFor();
    return new Attendee(page);
  };

  await step("p3 the secret of a link leaves the address bar and the history at once", async () => {
    here.Ruth = await person(browser, { origin: service.origin, screen: { width: 1440, height: 900 } });
    const { page } = here.Ruth;
    const { url, pin } = await link("Ruth Amankwah");
    const secret = url.split(".").at(-1);
    assert.match(secret, /^[0-9a-f]{64}$/);
    await page.goto(`${service.origin}/gone`);
    await page.goto(url);
    await page.getByLabel("Type your PIN").waitFor();
    const inspector = await page.context().newCDPSession(page);
    const seen = async () => {
      const { entries } = await inspector.send("Page.getNavigationHistory");
      return [await page.evaluate(() => location.href), ...entries.flatMap((entry) => [entry.url, entry.title])];
    };
    for (const text of await seen()) assert.ok(!text.includes(secret) && !text.includes("#"), text);
    await page.getByLabel("Type your PIN").fill(pin);
    await page.getByRole("button", { name: "Open", exact }).click();
    await page.getByRole("navigation", { name: "Phases" }).waitFor();
    for (const text of await seen()) assert.ok(!text.includes(secret), text);
    await page.reload();
    await page.getByRole("navigation", { name: "Phases" }).waitFor();
    assert.ok(!(await page.content()).includes(secret), "the page holds it no more");
    assert.deepEqual(await kept(page), []);
    await page.goBack();
    assert.ok(!page.url().includes(secret));
    await page.goForward();
    await page.getByRole("navigation", { name: "Phases" }).waitFor();
    desk = new Desk(page);
  });

  await step("f31 a wrong PIN is told calmly", async () => {
    here.guest = await person(browser, { origin: service.origin, screen: SCREEN.phone, touch: true });
    const { page } = here.guest;
    await page.goto((await link("Ewa Nowicka")).url);
    await page.getByLabel("Type your PIN").waitFor();
    const open = page.getByRole("button", { name: "Open", exact });
    await open.click();
    await page.getByRole("alert").getByText("Something is missing").waitFor();
    assert.deepEqual(await alarms(page), [], "nothing typed");
    await page.getByLabel("Type your PIN").fill("0".repeat(8));
    await open.click();
    await page.getByRole("alert").getByText("That did not work.").waitFor();
    assert.deepEqual(await alarms(page), [], "a wrong one");
    await page.context().close();
    delete here.guest;
  });

  await step("f164_p25 practice is marked on every screen of a meeting", async () => {
    wall = await sits("Wall of the room", { screen: SCREEN.wall });
    ewa = await admitted("Ewa Nowicka", { screen: SCREEN.phone, touch: true });
    farrow = await admitted("Miss Farrow");
    doctor = await admitted("Paediatrician");
    interpreter = await admitted("Polish interpreter");
    for (const [name, { page }] of Object.entries(here)) {
      await page.getByText("Practice", { exact }).first().waitFor();
      assert.ok(await page.getByText("Practice", { exact }).first().isVisible(), name);
    }
  });

  await step("f45_f46_f65 agenda and sections are those of the framework's file, to the letter", async () => {
    const phases = labels("phases");
    const shown = await desk.page.getByRole("navigation", { name: "Phases" }).getByRole("button").locator(".words").allInnerTexts();
    assert.deepEqual(shown.map((one) => one.replace(/\(done\)/, "").trim()), phases);
    assert.equal(await desk.page.locator('[aria-current="step"] .words').innerText(), "Mapping");
    for (const one of [ewa, doctor]) await one.page.getByRole("banner").getByText("Mapping").waitFor();
    await wall.getByText("Mapping").first().waitFor();
    const strips = ["Danger Statements", "What you need to see"];
    const sections = labels("sheets.sections").filter((label) => !strips.includes(label));
    const tabs = (await desk.page.getByRole("tab").allInnerTexts()).map((one) => one.trim());
    assert.deepEqual(tabs, [...sections, "The Plan"]);
    assert.equal(sections.length, 4);
  });

  await step("f41 the children's first names head the sheet on every attendee's screen, and the desk", async () => {
    for (const one of [ewa, farrow, doctor]) await one.page.getByText("Kacper and Lena", { exact }).first().waitFor();
    await desk.page.getByRole("heading", { level: 1, name: /^Kacper and Lena/ }).waitFor();
  });

  await step("f31 paper, first names and no alarm colours, in light and in dark", async () => {
    for (const { page } of [desk, ewa, doctor, { page: wall }]) {
      for (const dark of [false, true]) {
        await page.evaluate((is) => document.documentElement.classList.toggle("dark", is), dark);
        assert.deepEqual(await alarms(page), []);
      }
      await page.evaluate(() => document.documentElement.classList.remove("dark"));
    }
    const red = await ewa.page.evaluate(() => {
      const one = document.body.appendChild(document.createElement("b"));
      one.textContent = "!";
      one.setAttribute("class", "probe");
      one.style.color = "rgb(220, 20, 20)";
      return true;
    });
    assert.ok(red && (await alarms(ewa.page)).length > 0, "the measure finds a red that is there");
    await ewa.page.evaluate(() => document.querySelector(".probe").remove());
  });

  await step("f34_f35 the roll names the family first and folds those who work with it", async () => {
    await ewa.page.getByText(/^Who is here, \d+$/).click();
    const roll = ewa.page.getByRole("listitem").filter({ hasText: "Ewa Nowicka" }).first();
    await roll.waitFor();
    const family = ewa.page.locator("ul.roll").first();
    assert.match((await family.getByRole("listitem").first().innerText()).replace(/\s+/g, " "), /Ewa Nowicka.*Kacper’s and Lena’s mother/);
    const doctors = ewa.page.locator("ul.roll").getByText("Paediatrician", { exact }).filter({ visible: true });
    assert.equal(await doctors.count(), 0, "folded");
    await ewa.page.locator("details.fold details.fold > summary").click();
    await doctors.waitFor();
    await ewa.page.locator("ul.roll").getByText("on the call").first().waitFor();
    await ewa.page.getByText(/^Who is here, \d+$/).click();
  });

  await step("f32 somebody on the call sees and may do what somebody in the room does", async () => {
    const plain = async (one) => (await bodyOf(one.page)).replaceAll(/You: .*?(?=Text|Read|$)/g, "").replace(/class teacher|paediatrician|in the room|on the call/g, "");
    await until("the same page", async () => (await plain(farrow)) === (await plain(doctor)));
    const half = await doctor.page.viewportSize();
    await doctor.page.setViewportSize({ width: 640, height: 720 });
    const room = await doctor.page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
    assert.ok(room <= 0, "beside a video call, half a screen is enough");
    await doctor.page.getByRole("heading", { name: WORRIED }).waitFor();
    await doctor.page.setViewportSize(half);
  });

  await step("f44 roles carry rights: an interpreter offers nothing and writes nothing, and says that they still interpret", async () => {
    for (const one of [ewa, farrow]) assert.ok((await one.page.getByText("Offer a note").count()) > 0);
    assert.equal(await interpreter.page.getByText("Offer a note").count(), 0);
    for (const one of [ewa, farrow, doctor, interpreter]) assert.equal(await one.button("Write a note").count(), 0, "no pen, no line");
    await interpreter.button("Still interpreting").waitFor();
    assert.equal(await farrow.button("Still interpreting").count(), 0);
  });

  await step("f30_f63 the family sees the words take shape letter by letter", async () => {
    await desk.tab(WORRIED);
    await desk.startLine(WORRIED);
    const words = "He told it to Miss Farrow, and she believed him at once.";
    // The phone itself notes each state that it shows, however seldom it is looked at.
    const noted = await ewa.page.evaluateHandle((label) => {
      const seen = new Set();
      const lines = `ul[data-section][aria-label="${CSS.escape(label)}"] .note-words`;
      const look = () => document.querySelectorAll(lines).forEach((line) => seen.add(line.textContent.trim()));
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
      return seen;
    }, WORRIED);
    await desk.page.keyboard.type(words, { delay: 40 });
    await until("the whole line on the phone", async () => (await linesOf(ewa.page, WORRIED)).some((line) => line.words === words));
    await desk.page.keyboard.press("Escape");
    const seen = (await noted.evaluate((all) => [...all])).filter((state) => state && words.startsWith(state));
    assert.ok(seen.length >= 5, `${seen.length} states on the way`);
  });

  await step("f38_f39 family and professionals offer in the same way, and what they offer reaches the desk alone", async () => {
    await ewa.offer("I ask for help.");
    await doctor.offer("The bruises will heal.", { label: "Fact", hand: "told", source: "the ward" });
    await desk.offers().getByText("I ask for help.").waitFor();
    await desk.offers().getByText("The bruises will heal.").waitFor();
    // F80: as it will stand beside the line.
    await desk.offers().getByText("told by the ward").waitFor();
    await ewa.ask("I need a break").click();
    await desk.asks().getByText("would like a break").waitFor();
    for (const page of [wall, farrow.page, interpreter.page]) {
      assert.ok(!/ask for help|will heal|would like a break/.test(await bodyOf(page)));
    }
    await desk.asks().getByRole("button", { name: /Ewa Nowicka: done/ }).click();
  });

  await step("f78_f80_f89 label, source and child stand beside a line on an attendee's screen", async () => {
    await farrow.open(WELL);
    const home = (await linesOf(farrow.page, WELL)).find((line) => line.words === HOME);
    assert.deepEqual(home.beside, ["Observed", "health visitor"]);
    const trusts = (await linesOf(farrow.page, WELL)).find((line) => line.words.startsWith("Kacper told"));
    assert.deepEqual(trusts.beside, ["About Kacper"]);
    await farrow.backToTheChair();
  });

  await step("f47 who browses stays where they are while the chair goes on, and comes back with one press", async () => {
    const now = (await desk.page.getByRole("navigation", { name: "Phases" }).locator("[aria-current=step]").innerText()).replace(/[\d\s]+/g, " ").trim();
    const heading = () => farrow.page.getByRole("heading", { level: 1 }).first().innerText();
    await farrow.open(WELL);
    await desk.phase("The Plan");
    await wall.getByRole("heading", { name: "The Plan" }).first().waitFor();
    assert.equal(await heading(), WELL);
    await farrow.button("Back to the chair’s sheet").click();
    await farrow.page.getByText("You are following the chair").waitFor();
    await until("the chair's sheet", async () => (await heading()) === "The Plan");
    await desk.phase(now);
  });

  await step("f33_f28 a wall's letters follow the size and distance that it was given", async () => {
    const letter = (page) => page.locator("main.wallview [data-piece]").first().evaluate((one) => Number.parseFloat(getComputedStyle(one).fontSize));
    here["far wall"] = await person(browser, { origin: service.origin, screen: SCREEN.wall });
    const page = here["far wall"].page;
    await page.goto(`${service.origin}/wall`);
    const code = await until("a code", async () => (await page.getByRole("status").textContent()).replace(/\s/g, ""));
    await desk.button("Link a wall").click();
    const dialog = desk.page.getByRole("dialog", { name: "Link a wall" });
    await dialog.getByLabel("Code on the wall").fill(code);
    await dialog.getByLabel("Height of the picture, in centimetres").fill("68.5");
    await dialog.getByLabel("The last chair, in metres").fill("6.5");
    await dialog.getByRole("button", { name: "Link it" }).click();
    await page.getByRole("heading", { name: WORRIED, exact }).waitFor();
    const [near, far] = [await letter(wall), await letter(page)];
    assert.ok(Math.abs(far / near - 6.5 / 5) < 0.05, `${near} px at 5 m, ${far} px at 6.5 m`);
  });

  await step("f151_f152 a recording is said on every screen with where it is kept, and no page may listen", async () => {
    await desk.button("More").click();
    await desk.button("Recording notice").click();
    const dialog = desk.page.getByRole("dialog", { name: "Is an audio recording running?" });
    await dialog.getByLabel("Where it is kept").fill("the council’s own archive");
    await dialog.getByRole("button", { name: "Show the notice" }).click();
    for (const page of [desk.page, ewa.page, doctor.page, interpreter.page, wall]) await page.getByText(/recording.*the council’s own archive/i).first().waitFor();
    await desk.button("More").click();
    await desk.button("Recording notice").click();
    await dialog.getByRole("button", { name: "No recording is running" }).click();
    for (const page of [ewa.page, wall]) await page.getByText("the council’s own archive").first().waitFor({ state: "detached" });
    const listens = (page) => page.evaluate(() => navigator.mediaDevices.getUserMedia({ audio: true }).then(() => "listens", (error) => error.name));
    for (const page of [desk.page, ewa.page]) {
      await page.context().grantPermissions(["microphone"], { origin: service.origin });
      assert.equal(await listens(page), "NotAllowedError", "whatever the browser was told");
    }
  });

  await step("sizes what a mother's phone has really loaded by now", async () => {
    const loaded = await ewa.page.evaluate(() =>
      performance.getEntriesByType("resource").filter(({ name }) => name.includes("/assets/")).map(({ name, encodedBodySize }) => ({ file: name.split("/").at(-1), bytes: encodedBodySize })),
    );
    assert.ok(loaded.every(({ bytes }) => bytes > 0));
    const sum = (end) => loaded.filter(({ file }) => file.endsWith(end)).reduce((all, { bytes }) => all + bytes, 0);
    const sizes = { js: sum(".js"), css: sum(".css"), fonts: sum(".woff2") };
    t.diagnostic(`bytes: ${JSON.stringify(sizes)}`);
    // The page of an attendee is 90 kB (see `npm run sizes`); with what a phone fetches by itself a moment later –
    // offering, looking around, what the desk asks – it has loaded less than 100.
    assert.ok(sizes.js > 50_000 && sizes.js <= 100_000 && sizes.css <= 12_000 && sizes.fonts <= 50_000, JSON.stringify([sizes, loaded]));
    assert.ok(!loaded.some(({ file }) => /^(pen|editing)-/.test(file)), "nothing that only a pen needs");
  });

  await step("promise6 no browser had a fault and none keeps anything", async () => {
    for (const [name, one] of Object.entries(here)) {
      assert.deepEqual(await kept(one.page), [], name);
      assert.deepEqual(one.faults, [], name);
    }
  });
});
