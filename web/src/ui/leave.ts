import { command } from "../api/client";
import { newId } from "../api/secrets";

/** Safe leave (P6): the desk is told by a request that outlives the page, and a neutral page takes this one's place. */
export function leave(attendee?: string): void {
  if (attendee !== undefined) void command(attendee, { id: newId(), command: { do: "leave" } }, true);
  // A new document, not a page of the app: whatever was in memory goes with the old one.
  location.replace("/gone");
}
