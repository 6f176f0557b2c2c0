/** `@hocuspocus/provider` as it comes from its registry, versions 3 and 4, against the real service. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../browser/harness/until.mjs";
import { drawId, words } from "./harness/conference.mjs";
import { House } from "./harness/house.mjs";
import { areFew, nothingLoopsAndItReadsOn, threeGaps } from "./harness/loops.mjs";
import { concurrency, kindsBeside } from "./harness/together.mjs";

const ROLES = ["chair", "social-worker", "parent"];
const timeout = 90_000;

/** @param {string} kind of stock client */
function cases(kind) {
  describe(kind, { concurrency }, () => {
    test(`frame1 sync8 ${kind} opens all documents of a desk on one socket`, { timeout }, async (t) => {
      const house = await House.open(t, ROLES);
      const client = house.client(kind, house.chair);
      const kinds = ["stage", "proceedings.all", "record.all", "desk", "board.all", "plan.all"];
      const names = [...kinds, `seat.${house.chair.attendee}`].map((one) => house.conference.name(one));
      await client.ask("open", { documents: names });
      for (const name of names) await client.synced(name);
      assert.equal(await client.ask("sockets"), 1);
      const listed = await client.ask("root", { document: names.at(-1), root: "documents" });
      assert.equal(listed[house.board], "write");
      for (const name of names) assert.deepEqual((await client.ask("state", { document: name })).denied, []);
    });

    test(`right8 sync2 ${kind} without a pen is told read-only, its words reach nobody, and nothing loops`, { timeout }, async (t) => {
      const house = await House.open(t, ROLES);
      const chair = await house.writer("hocuspocus 4", "chair");
      const parent = await house.writer(kind, "parent", { pen: false });
      assert.equal((await parent.ask("state", { document: house.board })).scope, "readonly");
      // Its step 2 brought nothing, and is answered.
      await until("the answer to its step 2", async () => (await parent.frames("in", { kinds: ["status"] }))[0]);
      const since = (await parent.frames()).length;
      const refused = words("typed without a pen");
      await parent.ask("note", { document: house.board, note: drawId(), words: refused });
      const told = () => parent.frames("in", { since, kinds: ["status"] });
      assert.match((await until("the refusal", async () => (await told())[0])).hex, /0800$/);
      // The socket stays and reads on.
      await nothingLoopsAndItReadsOn({ client: parent, chair, document: house.board, since });
      assert.ok((await parent.ask("state", { document: house.board })).unsynced > 0, "it was called saved");
      assert.doesNotMatch(JSON.stringify(await chair.ask("lines", { document: house.board })), new RegExp(refused));
      assert.deepEqual(await parent.ask("closes"), []);
    });

    /** Each does it, and says from where in its list of frames its answers are looked at. */
    const bad = (act) => async (client, document, note) => {
      const since = (await client.frames()).length;
      await client.ask(act, { document, note });
      return since;
    };
    for (const [rule, what, act, { refused = false, saved = false }] of [
      ["scan15", "writes what no document takes", bad("format"), { refused: true }],
      ["sync6", "sends what builds on words that nobody has", bad("gap"), {}],
      ["sync6 scan15", "sends what builds on words that nobody has, again and again", (...how) => threeGaps(...how, "status"), { refused: true }],
      ["pres1", "says more about itself than is passed on", bad("boasts"), { saved: true }],
    ]) {
      test(`${rule} ${kind} that ${what} reads on, and nothing loops`, { timeout }, async (t) => {
        const house = await House.open(t, ROLES);
        const document = house.board;
        const chair = await house.writer("hocuspocus 4", "chair");
        const client = await house.writer(kind, "social-worker");
        const note = drawId();
        await client.ask("note", { document, note, words: words("kept") });
        await until("it to be saved", async () => (await client.ask("state", { document })).unsynced === 0);
        const since = await act(client, document, note);
        await nothingLoopsAndItReadsOn({ client, chair, document, since });
        assert.deepEqual(await client.ask("closes"), []);
        // What is not taken is never called saved.
        const told = await client.frames("in", { kinds: ["status"] });
        assert.equal(told.some(({ hex }) => hex.endsWith("0800")), refused);
        assert.equal((await client.ask("state", { document })).unsynced === 0, saved);
      });
    }

    test(`close3 ${kind} is denied one document and keeps the socket and its others`, { timeout }, async (t) => {
      const house = await House.open(t, ROLES);
      const chair = await house.writer("hocuspocus 4", "chair");
      const parent = await house.writer(kind, "parent", { pen: false });
      const desk = house.conference.name("desk");
      await parent.ask("open", { documents: [desk] });
      const { denied } = await until("the denial", async () => {
        const state = await parent.ask("state", { document: desk });
        return state.denied.length > 0 && state;
      });
      assert.deepEqual(denied, ["not here"]);
      const shown = words("after the denial");
      await chair.ask("note", { document: house.board, note: drawId(), words: shown });
      await parent.reads(house.board, shown);
      assert.equal(await parent.ask("sockets"), 1);
      assert.deepEqual(await parent.ask("closes"), []);
    });

    test(`http4 ${kind} may show a fresh ticket for each document and again later`, { timeout }, async (t) => {
      const house = await House.open(t, ROLES);
      const client = house.client(kind, house.chair);
      const names = ["stage", "board.all", "plan.all"].map((one) => house.conference.name(one));
      await client.ask("open", { documents: names, each: true });
      for (const name of names) await client.synced(name);
      const since = (await client.frames()).length;
      await client.ask("token", { document: house.board });
      const again = () => client.frames("in", { since, kinds: ["auth"] });
      assert.equal((await until("the answer to the fresh ticket", async () => (await again())[0])).document, house.board);
      assert.deepEqual((await client.ask("state", { document: house.board })).denied, []);
      const note = drawId();
      await client.ask("note", { document: house.board, note, words: words("after the fresh ticket") });
      await until("it to be saved", async () => (await client.ask("state", { document: house.board })).unsynced === 0);
      assert.equal(await client.ask("sockets"), 1);
    });

    test(`sync3 ${kind} types before it has a token, and its words come once`, { timeout }, async (t) => {
      const house = await House.open(t, ROLES);
      const reader = await house.writer("hocuspocus 4", "social-worker");
      const client = house.client(kind, house.chair);
      await client.ask("open", { documents: [house.board], late: true });
      await until("the open socket", async () => (await client.ask("opens")).length === 1);
      const [early, note] = [words("typed early"), drawId()];
      await client.ask("note", { document: house.board, note, words: early });
      for (const letter of " and on") await client.ask("type", { document: house.board, note, words: letter });
      await client.ask("show");
      await reader.reads(house.board, `${early} and on`);
      await until("it to be saved", async () => (await client.ask("state", { document: house.board })).unsynced === 0);
      assert.equal((await reader.ask("lines", { document: house.board }))[note], `${early} and on`);
      const [first] = await client.frames("out", { kinds: ["auth", "update"] });
      assert.equal(first.kind, "update", "it did not type before its token");
    });

    test(`sto1 sync2 ${kind} loses its line, writes on, comes back by itself, also after a kill`, { timeout }, async (t) => {
      const house = await House.open(t, ROLES);
      const reader = await house.writer("hocuspocus 4", "social-worker");
      const client = await house.writer(kind, "chair");
      const note = drawId();
      await client.ask("note", { document: house.board, note, words: "one" });
      await reader.reads(house.board, "one");
      await client.ask("cut");
      await client.ask("type", { document: house.board, note, words: " two" });
      await reader.reads(house.board, "one two");
      await client.ask("type", { document: house.board, note, words: " three" });
      await house.service.kill();
      await client.ask("type", { document: house.board, note, words: " four" });
      await house.service.restart();
      await reader.reads(house.board, "one two three four");
      await until("it to be saved", async () => (await client.ask("state", { document: house.board })).unsynced === 0);
    });

    test(`pres3 pres4 ${kind} echoes and removes others' awareness in good faith, and nobody notices`, { timeout }, async (t) => {
      const house = await House.open(t, ROLES);
      const chair = await house.writer("hocuspocus 4", "chair");
      const other = await house.writer(kind, "social-worker");
      const note = drawId();
      await chair.ask("writes", { document: house.board, note });
      const who = await chair.ask("client", { document: house.board });
      const sees = (client) => async () => (await client.ask("others", { document: house.board })).find(([one]) => one === who)?.[1];
      const state = await until("presence", sees(other));
      assert.deepEqual(state, { writing: note, by: house.chair.attendee });
      const third = await house.writer("hocuspocus 3", "parent");
      await until("presence at the third", sees(third));
      // A client that has heard nothing for 30 s says that the other is gone.
      const since = (await other.frames()).length;
      await other.ask("expire", { document: house.board, client: who });
      await until("the removal to go out", async () => (await other.frames("out", { since, kinds: ["awareness"] }))[0]);
      const shown = words("after the removal");
      await other.ask("note", { document: house.board, note: drawId(), words: shown });
      await third.reads(house.board, shown);
      assert.ok(await sees(third)(), "a removal of somebody else was passed on");
      assert.ok(await sees(chair)(), "a removal of somebody else reached its subject");
    });

    test(`close2 ${kind} on a device that nobody has let in is denied, and nothing loops`, { timeout }, async (t) => {
      const house = await House.open(t, ROLES);
      const client = house.client(kind, await house.conference.enter("parent"));
      await client.ask("open", { documents: [house.board] });
      const { denied } = await until("the denial", async () => {
        const state = await client.ask("state", { document: house.board });
        return state.denied.length > 0 && state;
      });
      assert.deepEqual(denied, ["not here"]);
      await new Promise((done) => setTimeout(done, 10_000));
      areFew(await client.frames());
      assert.ok((await client.ask("closes")).every(({ code }) => code === 4403));
      assert.deepEqual(await client.ask("lines", { document: house.board }), {});
    });

    test(`sync8 ${kind} answers our step 1 by its step 2 at once, and is told once that it is kept`, { timeout }, async (t) => {
      const house = await House.open(t, ROLES);
      const client = await house.writer(kind, "chair");
      // What would be said twice would be said before the answer to the next edit.
      await client.ask("note", { document: house.board, note: drawId(), words: words("the next edit") });
      await until("it to be saved", async () => (await client.ask("state", { document: house.board })).unsynced === 0);
      const frames = await client.frames(null, { kinds: ["step 1", "step 2", "update", "status"] });
      const order = frames.map(({ way, kind: what }) => `${way} ${what}`);
      assert.deepEqual(order, ["out step 1", "in step 1", "out step 2", "in step 2", "in status", "out update", "in status"]);
    });
  });
}

describe("both versions", { concurrency: kindsBeside }, () => ["hocuspocus 3", "hocuspocus 4"].forEach(cases));

test("sync2 hocuspocus 4 that batches its updates is told once for each batch", { timeout }, async (t) => {
  const house = await House.open(t, ROLES);
  const reader = await house.writer("hocuspocus 3", "social-worker");
  const client = await house.writer("hocuspocus 4", "chair", { batch: 200, session: true });
  const [note, since] = [drawId(), (await client.frames()).length];
  await client.ask("note", { document: house.board, note, words: "" });
  for (const letter of "batched words") await client.ask("type", { document: house.board, note, words: letter });
  await reader.reads(house.board, "batched words");
  await until("it to be saved", async () => (await client.ask("state", { document: house.board })).unsynced === 0);
  const [sent, told] = [await client.frames("out", { since, kinds: ["update"] }), await client.frames("in", { since, kinds: ["status"] })];
  assert.ok(sent.length < 14, `${sent.length} messages`);
  assert.equal(told.length, sent.length);
});
