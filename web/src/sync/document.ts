// One open document: its Y.Doc, its provider, its ledger, and what the present socket knows of it.

import { HocuspocusProvider } from "@hocuspocus/provider";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import type { Access, DocumentName } from "../protocol/generated";
import type { Connection } from "./connection";
import type { Frame } from "./frames";
import { Ledger } from "./ledger";
import type { Name } from "./names";

/** What a document tells those who hold it. */
export interface Watch {
  /** Something in it, its ledger or its awareness has changed. */
  changed(document: OpenDocument): void;
  /** The service will not let this device read it. */
  denied(document: OpenDocument): void;
}

export class OpenDocument {
  readonly doc = new Y.Doc();
  readonly ledger = new Ledger();
  /** Who writes where; only documents with pens have it. */
  readonly awareness: Awareness | null;
  /** Read wholly at least once. */
  synced = false;
  /** An edit was refused: this Y.Doc takes no more and waits for a fresh one. */
  refused = false;
  /** Shown until this one has been read. */
  previous: OpenDocument | null = null;
  /** Authenticated on the present socket. */
  private admitted = false;
  /** All I have was handed over on the present socket; updates build on it. */
  private handedOver = false;
  private readonly provider: HocuspocusProvider;
  private ended = false;

  constructor(
    readonly name: DocumentName,
    readonly parsed: Name,
    public access: Access,
    connection: Connection,
    watch: Watch,
  ) {
    // Before the provider listens: a change is counted before its frame goes out.
    this.doc.on("update", (_update: Uint8Array, origin: unknown) => {
      if (origin !== this.provider) this.ledger.wrote();
      watch.changed(this);
    });
    this.awareness = this.hasPens ? new Awareness(this.doc) : null;
    this.awareness?.setLocalState(null);
    this.awareness?.on("change", () => watch.changed(this));
    this.provider = new HocuspocusProvider({
      name,
      document: this.doc,
      awareness: this.awareness,
      websocketProvider: connection,
      token: () => connection.ticket,
      onAuthenticated: () => {
        this.admitted = true;
      },
      onAuthenticationFailed: () => watch.denied(this),
    });
  }

  /** Boards and plans, where people write. */
  get hasPens(): boolean {
    return this.parsed.kind === "board" || this.parsed.kind === "plan";
  }

  /** True where an edit made now has a chance. */
  get mayWrite(): boolean {
    return this.access === "write" && !this.refused && !this.ended && this.synced;
  }

  /** The clock my next letter gets. */
  get clock(): number {
    return Y.getState(this.doc.store, this.doc.clientID);
  }

  /** Asks the service for it. */
  attach(): void {
    this.provider.attach();
  }

  /**
   * Whether a frame of this document may go out now. Nothing but Auth and step 1 before the service has let this
   * device in, and no update before step 2: it would build on blocks the service may not have, and an update dropped
   * unanswered would put the ledger out of step. What is kept back here is part of the step 2.
   */
  outgoing(frame: Frame): boolean {
    switch (frame.is) {
      case "step-2":
        if (!this.admitted || this.refused) return false;
        this.handedOver = true;
        this.ledger.sent(this.clock);
        return true;
      case "update":
        if (!this.handedOver || this.refused) return false;
        this.ledger.sent(this.clock);
        return true;
      case "awareness":
        return this.admitted && this.access === "write" && !this.refused;
      default:
        return true;
    }
  }

  /** The socket is gone. */
  disconnected(): void {
    this.admitted = false;
    this.handedOver = false;
    this.ledger.disconnected();
  }

  /** Says which line I write in; null = none. */
  writing(line: string | null): void {
    if (!this.awareness) return;
    const now = this.awareness.getLocalState()?.["note"] ?? null;
    if (now !== line) this.awareness.setLocalState(line === null ? null : { note: line });
  }

  /** Lines in which others write. */
  written(): Set<string> {
    const lines = new Set<string>();
    for (const [client, state] of this.awareness?.getStates() ?? []) {
      const line: unknown = state["note"];
      if (client !== this.doc.clientID && typeof line === "string") lines.add(line);
    }
    return lines;
  }

  /** Lets the service go; the Y.Doc stays readable until `destroy`. */
  detach(): void {
    if (this.ended) return;
    this.ended = true;
    this.provider.destroy();
  }

  destroy(): void {
    this.detach();
    this.previous?.destroy();
    this.previous = null;
    this.doc.destroy();
  }
}
