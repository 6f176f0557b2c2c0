/** Somebody who has no mouse: keys alone, and at every stop of Tab a look whether the focus can be seen. */

import assert from "node:assert/strict";
import { until } from "./until.mjs";

/** More stops than any screen of the desk has. */
const STOPS = 160;

export class Keyboard {
  /** Stops at which the focus could not be seen: one line each. */
  unseen = new Set();

  /** @param {import("playwright-core").Page} page */
  constructor(page) {
    this.page = page;
  }

  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  type(words) {
    return this.page.keyboard.type(words);
  }

  has(locator) {
    return locator.evaluateAll((all) => all.includes(document.activeElement));
  }

  button(name, within = this.page) {
    return within.getByRole("button", { name, exact: typeof name === "string" });
  }

  dialog(name) {
    return this.page.getByRole("dialog", { name });
  }

  /** Goes on with Tab until the focus is there. */
  async reach(locator, key = "Tab") {
    await locator.first().waitFor();
    for (let stop = 0; stop < STOPS; stop++) {
      if (await this.has(locator)) return;
      await this.press(key);
      await this.#look();
    }
    assert.fail(`Tab does not come to ${locator}`);
  }

  /** Reaches a field and types over what stands in it. */
  async write(locator, words) {
    await this.reach(locator);
    await this.press("Control+a");
    await this.type(words);
  }

  /** Reaches a choice and goes to one of its options with the arrows. */
  async choose(locator, label) {
    await this.reach(locator);
    const [now, want] = await locator.evaluate((select, label) => [select.selectedIndex, [...select.options].findIndex((option) => option.text === label)], label);
    assert.ok(want >= 0, `no option ${label}`);
    for (let step = now; step !== want; step += Math.sign(want - now)) await this.press(want > now ? "ArrowDown" : "ArrowUp");
  }

  /** Reaches a group of radio buttons and goes to one of them with the arrows. */
  async pick(radio) {
    const name = await radio.getAttribute("name");
    await this.reach(this.page.locator(`input[type=radio][name="${name}"]`));
    for (let step = 0; step < STOPS && !(await this.has(radio)); step++) await this.press("ArrowDown");
    if (!(await radio.isChecked())) await this.press("Space");
    assert.ok(await radio.isChecked());
  }

  /** Reaches a box and ticks it. */
  async tick(box) {
    await this.reach(box);
    await this.press("Space");
    assert.ok(await box.isChecked());
  }

  /** Reaches a button and presses it. */
  async push(name, within = this.page) {
    await this.reach(typeof name === "object" && "first" in name ? name : this.button(name, within));
    await this.press("Enter");
  }

  /** A dialog has gone, and the focus is not lost with it. */
  async gone(dialog) {
    await dialog.waitFor({ state: "hidden" });
    await until("the focus back on the page", () => this.page.evaluate(() => document.activeElement !== document.body));
  }

  /** Notes a stop whose focus has no mark, lies outside the window or under something else. */
  async #look() {
    const fault = await this.page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return null;
      const name = `${at.tagName.toLowerCase()} “${(at.getAttribute("aria-label") ?? at.labels?.[0]?.textContent ?? at.textContent).trim().slice(0, 40)}”`;
      const near = [at, at.nextElementSibling, at.parentElement, at.parentElement?.parentElement].filter(Boolean);
      const marked = (one) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(one);
        return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
      };
      // A date field marks the part of it that has the focus by itself, where no style of a page reaches.
      if (!at.type?.startsWith("date") && !near.some(marked)) return `${name}: no mark`;
      const box = at.getBoundingClientRect();
      const clamp = (value, most) => Math.min(Math.max(value, 0), most - 1);
      const [left, right, top, bottom] = [clamp(box.left, innerWidth), clamp(box.right, innerWidth), clamp(box.top, innerHeight), clamp(box.bottom, innerHeight)];
      if (right - left < 1 || bottom - top < 1) return `${name}: outside the window`;
      const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      return over && (at.contains(over) || over.contains(at) || at.closest("label")?.contains(over)) ? null : `${name}: under ${over?.className}`;
    });
    if (fault) this.unseen.add(fault);
  }
}
