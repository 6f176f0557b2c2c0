/** A conference from its set-up link to its first phase, without a mouse: nothing is clicked on set-up or desk. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Attendee } from "./harness/attendee.mjs";
import { launch, person, SCREEN } from "./harness/browser.mjs";
import { Keyboard } from "./harness/keyboard.mjs";
import { comeIn } from "./harness/practice.mjs";
import { Service } from "./harness/service.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";

const exact = true;
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

test("a conference is set up, opened and begun by keyboard alone", { timeout: 240_000 }, async (t) => {
  const step = story(t, () => here);
  let keys, page, links, ewa;

  const somebody = async (name, role, words, { agency, device = true } = {}) => {
    await keys.push("Add a person");
    const dialog = keys.dialog("A person");
    await keys.write(dialog.getByLabel("Name, as they wish to be called"), name);
    await keys.choose(dialog.getByLabel("Role", { exact }), role);
    await keys.write(dialog.getByLabel("Role in plain words"), words);
    if (agency) await keys.write(dialog.getByLabel("Agency"), agency);
    if (!device) await keys.pick(dialog.getByRole("radio", { name: /^Without a device/ }));
    await keys.push("Keep", dialog);
    await keys.gone(dialog);
    assert.ok(await keys.has(keys.button("Add a person")), "the focus is back on the button");
  };

  await step("p3 what is missing is said, and its line leads to its field", async () => {
    here["set-up"] = await person(browser, { origin: service.origin, screen: SCREEN.laptop });
    page = here["set-up"].page;
    page.setDefaultTimeout(15_000);
    keys = new Keyboard(page);
    const { url } = await until("the set-up link", () => service.links.find((link) => link.url.includes("/set-up#")));
    await page.goto(url);
    await keys.push("Open the conference");
    await until("the focus on what has to be mended", () => keys.has(page.getByRole("alert").filter({ hasText: "Before the conference can be opened" })));
    await keys.reach(page.getByRole("link", { name: /starts/i }));
    await keys.press("Enter");
    await until("the caret in the field", () => keys.has(page.getByLabel("Starts")));
  });

  await step("p1 everything of the conference is typed in", async () => {
    // Day and month are the same number, and "a" is for a clock of twelve hours: how a date is typed follows the system.
    await keys.type("12122026");
    await keys.press("ArrowRight");
    await keys.type("1030a");
    assert.equal(await page.getByLabel("Starts").inputValue(), "2026-12-12T10:30");
    await somebody("Ruth Amankwah", "Chair", "Chair");
    await somebody("Ewa Nowicka", "Parent or carer", "Kacper’s mother");
    await somebody("Leila Haddad", "Social worker", "Social worker", { agency: "Children’s social care" });
    await somebody("Marek Zieliński", "Parent or carer", "Lena’s father", { device: false });
    await keys.push("Change Marek Zieliński");
    await keys.write(keys.dialog("A person").getByLabel("Role in plain words"), "Kacper’s father");
    await keys.press("Enter");
    await keys.gone(keys.dialog("A person"));
    const framework = page.getByRole("radio", { name: /^LBH/ });
    if (!(await framework.isChecked())) await keys.pick(framework);
    await keys.push("Add a child, born or unborn");
    await keys.write(keys.dialog("A child").getByLabel("Full name"), "Kacper Nowicki");
    await keys.press("Enter");
    await keys.gone(keys.dialog("A child"));
    assert.ok(await keys.has(keys.button("Add a child, born or unborn")), "the focus is back on the button");
    await keys.choose(page.getByLabel("Last chair is"), (await page.getByLabel("Last chair is").locator("option").allTextContents()).at(-1));
    await keys.pick(page.getByRole("radio", { name: "No", exact }));
    await keys.tick(page.getByRole("checkbox", { name: "Hide it from the family" }));
  });

  await step("p3 the links are copied, and the desk opens from here", async () => {
    await keys.push("Open the conference");
    await page.getByRole("heading", { name: "The links" }).waitFor();
    links = Object.fromEntries(
      await page.getByRole("table", { name: "The links" }).getByRole("row").evaluateAll((rows) =>
        rows.slice(1).map((row) => [row.querySelector("th").firstChild.textContent.trim(), { url: row.querySelector(".address").textContent.trim(), pin: row.querySelector(".pin").textContent.replace(/\s/g, "") }]),
      ),
    );
    assert.deepEqual(Object.keys(links).sort(), ["Ewa Nowicka", "Leila Haddad", "Ruth Amankwah"]);
    await here["set-up"].context.grantPermissions(["clipboard-write"], { origin: service.origin });
    await keys.push("Copy the link of Ewa Nowicka");
    await page.getByRole("status").getByText("Copied", { exact }).waitFor();
    const opened = here["set-up"].context.waitForEvent("page");
    await keys.push("Open the desk");
    const before = keys;
    page = await opened;
    page.setDefaultTimeout(15_000);
    keys = new Keyboard(page);
    keys.unseen = before.unseen;
    await page.getByRole("navigation", { name: "Phases" }).waitFor();
  });

  await step("f48 the mother is let in, the father seated, the conference convened and opened", async () => {
    here.ewa = await person(browser, { origin: service.origin, screen: SCREEN.phone, touch: true });
    here.ewa.page.setDefaultTimeout(15_000);
    ewa = new Attendee(here.ewa.page);
    await comeIn(ewa.page, links["Ewa Nowicka"]);
    await keys.push(/^Let in ?: Ewa/);
    await ewa.ask("I want to speak").waitFor();
    await keys.push("People");
    const list = keys.dialog("The people of this conference");
    await keys.push("Marek Zieliński: what to do", list);
    await keys.push("Has come, without a device", list);
    await keys.push("Done", list);
    await keys.gone(list);
    await keys.push("Convene the conference");
    await keys.push("Convene the conference", keys.dialog("Convene the conference?"));
    await keys.gone(keys.dialog("Convene the conference?"));
    await keys.push(keys.button(/^Next: /));
    await until("a phase is open", () => page.locator(".phase.is-now").count());
  });

  await step("the focus could be seen at every stop, and no browser had a fault", async () => {
    assert.deepEqual([...keys.unseen], []);
    for (const [name, { faults }] of Object.entries(here)) assert.deepEqual(faults, [], name);
  });
});
