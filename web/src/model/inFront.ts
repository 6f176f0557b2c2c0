/** Who had something in front of them, as the service knows it (P4). */

import type { TakeOff } from "../protocol/generated";
import type { Act, Meeting } from "./screen";
import type { Attendee, Desk } from "./types";

function idOf(what: TakeOff): string {
  switch (what.kind) {
    case "note": return what.note;
    case "row": return what.row;
    case "offer": return what.offer;
    case "field": return `${what.audience} ${what.field}`;
  }
}

/** Null until the desk was told about this very thing. The desk that asks is none of them. */
export function inFrontOf(desk: Desk | null, what: TakeOff, me: string | null): { people: Attendee[]; walls: number } | null {
  const told = desk?.hand.inFront;
  if (!desk || !told || told.what.kind !== what.kind || idOf(told.what) !== idOf(what)) return null;
  const had = (id: string): boolean => told.people.includes(id);
  return { people: desk.people.filter((person) => person.id !== me && had(person.id)), walls: desk.walls.filter((wall) => had(wall.attendee)).length };
}

/** What the question before something is taken off needs. Only the desk is told who had it. */
export function takingOff(meeting: Meeting, act: Act, what: TakeOff) {
  return {
    saw: meeting.desk ? inFrontOf(meeting.desk, what, meeting.seat?.attendee ?? null) : undefined,
    alone: !meeting.desk && what.kind !== "offer",
    ask: () => void (meeting.desk && act({ do: "who-had", what })),
    yes: () => act({ do: "take-off", what }),
  };
}
