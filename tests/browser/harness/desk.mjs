/** What a chair, or whoever holds a pen, does with hands: by the names that stand on the screen. */

import { until } from "./until.mjs";

const exact = true;

/** Whether this browser's date fields take the day first; it follows the system's language, not the page's. */
let dayFirst = null;

/** A date as somebody types it into a date field of this browser. */
async function digitsOf(page, date) {
  const [year, month, day] = date.split("-");
  if (dayFirst === null) {
    const scratch = await page.context().newPage();
    await scratch.setContent('<input type="date" aria-label="scratch">');
    await scratch.getByLabel("scratch").focus();
    await scratch.keyboard.type("02012003");
    dayFirst = (await scratch.getByLabel("scratch").inputValue()) === "2003-01-02";
    await scratch.close();
    await page.bringToFront();
  }
  return `${dayFirst ? day + month : month + day}${year}`;
}

/** Sheets with lines: on a desk and on the screen of somebody with a pen. */
export class Pen {
  /** @param {import("playwright-core").Page} page */
  constructor(page) {
    this.page = page;
  }

  button(name, more = {}) {
    return this.page.getByRole("button", { name, exact, ...more });
  }

  list(section) {
    return this.page.getByRole("list", { name: section, exact });
  }

  line(section, n) {
    return this.list(section).getByRole("listitem", { name: `Line ${n}`, exact });
  }

  words(section, n) {
    return this.page.getByRole("textbox", { name: `Line ${n} of ${section}`, exact });
  }

  /** Starts a line, by the button under its section, and waits for the caret. */
  async startLine(section) {
    const strip = this.page.getByRole("button", { name: `Write a note under ${section}`, exact });
    await ((await strip.count()) ? strip : this.button("Write a note")).click();
    const areas = this.list(section).getByRole("textbox");
    await until(`the caret in a new line of ${section}`, () =>
      areas.evaluateAll((all) => all.some((area) => area === document.activeElement && area.value === "")),
    );
  }

  /** Writes a line letter by letter; gives its number. */
  async write(section, words) {
    await this.startLine(section);
    await this.page.keyboard.type(words);
    const n = await this.list(section)
      .getByRole("textbox")
      .evaluateAll((all) => all.find((area) => area === document.activeElement).getAttribute("aria-label").match(/^Line (\d+)/)[1]);
    await this.page.keyboard.press("Escape");
    return Number(n);
  }

  /** Writes a line with what stands beside it. */
  async note(section, words, { label, source, child } = {}) {
    const n = await this.write(section, words);
    if (label) await this.line(section, n).getByRole("combobox", { name: `Label of line ${n} of ${section}`, exact }).selectOption({ label });
    if (source || child) await this.beside(section, n, { source, child });
    return n;
  }

  /** Opens what more can be done with a line. */
  async more(section, n) {
    const line = this.line(section, n);
    await line.getByRole("button", { name: `More for line ${n} of ${section}`, exact }).click();
    return line.getByRole("group", { name: `More for line ${n} of ${section}`, exact });
  }

  async beside(section, n, { source, child }) {
    const menu = await this.more(section, n);
    if (source) {
      const field = menu.getByRole("textbox", { name: `Source of line ${n} of ${section}`, exact });
      await field.click();
      await this.page.keyboard.type(source);
      await this.page.keyboard.press("Tab");
    }
    for (const other of child ? await menu.getByRole("group", { name: "About which child" }).getByRole("button").all() : []) {
      if ((await other.textContent()) !== child) await other.click();
    }
    await menu.getByRole("button", { name: "Close", exact }).click();
  }

