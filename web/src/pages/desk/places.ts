/** Where a name stands in free text, so that it can be put right one press at a time (P21). */

import type { Act, Meeting } from "../../model/screen";
import { allSections } from "../../model/sheet";
import type { NoteView } from "../../model/types";
import { putWords } from "./putWords";

/** The parts of a name by which somebody is called in a sentence: the whole, the first, the last. */
export function partsOf(name: string): string[] {
  const parts = name.trim().split(/\s+/);
  const all = [name.trim(), parts[0] ?? "", parts.length > 1 ? (parts.at(-1) ?? "") : ""];
  return [...new Set(all.filter((part) => part.length > 1))];
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The pairs of old and new that a correction makes: whole name first, so that it is not taken apart. */
export function pairsOf(before: string, after: string): [string, string][] {
  const old = before.trim().split(/\s+/);
  const now = after.trim().split(/\s+/);
  const pairs: [string, string][] = [[before.trim(), after.trim()]];
  if (old[0] && now[0] && old[0] !== now[0]) pairs.push([old[0], now[0]]);
  const [oldLast, nowLast] = [old.length > 1 ? old.at(-1) : undefined, now.length > 1 ? now.at(-1) : undefined];
  if (oldLast && nowLast && oldLast !== nowLast) pairs.push([oldLast, nowLast]);
  return pairs.filter(([from, to]) => from.length > 1 && from !== to);
}

/** The words with the name put right; whole words only, so that "Mar" in "Marek" stays. */
export function putRight(words: string, pairs: readonly [string, string][]): string {
  return pairs.reduce((text, [from, to]) => text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${escaped(from)}(?![\\p{L}\\p{N}])`, "gu"), to), words);
}

/** What of a meeting may hold a name. */
export type Where = Pick<Meeting, "rows" | "fields" | "desk" | "framework" | "sections">;

/** One place in which the old name stands, and how it is put right there. */
export interface Place {
  id: string;
  words: string;
  /** What it is, beside the words; none for a line of a sheet. */
  what: "line" | "quote" | "source" | "speaker" | "held" | "plan" | "who" | "when" | "field" | "offer" | "locked";
  /** The words put right. */
  right: string;
  /** The line, where locked words stand: its author's yes is asked (P21). */
  note: NoteView | null;
  /** Puts it right; null where only its author may, or nobody can before it stands on a sheet. */
  mend: ((meeting: Mending, act: Act) => unknown) | null;
}
type Mending = Pick<Meeting, "source" | "setWho" | "setWhen">;

/** Every place in which the old name stands (P21): lines, quotes and who said them, sources, the plan with who and by when,
 * its fixed fields, held lines, offers. */
export function placesOf(meeting: Where, pairs: readonly [string, string][]): Place[] {
  const found: Place[] = [];
  const put = (id: string, what: Place["what"], words: string | null | undefined, mend: (right: string) => Place["mend"], note: NoteView | null = null): void => {
    const right = words ? putRight(words, pairs) : "";
    if (words && right !== words) found.push({ id, what, words, right, note, mend: mend(right) });
  };
  for (const section of allSections(meeting.framework)) {
    for (const note of meeting.sections(section.key)) {
      const { record, edit } = note;
      if (!record) put(note.id, "line", note.words, (right) => (edit ? () => putWords(edit, right) : null));
      else if (record.readBack) put(note.id, "locked", note.words, () => null, note);
      else put(note.id, "quote", note.words, (right) => (_, act) => act({ do: "requote", record: record.id, words: right }));
      if (record?.speaker) put(`${note.id} speaker`, "speaker", record.speaker, (right) => (_, act) => act({ do: "speaker", record: record.id, speaker: right }));
      put(`${note.id} source`, "source", note.source, (right) => (note.mine ? (to) => to.source(note.id, right) : null));
    }
  }
  for (const row of meeting.rows) {
    for (const [column, text] of Object.entries(row.cells)) {
      const edit = row.text(column);
      put(`${row.id} ${column}`, "plan", text, (right) => (edit ? () => putWords(edit, right) : null));
    }
    const said = row.who.flatMap((who) => ("words" in who ? [who.words] : [])).join(", ");
    put(`${row.id} who`, "who", said, () => (row.mine ? (to) => to.setWho(row.id, row.who.map((who) => ("words" in who ? { words: putRight(who.words, pairs) } : who))) : null));
    put(`${row.id} when`, "when", row.when.words, (right) => (row.mine ? (to) => to.setWhen(row.id, { ...row.when, words: right }) : null));
  }
  for (const field of meeting.fields) {
    const { edit } = field;
    put(`${field.key} ${field.audience}`, "field", field.words, (right) => (edit ? () => putWords(edit, right) : null));
  }
  for (const line of meeting.desk?.held ?? []) put(line.id, "held", line.words, (right) => (_, act) => act({ do: "rewrite-held", held: line.id, words: right, was: line.words }));
  for (const offer of meeting.desk?.offers ?? []) {
    const words = offer.what.kind === "row" ? Object.values(offer.what.cells).filter(Boolean).join(" · ") : offer.what.words;
    put(offer.id, "offer", words, () => null);
  }
  return found;
}
