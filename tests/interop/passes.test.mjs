/** Passes and close codes, as stock clients meet them. */

import assert from "node:assert/strict";
import { test } from "node:test";
import WebSocket from "ws";
import { until } from "../browser/harness/until.mjs";
import { Conference, Session, drawId, words } from "./harness/conference.mjs";
import { House } from "./harness/house.mjs";
import { areFew } from "./harness/loops.mjs";

const ROLES = ["chair", "social-worker", "parent"];
const timeout = 90_000;
const closed = (client, document) =>
  until("the close code", async () => (await client.ask("state", { document })).closed[0]);
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

test("http16 y-websocket may show its pass as a subprotocol, and the pass opens its documents only", { timeout }, async (t) => {
  const house = await House.open(t, ROLES);
  const plan = house.conference.name("plan.all");
  const client = await house.writer("y-websocket 3", "chair", { protocol: true });
  const pass = await house.chair.pass([house.board]);
  await client.ask("open", { document: plan, pass });
  assert.equal(await closed(client, plan), 4403);
  assert.equal((await client.ask("state", { document: house.board })).synced, true);
});

test("http16 http12 a pass is for documents of one's own conference, and no log knows it", { timeout }, async (t) => {
  const house = await House.open(t, ROLES);
  const stranger = await Conference.open(house.service, ["chair"]);
  const ask = (documents, session = house.chair) => session.post("pass", { documents });
  for (const documents of [[], [stranger.name("stage")], ["board.all"], Array(17).fill(house.board)]) {
    await assert.rejects(ask(documents), /400.*bad-input/);
  }
  const nobody = new Session(house.service.origin, house.chair.attendee, `__Host-s-${house.chair.attendee}=${"0".repeat(64)}`);
  await assert.rejects(ask([house.board], nobody), /401.*no-session/);
  const { pass } = await ask([house.board]);
  const client = house.client("y-websocket 3", house.chair);
  await client.ask("open", { document: house.board, pass });
  await client.synced(house.board);
  await client.ask("open", { document: house.board, pass, as: "again", protocol: true });
  await client.synced("again");
  assert.match(house.service.said, /yjs/, "no request was logged");
  assert.ok(!house.service.said.includes(pass.slice(0, 32)), "a log holds the pass");
});

test("close7 y-websocket 3 stops at a permanent code, and version 2 stays slow without advice and stops with it", { timeout }, async (t) => {
  const house = await House.open(t, ROLES);
  const [three, two, advised] = ["y-websocket 3", "y-websocket 2", "y-websocket 2"].map((kind) => house.client(kind, house.chair));
  const good = await house.chair.pass([house.board]);
  const passes = { three: `${good.slice(0, -2)}00`, two: undefined, advised: "0" };
  const document = house.board;
  await three.ask("open", { document, pass: passes.three });
  await two.ask("open", { document, pass: passes.two });
  await advised.ask("open", { document, pass: passes.advised, advised: true });
  await wait(11_000);
  for (const client of [three, advised]) {
    const state = await client.ask("state", { document });
    assert.deepEqual([state.closed, state.comesBack, await client.ask("sockets")], [[4401], false, 1], client.kind);
  }
  areFew(await two.frames());
  assert.ok((await two.ask("sockets")) > 1, "it was meant to come back");
});

test("http16 right6 a pass goes with its session, within a second, and with it every socket that it opened", { timeout }, async (t) => {
  const house = await House.open(t, ROLES);
  const parent = await house.writer("y-websocket 3", "parent");
  const worker = await house.writer("y-websocket 3", "social-worker");
  const pass = await parent.session.pass([house.board]);
  await wait(5_000);
  const began = Date.now();
  await house.chair.does({ do: "eject", attendee: parent.session.attendee });
  assert.equal(await closed(parent, house.board), 4403);
  const [{ at }] = await parent.ask("closes");
  assert.ok(at - began < 1_000, `${at - began} ms`);
  const again = house.client("y-websocket 3", parent.session);
  await again.ask("open", { document: house.board, pass });
  assert.equal(await closed(again, house.board), 4401);
  await worker.session.does({ do: "leave" });
  assert.equal(await closed(worker, house.board), 4403);
});

test("yjs5 sync10 p4 a document that is rebuilt closes its sockets with 4410, and the same pass opens its next edition", { timeout }, async (t) => {
  const house = await House.open(t, ROLES);
  const client = await house.writer("y-websocket 3", "chair");
  const [note, harmful, kept] = [drawId(), words("taken off"), words("kept")];
  await client.ask("note", { document: house.board, note, words: harmful });
  await client.ask("note", { document: house.board, note: drawId(), words: kept });
  const reader = await house.writer("hocuspocus 4", "social-worker");
  await reader.reads(house.board, kept);
  await wait(5_000);
  await house.chair.does({ do: "take-off", what: { kind: "note", note } });
  assert.equal(await closed(client, house.board), 4410);
  const pass = await house.chair.pass([house.board]);
  const next = house.client("y-websocket 3", house.chair);
  await next.ask("open", { document: `${house.board}~2`, pass });
  await next.reads(`${house.board}~2`, kept);
  assert.doesNotMatch(JSON.stringify(await next.ask("lines", { document: `${house.board}~2` })), new RegExp(harmful));
});

test("http3 a socket of one document opens from our own page, or without an Origin and a cookie", { timeout }, async (t) => {
  const house = await House.open(t, ROLES);
  const pass = await house.chair.pass([house.board]);
  const address = `${house.service.origin.replace("http", "ws")}/yjs/${house.board}?pass=${pass}`;
  const status = (headers) =>
    new Promise((done) => {
      const socket = new WebSocket(address, { headers });
      socket.on("open", () => done(101)).on("unexpected-response", (_, answer) => done(answer.statusCode)).on("error", () => {});
      t.after(() => socket.terminate());
    });
  const { origin } = house.service;
  const { cookie } = house.chair;
  assert.deepEqual(
    await Promise.all([{}, { origin }, { origin, cookie }, { cookie }, { origin: "https://evil.example" }].map(status)),
    [101, 101, 101, 403, 403],
  );
});
