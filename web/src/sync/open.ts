// Words of mine in a document that are not durable yet.

import * as Y from "yjs";
import type { Audience } from "../protocol/generated";
import type { Stood } from "./tray";

/** Open words of one text. */
export interface OpenWords {
  stood: Stood;
  /** Runs of letters of mine that are not durable. */
  runs: string[];
  /** The whole text as this device shows it. */
  whole: string;
  /** The text without the open letters. */
  without: string;
  /** The line itself is new and not durable. */
  isNew: boolean;
}

/** Letters of mine from this clock on, in every text of a board or plan document. */
export function openWords(doc: Y.Doc, audience: Audience, clock: number): OpenWords[] {
  const found: OpenWords[] = [];
  const look = (text: unknown, stood: () => Stood, line: Y.Map<unknown> | null): void => {
    if (!(text instanceof Y.Text)) return;
    const { runs, without } = split(text, doc.clientID, clock);
    if (!runs.length) return;
    const item = line?._item;
    const isNew = !!item && item.id.client === doc.clientID && item.id.clock >= clock;
    found.push({ stood: stood(), runs, whole: text.toString(), without, isNew });
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

/** True where this device alone wrote the letters that stand in a text, since its page was loaded. */
export function isAllMine(text: Y.Text, doc: Y.Doc): boolean {
  const { runs, without } = split(text, doc.clientID, 0);
  return runs.length > 0 && without === "";
}

function split(text: Y.Text, client: number, clock: number): { runs: string[]; without: string } {
  const runs: string[] = [];
  let without = "";
  let running = false;
  for (let item = text._start; item; item = item.right) {
    if (item.deleted || !item.countable) continue;
    const letters = (item.content as { str?: string }).str ?? "";
    const durable = item.id.client !== client ? letters.length : Math.min(letters.length, Math.max(0, clock - item.id.clock));
    if (durable > 0) {
      without += letters.slice(0, durable);
      running = false;
    }
    if (durable < letters.length) {
      const open = letters.slice(durable);
      if (running) runs[runs.length - 1] += open;
      else runs.push(open);
      running = true;
    }
  }
  return { runs, without };
}
