/** A test in steps that build on each other: after one has failed the others say nothing more. */

import { picture } from "./browser.mjs";

/** All that somebody reads on a screen, words in fields too: what a failure elsewhere is understood by. */
function readsNow(page) {
  const read = () => {
    const fields = [...document.querySelectorAll("textarea, input")].filter((field) => field.checkVisibility() && field.value);
    const hidden = [...document.querySelectorAll(".is-off")].map((piece) => piece.textContent.trim());
    return JSON.stringify({ at: location.pathname.split("/")[1], text: document.body.innerText, fields: fields.map(({ value }) => value), hidden });
  };
  const late = new Promise((done) => setTimeout(() => done("nothing: the page does not answer"), 2_000));
  return Promise.race([page.evaluate(read).catch((error) => `nothing: ${error.message}`), late]);
}

/**
 * @param {import("node:test").TestContext} test
 * @param {() => Record<string, { page: import("playwright-core").Page }>} people whose screens are kept after a failure
 */
export function story(test, people = () => ({})) {
  let broken = false;
  return (name, act) =>
    test.test(name, { timeout: 120_000, skip: broken && "an earlier step failed" }, async (step) => {
      const began = Date.now();
      try {
        await act(step);
        step.diagnostic(`${Date.now() - began} ms`);
      } catch (error) {
        broken = true;
        for (const [who, { page }] of Object.entries(people())) {
          step.diagnostic(`${who} reads: ${await readsNow(page)}`);
          await picture(page, `failed ${who}`).catch(() => {});
        }
        throw error;
      }
    });
}
