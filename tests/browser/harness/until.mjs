/** Waiting for a condition with a deadline; never for a time. */

const DEADLINE = 20_000;
const LOOK_EVERY = 25;

/**
 * Looks until `look` gives something true, and returns it. What it threw last is told when the time is over.
 * @template T
 * @param {string} what for the message
 * @param {() => T | Promise<T>} look
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, look, deadline = DEADLINE) {
  const end = Date.now() + deadline;
  let fault;
  for (;;) {
    try {
      const found = await look();
      if (found) return found;
      fault = undefined;
    } catch (error) {
      fault = error;
    }
    if (Date.now() > end) throw new Error(`waited ${deadline} ms for ${what}`, { cause: fault });
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}
