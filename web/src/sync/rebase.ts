// Words of mine written on where others wrote on as well, without the ids that would tell the letters apart: an edition
// is written anew by the service. What both sides have in common is aligned; what only I had goes in, what I took away
// goes, what others did stays. What the service took of my letters is the beginning of what I sent.

/** A letter of a text as this device knows it. */
export interface Letter {
  letter: string;
  /** Durable, mine and perhaps not taken yet, or taken away here while the service may still have it. */
  is: "kept" | "open" | "gone";
  /** Of an open letter: when it was written, among mine. */
  clock: number;
}

/** One change of a text: at this index, so many units go and these come. */
export interface Step {
  at: number;
  remove: number;
  insert: string;
}

/** Pairs of letters that are compared at most: 16 MB of memory, 50 ms on a phone. */
const PAIRS = 4_000_000;
/** A letter that stands outweighs all those that I took away: no text has so many (`WORDS_BYTES`). */
const KEPT = 1 << 14;

/**
 * What makes my words of what stands there now, last step first, so that no index moves; null where both sides differ
 * over so long a stretch that it cannot be told.
 */
export function rebase(mine: readonly Letter[], now: string): Step[] | null {
  if (mine.map(({ letter, is }) => (is === "gone" ? "" : letter)).join("") === now) return [];
  const theirs = Array.from(now);
  const taken = takenOf(mine, now);
  const same = inCommon(taken, theirs);
  if (!same) return null;
  const steps: Step[] = [];
  const step = (at: number): Step => {
    let last = steps.at(-1);
    if (!last || last.at + last.remove !== at) steps.push((last = { at, remove: 0, insert: "" }));
    return last;
  };
  let [i, j, at] = [0, 0, 0];
  for (const [mineAt, theirsAt] of [...same, [mine.length, theirs.length] as const]) {
    // Mine goes directly behind the letter that it was written behind.
    for (; i < mineAt; i++) if (taken[i]?.is === "open") step(at).insert += taken[i]?.letter ?? "";
    for (; j < theirsAt; j++) at += theirs[j]?.length ?? 0;
    const letter = taken[i++];
    if (!letter) break;
    if (letter.is === "gone") step(at).remove += letter.letter.length;
    at += letter.letter.length;
    j++;
  }
  return steps.reverse();
}

/** My letters, those that the service must have taken as kept ones: as many as stand there, from the first one on. */
function takenOf(mine: readonly Letter[], now: string): Letter[] {
  const upTo = (clock: number): Letter[] => mine.map((one) => (one.is === "open" && one.clock <= clock ? { ...one, is: "kept" } : one));
  const clocks = mine.filter(({ is }) => is === "open").map(({ clock }) => clock).sort((a, b) => b - a);
  for (const clock of clocks) {
    const taken = upTo(clock);
    if (isWithin(kept(taken), now)) return taken;
  }
  return [...mine];
}

/** What is durable of a text. */
export function kept(letters: readonly Letter[]): string {
  return letters.filter(({ is }) => is === "kept").map(({ letter }) => letter).join("");
}

/** Whether all letters of the first stand in the second, in their order. */
export function isWithin(letters: string, all: string): boolean {
  let at = 0;
  for (let i = 0; at < letters.length && i < all.length; i++) if (letters[at] === all[i]) at++;
  return at === letters.length;
}

/** The letters that stand in both, in their order, as pairs of places: as many as possible, those that were kept first. */
function inCommon(mine: readonly Letter[], theirs: readonly string[]): [number, number][] | null {
  const same = (i: number, j: number): boolean => mine[i]?.is === "kept" && mine[i]?.letter === theirs[j];
  const least = Math.min(mine.length, theirs.length);
  let head = 0;
  while (head < least && same(head, head)) head++;
  let tail = 0;
  while (tail < least - head && same(mine.length - 1 - tail, theirs.length - 1 - tail)) tail++;
  const [rows, columns] = [mine.length - head - tail, theirs.length - head - tail];
  if (rows * columns > PAIRS) return null;
  // best[i * width + j]: how much can stand in both behind these two places.
  const width = columns + 1;
  const best = new Uint32Array((rows + 1) * width);
  const behind = (i: number, j: number): number => best[i * width + j] ?? 0;
  const both = (i: number, j: number): number => {
    const one = mine[head + i];
    return one?.letter === theirs[head + j] && one?.is !== "open" ? behind(i + 1, j + 1) + (one?.is === "kept" ? KEPT : 1) : 0;
  };
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) best[i * width + j] = Math.max(both(i, j), behind(i + 1, j), behind(i, j + 1));
  }
  const pairs: [number, number][] = Array.from({ length: head }, (_, at) => [at, at]);
  for (let i = 0, j = 0; i < rows && j < columns; ) {
    if (behind(i, j) > 0 && both(i, j) === behind(i, j)) pairs.push([head + i++, head + j++]);
    else if (behind(i + 1, j) === behind(i, j)) i++;
    else j++;
  }
  for (let back = tail; back > 0; back--) pairs.push([mine.length - back, theirs.length - back]);
  return pairs;
}
