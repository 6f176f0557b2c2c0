// A native textarea bound to a Y.Text.
//
// What it holds to: another's edit never moves my caret away from its left neighbour; a word that is being composed
// (IME, predictive keyboard) is left alone until it is finished, then lands where it was begun; what is sent is the
// smallest difference from what this element last agreed to, so it can never undo somebody else's edit; half of a
// surrogate pair is never sent.

import * as Y from "yjs";
import { WORDS_BYTES } from "../protocol/generated";
import { Mine } from "./undo";

/** How a binding asks for "undo my last". */
export interface Binding {
  /** Instead of the browser's own undo, which would take back others' words. */
  undo(): void;
  /** False while nothing may be written; the element then shows the document's words again. */
  mayWrite(): boolean;
  /** These words were not written: the text would be longer than one piece may be, or may not be written any more. */
  notTaken(words: string, why: "too-long" | "refused"): void;
}

const LOW_SURROGATE = /[\uDC00-\uDFFF]/;
const HIGH_SURROGATE = /[\uD800-\uDBFF]/;

/** The smallest replacement that turns `base` into `next`, given where the caret stands in `next`. */
export function difference(base: string, next: string, caret: number): { start: number; end: number; insert: string } {
  let tail = 0;
  // The caret stands behind what was typed: letters behind it are the same letters as before.
  const tailMost = Math.min(base.length, next.length - Math.min(caret, next.length));
  while (tail < tailMost && base[base.length - 1 - tail] === next[next.length - 1 - tail]) tail++;
  if (tail && LOW_SURROGATE.test(next[next.length - tail] ?? "")) tail--;
  let start = 0;
  const startMost = Math.min(base.length, next.length) - tail;
  while (start < startMost && base[start] === next[start]) start++;
  if (start && HIGH_SURROGATE.test(next[start - 1] ?? "")) start--;
  return { start, end: base.length - tail, insert: next.slice(start, next.length - tail) };
}

const utf8 = new TextEncoder();

/** Bytes of words as they travel. */
export function sizeOf(words: string): number {
  return utf8.encode(words).length;
}

/** Binds; the returned function unbinds, having handed over a word that was still being composed. */
export function bindTextarea(element: HTMLTextAreaElement, text: Y.Text, binding: Binding): () => void {
  const off = new AbortController();
  const on = (target: EventTarget, name: string, handler: (event: Event) => void): void =>
    target.addEventListener(name, handler, { signal: off.signal });
  const page = element.ownerDocument;
  const origin = new Mine(element);

  // Assoc -1: a position holds on to the letter on its left.
  const anchor = (index: number): Y.RelativePosition => Y.createRelativePositionFromTypeIndex(text, index, -1);
  const place = (position: Y.RelativePosition): number =>
    text.doc ? (Y.createAbsolutePositionFromRelativePosition(position, text.doc)?.index ?? 0) : 0;

  let composing = false;
  let selection: [Y.RelativePosition, Y.RelativePosition] | null = null;
  let anchors: Y.RelativePosition[] | null = null;
  let agreed = text.toString();

  const remember = (): void => {
    const limit = text.length;
    selection = [anchor(Math.min(element.selectionStart, limit)), anchor(Math.min(element.selectionEnd, limit))];
  };
  const show = (): void => {
    agreed = text.toString();
    if (element.value === agreed) return;
    const focused = page.activeElement === element;
    element.value = agreed;
    if (focused && selection) element.setSelectionRange(place(selection[0]), place(selection[1]));
  };
  const hand = (): void => {
    const next = element.value;
    if (next === agreed) return;
    const { start, end, insert } = difference(agreed, next, element.selectionEnd);
    if (!text.doc || !binding.mayWrite()) {
      if (insert.trim()) binding.notTaken(insert, "refused");
      return show();
    }
    // A line that is too long already may be made shorter, letter by letter.
    if (insert.length > end - start && sizeOf(next) > WORDS_BYTES) {
      binding.notTaken(insert, "too-long");
      return show();
    }
    const held = anchors;
    const now = (index: number): number => (held?.[index] ? place(held[index]) : index);
    const from = now(start);
    const to = now(end);
    text.doc.transact(() => {
      if (to > from) text.delete(from, to - from);
      if (insert) text.insert(from, insert);
    }, origin);
    // What others typed meanwhile is not on this screen yet: the caret goes by the letters, not by its index here.
    const typed = (at: number): number =>
      at < start ? now(at) : at <= start + insert.length ? from + at - start : now(at - insert.length + end - start);
    if (held) selection = [anchor(typed(element.selectionStart)), anchor(typed(element.selectionEnd))];
    agreed = next;
  };
  // Bound anew under the caret: its text goes on in the next edition. The caret keeps its place among the letters.
  const before = element.value;
  if (page.activeElement === element && before !== agreed) {
    const { start, end, insert } = difference(before, agreed, 0);
    const now = (at: number): number => (at <= start ? at : at < end ? start + insert.length : at + agreed.length - before.length);
    const [from, to] = [now(element.selectionStart), now(element.selectionEnd)];
    element.value = agreed;
    element.setSelectionRange(from, to);
  } else element.value = agreed;
  if (page.activeElement === element) remember();
  const finish = (): void => {
    hand();
    composing = false;
    anchors = null;
    show();
    remember();
  };

  const compose = (): void => {
    if (composing) return;
    composing = true;
    // Others may type while the word is composed: every place of the agreed words is held on to.
    anchors = Array.from({ length: agreed.length + 1 }, (_, index) => anchor(index));
  };
  on(element, "compositionstart", compose);
  // Bound while a word was already being composed.
  on(element, "compositionupdate", compose);
  on(element, "compositionend", finish);
  on(element, "input", (event) => {
    if (composing || (event as InputEvent).isComposing) return;
    hand();
    remember();
  });
  on(page, "selectionchange", () => {
    if (!composing && page.activeElement === element) remember();
  });
  on(element, "beforeinput", (event) => {
    const kind = (event as InputEvent).inputType;
    if (kind !== "historyUndo" && kind !== "historyRedo") return;
    event.preventDefault();
    if (kind === "historyUndo") binding.undo();
  });
  on(element, "keydown", (event) => {
    const key = event as KeyboardEvent;
    if (key.key.toLowerCase() !== "z" || key.altKey || !(key.ctrlKey || key.metaKey)) return;
    event.preventDefault();
    if (!key.shiftKey) binding.undo();
  });

  const changed = (_: Y.YTextEvent, transaction: Y.Transaction): void => {
    if (!composing && transaction.origin !== origin) show();
  };
  text.observe(changed);

  return () => {
    if (composing) finish();
    off.abort();
    text.unobserve(changed);
  };
}