  /** Somebody's own words, into the fields of the dialog. */
  async quote(section, words, speaker, { child } = {}) {
    await this.startLine(section);
    const n = await this.list(section).getByRole("listitem").count();
    const menu = await this.more(section, n);
    await menu.getByRole("button", { name: "Make it a quote" }).click();
    const dialog = this.page.getByRole("dialog", { name: "Somebody’s own words" });
    await dialog.getByLabel("The words").click();
    await this.page.keyboard.type(words);
    await dialog.getByLabel("Who said it").click();
    await this.page.keyboard.type(speaker);
    await dialog.getByRole("button", { name: "Put it on the sheet" }).click();
    await dialog.waitFor({ state: "hidden" });
    const line = this.list(section).getByRole("listitem").filter({ hasText: words });
    await line.waitFor();
    const at = Number((await line.getAttribute("aria-label")).match(/\d+/)[0]);
    if (child) await this.beside(section, at, { child });
    return at;
  }

  async saved() {
    // What was just typed is drawn with the next frame, and so is that it is not saved. A hidden page has no frames.
    await this.page.evaluate(() => document.hidden || new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await this.page.getByText("Saved", { exact }).first().waitFor();
  }

  // The plan.

  cell(column, n) {
    return this.page.getByRole("textbox", { name: `${column}, row ${n}`, exact });
  }

  /** Types a date as this browser takes it. */
  async typeDate(field, date) {
    const digits = await digitsOf(this.page, date);
    await field.focus();
    await this.page.keyboard.type(digits);
  }

  /** Starts a row; gives its number. */
  async startRow() {
    await this.button("Add a row").click();
    const heads = this.page.getByRole("textbox", { name: /^Outcome statement, row \d+$/ });
    return until("the caret in a new row", () =>
      heads.evaluateAll((all) => Number(all.find((area) => area === document.activeElement)?.getAttribute("aria-label").match(/\d+$/)[0])),
    );
  }

  async fill(n, { cells = {}, who = [], somebody = [], date, words }) {
    for (const [column, text] of Object.entries(cells)) {
      await this.cell(column, n).click();
      await this.page.keyboard.type(text);
    }
    const pick = this.page.getByRole("combobox", { name: `Who, row ${n}: add somebody`, exact });
    for (const name of who) {
      const option = pick.getByRole("option").filter({ hasText: name });
      await pick.selectOption(await option.getAttribute("value"));
      await this.page.getByRole("button", { name: `Take ${name} away from row ${n}`, exact }).waitFor();
    }
    for (const name of somebody) {
      await pick.selectOption({ label: "Somebody who is not here" });
      await this.page.keyboard.type(name);
      await this.page.keyboard.press("Enter");
      await this.page.getByRole("button", { name: `Take ${name} away from row ${n}`, exact }).waitFor();
    }
    if (date) {
      await this.typeDate(this.page.getByLabel(`By when, row ${n}: date`, { exact }), date);
      await this.page.keyboard.press("Tab");
    }
    if (words) {
      await this.page.getByLabel(`By when, row ${n}: in words`, { exact }).click();
      await this.page.keyboard.type(words);
      await this.page.keyboard.press("Tab");
    }
  }

  async row(what) {
    const n = await this.startRow();
    await this.fill(n, what);
    return n;
  }
}

/** The chair's desk. */
export class Desk extends Pen {
  /** What the chair's hand does now. */
  #hand = Promise.resolve();

  async phase(label) {
    const step = this.page.getByRole("navigation", { name: "Phases" }).getByRole("button", { name: new RegExp(`^${label}`) });
    await step.click();
    await until(`the phase ${label}`, async () => (await step.getAttribute("aria-current")) === "step");
  }

  async tab(label) {
    await this.page.getByRole("tab", { name: label, exact }).click();
    await this.page.getByRole("tabpanel", { name: label, exact }).waitFor();
  }

