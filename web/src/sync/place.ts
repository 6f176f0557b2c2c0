// Places among lines: fractional keys, so that two people who insert at the same spot never fight over numbers.
//
// Jitter: two pens that insert between the same two lines at the same moment get different keys (262,144 to one), so a
// third line can later be put between theirs. Lines are sorted by (order, id) (SPEC DOC4).

import { generateKeyBetween } from "fractional-indexing";
import type { Placed } from "./order";

/** Halvings of the gap: each adds a sixth of a character. */
const JITTER_BITS = 18;

/** A key between two keys; null is the open end. */
export function between(low: string | null, high: string | null, random: () => number = Math.random): string {
  let [from, to] = [low, high];
  const middle = generateKeyBetween(from, to);
  if (to === null) [from, to] = [middle, generateKeyBetween(middle, null)];
  else if (from === null) [from, to] = [generateKeyBetween(null, middle), middle];
  let key = generateKeyBetween(from, to);
  for (let bit = 0; bit < JITTER_BITS; bit++) {
    if (random() < 0.5) from = key;
    else to = key;
    key = generateKeyBetween(from, to);
  }
  return key;
}

/**
 * A key behind the line with this id; null = before the first, undefined or unknown = behind the last.
 * Lines whose key is no fractional key (made by another program) are passed over.
 */
export function orderAfter(sorted: readonly Placed[], after: string | null | undefined, random?: () => number): string {
  let at = after === null ? -1 : after === undefined ? sorted.length - 1 : sorted.findIndex((line) => line.id === after);
  if (after != null && at < 0) at = sorted.length - 1;
  let low: string | null = null;
  for (let i = at; i >= 0 && low === null; i--) low = keyOf(sorted[i]);
  let high: string | null = null;
  for (let i = at + 1; i < sorted.length && high === null; i++) {
    const key = keyOf(sorted[i]);
    if (key !== null && (low === null || key > low)) high = key;
  }
  return between(low, high, random);
}

function keyOf(line: Placed | undefined): string | null {
  if (!line) return null;
  try {
    generateKeyBetween(line.order, null);
    return line.order;
  } catch {
    return null;
  }
}
