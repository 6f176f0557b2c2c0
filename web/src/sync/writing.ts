// What documents do for whoever writes in them: follow what can be undone, and let no word be lost when one goes away.
// A device that reads fetches none of it.

import type { Audience } from "../protocol/generated";
import { carryLine, carryWords, holdsStart, newLines, standsIn, stillHolds, type NewLine } from "./carry";
import type { OpenDocument } from "./document";
import type { Homeless, Left, Writing } from "./documents";
import { audienceOf, isPart } from "./names";
import { openWords, type OpenWords, type TakenAway } from "./open";
import { Removals } from "./removals";
import type { Why } from "./tray";
import { Undo } from "./undo";
import { carryValues, openValues, type OpenValues } from "./values";

export class Written implements Writing {
  readonly undo: Undo;
  private readonly removals = new WeakMap<OpenDocument, Removals>();

  constructor(changed: () => void) {
    this.undo = new Undo(changed);
  }

  follow(document: OpenDocument): void {
    const { kind } = document.parsed;
    const mayWrite = (): boolean => document.mayWrite;
    if (document.hasPens) this.removals.set(document, new Removals(document.doc, document.ledger));
    if (kind === "board") this.undo.follow(document.doc, [document.doc.getMap("notes")], mayWrite);
    if (kind === "plan") this.undo.follow(document.doc, [document.doc.getMap("rows"), document.doc.getMap("fields")], mayWrite);
  }

  forget(document: OpenDocument): void {
    this.undo.forget(document.doc);
  }

  left(document: OpenDocument, audience: Audience): Left {
    const { clock, doubtful } = document.ledger;
    const removals = this.removals.get(document);
    const takenAway: TakenAway = (id) => removals?.has(id) ?? false;
    const words = openWords(document.doc, audience, clock, takenAway, doubtful);
    return {
      lines: newLines(document.doc, audience, clock, doubtful),
      words,
      values: openValues(document.doc, audience, clock, takenAway),
    };
  }

  carry(left: Left, document: OpenDocument, all: readonly OpenDocument[]): Homeless[] {
    const came = carryLines(left, document, all);
    for (const one of left.values) carryValues(one, document.doc);
    const without = left.words
      .filter((words) => !came.has(lineOf(words)) && !carryWords(words, document.doc))
      .map((words): Homeless => ({ words, why: whyNot(words, standsIn(words.stood, document.doc)) }));
    return [...without, ...blank(left, came, all)];
  }

  refused({ lines, words, values }: Left): Homeless[] {
    const made = new Set(lines.map(({ id }) => id));
    // A line is moved by the app itself where somebody begins to write in it.
    const set = values.filter((one) => !made.has(one.line) && (one.words.trim() !== "" || [...one.values.keys()].some((key) => !PLACE.has(key))));
    return [
      ...words.map((one): Homeless => ({ words: one, why: "refused" })),
      ...set.map(notSet),
      ...blank({ lines, words, values }, NONE, []),
    ];
  }

  handOver(left: Left, from: OpenDocument, next: OpenDocument, all: readonly OpenDocument[]): Homeless[] {
    const { late } = from;
    const kin = all.filter(({ parsed, mayWrite }) => parsed.kind === from.parsed.kind && mayWrite);
    const parts = kin.filter(({ parsed }) => isPart(audienceOf(parsed)));
    // Words of a time when this device was off the line may be of the time when somebody was out: they go on in a part,
    // and to no document that those who came back may read.
    const homesOfLines = late ? parts : [...parts, ...kin.filter((document) => !parts.includes(document))];
    const homes = ({ stood, letters }: OpenWords): OpenDocument[] => {
      if (late || stood.in !== "field") return homesOfLines;
      // Every plan has the field. Its words are in the next edition, or went to a part.
      const after = next.mayWrite ? [next] : [];
      // The service took them before the words went to a part: the rest is of that time as well.
      const went = holdsStart(letters, stood, next.doc) ? [] : parts.filter(({ doc }) => holdsStart(letters, stood, doc));
      if (went.length) return went;
      return stillHolds(letters, stood, next.doc) ? after : [...parts, ...after];
    };
    const came = !late && next.mayWrite ? carryLines(left, next, all) : NONE;
    const unset = left.values.filter((one) => !homesOfLines.some(({ doc }) => carryValues(one, doc)));
    // A line that is in no document has nothing left to be labelled, moved or struck. One that those who came back read
    // stays as it is, and whoever set something there is told.
    const told = unset.filter(({ root, line }) => all.some(({ doc }) => doc.getMap(root).has(line))).map(notSet);
    const without = left.words.flatMap((words): Homeless[] => {
      if (came.has(lineOf(words))) return [];
      const stands = all.filter(({ doc }) => standsIn(words.stood, doc));
      if (homes(words).some((document) => stands.includes(document) && carryWords(words, document.doc))) return [];
      return [{ words, why: whyNot(words, stands.length > 0) }];
    });
    return [...told, ...without, ...blank(left, came, all)];
  }

  /** Keys of lines and fields with letters of mine that are not durable. */
  unsaved(document: OpenDocument): ReadonlySet<string> {
    const audience = audienceOf(document.parsed);
    if (document.ledger.waiting === 0 || !audience) return NONE;
    return new Set(openWords(document.doc, audience, document.ledger.clock).map(lineOf));
  }
}

const NONE: ReadonlySet<string> = new Set();

/** What says where a line stands among others. */
const PLACE: ReadonlySet<string> = new Set(["order", "section"]);

/**
 * Lines of mine that came with all their words. One that stands somewhere already was taken: in this document, where it
 * lacks what was typed since, or in a part, which is not read by those who read this one. One in doubt does not come: it
 * may have been taken off.
 */
function carryLines({ lines }: Left, document: OpenDocument, all: readonly OpenDocument[]): ReadonlySet<string> {
  const fresh = lines.filter((line) => !line.doubtful && !all.some(({ doc }) => doc.getMap(line.root).has(line.id)));
  return new Set(fresh.filter((line) => carryLine(line, document.doc)).map(({ id }) => id));
}

/** New lines without words that came nowhere. */
function blank({ lines, words }: Left, came: ReadonlySet<string>, all: readonly OpenDocument[]): Homeless[] {
  const told = new Set(words.map(lineOf));
  const gone = ({ root, id, value }: NewLine): boolean =>
    !came.has(id) && !told.has(id) && !all.some(({ doc }) => doc.getMap(root).has(id)) && Object.keys(value).some((key) => !PLACE.has(key) && key !== "text" && key !== "cells");
  return lines.filter(gone).map(({ stood }) => ({ words: { runs: [], stood }, why: "not-set" }));
}

function notSet({ words, stood }: OpenValues): Homeless {
  return { words: { runs: [words], stood }, why: "not-set" };
}

function whyNot({ stood, isNew, doubtful }: OpenWords, stands: boolean): Why {
  if (doubtful && (isNew || stood.in === "field")) return "in-doubt";
  return stood.in !== "field" && !isNew && !stands ? "taken-off" : "refused";
}

function lineOf({ stood }: OpenWords): string {
  return stood.in === "note" ? stood.note : stood.in === "cell" ? stood.row : stood.field;
}
