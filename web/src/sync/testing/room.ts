// A room in memory for tests: speaks the Hocuspocus framing over sockets that are only objects. It keeps the rules the
// real service promises (one status for each step 2 and update, in order, once durable; a read-only document answers
// news with 0), and can hold answers back, cut the line and take rights away.

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as Y from "yjs";
import type { Access, Ticket } from "../../protocol/generated";

const later = (run: () => void): void => queueMicrotask(run);

export class Room {
  readonly docs = new Map<string, Y.Doc>();
  readonly rights = new Map<string, Access>();
  readonly sockets = new Set<Socket>();
  /** Every token that came in an Auth frame, in order. */
  readonly tokens: string[] = [];
  tickets = 0;
  /** Name of the seat, as tickets tell it. */
  seat = "";
  /** Documents whose step 1 is not answered: a pause. */
  held = new Set<string>();
  /** Answers wait until `sync` is called: the store is slow. */
  slow = false;
  /** No new socket, and no ticket. */
  cut = false;
  private waiting: (() => void)[] = [];

  constructor(readonly conference = "c000000000000000") {}

  name(rest: string): string {
    return `${this.conference}/${rest}`;
  }

  doc(rest: string): Y.Doc {
    const name = this.name(rest);
    let doc = this.docs.get(name);
    if (!doc) {
      doc = new Y.Doc();
      this.docs.set(name, doc);
      doc.on("update", (update: Uint8Array, origin: unknown) => {
        for (const socket of this.sockets) if (socket !== origin && socket.admitted.has(name)) socket.sync(name, 2, update);
      });
    }
    return doc;
  }

  /** Writes as the server: plain values below a root. */
  put(rest: string, root: string, values: Record<string, unknown>): void {
    const doc = this.doc(rest);
    doc.transact(() => {
      for (const [key, value] of Object.entries(values)) doc.getMap(root).set(key, value);
    });
  }

  /** Rights of the only attendee, told in the seat. */
  allow(attendee: string, wanted: Record<string, Access>): void {
    this.rights.clear();
    this.seat = this.name(`seat.${attendee}`);
    this.rights.set(this.seat, "read");
    const doc = this.doc(`seat.${attendee}`);
    for (const [rest, access] of Object.entries(wanted)) this.rights.set(this.name(rest), access);
    doc.transact(() => {
      const documents = doc.getMap("documents");
      for (const name of [...documents.keys()]) if (!this.rights.has(name)) documents.delete(name);
      for (const [rest, access] of Object.entries(wanted)) documents.set(this.name(rest), access);
    });
  }

  ticket = async (): Promise<Ticket> => {
    if (this.cut) throw new Error("no network");
    return { ticket: `ticket-${++this.tickets}`, conference: this.conference, seat: this.seat, build: "", schema: 1 };
  };

  /** Everything held back is durable now. */
  sync(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const answer of waiting) answer();
  }

  /** What is held back is never said: it was about an edition that is gone. */
  unsaid(): void {
    this.waiting = [];
  }

  readable(answer: () => void): void {
    if (this.waiting.length) this.waiting.push(answer);
    else answer();
  }

  durable(answer: () => void): void {
    if (this.slow) this.waiting.push(answer);
    else later(answer);
  }

  /** The line is cut: nothing sent by either side arrives any more. */
  cutLine(): void {
    this.cut = true;
    this.waiting = [];
    for (const socket of [...this.sockets]) socket.end(1006, "");
  }

  /** A class to be used instead of WebSocket. */
  get WebSocket(): typeof WebSocket {
    const room = this;
    return class extends Socket {
      constructor() {
        super(room);
      }
    } as unknown as typeof WebSocket;
  }
}

export class Socket extends EventTarget {
  readyState = 0;
  binaryType = "arraybuffer";
  readonly admitted = new Set<string>();

  constructor(private readonly room: Room) {
    super();
    later(() => {
      if (this.room.cut) return this.end(1006, "");
      this.readyState = 1;
      this.room.sockets.add(this);
      this.dispatchEvent(new Event("open"));
    });
  }

