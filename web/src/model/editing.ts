// Textareas on Y.Texts: one attachment per text, and who-writes-where from what is typed.

import type * as Y from "yjs";
import type { OpenDocument } from "../sync/document";
import { audienceOf } from "../sync/names";
import { bindTextarea } from "../sync/text";
import type { Stood } from "../sync/tray";
import type { Undo } from "../sync/undo";
import type { Edit } from "./types";
import { textFor } from "./write";

/** "Is writing in line n" changes at most this often. */
const SAY_EVERY_MS = 2_000;
/** Somebody who has typed nothing for this long writes no more. */
const IDLE_MS = 8_000;

export class Editing {
  private readonly edits = new WeakMap<Y.Text, Edit>();
  private readonly unmade = new WeakMap<OpenDocument, Map<string, Edit>>();
  private at: { document: OpenDocument; line: string } | null = null;
  private said: OpenDocument | null = null;
  private saidAt = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private idle: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly undo: Undo,
    /** Words that were typed and not written. */
    private readonly notTaken: (words: string, stood: Stood, why: "too-long" | "refused") => void,
    /** Letters stand in another text now: draw before the next key is pressed. */
    private readonly moved: () => void,
  ) {}

  /** Attaches to a text. */
  of(document: OpenDocument, line: string, text: Y.Text): Edit {
    let edit = this.edits.get(text);
    if (!edit) {
      edit = (element) => this.bind(element, document, line, text);
      this.edits.set(text, edit);
    }
    return edit;
  }

  /** Attaches to a text that is made with the first letter. */
  ofNew(document: OpenDocument, line: string, root: "rows" | "fields", path: string[]): Edit {
    let edits = this.unmade.get(document);
    if (!edits) this.unmade.set(document, (edits = new Map()));
    const key = [root, ...path].join("/");
    let edit = edits.get(key);
    if (!edit) {
      edit = (element) => {
        let off: (() => void) | null = null;
        element.value = "";
        const begin = (event: Event): void => {
          const text = document.mayWrite ? textFor(document.doc, root, path, this.moved) : null;
          // Nothing that is typed here would be kept: it is not shown either.
          if (!text) return event.preventDefault();
          element.removeEventListener("beforeinput", begin);
          off = this.bind(element, document, line, text);
        };
        element.addEventListener("beforeinput", begin);
        return () => {
          element.removeEventListener("beforeinput", begin);
          off?.();
        };
      };
      edits.set(key, edit);
    }
    return edit;
  }

  /** I write in this line; null = in none. Told at once, then at most every two seconds. */
  writing(document: OpenDocument | null, line: string | null): void {
    this.at = document && line !== null && document.mayWrite ? { document, line } : null;
    if (this.idle) clearTimeout(this.idle);
    this.idle = this.at ? setTimeout(() => this.writing(null, null), IDLE_MS) : null;
    if (this.timer) return;
    this.timer = setTimeout(() => this.say(), Math.max(0, this.saidAt + SAY_EVERY_MS - Date.now()));
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    if (this.idle) clearTimeout(this.idle);
    this.timer = this.idle = null;
    this.at = this.said = null;
  }

  private say(): void {
    this.timer = null;
    this.saidAt = Date.now();
    if (this.said && this.said !== this.at?.document) this.said.writing(null);
    this.said = this.at?.document ?? null;
    this.said?.writing(this.at?.line ?? null);
  }

  private bind(element: HTMLTextAreaElement, document: OpenDocument, line: string, text: Y.Text): () => void {
    const off = bindTextarea(element, text, {
      undo: () => void this.undo.last(),
      mayWrite: () => document.mayWrite,
      notTaken: (words, why) => this.notTaken(words, stoodOf(document, line, text), why),
    });
    const typed = (): void => this.writing(document, line);
    const left = (): void => this.writing(null, null);
    element.addEventListener("input", typed);
    element.addEventListener("blur", left);
    const end = (): void => {
      if (!document.bound.delete(end)) return;
      element.removeEventListener("input", typed);
      element.removeEventListener("blur", left);
      if (this.at?.line === line && this.at.document === document) left();
      off();
    };
    document.bound.add(end);
    return end;
  }
}

/** Where a text stands, by its place in the document. */
function stoodOf(document: OpenDocument, line: string, text: Y.Text): Stood {
  const audience = audienceOf(document.parsed) ?? "all";
  const parent = text.parent as Y.Map<unknown>;
  if (document.parsed.kind === "board") return { in: "note", note: line, section: String(parent.get("section") ?? ""), audience };
  const key = text._item?.parentSub ?? "";
  return parent === document.doc.getMap("fields") ? { in: "field", field: key, audience } : { in: "cell", row: line, column: key, audience };
}
