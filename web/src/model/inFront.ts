/** Who had something in front of them, as the service knows it (P4). */

import type { TakeOff } from "../protocol/generated";
import type { Attendee, Desk, WallView } from "./types";

const idOf = (what: TakeOff): string => (what.kind === "note" ? what.note : what.kind === "row" ? what.row : what.offer);

/** Null until the desk was told about this very thing. The desk that asks is none of them. */
export function inFrontOf(desk: Desk | null, what: TakeOff, me: string | null): { people: Attendee[]; walls: WallView[] } | null {
  const told = desk?.hand.inFront;
  if (!desk || !told || told.what.kind !== what.kind || idOf(told.what) !== idOf(what)) return null;
  const had = (id: string): boolean => told.people.includes(id);
  return { people: desk.people.filter((person) => person.id !== me && had(person.id)), walls: desk.walls.filter((wall) => had(wall.attendee)) };
}
