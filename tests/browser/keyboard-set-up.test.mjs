/** A conference is set up and opened without a mouse, from the set-up link to the links of its people. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, person } from "./harness/browser.mjs";
import { Service } from "./harness/service.mjs";
import { story } from "./harness/story.mjs";
import { until } from "./harness/until.mjs";

const exact = true;
/** More stops than the page of set-up has. */
const STOPS = 80;

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

test("set-up by keyboard alone", { timeout: 240_000 }, async (t) => {
  const step = story(t, () => here);
  let page;

  const press = (key) => page.keyboard.press(key);
  const type = (words) => page.keyboard.type(words);
  const has = (locator) => locator.evaluateAll((all) => all.includes(document.activeElement));
  const button = (name, within = page) => within.getByRole("button", { name, exact });
  /** Goes on with Tab until the focus is there. */
  async function reach(locator) {
    await locator.first().waitFor();
    for (let stop = 0; !(await has(locator)); stop++) {
      assert.ok(stop < STOPS, `Tab does not come to ${locator}`);
      await press("Tab");
    }
  }
  async function push(name, within = page) {
    await reach(button(name, within));
    await press("Enter");
  }
  /** In a dialog that a button opened; afterwards the focus is on that button again. */
  async function add(name, title, fill) {
    await push(name);
    const dialog = page.getByRole("dialog", { name: title });
    await dialog.waitFor();
    await fill(dialog);
    await push("Keep", dialog);
    await dialog.waitFor({ state: "hidden" });
    await until(`the focus on “${name}” again`, () => has(button(name)));
  }
  const somebody = (name, role, words, { agency, device = true } = {}) =>
    add("Add a person", "A person", async (dialog) => {
      await reach(dialog.getByLabel("Name, as they wish to be called"));
      await type(name);
      const roles = dialog.getByLabel("Role", { exact });
      await reach(roles);
      await type(role);
      await until(role, async () => (await roles.locator("option:checked").textContent()) === role);
      await reach(dialog.getByLabel("Role in plain words"));
      await press("Control+a");
      await type(words);
      if (agency) {
        await reach(dialog.getByLabel("Agency"));
        await type(agency);
      }
      if (!device) {
        // One stop for the group; arrows choose within it.
        await reach(dialog.getByRole("group", { name: "How do they come in?" }).getByRole("radio"));
        await press("ArrowDown");
        await until("no device", () => dialog.getByRole("radio", { name: /^Without a device/ }).isChecked());
      }
    });
  const child = (name, first) =>
    add("Add a child, born or unborn", "A child", async (dialog) => {
      await reach(dialog.getByLabel("Full name"));
      await type(name);
      await reach(dialog.getByLabel("First name, as on the sheets"));
      await press("Control+a");
      await type(first);
    });

  await step("p3 opens the set-up link and is told what is missing", async () => {
    here.page = await person(browser, { origin: service.origin });
    ({ page } = here.page);
    page.setDefaultTimeout(10_000);
    const { url } = await until("the set-up link", () => service.links.find((link) => link.url.includes("/set-up#")));
    await page.goto(url);
    await page.getByRole("heading", { name: "Set-up" }).waitFor();
    await push("Open the conference");
    await page.getByText("Before the conference can be opened").waitFor();
  });

  await step("p1 types people, children and the day in", async () => {
    await reach(page.getByLabel("Starts"));
    // The twelfth of the twelfth, ten in the morning: whichever order and clock the system has.
    await type("12122026");
    await press("ArrowRight");
    await type("1000a");
    await until("the day", async () => (await page.getByLabel("Starts").inputValue()) !== "");
    await somebody("Ruth Amankwah", "Chair", "Chair");
    await somebody("Ewa Nowicka", "Parent or carer", "Kacper’s mother");
    await somebody("Leila Haddad", "Social worker", "Social worker", { agency: "Children’s social care" });
    await somebody("Marek Zielinski", "Parent or carer", "Lena’s father", { device: false });
    await child("Kacper Nowicki", "Kacper");
    const hide = page.getByRole("checkbox", { name: "Hide it from the family" });
    await reach(hide);
    await press("Space");
    assert.ok(await hide.isChecked());
  });

  await step("p3 opens the conference and has the links before it", async () => {
    const frameworks = page.getByRole("radio", { name: /^LBH/ });
    if (await frameworks.count()) {
      await reach(page.getByRole("radio", { name: /./ }).and(page.locator(`[name="${await frameworks.getAttribute("name")}"]`)));
      for (let n = 0; n < 5 && !(await frameworks.isChecked()); n++) await press("ArrowDown");
    }
    await push("Open the conference");
    await page.getByRole("heading", { name: "The links" }).waitFor();
    await page.getByText("Without a device: Marek Zielinski.").waitFor();
    await reach(button("Copy the link of Ewa Nowicka"));
    await reach(button("Print the links"));
    assert.deepEqual(here.page.faults, []);
  });
});
