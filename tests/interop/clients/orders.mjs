/** A client takes orders as lines of JSON on its input; each is answered by one line on its output. */

import { createInterface } from "node:readline";

/** @param {Record<string, (order: any) => any>} acts by the order's name */
export function obey(acts) {
  const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
  const lines = createInterface({ input: process.stdin });
  lines.on("line", async (line) => {
    const { n, act, ...order } = JSON.parse(line);
    try {
      say({ n, value: (await acts[act](order)) ?? null });
    } catch (error) {
      say({ n, error: String(error?.stack ?? error) });
    }
  });
  lines.on("close", () => process.exit(0));
}
