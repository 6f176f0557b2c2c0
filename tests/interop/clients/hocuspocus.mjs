/** `@hocuspocus/provider`, version 3 or 4, as its own process. */

import { removeAwarenessStates } from "y-protocols/awareness";
import * as Y from "yjs";
import { acts as board } from "./board.mjs";
import { counted } from "./counted.mjs";
import { obey } from "./orders.mjs";
import { origin, ticket, version } from "./session.mjs";

const { HocuspocusProvider, HocuspocusProviderWebsocket } = await import(`hocuspocus-provider-${version}`);
const { Counted, acts: frames } = counted(true);
const docs = new Map();
const providers = new Map();
const said = new Map();
let socket;
let shared;
let show;
const isShown = new Promise((done) => (show = done));

/** One ticket for all documents of a socket, or a fresh one for each; `late` holds it back until the order to show it. */
function tokens({ each = false, late = false }) {
  return async () => {
    if (late) await isShown;
    return each ? ticket() : (shared ??= ticket());
  };
}

obey({
  ...board(docs),
  ...frames,
  open({ documents, words = {}, ...how }) {
    socket ??= new HocuspocusProviderWebsocket({ url: `${origin.replace("http", "ws")}/sync`, WebSocketPolyfill: Counted });
    socket.on("disconnect", () => (shared = undefined));
    for (const name of documents) {
      const events = { denied: [], closed: [], scope: null };
      const document = new Y.Doc();
      docs.set(name, document);
      said.set(name, events);
      const provider = new HocuspocusProvider({
        websocketProvider: socket,
        name,
        document,
        token: tokens(how),
        ...(how.batch && { flushDelay: how.batch }),
        ...(how.session && { sessionAwareness: true }),
        onAuthenticationFailed: ({ reason }) => events.denied.push(reason),
        onAuthenticated: ({ scope }) => (events.scope = scope ?? provider.authorizedScope),
        onClose: ({ event }) => events.closed.push([event.code, event.reason]),
      });
      providers.set(name, provider);
      provider.attach();
    }
  },
  state({ document }) {
    const { isSynced, isAuthenticated, unsyncedChanges } = providers.get(document);
    return { synced: isSynced, authenticated: isAuthenticated, unsynced: unsyncedChanges, ...said.get(document) };
  },
  /** Lets go of the tokens that are late. */
  show: () => show(),
  /** The provider's own way to show a new token. */
  token: ({ document }) => providers.get(document).sendToken(),
  /** Answered when the socket has closed: until then the provider counts as connected, and would not come back. */
  leave() {
    socket.disconnect();
    if (socket.status !== "disconnected") return new Promise((closed) => socket.on("disconnect", () => closed()));
  },
  back: () => void socket.connect(),
  detach: ({ document }) => providers.get(document).detach(),
  writes: ({ document, note }) => providers.get(document).setAwarenessField("writing", note),
  /** A picture of oneself, as programs for other meetings send it. */
  boasts({ document, times = 1 }) {
    for (let n = 0; n < times; n++) providers.get(document).setAwarenessField("user", { picture: "x".repeat(2_000), n });
  },
  others: ({ document }) => [...providers.get(document).awareness.getStates()].filter(([, state]) => "writing" in state),
  /** What every client does to others it has not heard of for 30 s. */
  expire: ({ document, client }) => removeAwarenessStates(providers.get(document).awareness, [client], "timeout"),
});
