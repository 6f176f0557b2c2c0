// @vitest-environment happy-dom
import { BlindRSA } from "@cloudflare/blindrsa-ts/lib/src/blindrsa.js";
import { beforeEach, expect, test } from "vitest";
import type { Command } from "../protocol/generated";
import type { RoundView } from "../model/types";
import { Sealed } from "./asked";
import { hex, unhex } from "./bytes";
import { Sealing } from "./sealing";
import { Slips } from "./slips.svelte";

const signer = new BlindRSA({ name: "RSABSSA-SHA384-PSS-Deterministic", hash: "SHA-384", saltLength: 48, prepareType: 0, supportsRSARAW: false });
const OF = ["a000000000000000", "b000000000000000", "c000000000000000"] as const;

let asked: Command[];
let waits: { ms: number; run: () => void }[];
let posted: { seq: number; answer: number; key: string }[];
let randoms: number[];
let slips: Slips;

beforeEach(async () => {
  sessionStorage.clear();
  const pair = await BlindRSA.generateKey({ modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: "SHA-384" });
  const key = Buffer.from((await crypto.subtle.exportKey("jwk", pair.publicKey)).n!, "base64url").toString("hex");
  [asked, waits, posted, randoms] = [[], [], [], []];
  const sealing = new Sealing();
  const round: RoundView = {
    id: "r0und00000000001", n: 0, child: "k", question: "", lowWords: "", highWords: "", minimum: 5, entitled: 9, state: "open", key, revealed: null,
    timing: { jitter: 20_000, drain: 25_000, count: 5_000, back: 25_000 },
  };
  slips = new Slips(round, {
    conference: "c0nference000001", store: sessionStorage, sealed: new Sealed((question) => sealing.answer(question)),
    ask: async (command) => {
      asked.push(command);
      if (command.do !== "ask-note-for") throw new Error(command.do);
      return { is: "signed", signed: hex(new Uint8Array(await signer.blindSign(pair.privateKey, unhex(command.blinded)))) };
    },
    random: () => randoms.shift() ?? 0.5,
    after: (ms, run) => {
      const one = { ms, run };
      waits.push(one);
      return () => void (waits = waits.filter((other) => other !== one));
    },
    fetch: async (_address, init) => {
      const body = init.body as Uint8Array;
      posted.push({ seq: new DataView(body.buffer).getUint32(49), answer: body[53]!, key: hex(body.subarray(17, 49)) });
      return { status: 204 };
    },
  });
});

test("p15 slips are signed one by one for whom they are, and handed in each after a wait of its own", async () => {
  randoms = [0.9, 0.1, 0.5];
  expect(await slips.hand([{ of: OF[0], answer: 3 }, { of: OF[1], answer: null }, { of: OF[2], answer: 8 }])).toBeNull();
  expect(asked.map((command) => command.do === "ask-note-for" && command.attendee)).toEqual([...OF]);
  expect(posted).toEqual([]);
  expect(waits.map(({ ms }) => ms)).toEqual([18_000, 2_000, 10_000]);
  for (const { run } of waits.toSorted((a, b) => a.ms - b.ms)) run();
  expect(posted.map(({ answer }) => answer)).toEqual([255, 8, 3]);
  expect(new Set(posted.map(({ key }) => key)).size).toBe(3);
  expect([...slips.given]).toEqual([...OF]);
});

test("p15 a number that is put right is the same slip and counts more", async () => {
  for (const answer of [3, 4]) {
    await slips.hand([{ of: OF[0], answer }]);
    for (const { run } of waits.splice(0)) run();
  }
  expect(posted.map(({ answer }) => answer)).toEqual([3, 4]);
  expect(posted[1]!.key).toBe(posted[0]!.key);
  expect(posted[1]!.seq).toBeGreaterThan(posted[0]!.seq);
});

test("seal6 slips are kept after the closing, and handed in once more where the service was started anew", async () => {
  slips.see({ state: "open" }, "e1");
  await slips.hand([{ of: OF[0], answer: 3 }]);
  for (const { run } of waits.splice(0)) run();
  for (const state of ["closing", "closed"] as const) slips.see({ state }, "e1");
  expect(waits).toEqual([]);
  slips.see({ state: "closing" }, "e2");
  for (const { run } of waits.splice(0)) run();
  expect(posted.map(({ answer }) => answer)).toEqual([3, 3]);
  expect(posted[1]!.key).toBe(posted[0]!.key);
  slips.see({ state: "revealed" }, "e2");
  expect(Object.keys(sessionStorage)).toEqual([]);
});
