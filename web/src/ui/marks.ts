import type { IconName } from "./icons";

/** Colour of the marker on a sheet: decoration only, the heading's words and icon carry the meaning. */
export type Mark = "worry" | "well" | "voice" | "next" | "plain";

/** Icon of a marker. */
export const ICON_OF: Record<Mark, IconName | undefined> = {
  worry: "cloud",
  well: "sun",
  voice: "bubble",
  next: "signpost",
  plain: undefined,
};
