/** All kinds of stock clients in one document, each in its own process. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { dice } from "../browser/harness/network.mjs";
import { until } from "../browser/harness/until.mjs";
import { drawId } from "./harness/conference.mjs";
import { House } from "./harness/house.mjs";

const WHO = {
  chair: "hocuspocus 4",
  "co-chair": "hocuspocus 3",
  "social-worker": "y-websocket 3",
  parent: "y-websocket 2",
  police: "pycrdt",
};
const ROUNDS = 40;
const timeout = 180_000;

test("promise 5: five kinds of client edit one document at once, drop, come back, and end equal", { timeout }, async (t) => {
  const seed = Number(process.env.INTEROP_SEED ?? Date.now() % 1_000_000);
  t.diagnostic(`INTEROP_SEED=${seed}`);
  const roll = dice(seed);
  const pick = (list) => list[Math.floor(roll() * list.length)];
  const house = await House.open(t, Object.keys(WHO));
  const document = house.board;
  const clients = [];
  for (const [role, kind] of Object.entries(WHO)) clients.push(await house.writer(kind, role));
  const written = new Map(clients.map((client) => [client, 0]));
  const away = new Set();

  async function edit(client) {
    const lines = Object.entries(await client.ask("lines", { document }));
    const kind = roll();
    const letters = `${client.kind.replace(" ", "")}.${written.get(client)} `;
    written.set(client, written.get(client) + 1);
    if (lines.length === 0 || kind < 0.2) return client.ask("note", { document, note: drawId(), words: letters });
    const [note, line] = pick(lines);
    if (kind < 0.35 && line.length > 4) {
      const at = Math.floor(roll() * (line.length - 3));
      return client.ask("erase", { document, note, at, letters: 2 });
    }
    return client.ask("type", { document, note, at: Math.floor(roll() * (line.length + 1)), words: letters });
  }

  for (let round = 0; round < ROUNDS; round++) {
    const client = pick(clients);
    if (away.has(client)) {
      away.delete(client);
      await client.ask("back", { document });
    } else if (roll() < 0.3 && away.size < 3) {
      away.add(client);
      await client.ask("leave", { document });
    } else if (roll() < 0.2) await client.ask("cut");
    if (round === ROUNDS / 2) await house.service.restart();
    await Promise.all(clients.map(edit));
  }
  for (const client of away) await client.ask("back", { document });
  const copies = () => Promise.all(clients.map((client) => Promise.all([client.ask("lines", { document }), client.ask("clocks", { document })])));
  const isEqual = async () => {
    const [first, ...others] = await copies();
    return others.every((other) => JSON.stringify(sorted(other)) === JSON.stringify(sorted(first))) && first;
  };
  const [, clocks] = await until(`all copies to be equal (INTEROP_SEED=${seed})`, isEqual, 60_000);
  // The server's own id, and one for each client: nobody's words are missing.
  for (const client of clients) assert.ok(clocks[await client.ask("client", { document })] > 0, client.kind);
  // Somebody who comes now reads the same.
  const late = await house.client("y-websocket 3", clients[0].session).open(document);
  assert.deepEqual(sorted([await late.ask("lines", { document })]), sorted([(await copies())[0][0]]));
});

/** With keys in order. */
const sorted = (parts) => parts.map((part) => Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)));
