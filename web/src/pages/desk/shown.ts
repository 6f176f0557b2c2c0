/** Which dialog of the desk is open. */
export type Shown = "resume" | "close" | "keys" | "pair" | "recording" | "convene" | "places" | null;
