/** All kinds of stock clients in one document, each in its own process. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../browser/harness/until.mjs";
import { House } from "./harness/house.mjs";
import { script } from "./harness/script.mjs";

/** All five kinds, three of them twice. */
const WHO = {
  chair: "hocuspocus 4",
  "co-chair": "hocuspocus 3",
  "social-worker": "y-websocket 3",
  parent: "y-websocket 2",
  police: "pycrdt",
  school: "hocuspocus 4",
  relative: "y-websocket 3",
  gp: "pycrdt",
};
/** 300 edits of each client. */
const SIZE = { blocks: 10, edits: 30 };
/** One seed again, or the first so many. */
const { INTEROP_SEED, INTEROP_SEEDS = 1 } = process.env;
const SEEDS = INTEROP_SEED ? [Number(INTEROP_SEED)] : Array.from({ length: Number(INTEROP_SEEDS) }, (_, n) => n + 1);
const timeout = 180_000;

/** What one copy holds: its lines with all that stands beside them, and how far each writer has come in it. */
async function copy(client, document) {
  const [lines, clocks] = await Promise.all([client.ask("root", { document, root: "notes" }), client.ask("clocks", { document })]);
  return JSON.stringify([sorted(Object.entries(lines).map(([note, line]) => [note, sorted(Object.entries(line))])), sorted(Object.entries(clocks))]);
}

const sorted = (entries) => entries.sort(([one], [other]) => (one < other ? -1 : 1));

/** True if all hold the same; else it says whose copies differ from the first one's. */
async function areEqual(clients, document) {
  const copies = await Promise.all(clients.map((client) => copy(client, document)));
  const others = clients.filter((_, n) => copies[n] !== copies[0]).map(({ kind }) => kind);
  if (others.length) throw new Error(`${clients[0].kind} has other words than ${others.join(", ")}`);
  return true;
}

describe("promise 5", { concurrency: 2 }, () => {
  for (const seed of SEEDS) {
    const title = `promise 5: eight clients of five kinds edit one document at once, drop, come back, and end equal (INTEROP_SEED=${seed})`;
    test(title, { timeout }, async (t) => {
      const house = await House.open(t, Object.keys(WHO));
      const document = house.board;
      const clients = await Promise.all(Object.entries(WHO).map(([role, kind]) => house.writer(kind, role)));
      const scripts = clients.map((_, n) => script(seed, n, SIZE));
      const away = new Set();
      let [typed, cuts] = [0, 0];

      for (let block = 0; block < SIZE.blocks; block++) {
        // Nobody waits for the service: they write on while it is down.
        const restarted = block === SIZE.blocks / 2 && house.service.restart();
        for (let n = 0; n < SIZE.edits; n++) {
          const write = async (client, who) => {
            const { edits, cut, leaves } = scripts[who][block];
            if (leaves === n) await client.ask("leave", { document });
            if (leaves === n) away.add(client);
            if (cut === n) await client.ask("cut");
            if (cut === n) cuts += 1;
            await client.ask("scribble", { document, ...edits[n] });
            typed += 1;
          };
          await Promise.all(clients.map(write));
        }
        await restarted;
        await Promise.all([...away].map((client) => client.ask("back", { document })));
        away.clear();
        await Promise.all(clients.map((client) => client.synced(document)));
      }
      t.diagnostic(`${typed} edits, ${cuts} cuts`);
      await until("all copies to be equal", () => areEqual(clients, document), 60_000);
      for (const client of clients) assert.ok((await client.ask("sockets")) > 2, `${client.kind} never came back`);
      // Somebody who comes now reads the same, also from the disk alone: nobody's words are missing.
      await house.service.restart();
      const late = await house.client("y-websocket 3", clients[0].session).open(document);
      await until("whoever comes to have the same", () => areEqual([late, ...clients], document));
    });
  }
});
