/** How busy this machine is: what has to be quick may take longer by that much. */

import { availableParallelism, loadavg } from "node:os";

/** 1 where everything that wants to run has a processor, else how many share one. */
export function busy() {
  return Math.max(1, loadavg()[0] / availableParallelism());
}
