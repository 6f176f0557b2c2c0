/** One Chromium; every person has a context of their own, or shares one where tabs of one browser are the point. */

import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const HERE = path.dirname(fileURLToPath(import.meta.url));
const SCREENS = path.join(HERE, "../../../docs/screens");
const OUT = path.join(HERE, "../out");

/** Sizes of the screens that people sit before. */
export const SCREEN = {
  wall: { width: 1920, height: 1080 },
  laptop: { width: 1366, height: 768 },
  phone: { width: 360, height: 740 },
  narrow: { width: 320, height: 640 },
};

const QUIET = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** @param {string[]} more flags beside the usual ones */
export function launch(more = []) {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: [...QUIET, ...more] });
}

/**
 * Somebody with a browser of their own.
 * @param {import("playwright-core").Browser} browser
 * @param {{ origin: string, screen?: {width: number, height: number}, network?: { server: string }, dark?: boolean,
 *   touch?: boolean }} how
 */
export async function person(browser, { origin, screen = SCREEN.laptop, network, dark = false, touch = false }) {
  const context = await browser.newContext({
    viewport: screen,
    hasTouch: touch,
    isMobile: touch,
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "Europe/London",
    serviceWorkers: "allow",
    ...(network && { proxy: { server: network.server } }),
  });
  const faults = [];
  const tab = async () => {
    const page = await context.newPage();
    watch(page, origin, faults);
    return page;
  };
  return { context, page: await tab(), tab, faults, close: () => context.close() };
}

/** Notes what must not happen on any screen: faults of scripts, refusals of the content policy, third parties. */
function watch(page, origin, faults) {
  const own = new URL(origin).host;
  page.on("pageerror", (error) => faults.push(`script: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    if (/Content Security Policy|TrustedHTML|TrustedScript|Trusted Type/i.test(text)) faults.push(`policy: ${text}`);
  });
  page.on("request", (request) => {
    const address = new URL(request.url());
    if (/^(https?|wss?):$/.test(address.protocol) && address.host !== own) faults.push(`third party: ${request.url()}`);
  });
}

/** Tells pages what their browser tells them when its network is back: they come at once, however long they would have waited. */
export function networkIsBack(pages) {
  return Promise.all(pages.map((page) => page.evaluate(() => void dispatchEvent(new Event("online")))));
}

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * What axe finds on a page: one line a fault, empty if all is well. It is put in beside the page's own scripts, so the
 * content policy stays as it is.
 * @param {import("playwright-core").Page} page
 */
export async function axe(page) {
  const inspector = await page.context().newCDPSession(page);
  const run = async (expression) => {
    const told = await inspector.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (told.exceptionDetails) throw new Error(`axe: ${told.exceptionDetails.exception?.description}`);
    return told.result.value;
  };
  await run(`${await readFile(AXE, "utf8")}; true`);
  const violations = await run(
    `axe.run(document, { runOnly: ${JSON.stringify(RULES)} }).then((found) => found.violations.flatMap((rule) =>
       rule.nodes.map((node) => rule.id + ": " + node.target.join(" ") + ": " + node.failureSummary)))`,
  );
  await inspector.detach();
  return violations;
}

/**
 * A picture of a screen, for docs/screens with FLIPCHART_SCREENS=1, otherwise for looking at after a failure.
 * @param {import("playwright-core").Page} page
 */
export async function picture(page, name) {
  const folder = process.env.FLIPCHART_SCREENS === "1" ? SCREENS : OUT;
  await mkdir(folder, { recursive: true });
  await page.evaluate(() => document.fonts.ready.then(() => true));
  await page.screenshot({ path: path.join(folder, `${name}.png`), animations: "disabled", caret: "hide" });
}

/** What a page keeps on this device beside cookies. Has to be empty (promise 6). */
export function kept(page) {
  return page.evaluate(async () => [
    ...Object.keys(localStorage).map((key) => `localStorage ${key}`),
    ...Object.keys(sessionStorage).map((key) => `sessionStorage ${key}`),
    ...(await indexedDB.databases()).map((base) => `IndexedDB ${base.name}`),
    ...(await caches.keys()).map((key) => `cache ${key}`),
    ...(await navigator.serviceWorker.getRegistrations()).map((worker) => `service worker ${worker.scope}`),
  ]);
}
