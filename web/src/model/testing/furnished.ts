// A room in memory with a stage, two people and empty sheets, for tests of a meeting.

import type { Access } from "../../protocol/generated";
import { quiet, Room } from "../../sync/testing/room";

export const ME = "a000000000000000";
export const OTHER = "b000000000000000";

const FRAMEWORK = {
  key: "lbh",
  phases: [{ key: "worries", label: "What are we worried about?" }],
  sheets: [],
  plan: {
    label: "The Plan",
    columns: [
      { key: "outcome", label: "Outcome", holds: "words" },
      { key: "who", label: "Who", holds: "who" },
      { key: "how", label: "How", holds: "words" },
    ],
    fields: [{ key: "contingency", label: "Contingency", required: true }],
  },
};

/** What the only attendee of the room may read and write. */
export function seat(room: Room, access: Access, extra: Record<string, Access> = {}): void {
  room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", "board.all": access, "plan.all": access, ...extra });
}

export function furnished(): Room {
  const room = new Room();
  room.put("stage", "stage", { title: "Initial conference", phase: "worries", paused: false, closed: false });
  room.put("stage", "framework", { text: FRAMEWORK });
  room.put("stage", "meta", { schema: 1, seq: 1 });
  room.put("proceedings.all", "conference", { heading: "Kacper and Lena" });
  room.put("proceedings.all", "roll", {
    [OTHER]: { name: "Dr Shah", role: "gp", words: "GP", agency: "Surgery", place: "call", family: false, pen: true, standing: "here", device: true, n: 1 },
    [ME]: { name: "Ewa", role: "parent", words: "mother", agency: null, place: "room", family: true, pen: true, standing: "here", device: true, n: 2 },
  });
  room.put("proceedings.all", "children", { k: { first_name: "Kacper", name: "Kacper N", n: 0 } });
  room.put(`seat.${ME}`, "seat", { standing: "here", page: "meet", name: "Ewa", role: "parent", words: "mother", pen: true, place: "room", asks: [] });
  for (const rest of ["board.all", "plan.all", "record.all"]) room.doc(rest);
  seat(room, "write");
  return room;
}

/** Everything has arrived and been drawn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) {
    await quiet();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
