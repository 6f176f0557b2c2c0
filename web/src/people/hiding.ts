/** From whom it can be hidden who is in the room and who on the call (P1). The desk always knows. */

import "../words/hiding";
import type { Audience } from "../protocol/generated";
import { words } from "../words";

type Hides = "all" | "family" | "professionals";

export const HIDES: readonly Hides[] = ["family", "professionals", "all"];

export const HIDES_FROM: Record<Hides, () => string> = {
  family: () => words("hide-family"),
  professionals: () => words("hide-professionals"),
  all: () => words("hide-all"),
};

/** The list with one audience put in or taken out; "everybody" holds the others. */
export function nextHidden(now: readonly Audience[], pressed: Audience): Audience[] {
  if (now.includes(pressed)) return now.filter((one) => one !== pressed);
  return pressed === "all" ? ["all"] : [...now.filter((one) => one !== "all"), pressed];
}
