/** A sealed note as the screen asks for it; the work is done in a worker that is fetched when the first round opens. */
import type { Bytes } from "./bytes";
import type { Fault, Shown } from "./check";
import type { Own } from "./device";
import type { Answer, Round } from "./round";
import address from "./worker?worker&url";

/** What the worker can be asked. */
export type Asked =
  | { do: "words"; round: Round }
  | { do: "open"; round: Round; seed: Bytes }
  | { do: "finalise"; signed: Bytes }
  | { do: "ballot"; seq: number; answer: Answer }
  | { do: "check"; round: Round; entitled: number; numbers: readonly number[]; bundle: readonly Shown[] }
  | { do: "find"; bundle: readonly Shown[]; answer: Answer }
  | { do: "forget" };

/** What it answers. */
export type Told = { id: number; value: unknown } | { id: number; fault: string };

interface Policy {
  createScriptURL(address: string): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: Policy): Policy;
}

/** Under our content policy a worker's address has to be vouched for. This vouches for one, whatever it is asked. */
function vouched(): string {
  const rules: Policy = { createScriptURL: () => address };
  policy ??= (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("worker-url", rules) ?? rules;
  return policy.createScriptURL(address);
}

let policy: Policy | undefined;
let worker: Worker | undefined;
let asking = 0;
const waiting = new Map<number, { done: (value: unknown) => void; failed: (why: Error) => void }>();

function start(): Worker {
  const started = new Worker(vouched(), { type: "module" });
  started.addEventListener("message", ({ data }: MessageEvent<Told>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ("fault" in data) asked?.failed(new Error(data.fault));
    else asked?.done(data.value);
  });
  started.addEventListener("error", () => {
    for (const { failed } of waiting.values()) failed(new Error("the part of the page that seals notes did not start"));
    waiting.clear();
    worker = undefined; // the next question tries again
  });
  return started;
}

function ask<T>(asked: Asked): Promise<T> {
  worker ??= start();
  const id = ++asking;
  const answer = new Promise<T>((done, failed) => waiting.set(id, { done: done as (value: unknown) => void, failed }));
  worker.postMessage({ id, asked });
  return answer;
}

/** The four words of a round, from the key that this browser was given. */
export const words = (round: Round): Promise<string[]> => ask({ do: "words", round });
/** Begins, or after a reload resumes, this device's part in a round. Answers what the service is asked to sign. */
export const open = (round: Round, seed: Bytes): Promise<Bytes> => ask({ do: "open", round, seed });
/** Takes what the service signed; fails if it is not signed with the round's key. */
export const finalise = (signed: Bytes): Promise<void> => ask({ do: "finalise", signed });
/** A body for the box, always of the same length. */
export const ballot = (seq: number, answer: Answer): Promise<Bytes> => ask({ do: "ballot", seq, answer });
/** What is wrong with a revealed bundle; undefined if nothing is. */
export const check = (round: Round, entitled: number, numbers: readonly number[], bundle: readonly Shown[]): Promise<Fault | undefined> =>
  ask({ do: "check", round, entitled, numbers, bundle });
/** Whether the own note is in it, for a press-and-hold alone. */
export const find = (bundle: readonly Shown[], answer: Answer): Promise<Own> => ask({ do: "find", bundle, answer });
/** Erases this device's part: on the reveal having been left, a void round, and leaving. */
export const forget = (): Promise<void> => ask({ do: "forget" });
