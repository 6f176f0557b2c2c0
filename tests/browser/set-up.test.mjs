/** A real conference from its first minute: opened with the set-up link on a service that holds no practice. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Attendee } from "./harness/attendee.mjs";
import { axe, kept, launch, person, picture, SCREEN } from "./harness/browser.mjs";
import { Desk } from "./harness/desk.mjs";
import { judge } from "./harness/judge.mjs";
import { comeIn } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { linesOf, planOf } from "./harness/sheets.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";

const exact = true;
const WORRIED = "What are we Worried About";
const WELL = "What's Working Well";
let service, browser;
const here = {};

before(async () => {
  service = await Service.start([]);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await service?.end();
});

test("a conference is set up, opened and begun through the interface", async (t) => {
  const step = story(t, () => here);
  const sits = async (key, how = {}) => {
    here[key] = await person(browser, { origin: service.origin, ...how });
    here[key].page.setDefaultTimeout(15_000);
    return here[key].page;
  };
  let setUp, desk, ewa, links, invited;

  const add = async (button, dialogName, fill) => {
    await setUp.getByRole("button", { name: button, exact }).click();
    const dialog = setUp.getByRole("dialog", { name: dialogName });
    await fill(dialog);
    await dialog.getByRole("button", { name: "Keep", exact }).click();
    await dialog.waitFor({ state: "hidden" });
  };
  const somebody = (name, role, words, { agency, device = true } = {}) =>
    add("Add a person", "A person", async (dialog) => {
      await dialog.getByLabel("Name, as they wish to be called").fill(name);
      await dialog.getByLabel("Role", { exact }).selectOption({ label: role });
      await dialog.getByLabel("Role in plain words").fill(words);
      if (agency) await dialog.getByLabel("Agency").fill(agency);
      if (!device) await dialog.getByText("Without a device.").click();
    });
  const child = (name, first) =>
    add("Add a child, born or unborn", "A child", async (dialog) => {
      await dialog.getByLabel("Full name").fill(name);
      await dialog.getByLabel("First name, as on the sheets").fill(first);
    });

  await step("p3 the set-up link's key leaves the address bar and the history", async () => {
    setUp = await sits("set-up", { screen: SCREEN.laptop });
    const { url } = await until("the set-up link", () => service.links.find((link) => link.url.includes("/set-up#")));
    await setUp.goto(url);
    await setUp.getByRole("heading", { name: "Set-up" }).waitFor();
    assert.equal(new URL(setUp.url()).hash, "");
    assert.ok(!(await setUp.evaluate(() => JSON.stringify(history.state) + location.href)).includes(url.split("#")[1]));
  });

  await step("p1 people, children and who sees where people sit are typed in, and what is missing is said", async () => {
    await setUp.getByRole("button", { name: "Open the conference" }).click();
    await setUp.getByText("Before the conference can be opened").waitFor();
    await setUp.getByLabel("Starts").fill("2026-12-14T10:00");
    await somebody("Ruth Amankwah", "Chair", "Chair");
    await somebody("Ewa Nowicka", "Parent or carer", "Kacper’s mother");
    await somebody("Leila Haddad", "Social worker", "Social worker", { agency: "Children’s social care" });
    await somebody("Marek Zielinski", "Parent or carer", "Lena’s father", { device: false });
    await child("Kacper Nowicki", "Kacper");
    await child("Mary Jane Nowicka", "Mary Jane");
    const framework = setUp.getByRole("radio", { name: /^LBH/ });
    if (await framework.count()) await framework.check();
    await setUp.getByRole("checkbox", { name: "Hide it from the family" }).check();
    await setUp.getByRole("radio", { name: "No", exact }).check();
    assert.deepEqual(await axe(setUp), []);
  });

  await step("p3 links and PINs are shown once, can be copied and printed on pages of their own", async () => {
    await setUp.getByRole("button", { name: "Open the conference" }).click();
    await setUp.getByRole("heading", { name: "The links" }).waitFor();
    links = Object.fromEntries(
      await setUp.getByRole("table", { name: "The links" }).getByRole("row").evaluateAll((rows) =>
        rows.slice(1).map((row) => [row.querySelector("th").firstChild.textContent.trim(), { url: row.querySelector(".address").textContent.trim(), pin: row.querySelector(".pin").textContent.replace(/\s/g, "") }]),
      ),
    );
    assert.deepEqual(Object.keys(links).sort(), ["Ewa Nowicka", "Leila Haddad", "Ruth Amankwah"]);
    await setUp.getByText("Without a device: Marek Zielinski.").waitFor();
    await judge(setUp, "set-up-links", { isPractice: false });
    await setUp.evaluate(() => (window.print = () => (window.printed = true)));
    await setUp.getByRole("button", { name: "Print the links" }).click();
    assert.ok(await setUp.evaluate(() => window.printed));
    await setUp.emulateMedia({ media: "print" });
    const slips = await setUp.locator(".only-printed .hand-out").allInnerTexts();
    const withLink = slips.filter((slip) => slip.includes("/join#"));
    assert.equal(withLink.length, 3);
    assert.ok(withLink.every((slip) => !Object.values(links).some(({ pin }) => slip.replace(/\s/g, "").includes(pin))), "no slip holds link and PIN");
    await setUp.emulateMedia({ media: "screen" });
    // No page of ours may read the clipboard, so what the page says of it is all that can be looked at.
    await here["set-up"].context.grantPermissions(["clipboard-write"], { origin: service.origin });
    await setUp.getByRole("button", { name: "Copy the link of Ewa Nowicka" }).click();
    await setUp.getByRole("status").getByText("Copied", { exact }).waitFor();
  });

  await step("p3 chair and mother come in by their links; the secret leaves address and history", async () => {
    desk = new Desk(await sits("desk", { screen: { width: 1440, height: 900 } }));
    await comeIn(desk.page, links["Ruth Amankwah"]);
    await desk.page.getByRole("navigation", { name: "Phases" }).waitFor();
    ewa = new Attendee(await sits("ewa", { screen: { width: 390, height: 780 }, touch: true }));
    await comeIn(ewa.page, links["Ewa Nowicka"]);
    assert.ok(!ewa.page.url().includes("#"));
    await desk.letIn("Ewa Nowicka");
    await ewa.ask("I want to speak").waitFor();
    await ewa.page.goBack().catch(() => {});
    await until("no secret behind Back", async () => !ewa.page.url().includes(links["Ewa Nowicka"].url.split("#")[1]));
    await ewa.page.goto(`${service.origin}/meet/${links["Ewa Nowicka"].url.match(/#([a-z0-9]+)\./)[1]}`);
    await ewa.ask("I want to speak").waitFor();
    assert.equal(await ewa.page.getByText("Practice").count(), 0, "this is no practice");
  });

  await step("p1 who is in the room and who on the call is in nothing that the family is sent", async () => {
    await ewa.page.getByText(/Who is here, \d+/).first().click();
    await ewa.page.getByText("Ruth Amankwah").first().waitFor();
    assert.equal(await ewa.page.locator(".roll").getByText(/in the room|on the call/).count(), 0);
    await desk.page.locator(".roll").getByText("in the room").first().waitFor();
  });

  await step("p15 somebody more is invited and gets a link; a seat in the room needs none", async () => {
    await desk.button("People").click();
    const people = desk.page.getByRole("dialog", { name: "The people of this conference" });
    await people.getByText("Invite somebody").click();
    await people.getByLabel("Name, as they wish to be called").fill("Halina");
    await people.getByLabel("Role in plain words").fill("Kacper’s grandmother");
    await people.getByRole("button", { name: "Put on the list" }).click();
    await people.getByText("Shown once.").waitFor();
    invited = { url: (await people.locator(".link-text").textContent()).trim(), pin: (await people.locator(".link-pin").textContent()).replace(/\s/g, "") };
    await people.getByRole("button", { name: "I have written it down" }).click();
    await people.getByRole("button", { name: "Done", exact }).click();
    const halina = await sits("halina", { screen: SCREEN.narrow, touch: true });
    await comeIn(halina, invited);
    await desk.letIn("Halina");
    await halina.getByRole("button", { name: "I want to speak", exact }).waitFor();
    await desk.seat("Marek Zielinski");
  });

  await step("f48_f151 convening says who is here, which agencies, and shows the recording notice; the desk sees it again", async () => {
    const said = await desk.convene({ kept: "with the chair, for four weeks" });
    assert.match(said, /Ewa Nowicka/);
    assert.match(said, /Marek Zielinski/);
    assert.match(said, /No agency is here/);
    await ewa.page.getByText("An audio recording is running. It is kept: with the chair, for four weeks").waitFor();
    await desk.page.getByRole("button", { name: /^Convened at/ }).click();
    const noted = desk.page.getByRole("dialog", { name: /^Convened at/ });
    await noted.getByText("Marek Zielinski, Lena’s father").waitFor();
    await picture(desk.page, "desk-convened");
    await noted.getByRole("button", { name: "Done" }).click();
    await desk.button("More").click();
    await desk.button("Recording notice").click();
    await desk.page.getByRole("dialog", { name: "Is an audio recording running?" }).getByRole("button", { name: "No recording is running" }).click();
    await until("no notice", async () => (await ewa.page.getByText("An audio recording is running").count()) === 0);
  });

  await step("f52 worries and what works stand side by side; a key changes the side, a line is dragged across", async () => {
    await desk.phase("Mapping");
    for (const side of [WORRIED, WELL]) await desk.button(`Write a note under ${side}`).waitFor();
    await desk.note(WORRIED, "Mr Zielinski was alone with them.");
    await desk.page.keyboard.press("Alt+j");
    await until("the caret on the other side", () =>
      desk.list(WELL).getByRole("textbox").evaluateAll((all) => all.some((area) => area === document.activeElement)));
    await desk.page.keyboard.type("Halina is near.");
    await desk.page.keyboard.press("Escape");
    await desk.saved();
    const grip = await desk.line(WELL, 1).locator(".note-grip").boundingBox();
    const to = await desk.line(WORRIED, 1).boundingBox();
    await desk.page.mouse.move(grip.x + 8, grip.y + 12);
    await desk.page.mouse.down();
    await desk.page.mouse.move(to.x + 60, to.y + to.height - 2, { steps: 6 });
    await desk.page.mouse.up();
    await until("the line on the other sheet", async () => (await linesOf(desk.page, WORRIED)).length === 2);
    assert.deepEqual((await linesOf(desk.page, WORRIED)).map((line) => line.words), ["Mr Zielinski was alone with them.", "Halina is near."]);
    assert.deepEqual(await axe(desk.page), []);
    await picture(desk.page, "desk-beside");
  });

  await step("p21 a name is corrected by the desk, with one press per place, and with its author's yes in locked words", async () => {
    const n = await desk.quote(WORRIED, "Marek Zielinski said he was sorry.", "Ewa Nowicka");
    await desk.line(WORRIED, n).getByRole("button", { name: "It has been read back" }).click();
    await desk.person("Marek Zielinski", async (people) => {
      await people.getByRole("button", { name: "Correct the name" }).click();
      const dialog = desk.page.getByRole("dialog", { name: "Correct a name" });
      await dialog.getByLabel("Name, as they wish to be called").fill("Marek Zieliński");
      await dialog.getByRole("button", { name: "Correct the name" }).click();
      await dialog.getByRole("button", { name: /^Correct it here ?: Mr Zielinski/ }).click();
      await dialog.getByLabel("Whose words are they?").selectOption({ label: "Ewa Nowicka, Kacper’s mother" });
      assert.deepEqual(await axe(desk.page), []);
      await picture(desk.page, "desk-correct-name");
      await dialog.getByRole("button", { name: "Ask Ewa Nowicka on their device" }).click();
      await dialog.getByText("Ewa Nowicka is asked on their own device.").waitFor();
      await dialog.getByRole("button", { name: "Done" }).click();
      await dialog.waitFor({ state: "hidden" });
      await people.getByRole("button", { name: "Marek Zieliński: what to do" }).waitFor();
    });
    const asked = ewa.page.getByRole("region", { name: "May your words read like this?" });
    await asked.getByText("Marek Zieliński said he was sorry.").waitFor();
    assert.equal(await here.halina.page.getByText("May your words").count(), 0, "nobody else is asked");
    assert.deepEqual(await axe(ewa.page), []);
    await picture(ewa.page, "phone-asked");
    await asked.getByRole("button", { name: "Yes, that is right" }).click();
    await until("the quote put right", async () => (await linesOf(desk.page, WORRIED)).some((line) => line.words.includes("Marek Zieliński said")));
    assert.ok((await linesOf(desk.page, WORRIED)).some((line) => line.words === "Mr Zieliński was alone with them."));
  });

  await step("p21 a person corrects their own name, and a child keeps full and first name", async () => {
    if (!(await ewa.button("Correct my name").isVisible())) await ewa.page.getByText(/Who is here, \d+/).first().click();
    await ewa.button("Correct my name").click();
    const own = ewa.page.getByRole("dialog", { name: "Your name" });
    await own.getByLabel("As you wish to be called").fill("Ewa Nowicka-Lis");
    await own.getByRole("button", { name: "Keep it like this" }).click();
    await own.waitFor({ state: "hidden" });
    await desk.page.locator(".roll").getByText("Ewa Nowicka-Lis").first().waitFor();
    await desk.button("People").click();
    const people = desk.page.getByRole("dialog", { name: "The people of this conference" });
    await people.getByRole("button", { name: "Correct Mary Jane’s name" }).click();
    const dialog = desk.page.getByRole("dialog", { name: "Correct a name" });
    assert.equal(await dialog.getByLabel("Full name").inputValue(), "Mary Jane Nowicka");
    await dialog.getByLabel("Full name").fill("Mary-Jane Nowicka");
    await dialog.getByLabel("First name, as it heads the sheets").fill("Mary-Jane");
    await dialog.getByRole("button", { name: "Correct the name" }).click();
    await dialog.getByRole("button", { name: "Done" }).click();
    await people.getByRole("button", { name: "Done", exact }).click();
    await desk.page.getByRole("heading", { name: /Kacper and Mary-Jane/ }).waitFor();
  });

  await step("p22_f35_f49 the chair asks somebody, marks who has spoken, holds a quote and takes back what she did", async () => {
    await desk.page.getByText(/^Who speaks/).click();
    await desk.page.getByRole("button", { name: /^Ask ?: Ewa Nowicka-Lis/ }).click();
    await ewa.page.getByText("The chair asks you to speak now.").waitFor();
    await desk.page.getByRole("button", { name: /^Has spoken ?: Ewa Nowicka-Lis/ }).click();
    await until("asked no more", async () => (await ewa.page.getByText("The chair asks you to speak now.").count()) === 0);
    await picture(desk.page, "desk-turns");
    const quote = (await linesOf(desk.page, WORRIED)).findIndex((line) => line.words.includes("he was sorry")) + 1;
    const menu = await desk.more(WORRIED, quote);
    await menu.getByRole("button", { name: "Hold this line on the desk" }).click();
    await until("gone from the phone", async () => (await ewa.page.getByText("he was sorry").count()) === 0);
    await desk.button("Undo my last").click();
    await ewa.page.getByText("he was sorry").first().waitFor();
    await ewa.offer("He reads to them.");
    await desk.writeUp("Ewa Nowicka-Lis", "He reads to them.");
    await ewa.page.locator("[data-section]").getByText("He reads to them.").or(ewa.page.getByText("on the sheet")).first().waitFor();
    await desk.button("Undo my last").click();
    await desk.offers().getByText("He reads to them.").waitFor();
    await desk.offers().getByRole("button", { name: /^Talk first/ }).click();
    await desk.button("Undo my last").click();
    await desk.page.getByText("It cannot be taken back here.").first().waitFor();
  });

  await step("f54_f77 a topic is kept for later; everybody is asked whether they agree and the desk alone hears it", async () => {
    await desk.page.getByText(/^Still open, \d+/).click();
    await desk.page.getByLabel("A topic for later").fill("the school run");
    await desk.button("Keep it for later").click();
    await desk.page.getByText("For later: the school run").first().waitFor();
    assert.equal(await ewa.page.getByText("the school run").count(), 0);
    await desk.button("Ask it on every screen").click();
    const asked = ewa.page.getByRole("group", { name: "Does everyone agree?" });
    await asked.getByText("I see it differently").click();
    await ewa.page.getByLabel("Anything else?").fill("Three months is long.");
    await ewa.button("Tell the chair").click();
    await ewa.page.getByText("The chair’s desk has: I see it differently.").waitFor();
    await desk.page.getByRole("region", { name: /Does everyone agree/ }).getByText("Three months is long.").waitFor();
    assert.equal(await here.halina.page.getByText("Three months is long.").count(), 0);
    assert.deepEqual(await axe(ewa.page), []);
    await desk.button("Ask no more").click();
  });

  await step("f110_f131 an offered row has who and by when as fields", async () => {
    await desk.phase("The Plan");
    await ewa.page.getByRole("button", { name: "Offer something for the plan" }).first().click();
    const dialog = ewa.page.getByRole("dialog", { name: "Offer something for the plan" });
    await dialog.getByRole("textbox").first().fill("Kacper is safe at home");
    await dialog.getByRole("button", { name: "Halina", exact }).click();
    await dialog.getByLabel("By when: date").fill("2026-12-22");
    await picture(ewa.page, "phone-offer-row");
    await dialog.getByRole("button", { name: "Offer it" }).click();
    await dialog.waitFor({ state: "hidden" });
    await desk.writeUp("Ewa Nowicka-Lis", "Kacper is safe at home");
    const row = await until("the row", async () => (await planOf(desk.page))?.rows.find((one) => Object.values(one).includes("Kacper is safe at home")));
    assert.ok(Object.values(row).includes("Halina"));
    assert.ok(Object.values(row).includes("Tue 22 Dec 2026"));
  });

  await step("p6_promise7 the desk on a phone shows danger, the door and what is offered at once, and pauses with one tap", async () => {
    const phone = new Desk(await sits("phone desk", { screen: { width: 390, height: 844 }, touch: true }));
    await comeIn(phone.page, links["Ruth Amankwah"]);
    await ewa.ask("I can’t talk safely now").click();
    const danger = phone.asks().getByText("can’t talk safely now");
    await danger.waitFor();
    const box = await danger.boundingBox();
    assert.ok(box.y + box.height < 844, `in sight without scrolling: ${box.y}`);
    await phone.page.getByRole("button", { name: /offered note waits/ }).or(phone.asks()).first().waitFor();
    // What the bar at the foot happens to cover can be scrolled from under it.
    const lay = (position) => phone.page.evaluate((how) => document.querySelectorAll("footer").forEach((one) => (one.style.position = how)), position);
    await lay("static");
    assert.deepEqual(await axe(phone.page), []);
    await lay("");
    await picture(phone.page, "desk-phone-asks");
    await phone.asks().getByRole("button", { name: /^Pause for Ewa/ }).click();
    await ewa.page.getByText("We are taking a break").waitFor();
    await phone.page.getByText("The screens are paused.").waitFor();
    const foot = await phone.button(/Show the screens again/).boundingBox();
    assert.ok(foot.y + foot.height <= 844, "the thumb reaches the pause");
    await phone.page.setViewportSize(SCREEN.narrow);
    await picture(phone.page, "desk-phone-narrow");
    assert.ok(await phone.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing scrolls sideways");
  });

  await step("promise6 nothing is kept on a device, and no browser had a fault", async () => {
    for (const [name, one] of Object.entries(here)) {
      assert.deepEqual(await kept(one.page), [], name);
      assert.deepEqual(one.faults, [], name);
    }
  });
});
