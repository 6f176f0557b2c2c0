/** "Undo my last" over what was done by a command: taken back where that can be done, and said where it cannot (P22). */

import type { Act, Meeting } from "../../model/screen";
import type { Command, NoteId } from "../../protocol/generated";
import { newId } from "../../api/secrets";
import { words } from "../../words";

/** The last act of this desk that changed what stands on a sheet. */
export interface LastAct {
  what: string;
  /** Number of the latest step of writing when it was done: a later one is undone before it. */
  after: number;
  /** Null where it cannot be taken back. */
  back: ((act: Act) => Promise<boolean>) | null;
}

type Stood = Pick<Meeting, "note" | "desk" | "orderAfter" | "sections">;

/** What an act is for undoing; null for acts that change no words on a sheet. Read before it is done. */
export function lastOf(command: Command, meeting: Stood): Omit<LastAct, "after"> | null {
  switch (command.do) {
    case "hold": {
      const line = meeting.note(command.note);
      const order = line?.order ?? "";
      const back = line ? (act: Act) => act({ do: "release", held: command.held, note: newId(), order: order || meeting.orderAfter(line.section) }) : null;
      return { what: words("desk-did-hold"), back };
    }
    case "release":
      return { what: words("desk-did-release"), back: (act) => act({ do: "hold", note: command.note, held: newId() }) };
    case "quote":
      return { what: words("desk-did-quote"), back: (act) => act({ do: "put-back", note: command.note }) };
    case "accept": {
      const offer = meeting.desk?.offers.find((one) => one.id === command.offer);
      if (offer?.what.kind !== "note") return { what: words("desk-did-accept-row"), back: null };
      const section = command.section ?? offer.what.section ?? "";
      const before = new Set<NoteId>(meeting.sections(section).map((note) => note.id));
      const back = async (act: Act): Promise<boolean> => {
        const line = meeting.sections(section).find((note) => !before.has(note.id) && note.order === command.order && note.record?.kind === "offered");
        return line ? act({ do: "put-back", note: line.id }) : false;
      };
      return { what: words("desk-did-accept"), back };
    }
    case "read-back": return { what: words("desk-did-read-back"), back: null };
    case "take-off": return { what: words("desk-did-take-off"), back: null };
    case "drop-held": return { what: words("desk-did-drop-held"), back: null };
    case "decline": return { what: words("desk-did-decline"), back: null };
    case "requote": return { what: words("desk-did-requote"), back: null };
    case "reword": return { what: words("desk-did-reword"), back: null };
    default: return null;
  }
}
