// "Undo my last" over all notes and rows of this session, whichever document they are in.
//
// Yjs keeps one undo manager per document; this one knows which of them holds the latest step. It takes back what was
// made here and nothing that others wrote: a note of mine in which somebody else has written stays. Where the latest
// step cannot be taken back any more, nothing is: an older one in its place may be of ten minutes ago, and out of sight.

import * as Y from "yjs";

/** Origin of everything this session writes; only such transactions can be undone. */
export class Mine {
  constructor(readonly from: unknown = null) {}
}

/** Edits of one pause in typing are one step. */
const STEP_MS = 500;

interface Followed {
  manager: Y.UndoManager;
  mayWrite: () => boolean;
}

export class Undo {
  private readonly followed = new Map<Y.Doc, Followed>();
  private steps = 0;
  /** Number of the latest step of those documents that were let go of. */
  private lost = 0;
  private undoing: { step: { insertions: Parameters<typeof Y.isDeleted>[0] }; doc: Y.Doc } | null = null;

  constructor(private readonly changed: () => void = () => {}) {}

  /** Follows the given roots of a document; its steps are taken back while it may be written in. */
  follow(doc: Y.Doc, roots: Y.Map<unknown>[], mayWrite: () => boolean = () => true): void {
    if (this.followed.has(doc)) return;
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
    this.followed.set(doc, { manager, mayWrite });
  }

  /** Lets go of a document; its steps can no longer be undone, nor those before them. */
  forget(doc: Y.Doc): void {
    const one = this.followed.get(doc);
    if (one) this.lost = Math.max(this.lost, this.stepOf(one));
    one?.manager.destroy();
    this.followed.delete(doc);
    this.changed();
  }

  /** True when there is a step to take back. */
  get possible(): boolean {
    return this.next() !== null;
  }

  /** Number of the latest step, also of one that cannot be taken back any more; it grows with each. 0 = there is none. */
  get latest(): number {
    return Math.max(this.lost, ...[...this.followed.values()].map((one) => this.stepOf(one)));
  }

  /** Takes the latest step back. */
  last(): boolean {
    const latest = this.next();
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
    for (const doc of [...this.followed.keys()]) this.forget(doc);
  }

  /** Number of the latest step in a document. */
  private stepOf({ manager }: Followed): number {
    return Number(manager.undoStack.at(-1)?.meta.get(this) ?? 0);
  }

  /** Where the latest step of all is; null where it cannot be taken back. */
  private next(): { doc: Y.Doc; manager: Y.UndoManager } | null {
    const { latest } = this;
    if (latest === this.lost) return null;
    for (const [doc, one] of this.followed) {
      if (this.stepOf(one) === latest) return one.mayWrite() ? { doc, manager: one.manager } : null;
    }
    return null;
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