  close(): void {
    this.end(1005, "");
  }

  end(code: number, reason: string): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.room.sockets.delete(this);
    const event = Object.assign(new Event("close"), { code, reason });
    later(() => this.dispatchEvent(event));
  }

  send(data: Uint8Array): void {
    const copy = data.slice();
    later(() => {
      if (this.readyState === 1) this.read(copy);
    });
  }

  sync(name: string, step: 0 | 1 | 2, body: Uint8Array): void {
    this.give(name, 0, (encoder) => {
      encoding.writeVarUint(encoder, step);
      encoding.writeVarUint8Array(encoder, body);
    });
  }

  status(name: string, applied: boolean): void {
    this.give(name, 8, (encoder) => encoding.writeVarInt(encoder, applied ? 1 : 0));
  }

  /** The service ends one document. */
  shut(name: string, why = "ended"): void {
    this.admitted.delete(name);
    this.give(name, 7, (encoder) => encoding.writeVarString(encoder, why));
  }

  private give(name: string, kind: number, body: (encoder: encoding.Encoder) => void): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarString(encoder, name);
    encoding.writeVarUint(encoder, kind);
    body(encoder);
    const data = encoding.toUint8Array(encoder).slice().buffer;
    later(() => {
      if (this.readyState === 1) this.dispatchEvent(new MessageEvent("message", { data }));
    });
  }

  private read(data: Uint8Array): void {
    const decoder = decoding.createDecoder(data);
    const name = decoding.readVarString(decoder);
    const kind = decoding.readVarUint(decoder);
    if (kind === 2) return this.auth(name, decoder);
    if (!this.admitted.has(name)) {
      // Dropped unanswered, as the real service does; our app must never depend on the answer.
      return;
    }
    if (kind === 7) this.admitted.delete(name);
    if (kind === 1) {
      const entries = decoding.readVarUint8Array(decoder);
      for (const socket of this.room.sockets) {
        if (socket.admitted.has(name)) socket.give(name, 1, (encoder) => encoding.writeVarUint8Array(encoder, entries));
      }
    }
    if (kind !== 0) return;
    const step = decoding.readVarUint(decoder);
    const body = decoding.readVarUint8Array(decoder);
    const doc = this.room.doc(name.slice(name.indexOf("/") + 1));
    if (step === 0) {
      if (this.room.held.has(name)) return;
      // Whatever is read leaves the room only when it is durable, and behind earlier answers.
      const answer = (): void => {
        this.sync(name, 0, Y.encodeStateVector(doc));
        this.sync(name, 1, Y.encodeStateAsUpdate(doc, body));
      };
      this.room.readable(answer);
      return;
    }
    const trial = new Y.Doc();
    Y.applyUpdate(trial, Y.encodeStateAsUpdate(doc));
    const before = Y.encodeSnapshot(Y.snapshot(trial));
    Y.applyUpdate(trial, body);
    const gap = trial.store.pendingStructs !== null;
    // Behind a refused update the next ones hang in the air; anywhere else a gap is a fault of the app.
    if (gap && this.room.rights.get(name) === "write") throw new Error("a gap: the app sent an update before its step 2");
    const news = gap || Y.encodeSnapshot(Y.snapshot(trial)).join() !== before.join();
    const taken = !news || this.room.rights.get(name) === "write";
    if (taken && news) Y.applyUpdate(doc, body, this);
    this.room.durable(() => this.status(name, taken));
  }

  private auth(name: string, decoder: decoding.Decoder): void {
    decoding.readVarUint(decoder);
    this.room.tokens.push(decoding.readVarString(decoder));
    const access = this.room.rights.get(name);
    this.give(name, 2, (encoder) => {
      encoding.writeVarUint(encoder, access ? 2 : 1);
      encoding.writeVarString(encoder, access ? (access === "write" ? "read-write" : "readonly") : "no");
    });
    if (access) this.admitted.add(name);
  }
}

/** Lets everything in flight arrive. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 60; turn++) await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve, 0));
  for (let turn = 0; turn < 60; turn++) await Promise.resolve();
}
