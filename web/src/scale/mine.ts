/** My part in the round that is on the screens. */
import type { Meeting } from "../model/screen";
import type { RoundView } from "../model/types";
import { page } from "./casting";
import { OwnNote } from "./ownNote.svelte";
import { sealed } from "./sealed";

/** Whether this page asks for a number now: only its person is to look at it. */
export function isPadOpen(round: RoundView, note: OwnNote, changing = false): boolean {
  const takes = round.state === "open" || round.state === "closing";
  return takes && (note.stands === "ready" || note.stands === "asking") && (!note.handed || changing);
}

/** My note in a round, for as long as this page shows it. */
export function noteOf(meeting: Meeting, attendee: string, round: RoundView): OwnNote {
  return new OwnNote(round, {
    ...page, attendee, sealed, conference: meeting.rounds.conference, store: sessionStorage, ask: (command) => meeting.command(command),
  });
}