  /** The chair's act: who is here, which agencies, whether a recording runs; gives what the dialog says (F48). */
  async convene({ kept } = {}) {
    await this.button("Convene the conference").first().click();
    const dialog = this.page.getByRole("dialog", { name: "Convene the conference?" });
    await dialog.waitFor();
    if (kept) {
      await dialog.getByRole("radio", { name: "It runs" }).check();
      await dialog.getByLabel("Where it is kept").fill(kept);
    }
    const said = await dialog.innerText();
    await dialog.getByRole("button", { name: "Convene the conference" }).click();
    await dialog.waitFor({ state: "hidden" });
    return said;
  }

  /** Opens the door to somebody who came with a personal link; a chair has one hand, so one after the other. */
  letIn(name) {
    const door = this.page.getByRole("region", { name: /^At the door/ });
    const opened = this.#hand.then(() => door.getByRole("button", { name: new RegExp(`^Let in ?: ${name}`) }).click());
    this.#hand = opened.catch(() => {});
    return opened;
  }

  /** Opens the list of people and one person on it, does something and closes it. */
  async person(name, act) {
    await this.button("People").click();
    const people = this.page.getByRole("dialog", { name: "The people of this conference" });
    const one = people.getByRole("button", { name: `${name}: what to do`, exact });
    if ((await one.getAttribute("aria-expanded")) === "false") await one.click();
    await act(people);
    await people.getByRole("button", { name: "Done", exact }).click();
    await people.waitFor({ state: "hidden" });
  }

  async givePen(name) {
    await this.person(name, async (people) => {
      await people.getByRole("button", { name: "Give a pen" }).click();
      await people.getByRole("button", { name: "Take the pen back" }).waitFor();
    });
  }

  async takePen(name) {
    await this.person(name, async (people) => {
      await people.getByRole("button", { name: "Take the pen back" }).click();
      await people.getByRole("button", { name: "Give a pen" }).waitFor();
    });
  }

  /** Somebody has come who has no device (P15). */
  async seat(name) {
    await this.person(name, async (people) => {
      await people.getByRole("button", { name: "Has come, without a device" }).click();
      await people.getByRole("list").first().getByRole("button", { name: `${name}: what to do` }).waitFor();
    });
  }

  /** Puts somebody more on the list; gives their link and PIN, which are shown once. */
  async invite(name, role, words) {
    await this.button("People").click();
    const people = this.page.getByRole("dialog", { name: "The people of this conference" });
    await people.getByText("Invite somebody").click();
    await people.getByLabel("Name, as they wish to be called").fill(name);
    await people.getByLabel("What they are here").selectOption({ label: role });
    await people.getByLabel("Role in plain words").fill(words);
    await people.getByRole("button", { name: "Put on the list" }).click();
    const [url, pin] = await Promise.all([".link-text", ".link-pin"].map((part) => people.locator(part).innerText()));
    await people.getByRole("button", { name: "I have written it down" }).click();
    await people.getByRole("button", { name: "Done", exact }).click();
    return { url: url.trim(), pin: pin.replace(/\D/g, "") };
  }

  offers() {
    return this.page.getByRole("region", { name: /^Offered notes/ });
  }

  /** Puts an offered note or row where it belongs. */
  async writeUp(name, words) {
    const note = this.offers().getByRole("listitem").filter({ hasText: words });
    await note.getByRole("button", { name: `Write it up: ${name}’s` }).click();
    await note.waitFor({ state: "hidden" });
  }

  asks() {
    return this.page.getByRole("region", { name: "For you alone" });
  }

  async pause() {
    await this.page.keyboard.press("F8");
    await this.page.getByText("The screens are paused.").waitFor();
  }

  /** Gives the list of what will appear, and shows the screens again. */
  async resume() {
    await this.page.keyboard.press("F8");
    const dialog = this.page.getByRole("dialog", { name: "Show the screens again?" });
    await dialog.waitFor();
    const lines = await dialog.getByRole("listitem").allTextContents();
    await dialog.getByRole("button", { name: "Show the screens again" }).click();
    await this.page.getByText("The screens are paused.").waitFor({ state: "hidden" });
    return lines.map((line) => line.trim());
  }
}
