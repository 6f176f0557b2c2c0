import { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { headOf, type Frame } from "./frames";
import { Ledger, saveOf } from "./ledger";
import { quiet, Room } from "./testing/room";

/** Frames of one document as the stock provider sends and gets them, and its own counter after each. */
async function recorded(play: (doc: Y.Doc, room: Room, socket: HocuspocusProviderWebsocket) => Promise<void>) {
  const room = new Room();
  const name = room.name("board.all");
  room.doc("board.all");
  room.rights.set(name, "write");
  const out: Frame[] = [];
  const back: Frame[] = [];
  const socket = new HocuspocusProviderWebsocket({ url: "ws://127.0.0.1/sync", autoConnect: false, WebSocketPolyfill: room.WebSocket });
  const send = socket.send.bind(socket);
  socket.send = (data: Uint8Array) => {
    out.push(headOf(data));
    send(data);
  };
  socket.on("message", (event: MessageEvent) => back.push(headOf(new Uint8Array(event.data as ArrayBuffer))));
  const doc = new Y.Doc();
  const provider = new HocuspocusProvider({ name, document: doc, websocketProvider: socket, token: "ticket" });
  provider.attach();
  void socket.connect();
  await quiet();
  await play(doc, room, socket);
  const counter = provider.unsyncedChanges;
  provider.destroy();
  socket.destroy();
  return { out, back, counter, name };
}

describe("the save ledger", () => {
  test("sync12_the_heads_of_the_provider's_own_frames_are_read", async () => {
    const { out, back, name } = await recorded(async (doc) => {
      doc.getMap("notes").set("n", 1);
      await quiet();
    });
    expect(out.map(({ is }) => is)).toEqual(["auth", "step-1", "awareness", "step-2", "update", "awareness", "close"]);
    expect(back.filter(({ is }) => is !== "awareness").map(({ is }) => is)).toEqual(["auth", "step-1", "step-2", "status", "status"]);
    expect(back.at(-1)).toEqual({ is: "status", document: name, applied: true });
    expect(headOf(new Uint8Array([9]))).toEqual({ is: "socket" });
  });

  test("sync1_the_provider_counts_nothing_open_while_an_update_waits_and_the_ledger_does_not", async () => {
    const { out, back, counter } = await recorded(async (doc, room) => {
      room.slow = true;
      for (const socket of [...room.sockets]) for (const admitted of socket.admitted) socket.sync(admitted, 0, Y.encodeStateVector(new Y.Doc()));
      doc.getMap("notes").set("n", 1);
      await quiet();
      // The step 2 alone becomes durable; the update that follows it does not.
      const waiting = (room as unknown as { waiting: (() => void)[] }).waiting;
      waiting.shift()?.();
      await quiet();
    });
    const ledger = new Ledger();
    ledger.wrote();
    for (const frame of out) if (frame.is === "step-2" || frame.is === "update") ledger.sent(1);
    for (const frame of back) if (frame.is === "status") ledger.answered(frame.applied);
    expect(ledger.unanswered).toBe(1);
    // One change is open; the provider, which counts its step 1 and not the second step 2, says none.
    expect(counter).toBe(0);
  });

  test("sync13_a_frame_holds_all_changes made before it", () => {
    const ledger = new Ledger();
    ledger.sent(0);
    ledger.wrote();
    ledger.sent(3);
    ledger.wrote();
    ledger.sent(5);
    expect(ledger.answered(true)).toBe("taken");
    expect(ledger.waiting).toBe(2);
    ledger.answered(true);
    expect([ledger.waiting, ledger.clock]).toEqual([1, 3]);
    ledger.answered(true);
    expect([ledger.waiting, ledger.clock]).toEqual([0, 5]);
    expect(ledger.answered(true)).toBe("stray");
  });

  test("sync13_a_refusal_leaves_its changes and those behind it open", () => {
    const ledger = new Ledger();
    for (let n = 0; n < 3; n++) {
      ledger.wrote();
      ledger.sent(n + 1);
    }
    ledger.answered(true);
    expect(ledger.answered(false)).toBe("refused");
    expect([ledger.waiting, ledger.clock, ledger.unanswered]).toEqual([2, 1, 1]);
  });

  test("what waits is said before anything calmer", () => {
    expect(saveOf({ connected: true, changes: 3, readOnly: "no-pen" })).toEqual({ is: "waiting", changes: 3 });
    expect(saveOf({ connected: false, changes: 0, readOnly: null })).toEqual({ is: "offline", changes: 0 });
    expect(saveOf({ connected: true, changes: 0, readOnly: "no-pen" })).toEqual({ is: "read-only", why: "no-pen" });
    expect(saveOf({ connected: true, changes: 0, readOnly: null })).toEqual({ is: "saved" });
  });
});
