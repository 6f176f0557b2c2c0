/** `y-websocket`, version 2 or 3, as its own process. */

import { removeAwarenessStates } from "y-protocols/awareness";
import * as Y from "yjs";
import { acts as board } from "./board.mjs";
import { counted } from "./counted.mjs";
import { obey } from "./orders.mjs";
import { origin, version } from "./session.mjs";

const { WebsocketProvider } = await import(`y-websocket-${version}`);
const { Counted, acts: frames } = counted(false);
const docs = new Map();
const providers = new Map();
const said = new Map();

obey({
  ...board(docs),
  ...frames,
  /** `as` tells two copies of one document in this process apart. */
  open({ document, pass, as = document, protocol = false, bc = false, advised = false }) {
    const doc = new Y.Doc();
    const events = { closed: [], denied: 0 };
    docs.set(as, doc);
    said.set(as, events);
    const provider = new WebsocketProvider(`${origin.replace("http", "ws")}/yjs`, document, doc, {
      WebSocketPolyfill: Counted,
      disableBc: !bc,
      ...(protocol ? { protocols: ["yjs", `pass.${pass}`] } : pass && { params: { pass } }),
    });
    provider.on("connection-close", (event) => {
      if (event) events.closed.push(event.code);
      // What README tells those who use version 2, which comes back whatever the code says.
      if (advised && event?.code >= 4400 && event.code < 4500) provider.disconnect();
    });
    // What a provider does with it by itself is a warning on the console.
    const warn = provider.messageHandlers[2];
    provider.messageHandlers[2] = (...message) => {
      events.denied += 1;
      warn(...message);
    };
    providers.set(as, provider);
  },
  state({ document }) {
    const { synced, wsconnected, shouldConnect } = providers.get(document);
    return { synced: synced && wsconnected, comesBack: shouldConnect, ...said.get(document) };
  },
  leave: ({ document }) => providers.get(document).disconnect(),
  back: ({ document }) => providers.get(document).connect(),
  writes: ({ document, note }) => providers.get(document).awareness.setLocalStateField("writing", note),
  boasts({ document, times = 1 }) {
    for (let n = 0; n < times; n++) providers.get(document).awareness.setLocalStateField("user", { picture: "x".repeat(2_000), n });
  },
  others: ({ document }) => [...providers.get(document).awareness.getStates()].filter(([, state]) => "writing" in state),
  expire: ({ document, client }) => removeAwarenessStates(providers.get(document).awareness, [client], "timeout"),
});
