/** Where a line's words come from, as it stands beside them: own knowledge, told by somebody, third hand (F80). */

import { words } from "../words";
import "../words/source";

export type Hand = "own" | "told" | "third";

export const HANDS: readonly Hand[] = ["own", "told", "third"];

export const HAND: Record<Hand, () => string> = {
  own: () => words("board-source-own"),
  told: () => words("board-source-told"),
  third: () => words("board-source-third"),
};

const SAYS: Record<Hand, (who: string) => string> = {
  own: (who) => words("board-source-own-of", { who }),
  told: (who) => words("board-source-told-by", { who }),
  third: (who) => words("board-source-third-by", { who }),
};

export interface Source {
  hand: Hand | null;
  who: string;
}

const GAP = "\u0000";

/** A source as it is read. */
export function sourceWords({ hand, who }: Source): string {
  const said = who.trim();
  if (!hand) return said;
  return said ? SAYS[hand](said) : HAND[hand]();
}

/** What a source says, if it was put together here; else its words. */
export function sourceOf(text: string): Source {
  const said = text.trim();
  for (const hand of HANDS) {
    if (said === HAND[hand]()) return { hand, who: "" };
    const [before = "", after = ""] = SAYS[hand](GAP).split(GAP);
    if (said.length > before.length + after.length && said.startsWith(before) && said.endsWith(after)) {
      return { hand, who: said.slice(before.length, said.length - after.length) };
    }
  }
  return { hand: null, who: said };
}
