/** `y-websocket`, versions 2 and 3, as it comes from its registry. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../browser/harness/until.mjs";
import { drawId, words } from "./harness/conference.mjs";
import { House } from "./harness/house.mjs";
import { nothingLoopsAndItReadsOn } from "./harness/loops.mjs";
import { concurrency, kindsBeside } from "./harness/together.mjs";
import { yjsCases } from "./harness/yjs-cases.mjs";

const timeout = 90_000;

/** @param {string} kind of stock client */
function presence(kind) {
  test(`pres3 pres4 ${kind} echoes and removes others' awareness in good faith, and nobody notices`, { timeout }, async (t) => {
    const house = await House.open(t, ["chair", "social-worker", "parent"]);
    const chair = await house.writer("y-websocket 3", "chair");
    const other = await house.writer(kind, "social-worker");
    const third = await house.writer("hocuspocus 4", "parent");
    const note = drawId();
    await chair.ask("writes", { document: house.board, note });
    const who = await chair.ask("client", { document: house.board });
    const sees = (client) => async () => (await client.ask("others", { document: house.board })).find(([one]) => one === who)?.[1];
    assert.deepEqual(await until("presence", sees(other)), { writing: note, by: house.chair.attendee });
    await until("presence at the third", sees(third));
    // It sends what it was sent as if it were its own.
    const echoes = await other.frames("out", { kinds: ["awareness"] });
    assert.ok(echoes.some(({ hex }) => Buffer.from(hex, "hex").includes(note)), "no echo went out");
    const since = (await other.frames()).length;
    await other.ask("expire", { document: house.board, client: who });
    await until("the removal to go out", async () => (await other.frames("out", { since, kinds: ["awareness"] }))[0]);
    const shown = words("after the removal");
    await other.ask("note", { document: house.board, note: drawId(), words: shown });
    await third.reads(house.board, shown);
    assert.ok(await sees(third)(), "a removal of somebody else was passed on");
  });

  test(`pres1 ${kind} that says more about itself than is passed on reads on, and nothing loops`, { timeout }, async (t) => {
    const house = await House.open(t, ["chair", "social-worker"]);
    const chair = await house.writer("hocuspocus 4", "chair");
    const client = await house.writer(kind, "social-worker");
    const since = (await client.frames()).length;
    await client.ask("boasts", { document: house.board });
    await nothingLoopsAndItReadsOn({ client, chair, document: house.board, since });
    assert.deepEqual(await client.ask("closes"), []);
  });
}

const KINDS = ["y-websocket 2", "y-websocket 3"];
describe("both versions", { concurrency: kindsBeside + 1 }, () => {
  KINDS.forEach(yjsCases);
  describe("presence", { concurrency }, () => KINDS.forEach(presence));
});

test("sync5 yjs6 two tabs share their words by BroadcastChannel, and each one's are taken from its own socket only", { timeout }, async (t) => {
  const house = await House.open(t, ["chair", "co-chair", "social-worker"]);
  const document = house.board;
  const reader = await house.writer("hocuspocus 4", "social-worker");
  const coChair = await house.conference.enter("co-chair");
  const passes = { chair: await house.chair.pass([document]), "co-chair": await coChair.pass([document]) };
  const browser = house.client("y-websocket 3", house.chair);
  for (const [as, pass] of Object.entries(passes)) {
    await browser.ask("open", { document, pass, as, bc: true });
    await browser.synced(as);
  }
  const [hers, his] = [words("the chair's"), words("the co-chair's")];
  // The chair's tab has no network; what it writes is in the other tab at once, by the channel alone.
  await browser.ask("unplug", { part: passes.chair });
  await browser.ask("note", { document: "chair", note: drawId(), words: hers });
  assert.ok(Object.values(await browser.ask("lines", { document: "co-chair" })).includes(hers));
  await browser.ask("note", { document: "co-chair", note: drawId(), words: his });
  await reader.reads(document, his);
  // The other tab comes back and answers our step 1 with all that it has.
  await browser.ask("cut", { part: passes["co-chair"] });
  await until("the other tab to be told", async () => (await browser.ask("state", { document: "co-chair" })).denied > 0);
  assert.ok(!Object.values(await reader.ask("lines", { document })).includes(hers), "taken from another's socket");
  await browser.ask("plug", { part: passes.chair });
  await reader.reads(document, hers);
});
