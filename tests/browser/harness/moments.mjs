/**
 * How soon after a press other screens show it. Each page notes its own moment and the moments are compared: a locator
 * looks every half second after a while, and that would be measured with it.
 */

import assert from "node:assert/strict";

/** How far a page's clock is ahead of this process's, in ms: not at all, unless a test has moved it on. */
async function ahead(page) {
  const ms = (await page.evaluate(() => Date.now())) - Date.now();
  return ms > 1_000 ? ms : 0;
}

/** Notes when a page has this event next. */
function noteEvent(page, event) {
  return page.evaluateHandle((name) => ({ at: new Promise((done) => addEventListener(name, () => done(Date.now()), { capture: true, once: true })) }), event);
}

/** Notes when a page shows these words, or has them no more. A hidden page notes it too. */
function noteWords(page, words, gone) {
  const watch = ([words, gone]) => {
    const has = () => new RegExp(words).test(gone ? document.body.textContent : document.body.innerText);
    const at = new Promise((done) => {
      const observer = new MutationObserver(() => {
        if (has() === gone) return;
        observer.disconnect();
        done(Date.now());
      });
      observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    });
    return { at };
  };
  return page.evaluateHandle(watch, [words.source, gone]);
}

const moment = (noted) => noted.evaluate(({ at }) => at);

/**
 * Acts, and fails when a screen shows the words, or has them no more, `most` ms after the press or later.
 * @param {number} most
 * @param {object} how
 * @param {import("playwright-core").Page} how.pressed where the act presses
 * @param {() => Promise<void>} how.act
 * @param {string} [how.event] that the press makes
 * @param {Record<string, import("playwright-core").Page>} how.screens by what they are called
 * @param {RegExp} how.words
 * @param {boolean} [how.gone] the screens have the words before and are to have them no more
 * @returns {Promise<Record<string, number>>} ms after the press, by screen
 */
export async function within(most, { pressed, act, event = "click", screens, words, gone = false }) {
  const wait = (state) => Promise.all(Object.values(screens).map((page) => page.getByText(words).first().waitFor({ state })));
  await wait(gone ? "attached" : "hidden");
  const press = await noteEvent(pressed, event);
  const watch = async ([name, page]) => ({ name, by: await ahead(page), noted: await noteWords(page, words, gone) });
  const watched = await Promise.all(Object.entries(screens).map(watch));
  await act();
  await wait(gone ? "detached" : "visible");
  const began = await moment(press);
  const took = {};
  for (const { name, by, noted } of watched) took[name] = (await moment(noted)) - by - began;
  assert.ok(Math.max(...Object.values(took)) < most, `ms after the press: ${JSON.stringify(took)}`);
  return took;
}
