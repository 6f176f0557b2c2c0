/** What stands on a screen, read as its people read it. */

import assert from "node:assert/strict";
import { until } from "./until.mjs";

export const SHEETS = {
  "What are we Worried About": ["What are we Worried About", "Danger Statements"],
  "What's Working Well": ["What's Working Well"],
  "What are the views of the child": ["What are the views of the child"],
  "What Needs to Happen": ["What you need to see", "What Needs to Happen"],
};

/** Lines of a section in sight: words, and what stands beside them. Null while the section is not in sight. */
export function linesOf(page, section) {
  return page.evaluate((label) => {
    const list = [...document.querySelectorAll("ul[data-section]")].find((one) => one.getAttribute("aria-label") === label && one.checkVisibility());
    if (!list) return null;
    const text = (node) => {
      const copy = node.cloneNode(true);
      for (const heard of copy.querySelectorAll(".only-heard, .writing")) heard.remove();
      return copy.textContent.trim();
    };
    return [...list.querySelectorAll(":scope > li")].map((line) => {
      const area = line.querySelector("textarea");
      const read = line.querySelector(".note-words, .note-edit");
      const words = area ? area.value : text(read);
      const select = line.querySelector("select.label");
      const beside = [
        ...(select && select.value ? [select.selectedOptions[0].textContent] : []),
        ...[...line.querySelectorAll("span.label, .from, .note-about > span:not(.label), .note-quote > span:first-child:not(.save)")].map(text),
        ...[...line.querySelectorAll("p.note-below:not(.note-unsaved)")].map(text).filter((one) => one.startsWith("offered by")),
      ];
      return { words: words.trim(), beside: beside.filter(Boolean).sort(), struck: line.classList.contains("is-struck") };
    }).filter((line) => line.words);
  }, section);
}

/** Rows of the plan in sight: column → words; and its fixed fields. */
export function planOf(page) {
  return page.evaluate(() => {
    const sheet = document.querySelector(".plan-sheet");
    if (!sheet) return null;
    const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
    const written = (cell) => {
      const date = cell.querySelector("input[type=date]");
      if (date) {
        const words = cell.querySelector("textarea, input:not([type=date])").value;
        const on = date.value && day.format(new Date(`${date.value}T00:00:00Z`)).replace(",", "");
        // As it is read: words that name the day say it for both.
        return on && words.includes(on) ? words : [on, words].filter(Boolean).join(", ");
      }
      const area = cell.querySelector("textarea");
      if (area) return area.value;
      const read = cell.querySelector(".cell-words");
      if (read) return read.textContent;
      return [...cell.querySelectorAll(".who-list li > span")].map((one) => one.textContent).join(", ");
    };
    const rows = [...sheet.querySelectorAll("tbody tr[data-row]")].map((row) =>
      Object.fromEntries([...row.querySelectorAll("[data-col]")].map((cell) => [cell.dataset.col, written(cell).trim()])),
    );
    const fields = [...sheet.querySelectorAll(".plan-limit")].map((field) => {
      const area = field.querySelector("textarea");
      return [field.querySelector(".plan-limit-head").textContent, (area ? area.value : field.querySelector("p").textContent).trim()];
    });
    return { rows, fields: Object.fromEntries(fields) };
  });
}

/** All a screen shows, sheet by sheet; `open` turns to one. */
export async function everything(page, open) {
  const all = {};
  for (const [sheet, sections] of Object.entries(SHEETS)) {
    await open(sheet);
    await until(`the sheet ${sheet}`, () => linesOf(page, sheet));
    for (const section of sections) all[section] = await linesOf(page, section);
  }
  await open("The Plan");
  await until("the plan", () => planOf(page));
  all.plan = await planOf(page);
  return all;
}

/** Words alone: what is written is the same on all screens, what stands beside it is each reader's. */
export function wordsOf(all) {
  return Object.fromEntries(Object.entries(all).map(([key, held]) => [key, Array.isArray(held) ? held.map((line) => line.words) : held]));
}

/** What a wall shows now, without what its page cuts off: [id, words]. */
export function wallShows(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("main.wallview [data-piece]")]
      .filter((piece) => !piece.classList.contains("is-off"))
      .map((piece) => ({ id: piece.dataset.piece, words: piece.matches(".wall-row") ? [...piece.querySelectorAll("p")].map((part) => part.textContent.trim()) : piece.textContent.trim() })),
  );
}

/** Page and number of pages of a wall. */
export async function wallPage(page) {
  const text = await page.getByText(/^page \d+ of \d+$/).textContent();
  return text.match(/\d+/g).map(Number);
}

/**
 * The same, once the desk says so too: the next press turns from the page that the desk knows of.
 * @param {import("playwright-core").Page} desk
 */
export async function wallPageOnDesk(desk, wall, sheet) {
  let page;
  await until("the desk says what the wall shows", async () => {
    page = await wallPage(wall);
    const told = await desk.getByRole("img", { name: /^The wall shows / }).getAttribute("aria-label");
    assert.equal(told, `The wall shows ${sheet}, page ${page[0]} of ${page[1]}`);
    return true;
  });
  return page;
}

/** A whole sheet on the wall, paged on from the desk. */
export async function wallThrough(desk, wall, sheet) {
  await desk.tab(sheet);
  const show = desk.button("Show this sheet");
  if (await show.isVisible()) await show.click();
  await wall.getByRole("heading", { name: sheet, exact: true }).waitFor();
  const turn = async (way) => {
    const [n] = await wallPageOnDesk(desk.page, wall, sheet);
    await desk.button(way).click();
    await until("the wall's next page", async () => (await wallPage(wall))[0] !== n);
  };
  while ((await wallPage(wall))[0] > 1) await turn("Wall: page back");
  const seen = new Map();
  for (;;) {
    for (const piece of await wallShows(wall)) seen.set(piece.id, piece.words);
    const [n, count] = await wallPage(wall);
    if (n === count) break;
    await turn("Wall: page on");
  }
  return [...seen.values()];
}
