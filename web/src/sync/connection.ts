// One socket to the service for all documents of one attendee.
//
// The provider's socket is kept for its framing; when it connects is decided here: a fresh ticket for every opening,
// full jitter from the first retry on (all browsers lose a restarted service in the same moment), at once when the
// page wakes, and never again after a close with 44xx until the service has said where this device stands.

import { HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import type { Ticket } from "../protocol/generated";
import { headOf, type Frame } from "./frames";

/** The service sends something at least every 10 s (SPEC: heartbeat); twice that is silence. */
const SILENCE_MS = 20_000;
/** After this long without a word a page that wakes does not trust its socket. */
const STALE_MS = 13_000;
/** An opening that brings no first frame in this time is given up. */
const ATTEMPT_MS = 10_000;
const BACK_OFF_FIRST_MS = 500;
const BACK_OFF_MOST_MS = 15_000;

/** Why a socket stopped for good. */
export type Stop = { because: "refused" | "outdated" | "closed"; code: number };

/** What the connection tells its owner. */
export interface Listener {
  /** A socket is about to open with this ticket. Something must be attached by now: the service waits for an Auth. */
  opening(ticket: Ticket): void;
  /** The first frame of a new socket has come. */
  opened(): void;
  /** The socket is gone; a new one will be opened unless `stopped` follows. */
  lost(): void;
  /** It will not come back by itself. */
  stopped(stop: Stop): void;
  /** A frame is about to go out; false keeps it back. Only called on an open socket. */
  outgoing(frame: Frame): boolean;
  /** A frame has come, before the provider has seen it. */
  incoming(frame: Frame): void;
  /** The same frame, after the provider has seen it. */
  applied(frame: Frame): void;
}

/** What a connection needs. */
export interface Reach {
  url: string;
  /** A new ticket. An error with a `status` of 400–499 stops the connection. */
  ticket(): Promise<Ticket>;
  /** True when this app fits the service. */
  fits(ticket: Ticket): boolean;
  random?: () => number;
  WebSocket?: typeof WebSocket;
}

/** An opening that a newer one, or the end, has made pointless. */
class Overtaken extends Error {}

export class Connection extends HocuspocusProviderWebsocket {
  /** Token of every document on the present socket. */
  ticket = "";
  private live = false;
  private trying = false;
  private ended = false;
  private tries = 0;
  private attempt = 0;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private deadline: ReturnType<typeof setTimeout> | null = null;
  private readonly sleepers = new AbortController();

  constructor(
    private readonly reach: Reach,
    private readonly listener: Listener,
  ) {
    super({
      url: reach.url,
      autoConnect: false,
      maxAttempts: 1,
      messageReconnectTimeout: SILENCE_MS,
      WebSocketPolyfill: reach.WebSocket,
    });
    this.on("maxAttemptsFailed", ({ error }: { error: unknown }) => {
      if (error instanceof Overtaken) return;
      this.trying = false;
      this.later();
    });
    this.on("connect", () => {
      this.live = true;
      this.trying = false;
      this.tries = 0;
      this.clearDeadline();
      listener.opened();
    });
    if (typeof window === "undefined") return;
    const wake = (): void => this.wake();
    const signal = this.sleepers.signal;
    for (const name of ["online", "pageshow", "focus"]) window.addEventListener(name, wake, { signal });
    document.addEventListener("visibilitychange", () => !document.hidden && this.wake(), { signal });
  }

  /** True while frames go through. */
  get connected(): boolean {
    return this.live;
  }

  /** Begins, or begins again after a stop. */
  start(): void {
    this.ended = false;
    this.now();
  }

  /** Drops the present socket and opens a new one. */
  again(): void {
    if (this.ended) return;
    this.drop(1000);
  }

  /** The page is looked at again, or the network has come back. */
  wake(): void {
    if (this.ended) return;
    if (!this.live) {
      this.tries = 0;
      this.now();
    } else if (Date.now() - this.lastMessageReceived > STALE_MS) this.drop(1006);
  }

  /** A document asks for the socket (the provider calls this from `attach`): it comes when its time has come. */
  override async connect(): Promise<void> {
    if (!this.ended && !this.retry && !this.live) this.now();
  }

  private now(): void {
    if (this.trying || this.live) return;
    this.trying = true;
    if (this.retry) clearTimeout(this.retry);
    this.retry = null;
    void super.connect();
  }

  private later(least = 0): void {
    if (this.ended || this.retry) return;
    const most = Math.min(BACK_OFF_MOST_MS, BACK_OFF_FIRST_MS * 2 ** this.tries++);
    this.retry = setTimeout(() => this.now(), least + (this.reach.random ?? Math.random)() * most);
  }

  /** Ends it; `start` begins again. */
  stop(): void {
    this.ended = true;
    this.attempt += 1;
    if (this.retry) clearTimeout(this.retry);
    this.retry = null;
    this.clearDeadline();
    this.shouldConnect = false;
    this.trying = false;
    if (this.webSocket) this.emit("close", { event: { code: 1000, reason: "ended" } });
  }

  override destroy(): void {
    this.ended = true;
    this.attempt += 1;
    this.sleepers.abort();
    if (this.retry) clearTimeout(this.retry);
    this.clearDeadline();
    super.destroy();
  }

  override async createWebSocketConnection(): Promise<unknown> {
    const attempt = ++this.attempt;
    let ticket: Ticket;
    try {
      ticket = await this.reach.ticket();
    } catch (error) {
      const status = Number((error as { status?: unknown } | null)?.status ?? 0);
      // 408 and 429 mean later; the other 4xx mean that this device may not.
      if (attempt === this.attempt && status >= 400 && status < 500 && status !== 408 && status !== 429) {
        this.end({ because: "refused", code: status });
      }
      throw error;
    }
    if (attempt !== this.attempt || this.ended) throw new Overtaken();
    if (!this.reach.fits(ticket)) {
      this.end({ because: "outdated", code: 0 });
      throw new Error("outdated");
    }
    this.ticket = ticket.ticket;
    this.listener.opening(ticket);
    this.clearDeadline();
    this.deadline = setTimeout(() => this.drop(1006), ATTEMPT_MS);
    return super.createWebSocketConnection();
  }

  /** Only on an open socket and only what the owner lets through. Nothing is queued: step 2 brings it after the next opening. */
  override send(data: Uint8Array): void {
    if (this.webSocket?.readyState !== 1) return;
    if (this.listener.outgoing(headOf(data))) this.webSocket.send(data as Uint8Array<ArrayBuffer>);
  }

  override onMessage(event: MessageEvent): void {
    const frame = headOf(new Uint8Array(event.data as ArrayBuffer));
    this.listener.incoming(frame);
    super.onMessage(event);
    this.listener.applied(frame);
  }

  override onClose(close: { event: CloseEvent }): void {
    const { code, reason } = close.event;
    this.clearDeadline();
    this.live = false;
    this.trying = false;
    // The provider would open again by itself, without jitter.
    this.shouldConnect = false;
    super.onClose(close);
    this.clearReconnectTimeout();
    this.listener.lost();
    if (this.ended) return;
    // The provider's own 4408 (reason "forced") means that it heard nothing.
    if (code >= 4400 && code < 4500 && reason !== "forced") this.end({ because: "closed", code });
    else this.later();
  }

  private drop(code: number): void {
    if (this.webSocket) this.emit("close", { event: { code, reason: "dropped here" } });
    else this.later();
  }

  private end(stop: Stop): void {
    this.stop();
    this.listener.stopped(stop);
  }

  private clearDeadline(): void {
    if (this.deadline) clearTimeout(this.deadline);
    this.deadline = null;
  }
}
