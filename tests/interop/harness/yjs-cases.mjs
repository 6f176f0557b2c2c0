/** What holds for every client that speaks y-websocket's framing, at `GET /yjs/<document>`. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../../browser/harness/until.mjs";
import { drawId, words } from "./conference.mjs";
import { House } from "./house.mjs";
import { nothingLoopsAndItReadsOn, threeGaps } from "./loops.mjs";
import { concurrency } from "./together.mjs";

const ROLES = ["chair", "co-chair", "social-worker", "parent"];
const timeout = 90_000;

const kinds = (frames) => frames.map(({ way, kind }) => `${way} ${kind}`);
const refusal = (frame) => Buffer.from(frame.hex, "hex").subarray(3).toString();

/** @param {string} kind of stock client */
export function yjsCases(kind) {
  describe(kind, { concurrency }, () => {
    test(`yjs1 yjs2 ${kind} is asked for what it has at once, and its step 1 is answered by step 2`, { timeout }, async (t) => {
      const house = await House.open(t, ROLES);
      const client = await house.writer(kind, "chair");
      await until("its step 2", async () => (await client.frames("out", { kinds: ["step 2"] }))[0]);
      // What would be asked or answered twice would come before the echo of the first edit.
      await client.ask("note", { document: house.board, note: drawId(), words: words("the first edit") });
      await until("the echo", async () => (await client.frames("in", { kinds: ["update"] }))[0]);
      const order = kinds(await client.frames(null, { kinds: ["step 1", "step 2", "update"] }));
      assert.deepEqual(order.filter((one) => one.startsWith("in")), ["in step 1", "in step 2", "in update"]);
      assert.deepEqual(order.filter((one) => one.startsWith("out")), ["out step 1", "out step 2", "out update"]);
    });

    test(`yjs3 ${kind} gets its own edit back once it is durable, and what others wrote goes round once`, { timeout }, async (t) => {
      const house = await House.open(t, ROLES);
      const other = await house.writer("hocuspocus 4", "social-worker");
      const client = await house.writer(kind, "chair");
      const since = (await client.frames()).length;
      const own = words("its own");
      await client.ask("note", { document: house.board, note: drawId(), words: own });
      await other.reads(house.board, own);
      const [sent] = await client.frames("out", { since, kinds: ["update"] });
      const [echo] = await until("the echo", async () => {
        const frames = await client.frames("in", { since, kinds: ["update"] });
        return frames.length > 0 && frames;
      });
      assert.equal(echo.hex, sent.hex);
      const others = words("of another");
      const before = (await client.frames("out", { since, kinds: ["update"] })).length;
      await other.ask("note", { document: house.board, note: drawId(), words: others });
      await client.reads(house.board, others);
      if (kind === "pycrdt") {
        // It sends what it was sent as if it were its own: nothing comes of that.
        const sentBack = async () => (await client.frames("out", { since, kinds: ["update"] })).length > before;
        await until("pycrdt to send back what it was sent", sentBack);
      }
      await new Promise((done) => setTimeout(done, 1_000));
      const came = (await client.frames("in", { since, kinds: ["update"] })).map(({ hex }) => hex);
      assert.equal(came.length, 2, "an update went round again");
    });

    test(`yjs4 right8 ${kind} without a pen is told so, reads on, and nothing loops`, { timeout }, async (t) => {
      const house = await House.open(t, ROLES);
      const chair = await house.writer("hocuspocus 4", "chair");
      const parent = await house.writer(kind, "parent", { pen: false });
      const since = (await parent.frames()).length;
      const refused = words("typed without a pen");
      await parent.ask("note", { document: house.board, note: drawId(), words: refused });
      const [told] = await until("the refusal", async () => {
        const frames = await parent.frames("in", { since, kinds: ["auth"] });
        return frames.length > 0 && frames;
      });
      assert.equal(refusal(told), "not taken: this copy is read-only now");
      await nothingLoopsAndItReadsOn({ client: parent, chair, document: house.board, since });
      assert.doesNotMatch(JSON.stringify(await chair.ask("lines", { document: house.board })), new RegExp(refused));
    });

    test(`scan15 ${kind} that writes what no document takes is told so, reads on, and nothing loops`, { timeout }, async (t) => {
      const house = await House.open(t, ROLES);
      const chair = await house.writer("hocuspocus 4", "chair");
      const client = await house.writer(kind, "social-worker");
      const [note, kept] = [drawId(), words("kept")];
      await client.ask("note", { document: house.board, note, words: kept });
      await chair.reads(house.board, kept);
      const since = (await client.frames()).length;
      await client.ask("format", { document: house.board, note });
      const [told] = await until("the refusal", async () => {
        const frames = await client.frames("in", { since, kinds: ["auth"] });
        return frames.length > 0 && frames;
      });
      assert.equal(refusal(told), "not taken: this copy is read-only now");
      const frames = await nothingLoopsAndItReadsOn({ client, chair, document: house.board, since });
      assert.equal(frames.filter((frame) => frame.kind === "step 1").length, 0, "it came back");
    });

    test(`sync6 ${kind} that sends what builds on words that nobody has is asked once, reads on, and nothing loops`, { timeout }, async (t) => {
      const house = await House.open(t, ROLES);
      const chair = await house.writer("hocuspocus 4", "chair");
      const client = await house.writer(kind, "social-worker");
      const since = (await client.frames()).length;
      await client.ask("gap", { document: house.board });
      const frames = await nothingLoopsAndItReadsOn({ client, chair, document: house.board, since });
      assert.deepEqual(kinds(frames.slice(0, 3)), ["out update", "in step 1", "out step 2"]);
      assert.equal(frames.filter((frame) => frame.kind === "step 1").length, 1, "it was asked again, or came back");
    });

    test(`sync6 scan15 ${kind} that does so again and again is told that it is not taken, reads on, and nothing loops`, { timeout }, async (t) => {
      const house = await House.open(t, ROLES);
      const chair = await house.writer("hocuspocus 4", "chair");
      const client = await house.writer(kind, "social-worker");
      const since = await threeGaps(client, house.board, null, "auth");
      const frames = await nothingLoopsAndItReadsOn({ client, chair, document: house.board, since });
      assert.equal(refusal(frames.find((frame) => frame.kind === "auth")), "not taken: this copy is read-only now");
      assert.equal(frames.filter((frame) => frame.kind === "step 1").length, 0, "it was asked again, or came back");
    });

    test(`sto1 ${kind} loses its line, writes on and comes back with the same pass, also after a kill`, { timeout }, async (t) => {
      const house = await House.open(t, ROLES);
      const reader = await house.writer("hocuspocus 4", "social-worker");
      const client = await house.writer(kind, "chair");
      const note = drawId();
      await client.ask("note", { document: house.board, note, words: "one" });
      await reader.reads(house.board, "one");
      await client.ask("cut");
      await client.ask("type", { document: house.board, note, words: " two" });
      await reader.reads(house.board, "one two");
      await house.service.kill();
      await client.ask("type", { document: house.board, note, words: " three" });
      await house.service.restart();
      await reader.reads(house.board, "one two three");
    });

    test(`lim9 ${kind} on a quiet socket hears something within 10 s`, { timeout }, async (t) => {
      const house = await House.open(t, ROLES);
      const client = await house.writer(kind, "chair");
      const sign = await until("a sign of life", async () => (await client.frames("in", { kinds: ["still here"] }))[0]);
      const last = (await client.frames("in")).findLast(({ at }) => at < sign.at);
      assert.ok(sign.at - last.at <= 10_000, `${sign.at - last.at} ms`);
    });
  });
}
