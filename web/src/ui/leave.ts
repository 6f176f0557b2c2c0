import { command } from "../api/client";
import { newId } from "../api/secrets";

/** Safe leave (P6): the desk is told by a request that outlives the page, and a neutral page takes this one's place. */
export function leave(attendee?: string): void {
  if (attendee !== undefined) void command(attendee, { id: newId(), command: { do: "leave" } }, true);
  // The words go from the screen and from memory at once: a slow network keeps the old page until the new one comes.
  dispatchEvent(new Event("pagehide"));
  dispatchEvent(new Event("leave"));
  // A new document, not a page of the app: whatever is left in memory goes with the old one.
  location.replace("/gone");
}
