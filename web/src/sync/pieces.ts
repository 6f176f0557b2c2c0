// Words that are too long for one line, in pieces that are not.

import { WORDS_BYTES } from "../protocol/generated";
import { sizeOf } from "./text";

/** Where words are cut, best first: behind a paragraph, a sentence, a word. */
const ENDS = [/\n\s*/g, /[.!?…]["”’)]?\s+/g, /\s+/g];

/** Pieces of at most `most` bytes, in order; nothing but blanks at the cuts is left out. */
export function pieces(words: string, most = WORDS_BYTES): string[] {
  const found: string[] = [];
  let rest = words.trim();
  while (sizeOf(rest) > most) {
    const cut = cutOf(fitting(rest, most));
    found.push(rest.slice(0, cut).trim());
    rest = rest.slice(cut).trim();
  }
  if (rest) found.push(rest);
  return found;
}

/** The longest beginning that fits, without half a letter. */
function fitting(words: string, most: number): string {
  const { read } = new TextEncoder().encodeInto(words, new Uint8Array(most));
  return words.slice(0, read);
}

/** The end of the last whole paragraph, sentence or word; short beginnings are not cut off for it. */
function cutOf(words: string): number {
  for (const end of ENDS) {
    const last = [...words.matchAll(end)].at(-1);
    const cut = last ? last.index + last[0].length : 0;
    if (cut > words.length / 2) return cut;
  }
  return words.length;
}
