/** A screen is judged: axe in every mode, no sideways scroll at 320 px, letters of a wall, a picture. */

import assert from "node:assert/strict";
import { axe, picture, SCREEN } from "./browser.mjs";

/** Pictures that docs/screens keeps. The others are for looking at. */
const KEPT = new Set([
  "join-code", "join", "join-laptop", "join-wrong", "waiting", "waiting-laptop", "ended", "closed", "gone", "lost", "no-way-in", "unsafe",
  "set-up", "set-up-person", "set-up-child", "set-up-links",
  "desk", "desk-door", "desk-people", "desk-invite", "desk-link-once", "desk-correct-name", "desk-admit", "desk-held", "desk-tray", "desk-recording",
  "desk-quote", "desk-take-off", "desk-take-off-row", "desk-plan", "desk-shared", "desk-paused", "desk-resume", "desk-close", "desk-closed", "desk-phone",
  "laptop", "laptop-pen", "laptop-tray", "laptop-plan", "laptop-offer-row", "laptop-paused",
  "phone", "phone-dark", "phone-offer", "phone-take-off", "phone-sheets", "phone-plan", "phone-my-part", "phone-my-part-answered", "phone-who", "phone-text", "phone-cover",
  "phone-paused", "pad", "pad-anonymous", "pad-laptop", "note-in", "reveal", "reveal-family", "reveal-bands", "reveal-too-few", "pad-worry", "reveal-worry",
  "desk-scale", "desk-scale-open", "desk-scale-shown", "desk-slips", "desk-then", "desk-phone-scale",
  "wall", "wall-plan", "wall-prompt", "wall-join", "wall-code", "wall-paused", "wall-lost", "wall-closed", "wall-round", "wall-reveal", "wall-reveal-worry", "wall-bands", "wall-too-few",
]);

/** Modes are classes of the page; the text menu sets the same. */
export function mode(page, names) {
  return page.evaluate((all) => {
    for (const name of ["dark", "large", "extra", "spaced"]) document.documentElement.classList.toggle(name, all.includes(name));
  }, names);
}

export async function still(page) {
  await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))));
}

/** Things that stick out of the page sideways. */
function sticksOut(page) {
  return page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    const dialog = document.querySelector("dialog[open]");
    if (dialog && (dialog.scrollWidth > dialog.clientWidth || dialog.getBoundingClientRect().right > room + 0.5)) {
      const edge = dialog.getBoundingClientRect().left + dialog.clientWidth;
      const out = [...dialog.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > edge + 0.5);
      return [`the dialog is ${dialog.scrollWidth} wide of ${dialog.clientWidth}`, ...out.slice(0, 5).map((one) => `${one.tagName} ${one.className}: ${one.textContent.slice(0, 40)}`)];
    }
    if (document.scrollingElement.scrollWidth <= room) return [];
    const out = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > room + 0.5);
    return [`the page is ${document.scrollingElement.scrollWidth} wide of ${room}`, ...out.slice(0, 5).map((one) => `${one.tagName} ${one.className}: ${one.textContent.slice(0, 40)}`)];
  });
}

/** What a bar at the foot happens to cover can be scrolled from under it; axe would call it too small to be pressed. */
function barsStand(page, position) {
  return page.evaluate((how) => {
    for (const bar of document.querySelectorAll("header, footer, .meet-foot")) bar.style.position = how;
  }, position);
}

/** Every screen of a practice conference says so, also before anybody is in and when all is over (P25). */
async function saysPractice(page, name) {
  assert.ok(await page.locator(".practice").filter({ visible: true }).count(), `${name} does not say that it is practice`);
}

/** No sideways scroll in any size of the letters, on a screen that is 320 px wide by now. */
export async function judgeReflow(page, name) {
  for (const names of [[], ["large"], ["extra"], ["spaced"]]) {
    await mode(page, names);
    await still(page);
    assert.deepEqual(await sticksOut(page), [], `${name} at 320 px ${names.join(" ")}`);
  }
  await mode(page, []);
}

/** Axe in every mode, no sideways scroll at 320 px, a picture. */
export async function judge(page, name, { modes = [[], ["dark"], ["large"]], reflow = true, isPractice = true } = {}) {
  const size = page.viewportSize();
  if (isPractice) await saysPractice(page, name);
  for (const names of modes) {
    await mode(page, names);
    await still(page);
    await barsStand(page, "static");
    const found = await axe(page);
    await barsStand(page, "");
    assert.deepEqual(found, [], `${name} ${names.join(" ")}`);
  }
  if (reflow) {
    await page.setViewportSize(SCREEN.narrow);
    await judgeReflow(page, name);
    await page.setViewportSize(size);
  }
  await mode(page, []);
  await still(page);
  await keep(page, name);
}

export async function keep(page, name) {
  if (process.env.FLIPCHART_SCREENS !== "1" || KEPT.has(name)) await picture(page, name);
}

/** What is wrong with a wall: letters under 16 minutes of arc at the last chair, words outside the paper. */
function wallFaults(page, { height, metres, lines = SCREEN.wall.height }) {
  const least = (2 * metres * 1000 * Math.tan((16 / 60 / 2) * (Math.PI / 180))) / 0.668 / height * lines;
  return page.evaluate((px) => {
    const faults = [];
    const view = document.querySelector(".wallview");
    const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".only-heard");
    for (const walker = document.createTreeWalker(view, NodeFilter.SHOW_TEXT); walker.nextNode(); ) {
      const { textContent, parentElement } = walker.currentNode;
      if (!textContent.trim() || !shown(parentElement)) continue;
      const size = Number.parseFloat(getComputedStyle(parentElement).fontSize);
      if (size < px - 0.5) faults.push(`${size} px of ${px}: ${textContent}`);
      const range = document.createRange();
      range.selectNodeContents(walker.currentNode);
      const box = range.getBoundingClientRect();
      // A line that is cut goes on with the next page, behind the paper's edge.
      const below = !parentElement.closest(".wall-cut") && (box.top < 0 || box.bottom > innerHeight);
      if (box.left < 0 || below || box.right > innerWidth) faults.push(`off the screen: ${textContent}`);
      const cut = parentElement.closest(".wall-cut")?.getBoundingClientRect();
      if (cut && (box.right > cut.right + 1 || box.left < cut.left - 1)) faults.push(`beside the paper: ${textContent}`);
    }
    const sheet = view.querySelector(".sheet");
    if (sheet && sheet.scrollHeight > sheet.clientHeight + 1) faults.push(`the sheet runs over: ${sheet.scrollHeight} of ${sheet.clientHeight}`);
    if (document.scrollingElement.scrollHeight > innerHeight) faults.push("the wall scrolls");
    return faults;
  }, least);
}
const ROOM = { height: 685, metres: 5 };

export async function judgeWall(page, name, room = ROOM) {
  await still(page);
  await saysPractice(page, name);
  assert.deepEqual(await wallFaults(page, room), [], name);
  assert.deepEqual(await axe(page), [], name);
  await keep(page, name);
}

/** Opens something, judges it and closes it with Escape. */
export async function judgeOpened(page, name, open, more = { reflow: false }) {
  await open();
  await page.locator("dialog[open]").waitFor();
  await judge(page, name, more);
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
}

