/** Who is closed for good is told so late, so that a stock client that comes back with the same words makes few frames. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as Y from "yjs";
import { createEncoder, toUint8Array, writeVarUint } from "lib0/encoding";
import { until } from "../browser/harness/until.mjs";
import { drawId, words } from "./harness/conference.mjs";
import { House } from "./harness/house.mjs";
import { areFew, within } from "./harness/loops.mjs";
import { concurrency } from "./harness/together.mjs";

const WHO = {
  chair: "hocuspocus 4",
  "co-chair": "hocuspocus 3",
  "social-worker": "y-websocket 3",
  parent: "y-websocket 2",
  police: "pycrdt",
};
/** A socket that was let in is told no sooner (SPEC CLOSE6); clocks of two processes are read at different moments. */
const NO_SOONER = 10_000 - 500;
const timeout = 90_000;
const hex = (bytes) => Buffer.from(bytes).toString("hex");

/** Words of more people than a state vector may name. */
function crowd() {
  const everybody = new Y.Doc();
  everybody.transact(() => {
    for (let client = 1; client <= 4_100; client++) {
      everybody.clientID = client;
      everybody.getMap("notes").set(`n${client}`, true);
    }
  });
  return hex(Y.encodeStateAsUpdate(everybody));
}

/** Deletes of words that never came, as many as an update may hold: a copy says them again whenever it is asked. */
function deletes() {
  const encoder = createEncoder();
  const ranges = 60_000;
  for (const number of [0, 1, 77, ranges]) writeVarUint(encoder, number);
  for (let n = 0; n < ranges; n++) {
    writeVarUint(encoder, 2 * n);
    writeVarUint(encoder, 1);
  }
  return hex(toUint8Array(encoder));
}

/**
 * What a client does to be told each code, and says again whenever it is back; what is written behind words that nobody has
 * is in no copy. Each returns where in its list of frames the first visit begins that says it.
 */
const WAYS = [
  [4400, "whose copy names more people than a state vector may", comesBackWith(crowd())],
  [4409, "that builds on words that nobody has, without end", buildsOnNothing],
  [4413, "whose copy is too large", pastes],
];

function comesBackWith(update) {
  return async (client, document) => {
    const since = (await client.frames()).length;
    await client.ask("apply", { document, update });
    await client.ask("cut");
    return since;
  };
}

async function buildsOnNothing(client, document) {
  await client.ask("gap", { document, times: 300 });
  return (await client.frames()).length;
}

async function pastes(client, document) {
  const since = (await client.frames()).length;
  await client.ask("note", { document, note: drawId(), words: "x".repeat(5 << 20) });
  return since;
}

/** Version 3 of y-websocket stops by itself. */
const saysItAgain = (kind, code) => kind !== "y-websocket 3" && code !== 4409;

/** Waits until it has been told this code so many times, each time late, and nothing else. */
async function isTold(client, code, times) {
  // To pycrdt a line whose message was never read to its end may just break.
  const isEnd = (close) => close.code >= 4000 || (client.kind === "pycrdt" && code === 4413);
  const told = async () => (await client.ask("closes")).filter(isEnd);
  const closes = await until(`${client.kind} to be told ${code}`, async () => (await told()).length >= times && told(), 60_000);
  const opens = await client.ask("opens");
  for (const close of closes) {
    assert.equal(close.code ?? code, code, client.kind);
    const began = opens.filter((at) => at <= close.at).at(-1);
    assert.ok(close.at - began >= NO_SOONER, `${client.kind} was told ${code} after ${close.at - began} ms`);
  }
}

/** One of each kind with the board open. */
async function everyKind(t, beside = []) {
  const house = await House.open(t, [...Object.keys(WHO), ...beside]);
  const clients = await Promise.all(Object.entries(WHO).map(([role, kind]) => house.writer(kind, role)));
  return { house, document: house.board, clients };
}

describe("closed for good", { concurrency }, () => {
  for (const [code, what, act] of WAYS) {
    test(`close6 every kind of client ${what} is told ${code} late, and comes back slowly, without any advice`, { timeout }, async (t) => {
      const { document, clients } = await everyKind(t);
      const judge = async (client) => {
        const since = await act(client, document);
        const times = saysItAgain(client.kind, code) ? 2 : 1;
        await isTold(client, code, times);
        areFew(await client.frames(null, { since }));
      };
      await Promise.all(clients.map(judge));
    });
  }

  test("sync6 scan15 every kind of client that comes back with deletes of words that nobody has is told so, reads on, and nothing loops", { timeout }, async (t) => {
    const { house, document, clients } = await everyKind(t, ["school"]);
    const writer = await house.writer("hocuspocus 4", "school");
    const act = comesBackWith(deletes());
    const isNo = ({ kind, hex }) => kind === "auth" ? hex.startsWith("0200") : kind === "status" && hex.endsWith("0800");
    const begin = async (client) => {
      const since = await act(client, document);
      // To pycrdt what it cannot place is no part of its copy.
      if (client.kind !== "pycrdt") await until(`${client.kind} to be told`, async () => (await client.frames("in", { since })).some(isNo));
      return [client, since];
    };
    const begun = await Promise.all(clients.map(begin));
    await within();
    const shown = words("read on");
    await writer.ask("note", { document, note: drawId(), words: shown });
    for (const [client, since] of begun) {
      await client.reads(document, shown);
      const frames = await client.frames(null, { since });
      areFew(frames);
      assert.equal(frames.filter(({ way, kind }) => way === "in" && kind === "step 1").length, 1, `${client.kind} was asked again`);
      const codes = (await client.ask("closes")).map(({ code }) => code);
      assert.ok(codes.every((code) => code < 4000), `${client.kind} was closed: ${codes}`);
    }
  });

  test("close6 lim5 every kind of client that floods is told 4408 late, each time, and is well when it comes back", { timeout }, async (t) => {
    const { document, clients } = await everyKind(t);
    const judge = async (client) => {
      for (let n = 1; n <= (saysItAgain(client.kind, 4408) ? 2 : 1); n++) {
        await client.synced(document);
        await client.ask("boasts", { document, times: 300 });
        const since = (await client.frames()).length;
        await isTold(client, 4408, n);
        areFew(await client.frames(null, { since }));
      }
    };
    await Promise.all(clients.map(judge));
  });
});
