// @vitest-environment happy-dom
import { BlindRSA } from "@cloudflare/blindrsa-ts/lib/src/blindrsa.js";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Command, Outcome, RoundState, ShownNote } from "../protocol/generated";
import type { RoundView } from "../model/types";
import { Sealed } from "./asked";
import { hex, unhex } from "./bytes";
import { OwnNote, type Around } from "./ownNote.svelte";
import { Sealing } from "./sealing";
import { eraseOver } from "./seed";

const signer = new BlindRSA({ name: "RSABSSA-SHA384-PSS-Deterministic", hash: "SHA-384", saltLength: 48, prepareType: 0, supportsRSARAW: false });
const TIMING = { jitter: 20_000, drain: 25_000, count: 5_000, back: 25_000 };
const ROUND = "r0und00000000001";
const EVA = "a000000000000000";

let pair: CryptoKeyPair;
let key: string;
beforeAll(async () => {
  pair = await BlindRSA.generateKey({ modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: "SHA-384" });
  key = Buffer.from((await crypto.subtle.exportKey("jwk", pair.publicKey)).n!, "base64url").toString("hex");
});

/** A clock that goes on when it is told to. */
class Clock {
  now = 0;
  #waiting: { at: number; run: () => void }[] = [];
  after = (ms: number, run: () => void): (() => void) => {
    const one = { at: this.now + ms, run };
    this.#waiting.push(one);
    return () => void (this.#waiting = this.#waiting.filter((other) => other !== one));
  };
  get waits(): number[] {
    return this.#waiting.map(({ at }) => at - this.now);
  }
  go(ms: number): void {
    this.now += ms;
    const due = this.#waiting.filter(({ at }) => at <= this.now);
    this.#waiting = this.#waiting.filter(({ at }) => at > this.now);
    for (const { run } of due) run();
  }
}

let clock: Clock;
let posted: { address: string; init: RequestInit; seq: number; answer: number }[];
let network: boolean;
let asked: Command[];
let issued: Map<string, string>;
let refusal: Outcome | null;
let random: number;
let open: OwnNote[];

beforeEach(() => {
  clock = new Clock();
  posted = [];
  network = true;
  asked = [];
  issued = new Map();
  refusal = null;
  random = 0.5;
  open = [];
  sessionStorage.clear();
});
afterEach(() => open.forEach((note) => note.stop()));

/** What the service does: signs once for each person, and only those bytes again. */
async function sign(of: string, command: Command): Promise<Outcome> {
  asked.push(command);
  if (refusal) return refusal;
  if (command.do !== "ask-note") throw new Error(command.do);
  if ((issued.get(of) ?? command.blinded) !== command.blinded) return { is: "refused", code: "already", why: "Your note is open on your other device." };
  issued.set(of, command.blinded);
  return { is: "signed", signed: hex(new Uint8Array(await signer.blindSign(pair.privateKey, unhex(command.blinded)))) };
}

const round = (state: RoundState = "open"): RoundView => ({
  id: ROUND, n: 0, child: "k", question: "How safe is Kacper today?", lowWords: "low", highWords: "high", minimum: 5, entitled: 9, state, key, timing: TIMING, revealed: null,
});

function device(of = EVA, state: RoundState = "open", store: Storage = sessionStorage): OwnNote {
  const sealing = new Sealing();
  const around: Around = {
    conference: "c0nference000001", attendee: of, store, sealed: new Sealed((question) => sealing.answer(question)), ask: (command) => sign(of, command),
    after: clock.after, random: () => random,
    fetch: async (address, init) => {
      if (!network) throw new TypeError("no network");
      const body = init.body as Uint8Array;
      posted.push({ address, init: { ...init, body: body.slice() }, seq: new DataView(body.buffer).getUint32(49), answer: body[53]! });
      return { status: 204 };
    },
  };
  const note = new OwnNote(round(state), around);
  open.push(note);
  return note;
}

const ready = (note: OwnNote): Promise<unknown> => vi.waitUntil(() => note.stands === "ready", { timeout: 5_000 });
const inBox = (count: number): Promise<unknown> => vi.waitUntil(() => posted.length === count, { timeout: 5_000 });
const waiting = (): Promise<unknown> => vi.waitUntil(() => clock.waits.length > 0, { timeout: 5_000 });
const keyOf = (n: number): string => hex((posted[n]!.init.body as Uint8Array).subarray(17, 49));

describe("my note", () => {
  test("seal15 f93 is asked for at once and handed in after a random wait, from nobody, at one length", async () => {
    const note = device();
    await ready(note);
    expect(asked.map((command) => command.do)).toEqual(["ask-note"]);
    expect(posted).toEqual([]);
    random = 0.25;
    await note.handIn(4);
    expect(clock.waits).toEqual([5_000]);
    clock.go(4_999);
    expect(posted).toEqual([]);
    clock.go(1);
    await inBox(1);
    const [{ address, init, seq, answer }] = posted as [(typeof posted)[number]];
    expect(address).toBe(`/box/c0nference000001/${ROUND}`);
    expect(init).toMatchObject({ method: "POST", credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store", keepalive: true });
    expect(init.headers).toEqual({ "x-flipchart": "1" });
    expect((init.body as Uint8Array).length).toBe(1024);
    expect({ seq, answer }).toEqual({ seq: 65_537, answer: 4 });
  });

  test("seal15 whose person does nothing hands in a note without a number at the closing, once", async () => {
    const note = device();
    await ready(note);
    note.see(round("closing"), "e1");
    await waiting();
    expect(clock.waits).toEqual([5_000]);
    note.see(round("closing"), "e1");
    clock.go(5_000);
    await inBox(1);
    expect(posted[0]).toMatchObject({ seq: 0, answer: 255 });
    clock.go(60_000);
    expect(posted.length).toBe(1);
  });

  test("seal6 a changed mind counts more, and what waits goes within half the time once the round is closing", async () => {
    const note = device();
    await ready(note);
    await note.handIn(3);
    await note.handIn(null);
    expect(clock.waits).toEqual([10_000]);
    note.see(round("closing"), null);
    expect(clock.waits).toEqual([5_000]);
    clock.go(5_000);
    await inBox(1);
    expect(posted[0]).toMatchObject({ seq: 65_538, answer: 255 });
  });

  test("seal6 is handed in again when the box is another one, with a fresh wait", async () => {
    const note = device();
    note.see(round(), "e1");
    await ready(note);
    await note.handIn(8);
    clock.go(10_000);
    await inBox(1);
    note.see(round(), "e1");
    expect(clock.waits).toEqual([]);
    random = 0.75;
    note.see(round(), "e2");
    expect(clock.waits).toEqual([15_000]);
    clock.go(15_000);
    await inBox(2);
    expect(posted[1]!.init.body).toEqual(posted[0]!.init.body);
  });

  test("is tried again without a network until the round is closed", async () => {
    const note = device();
    await ready(note);
    network = false;
    await note.handIn(2);
    clock.go(10_000);
    await waiting();
    network = true;
    clock.go(10_000);
    await inBox(1);
    network = false;
    await note.handIn(5);
    clock.go(10_000);
    await waiting();
    note.see(round("closed"), "e1");
    expect(note.stands).toBe("over");
    expect(clock.waits).toEqual([]);
  });

  test("seal3 a reload comes back to the same note, and an answer after it counts more than one before", async () => {
    const first = device();
    await ready(first);
    await first.handIn(9);
    clock.go(10_000);
    await inBox(1);
    first.stop();
    const again = device();
    await ready(again);
    expect(again.before).toBe(true);
    expect(again.handed).toBe(false);
    await again.handIn(1);
    clock.go(10_000);
    await inBox(2);
    expect(keyOf(1)).toBe(keyOf(0));
    expect(posted[1]).toMatchObject({ seq: 131_073, answer: 1 });
  });

  test("seal15 the blank of a page that was loaded again never counts more than an answer before", async () => {
    const first = device();
    await ready(first);
    await first.handIn(9);
    clock.go(10_000);
    await inBox(1);
    first.stop();
    const again = device();
    again.see(round("closing"), "e1");
    await ready(again);
    await waiting();
    clock.go(5_000);
    await inBox(2);
    expect(posted[1]!.seq).toBeLessThan(posted[0]!.seq);
  });

  test("seal6 a page that was loaded again asks for the note when the box is another one than it knew", async () => {
    const first = device();
    await ready(first);
    first.see(round(), "e1");
    await first.handIn(9);
    first.stop();
    const again = device();
    await ready(again);
    again.see(round(), "e1");
    expect(again.lost).toBe(false);
    again.see(round(), "e2");
    expect(again.lost).toBe(true);
    await again.handIn(9);
    expect(again.lost).toBe(false);
  });

  test("seal3 p6 the tab keeps the seed, how often it was loaded and the box: no number and no time", async () => {
    const note = device();
    await ready(note);
    note.see(round(), "e1");
    await note.handIn(7);
    expect(sessionStorage.length).toBe(1);
    expect(sessionStorage.getItem(`note.${ROUND}.${EVA}`)).toMatch(/^[0-9a-f]{64} 1 e1$/);
    note.see(round("closing"), "e1");
    note.see(round("closed"), "e1");
    expect(sessionStorage.length).toBe(1);
    note.see(round("revealed"), "e1");
    expect(sessionStorage.length).toBe(0);
  });

  test("seal2 the second device of a person is told that their note is open on the other, and keeps no seed", async () => {
    await ready(device());
    sessionStorage.clear();
    const other = device();
    await vi.waitUntil(() => other.stands === "elsewhere", { timeout: 5_000 });
    expect(sessionStorage.length).toBe(0);
    other.see(round("closing"), "e1");
    await other.handIn(3);
    clock.go(60_000);
    expect(posted).toEqual([]);
  });

  test("p15 the next person in the same tab has a note of their own", async () => {
    const first = device();
    await ready(first);
    await first.handIn(2);
    clock.go(10_000);
    await inBox(1);
    first.stop();
    const next = device("b000000000000000");
    await ready(next);
    expect(next.before).toBe(false);
    await next.handIn(6);
    clock.go(10_000);
    await inBox(2);
    expect(keyOf(1)).not.toBe(keyOf(0));
  });

  test("a refusal that passes is asked about again with the same bytes", async () => {
    refusal = { is: "refused", code: "not-now", why: "No note can be handed in at the moment." };
    const note = device();
    await waiting();
    refusal = null;
    clock.go(2_000);
    await ready(note);
    expect(note.before).toBe(false);
    expect(asked[1]).toEqual(asked[0]);
  });

  test("an answer that is faster than the signature goes once it is signed", async () => {
    const note = device();
    await note.handIn(10);
    expect(note.handed).toBe(true);
    await waiting();
    clock.go(10_000);
    await inBox(1);
    expect(posted[0]).toMatchObject({ seq: 65_537, answer: 10 });
  });

  test("what waits goes when the page goes", async () => {
    const note = device();
    await ready(note);
    await note.handIn(6);
    note.flush();
    await inBox(1);
    expect(posted[0]).toMatchObject({ answer: 6 });
  });

  test("seal11 finds itself among the notes that were shown, and says when it reads differently or is missing", async () => {
    const note = device();
    await ready(note);
    await note.handIn(6);
    clock.go(10_000);
    await inBox(1);
    const body = posted[0]!.init.body as Uint8Array;
    const mine: ShownNote = { answer: 6, key: hex(body.subarray(17, 49)), signature: hex(body.subarray(54, 310)) };
    note.see(round("revealed"), "e1");
    expect(await note.find([mine])).toBe("in");
    expect(await note.find([{ ...mine, answer: 7 }])).toBe("other");
    expect(await note.find([])).toBe("missing");
    expect(await device(EVA, "revealed").find([mine])).toBeUndefined();
  });

  test("seal6 a note is kept after the closing, and handed in once more where the service was started anew", async () => {
    const note = device();
    await ready(note);
    await note.handIn(6);
    clock.go(20_000);
    await inBox(1);
    note.see(round(), "e1");
    await waiting();
    clock.go(20_000);
    await inBox(2);
    for (const state of ["closing", "closed"] as const) note.see(round(state), "e1");
    expect([note.stands, clock.waits]).toEqual(["over", []]);
    // Its count may come before the documents.
    note.see(round("closed"), "e2");
    expect(clock.waits).toEqual([]);
    note.see(round("closing"), "e2");
    expect(note.stands).toBe("ready");
    clock.go(10_000);
    await inBox(3);
    expect(posted.map(({ answer }) => answer)).toEqual([6, 6, 6]);
    expect(keyOf(2)).toBe(keyOf(0));
    note.see(round("closed"), "e2");
    note.see(round("revealed"), "e2");
    note.see(round("revealed"), "e3");
    expect([note.stands, clock.waits]).toEqual(["over", []]);
  });

  test("seal6 a note that came too late for the closing goes to the next box", async () => {
    const note = device();
    await ready(note);
    note.see(round(), "e1");
    network = false;
    await note.handIn(6);
    clock.go(20_000);
    await waiting();
    for (const state of ["closing", "closed"] as const) note.see(round(state), "e1");
    expect(clock.waits).toEqual([]);
    network = true;
    note.see(round("closed"), "e1");
    expect(clock.waits).toEqual([]);
    note.see(round("closing"), "e2");
    clock.go(10_000);
    await inBox(1);
  });

  test("seal3 what is kept of a round that is over is erased, and of one under way it is not", async () => {
    const note = device();
    await ready(note);
    sessionStorage.setItem("note.r0und00000000002.a000000000000000", "another");
    for (const state of ["open", "closing", "closed"] as const) eraseOver([round(state)]);
    expect(Object.keys(sessionStorage)).toHaveLength(2);
    eraseOver([round("void")]);
    expect(Object.keys(sessionStorage)).toEqual(["note.r0und00000000002.a000000000000000"]);
  });

  test("void is over at once, and another round has another seed", async () => {
    const note = device();
    await ready(note);
    note.see(round("void"), null);
    expect(note.stands).toBe("over");
    expect(sessionStorage.length).toBe(0);
    await note.handIn(3);
    clock.go(60_000);
    expect(posted).toEqual([]);
  });
});
