/** A test in steps that build on each other: after one has failed the others say nothing more. */

import { picture } from "./browser.mjs";

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
        for (const [who, { page }] of Object.entries(people())) await picture(page, `failed ${who}`).catch(() => {});
        throw error;
      }
    });
}
