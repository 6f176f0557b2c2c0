// What of my own writing is durable, counted here and never guessed.
//
// The service answers every step 2 and update of one document with exactly one SyncStatus, in order, once it is
// durable. So frames sent on this connection are matched first in, first out with their answers. The provider's own
// counter is not used: after a reconnect it counts its step 1 as one change and reaches 0 although updates are open.

/** Why nothing can be written here. */
export type ReadOnlyWhy =
  /** No pen, and the phase asks nobody without one to write. */
  | "no-pen"
  /** An edit was refused; the document is being read afresh. */
  | "refused"
  /** The conference has ended. */
  | "closed"
  /** This app is older than the service. */
  | "outdated";

/** The save state as screens show it. */
export type Save =
  /** Every word of mine is durable. */
  | { is: "saved" }
  /** So many of my changes are not durable yet. */
  | { is: "waiting"; changes: number }
  /** No connection; so many of my changes wait here. */
  | { is: "offline"; changes: number }
  | { is: "read-only"; why: ReadOnlyWhy };

/** What an answer meant. */
export type Answer = "taken" | "refused" | "stray";

/** The ledger of one document. */
export class Ledger {
  private made = 0;
  private taken = 0;
  private clockTaken = 0;
  /**
   * My blocks before this clock, as far as they are not durable, went out on a socket that is gone: the service may have
   * taken them, and others may have read them.
   */
  doubtful = 0;
  private readonly open: { upTo: number; clock: number }[] = [];

  /** Counts one change of this device, connected or not. */
  wrote(): void {
    this.made += 1;
  }

  /** A step 2 or an update went out that holds, with those before it, every change made so far. `clock`: my own next. */
  sent(clock: number): void {
    this.open.push({ upTo: this.made, clock });
  }

  /** The service answered the oldest open frame. */
  answered(applied: boolean): Answer {
    const frame = this.open.shift();
    if (!frame) return "stray";
    if (!applied) return "refused";
    this.taken = Math.max(this.taken, frame.upTo);
    this.clockTaken = Math.max(this.clockTaken, frame.clock);
    return "taken";
  }

  /** The connection is gone: nothing will be answered, and the next step 2 carries what is open. */
  disconnected(): void {
    this.doubtful = this.open.at(-1)?.clock ?? this.doubtful;
    this.open.length = 0;
  }

  /** What is open has been put into the tray up to this clock: it waits no more. */
  gaveUp(clock: number): void {
    this.taken = this.made;
    this.clockTaken = Math.max(this.clockTaken, clock);
  }

  /** Changes of mine that are not durable. */
  get waiting(): number {
    return this.made - this.taken;
  }

  /** Frames that will still be answered on this connection. */
  get unanswered(): number {
    return this.open.length;
  }

  /** My blocks from this clock on are not durable. */
  get clock(): number {
    return this.clockTaken;
  }
}

/** One state out of those of all documents. */
export function saveOf(state: { connected: boolean; changes: number; readOnly: ReadOnlyWhy | null }): Save {
  // Changes that wait outrank everything: somebody whose words are not durable must never read anything calmer.
  if (!state.connected) return { is: "offline", changes: state.changes };
  if (state.changes > 0) return { is: "waiting", changes: state.changes };
  if (state.readOnly) return { is: "read-only", why: state.readOnly };
  return { is: "saved" };
}
