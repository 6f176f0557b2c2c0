/** Colour of the marker on a sheet: decoration only, the heading's words and icon carry the meaning. */
export type Mark = "worry" | "well" | "voice" | "next" | "plain";
