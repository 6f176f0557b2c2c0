/** A sealed note as the screen asks for it; the work is done in a worker that is fetched when the first round opens. */
import { Sealed, type Asked } from "./asked";
import address from "./worker?worker&url";

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

function ask(asked: Asked): Promise<unknown> {
  const id = ++asking;
  const answer = new Promise((done, failed) => waiting.set(id, { done, failed }));
  // Not while the page draws: starting one takes a slow phone as long as a new picture does.
  setTimeout(() => (worker ??= start()).postMessage({ id, asked }));
  return answer;
}

/** Sealed notes on this page. */
export const sealed = new Sealed(ask);
