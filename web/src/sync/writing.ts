// What documents do for whoever writes in them: follow what can be undone, and let no word be lost when one goes away.
// A device that reads fetches none of it.

import type { Audience } from "../protocol/generated";
import { carryLine, carryWords, newLines } from "./carry";
import type { OpenDocument } from "./document";
import type { Left, Writing } from "./documents";
import { audienceOf } from "./names";
import { type OpenWords, openWords } from "./open";
import { Undo } from "./undo";

export class Written implements Writing {
  readonly undo: Undo;

  constructor(changed: () => void) {
    this.undo = new Undo(changed);
  }

  follow(document: OpenDocument): void {
    const { kind } = document.parsed;
    if (kind === "board") this.undo.follow(document.doc, [document.doc.getMap("notes")]);
    if (kind === "plan") this.undo.follow(document.doc, [document.doc.getMap("rows"), document.doc.getMap("fields")]);
  }

  forget(document: OpenDocument): void {
    this.undo.forget(document.doc);
  }

  left(document: OpenDocument, audience: Audience): Left {
    const { clock } = document.ledger;
    return { lines: newLines(document.doc, clock), words: openWords(document.doc, audience, clock) };
  }

  carry(left: Left, document: OpenDocument): OpenWords[] {
    for (const line of left.lines) carryLine(line, document.doc);
    return left.words.filter((words) => !words.isNew && !carryWords(words, document.doc));
  }

  /** Keys of lines and fields with letters of mine that are not durable. */
  unsaved(document: OpenDocument): ReadonlySet<string> {
    const audience = audienceOf(document.parsed);
    if (document.ledger.waiting === 0 || !audience) return NONE;
    return new Set(openWords(document.doc, audience, document.ledger.clock).map(({ stood }) =>
      stood.in === "note" ? stood.note : stood.in === "cell" ? stood.row : stood.field));
  }
}

const NONE: ReadonlySet<string> = new Set();
