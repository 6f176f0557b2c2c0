// What documents do for whoever writes in them: follow what can be undone, and let no word be lost when one goes away.
// A device that reads fetches none of it.

import * as Y from "yjs";
import type { Audience } from "../protocol/generated";
import { carryLine, carryWords, newLines, standsIn, stillHolds } from "./carry";
import type { OpenDocument } from "./document";
import type { Homeless, Left, Writing } from "./documents";
import { audienceOf, isPart } from "./names";
import { openWords, type OpenWords, type TakenAway } from "./open";
import { Removals } from "./removals";
import type { Stood } from "./tray";
import { Undo } from "./undo";
import { carryValues, openValues } from "./values";

export class Written implements Writing {
  readonly undo: Undo;
  private readonly removals = new WeakMap<OpenDocument, Removals>();

  constructor(changed: () => void) {
    this.undo = new Undo(changed);
  }

  follow(document: OpenDocument): void {
    const { kind } = document.parsed;
    if (document.hasPens) this.removals.set(document, new Removals(document.doc, document.ledger));
    if (kind === "board") this.undo.follow(document.doc, [document.doc.getMap("notes")]);
    if (kind === "plan") this.undo.follow(document.doc, [document.doc.getMap("rows"), document.doc.getMap("fields")]);
  }

  forget(document: OpenDocument): void {
    this.undo.forget(document.doc);
  }

  left(document: OpenDocument, audience: Audience): Left {
    const { clock } = document.ledger;
    const removals = this.removals.get(document);
    const takenAway: TakenAway = (id) => removals?.has(id) ?? false;
    const words = openWords(document.doc, audience, clock, takenAway);
    return { lines: newLines(document.doc, clock), words, values: openValues(document.doc, clock, takenAway) };
  }

  carry(left: Left, document: OpenDocument): Homeless[] {
    const came = carryLines(left, document);
    for (const one of left.values) carryValues(one, document.doc);
    return left.words
      .filter((words) => !came.has(lineOf(words)) && !carryWords(words, document.doc))
      .map((words) => ({ words, why: words.stood.in !== "field" && !standsIn(words.stood, document.doc) ? "taken-off" : "refused" }));
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
      return stillHolds(letters, stood, next.doc) ? after : [...parts, ...after];
    };
    const came = !late && next.mayWrite ? carryLines(left, next) : NONE;
    const unset = left.values.filter((one) => !homesOfLines.some(({ doc }) => carryValues(one, doc)));
    // A line that is in no document has nothing left to be labelled, moved or struck. One that those who came back read
    // stays as it is, and whoever set something there is told.
    const told = unset.flatMap(({ root, line, values }): Homeless[] => {
      const there = all.map(({ doc }) => doc.getMap<unknown>(root).get(line)).find((map) => map instanceof Y.Map);
      return there && values.size ? [{ words: { runs: [wordsOf(there)], stood: stoodOf(root, line, there, audienceOf(next.parsed) ?? "all") }, why: "not-set" }] : [];
    });
    return told.concat(left.words.flatMap((words): Homeless[] => {
      if (came.has(lineOf(words))) return [];
      const stands = all.filter(({ doc }) => standsIn(words.stood, doc));
      const takenOff = words.stood.in !== "field" && !words.isNew && stands.length === 0;
      if (homes(words).some((document) => stands.includes(document) && carryWords(words, document.doc))) return [];
      return [{ words, why: takenOff ? "taken-off" : "refused" }];
    }));
  }

  /** Keys of lines and fields with letters of mine that are not durable. */
  unsaved(document: OpenDocument): ReadonlySet<string> {
    const audience = audienceOf(document.parsed);
    if (document.ledger.waiting === 0 || !audience) return NONE;
    return new Set(openWords(document.doc, audience, document.ledger.clock).map(lineOf));
  }
}

const NONE: ReadonlySet<string> = new Set();

/** Lines of mine that came with all their words; one that stands there already lacks what was typed since. */
function carryLines({ lines }: Left, document: OpenDocument): ReadonlySet<string> {
  return new Set(lines.filter((line) => carryLine(line, document.doc)).map(({ id }) => id));
}

/** Words of a note, or of a row's cells; none where they are a record's, or not written yet. */
function wordsOf(line: Y.Map<unknown>): string {
  const cells: unknown = line.get("cells");
  return cells instanceof Y.Map ? [...cells.values()].map(String).filter(Boolean).join(" · ") : String(line.get("text") ?? "");
}

function stoodOf(root: "notes" | "rows", line: string, map: Y.Map<unknown>, audience: Audience): Stood {
  return root === "notes" ? { in: "note", note: line, section: String(map.get("section") ?? ""), audience } : { in: "cell", row: line, column: "", audience };
}

function lineOf({ stood }: OpenWords): string {
  return stood.in === "note" ? stood.note : stood.in === "cell" ? stood.row : stood.field;
}
