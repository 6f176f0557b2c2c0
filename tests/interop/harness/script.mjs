/** What each client of a meeting writes and when its line breaks: drawn from a seed alone, so that it can be had again. */

import { dice } from "../../browser/harness/network.mjs";

const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";
/** Letters of one, two, three and four bytes, and of one and two units: clients count them differently. */
const WORDS = ["Lena ", "school ", "a bruise, ", "Nowicki – ", "też śpi ", "at nan’s 🏠 ", "café ", "x"];
/** One in so many edits drops the line it is in, begins a new one, moves it, erases letters; the others type. */
const SHARES = [
  ["drop", 0.01],
  ["line", 0.08],
  ["move", 0.08],
  ["erase", 0.28],
];

/**
 * @param {number} seed
 * @param {number} n which of the clients
 * @param {{ blocks: number, edits: number }} size edits are those of a block
 * @returns {{ edits: object[], cut: number | null, leaves: number | null }[]} a block each; `cut` and `leaves` say before
 *   which edit the line breaks, or the client goes until the next block
 */
export function script(seed, n, { blocks, edits }) {
  const roll = dice(seed * 1_000 + n);
  const whole = (below) => Math.floor(roll() * below);
  const draw = () => Array.from({ length: 16 }, () => LETTERS[whole(LETTERS.length)]).join("");
  const kind = () => {
    let share = roll();
    return SHARES.find(([, size]) => (share -= size) < 0)?.[0] ?? "type";
  };
  const edit = () => ({ what: kind(), note: draw(), line: roll(), at: roll(), letters: 1 + whole(6), words: WORDS[whole(WORDS.length)] });
  return Array.from({ length: blocks }, () => {
    const fate = roll();
    return {
      edits: Array.from({ length: edits }, edit),
      cut: fate < 0.4 ? whole(edits) : null,
      leaves: fate >= 0.4 && fate < 0.6 ? whole(edits) : null,
    };
  });
}
