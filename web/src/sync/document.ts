// One open document: its Y.Doc, its provider, its ledger, and what the present socket knows of it.

import { HocuspocusProvider } from "@hocuspocus/provider";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import type { Access, AttendeeId, DocumentName } from "../protocol/generated";
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
  /** Who writes where in documents with pens; on the stage, which page a wall shows. */
  readonly awareness: Awareness | null;
  /** Read wholly at least once. */
  synced = false;
  /** An edit was refused: this Y.Doc takes no more and waits for a fresh one. */
  refused = false;
  /** Shown until this one has been read. */
  previous: OpenDocument | null = null;
  /** Its next edition is on the way (P5): it is still shown and written in, and its words are handed over then. */
  leaving = false;
  /** Lines of documents that leave come into it: not shown before they are handed over. */
  hidden = false;
  /** It leaves with words of a time when this device was off the line. */
  late = false;
  /** It left on a socket that is gone since: the seat of the next one says whether its edition has ended at all. */
  stranded = false;
  /** Ends what is bound to its texts, a word that is still being composed included. */
  readonly bound = new Set<() => void>();
  /** Authenticated on the present socket. */
  private admitted = false;
  /** All I have was handed over on the present socket; updates build on it. */
  private handedOver = false;
  private readonly provider: HocuspocusProvider;
  private ended = false;
  private held = false;

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
    this.awareness = this.hasPens || parsed.kind === "stage" ? new Awareness(this.doc) : null;
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
        return this.admitted && (this.access === "write" || this.parsed.kind === "stage") && !this.refused;
      default:
        return true;
    }
  }

  /** The socket is gone. */
  disconnected(): void {
    this.admitted = false;
    this.handedOver = false;
    this.ledger.disconnected();
    this.stranded = this.leaving;
    this.previous?.disconnected();
  }

  /** While this is held nobody is told where I write. */
  hold(held: boolean): void {
    if (held) this.writing(null);
    this.held = held;
  }

  /** Says which line I write in; null = none. */
  writing(line: string | null): void {
    if (!this.awareness || this.held) return;
    const now = this.awareness.getLocalState()?.["writing"] ?? null;
    if (now !== line) this.awareness.setLocalState(line === null ? null : { writing: line });
  }

  /** A wall says which page it shows (SPEC PRES6). */
  showing(page: { section: string; page: number; of: number }): void {
    this.awareness?.setLocalState({ showing: page });
  }

  /** Lines in which others write, and who: the service names the writer (SPEC PRES2). */
  written(): Map<string, AttendeeId> {
    const lines = new Map<string, AttendeeId>();
    for (const [client, state] of this.awareness?.getStates() ?? []) {
      const { writing, by } = state as { writing?: unknown; by?: unknown };
      if (client !== this.doc.clientID && typeof writing === "string") lines.set(writing, String(by ?? ""));
    }
    return lines;
  }

  /** Lets the service go and is written in until its next edition has come. */
  leave(): void {
    if (this.leaving || this.ended) return;
    this.leaving = true;
    this.provider.destroy();
  }

  /** Lets the service go; the Y.Doc stays readable until `destroy`. */
  detach(): void {
    if (this.ended) return;
    this.ended = true;
    if (!this.leaving) this.provider.destroy();
  }

  destroy(): void {
    this.detach();
    this.previous?.destroy();
    this.previous = null;
    this.doc.destroy();
  }
}
