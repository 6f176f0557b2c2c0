/** Size of a wall’s letters, from the height of the picture and the distance of the last chair. */

import type { Screen } from "../../protocol/generated";

/** A capital letter covers this angle at the last chair: 20′ of arc, as ISO 9241-300 prefers. */
const ARC = ((20 / 60) * Math.PI) / 180;
/** Height of a capital in Atkinson Hyperlegible Next, in em. */
const CAPITAL = 0.668;
/** Below 4 % of the picture’s height a page holds too much to be read aloud; above 9 % a line holds too little. */
const LEAST = 4;
const MOST = 9;
/** A 55″ screen and a last chair at 5 m, where nothing better is known. */
export const USUAL_SCREEN: Screen = { height_mm: 685, distance_mm: 5000 }

/** Letter size in per cent of the picture’s height. */
export function letterHeight(screen: Screen | null | undefined): number {
  const { height_mm, distance_mm } = screen ?? USUAL_SCREEN;
  if (!(height_mm > 0) || !(distance_mm > 0)) return letterHeight(USUAL_SCREEN);
  const wanted = ((distance_mm * Math.tan(ARC)) / CAPITAL / height_mm) * 100;
  return Math.min(MOST, Math.max(LEAST, wanted));
}

/** Diagonal of a 16:9 screen in inches, as it is said in the room: "55". */
export function inches(screen: Screen | null | undefined): number {
  const { height_mm } = screen ?? USUAL_SCREEN;
  return Math.round((height_mm / 25.4) * (Math.sqrt(16 * 16 + 9 * 9) / 9));
}
