/** My part in the round that is on the screens. */
import type { Meeting } from "../model/screen";
import { takesNotes } from "../model/rounds.svelte";
import type { RoundView } from "../model/types";
import { page } from "./casting";
import { OwnNote } from "./ownNote.svelte";
import { sealed } from "./sealed";

/** Whether this page asks for a number now: only its person is to look at it. */
export function isPadOpen(round: RoundView, note: OwnNote): boolean {
  return takesNotes(round) && (note.stands === "ready" || note.stands === "asking") && (!note.handed || note.writing);
}

/** My note in a round, for as long as this page shows it; `end` lets go of it. */
export function noteOf(meeting: Meeting, attendee: string, round: RoundView): { note: OwnNote; end: () => void } {
  const note = new OwnNote(round, {
    ...page, attendee, sealed, conference: meeting.rounds.conference, store: sessionStorage, ask: (command) => meeting.command(command),
  });
  const flush = (): void => note.flush();
  addEventListener("pagehide", flush);
  const end = (): void => {
    removeEventListener("pagehide", flush);
    note.stop();
  };
  return { note, end };
}
