import type { Audience, NoteId, RowId } from "../protocol/generated";
/** Where words stood that the service did not take. */
export type Place =
  | { in: "note"; note: NoteId; section: string; audience: Audience }
  | { in: "cell"; row: RowId; column: string; audience: Audience }
  | { in: "field"; field: string; audience: Audience };

/** Words of this device that were not taken. */
export interface NotTaken {
  /** Of the tray, not of a document. */
  id: string;
  words: string;
  stood: Place;
  /** UTC milliseconds. */
  time: number;
}
