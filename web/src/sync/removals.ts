// Letters that were taken away here and that the service may still have: an edit that only deletes has no clock of its
// own, so the ledger alone cannot tell which of them are durable.

import * as Y from "yjs";
import type { Ledger } from "./ledger";

type Deletes = Y.Transaction["deleteSet"];

export class Removals {
  /** Changes of this device since this has been watching. */
  private made = 0;
  private open: { at: number; deletes: Deletes }[] = [];

  constructor(doc: Y.Doc, private readonly ledger: Ledger) {
    doc.on("update", (_update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
      if (!transaction.local) return;
      this.made += 1;
      this.forgetDurable();
      if (transaction.deleteSet.clients.size) this.open.push({ at: this.made, deletes: transaction.deleteSet });
    });
  }

  /** Whether the service may still have this letter. */
  has(id: Y.ID): boolean {
    this.forgetDurable();
    return this.open.some(({ deletes }) => Y.isDeleted(deletes, id));
  }

  private forgetDurable(): void {
    const durable = this.made - this.ledger.waiting;
    this.open = this.open.filter(({ at }) => at > durable);
  }
}
