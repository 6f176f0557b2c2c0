/** `pycrdt.Provider` over an `HttpxWebsocket` channel, as they come from their registry. */

import { yjsCases } from "./harness/yjs-cases.mjs";

yjsCases("pycrdt");
