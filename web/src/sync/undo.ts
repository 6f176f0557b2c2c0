// "Undo my last" over all notes and rows of this session, whichever document they are in.
//
// Yjs keeps one undo manager per document; this one knows which of them holds the latest step. It takes back what was
// made here and nothing that others wrote: a note of mine in which somebody else has written stays.

import * as Y from "yjs";

/** Origin of everything this session writes; only such transactions can be undone. */
export class Mine {
  constructor(readonly from: unknown = null) {}
}

/** Edits of one pause in typing are one step. */
const STEP_MS = 500;

export class Undo {
  private readonly managers = new Map<Y.Doc, Y.UndoManager>();
  private steps = 0;
  private undoing: { step: { insertions: Parameters<typeof Y.isDeleted>[0] }; doc: Y.Doc } | null = null;

  constructor(private readonly changed: () => void = () => {}) {}

  /** Follows the given roots of a document. */
  follow(doc: Y.Doc, roots: Y.Map<unknown>[]): void {
    if (this.managers.has(doc)) return;
    const manager = new Y.UndoManager(roots, {
      captureTimeout: STEP_MS,
      trackedOrigins: new Set<unknown>([Mine]),
      deleteFilter: (item) => !this.holdsOthersWords(item),
    });
    const stamp = ({ stackItem, type }: { stackItem: { meta: Map<unknown, unknown> }; type: "undo" | "redo" }): void => {
      if (type === "undo") stackItem.meta.set(this, ++this.steps);
      this.changed();
    };
    manager.on("stack-item-added", stamp);
    manager.on("stack-item-updated", stamp);
    this.managers.set(doc, manager);
  }

  /** Lets go of a document; its steps can no longer be undone. */
  forget(doc: Y.Doc): void {
    this.managers.get(doc)?.destroy();
    this.managers.delete(doc);
    this.changed();
  }

  /** True when there is a step to take back. */
  get possible(): boolean {
    return [...this.managers.values()].some((manager) => manager.undoStack.length > 0);
  }

  /** Number of the latest step that can be taken back; it grows with each. 0 = there is none. */
  get latest(): number {
    return Math.max(0, ...[...this.managers.values()].map((manager) => Number(manager.undoStack.at(-1)?.meta.get(this) ?? 0)));
  }

  /** Takes the latest step back. */
  last(): boolean {
    let latest: { at: number; doc: Y.Doc; manager: Y.UndoManager } | null = null;
    for (const [doc, manager] of this.managers) {
      const at = Number(manager.undoStack.at(-1)?.meta.get(this) ?? 0);
      if (manager.undoStack.length && (!latest || at > latest.at)) latest = { at, doc, manager };
    }
    const step = latest?.manager.undoStack.at(-1);
    if (!latest || !step) return false;
    this.undoing = { step, doc: latest.doc };
    try {
      latest.manager.undo();
      latest.manager.clear(false, true);
    } finally {
      this.undoing = null;
      this.changed();
    }
    return true;
  }

  destroy(): void {
    for (const doc of [...this.managers.keys()]) this.forget(doc);
  }

  /** True for parts of a line made in the step being undone, once others have written in that line. */
  private holdsOthersWords(item: Y.Item): boolean {
    if (!this.undoing || item.parent instanceof Y.Text) return false;
    const line = lineOf(item);
    if (!line?._item || !Y.isDeleted(this.undoing.step.insertions, line._item.id)) return false;
    return hasOthersWords(line, this.undoing.doc.clientID);
  }
}

/** The note or row a block belongs to: the map that stands directly under a root. */
function lineOf(item: Y.Item): Y.Map<unknown> | null {
  let at: Y.Item | null = item;
  while (at) {
    const parent = at.parent as Y.AbstractType<unknown>;
    if (!parent._item) {
      const content = at.content as { type?: unknown };
      return content.type instanceof Y.Map ? content.type : null;
    }
    at = parent._item;
  }
  return null;
}

function hasOthersWords(line: Y.Map<unknown>, mine: number): boolean {
  for (const value of line.values()) {
    if (value instanceof Y.Map && hasOthersWords(value, mine)) return true;
    if (!(value instanceof Y.Text)) continue;
    for (let item = value._start; item; item = item.right) {
      if (!item.deleted && item.countable && item.id.client !== mine) return true;
    }
  }
  return false;
}
