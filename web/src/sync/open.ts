// Words of mine in a document that are not durable yet.

import * as Y from "yjs";
import type { Audience } from "../protocol/generated";
import type { Letter } from "./rebase";
import type { Stood } from "./tray";

/** Open words of one text. */
export interface OpenWords {
  stood: Stood;
  /** Runs of letters of mine that are not durable. */
  runs: string[];
  /** The text, letter by letter. */
  letters: Letter[];
  /** The line itself is new and not durable. */
  isNew: boolean;
  /** Some of them went out before the line broke. */
  doubtful: boolean;
}

/** Whether a letter was taken away here and the service may still have it. */
export type TakenAway = (id: Y.ID) => boolean;

/** What I wrote from this clock on and took away, in every text of a board or plan document. */
export function openWords(doc: Y.Doc, audience: Audience, clock: number, takenAway: TakenAway = () => false, doubtful = 0): OpenWords[] {
  const found: OpenWords[] = [];
  const look = (text: unknown, stood: () => Stood, line: Y.Map<unknown> | null): void => {
    if (!(text instanceof Y.Text)) return;
    const parts = split(text, doc.clientID, clock, takenAway);
    if (parts.letters.every(({ is }) => is === "kept")) return;
    const item = line?._item;
    const isNew = !!item && item.id.client === doc.clientID && item.id.clock >= clock;
    found.push({ stood: stood(), ...parts, isNew, doubtful: parts.letters.some(({ is, clock }) => is === "open" && clock < doubtful) });
  };
  for (const [note, value] of doc.getMap<unknown>("notes")) {
    if (!(value instanceof Y.Map)) continue;
    look(value.get("text"), () => ({ in: "note", note, section: String(value.get("section") ?? ""), audience }), value);
  }
  for (const [row, value] of doc.getMap<unknown>("rows")) {
    const cells = value instanceof Y.Map ? value.get("cells") : null;
    if (!(cells instanceof Y.Map)) continue;
    for (const [column, text] of cells) look(text, () => ({ in: "cell", row, column, audience }), value as Y.Map<unknown>);
  }
  for (const [field, text] of doc.getMap<unknown>("fields")) look(text, () => ({ in: "field", field, audience }), null);
  return found;
}

function split(text: Y.Text, client: number, clock: number, takenAway: TakenAway): Pick<OpenWords, "runs" | "letters"> {
  const runs: string[] = [];
  const letters: Letter[] = [];
  let running = false;
  for (let item = text._start; item; item = item.right) {
    let at = item.id.clock;
    for (const letter of (item.content as { str?: string }).str ?? "") {
      const isOpen = item.id.client === client && at >= clock;
      const is = item.deleted ? "gone" : isOpen ? "open" : "kept";
      if (is === "open") {
        if (running) runs[runs.length - 1] += letter;
        else runs.push(letter);
      }
      if (is !== "gone") running = is === "open";
      if (is !== "gone" || isOpen || takenAway(Y.createID(item.id.client, at))) letters.push({ letter, is, clock: at });
      at += letter.length;
    }
  }
  return { runs, letters };
}
