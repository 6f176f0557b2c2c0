/** No exchange loops: a client whose edit is not taken, or who is closed for good, makes fewer than ten frames in 10 s. */

import assert from "node:assert/strict";
import { until } from "../../browser/harness/until.mjs";
import { drawId, words } from "./conference.mjs";

const FEWER_THAN = 10;
const WITHIN = 10_000;

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
/** The time in which so few frames may be made. */
export const within = () => wait(WITHIN);

/**
 * Counts frames of both directions from a place in the client's list on, which is before what was not taken. Then the chair
 * writes: it reads on, and what comes of that is not sent round either.
 */
export async function nothingLoopsAndItReadsOn({ client, chair, document, since }) {
  await within();
  const frames = await client.frames(null, { since });
  assert.ok(frames.length < FEWER_THAN, told(frames));
  const shown = words("read on");
  await chair.ask("note", { document, note: drawId(), words: shown });
  await client.reads(document, shown);
  await wait(1_000);
  const more = await client.frames(null, { since: since + frames.length });
  assert.ok(more.length < FEWER_THAN, told(more));
  return frames;
}

/**
 * Builds again and again on words that nobody has: what is missing is asked for twice, the third is not taken. Returns
 * where the third began.
 */
export async function threeGaps(client, document, _, refusal) {
  let since;
  for (const answer of ["step 1", "step 1", refusal]) {
    since = (await client.frames()).length;
    await client.ask("gap", { document });
    await until(`"${answer}"`, async () => (await client.frames("in", { since, kinds: [answer] }))[0]);
    // A document is asked for no more than once in two seconds.
    if (answer !== refusal) await wait(2_100);
  }
  return since;
}

/**
 * The busiest ten seconds of these frames are not busy. What y-protocols says anew of itself every 15 s, whatever comes, is
 * no exchange.
 */
export function areFew(frames) {
  const isRenewal = ({ way, kind, at }, n) => way === "out" && kind === "awareness" && at - (frames[n - 1]?.at ?? 0) > 1_000;
  const exchanged = frames.filter((frame, n) => !isRenewal(frame, n));
  const from = (first) => exchanged.filter(({ at }) => at >= first.at && at < first.at + WITHIN);
  for (const some of exchanged.map(from)) assert.ok(some.length < FEWER_THAN, told(some));
}

const told = (frames) => frames.map(({ way, kind, at }) => `${way} ${kind} ${at}`).join("\n");
