/** A WebSocket that notes what goes over it. It changes nothing: the provider above it is the stock one. */

import { createDecoder, hasContent, readVarString, readVarUint } from "lib0/decoding";
import WebSocket from "ws";

const KINDS = { 1: "awareness", 2: "auth", 3: "query awareness", 7: "close", 8: "status", 9: "ping", 10: "pong" };
/** Nothing listens here. */
const NOWHERE = "ws://127.0.0.1:1/";
const STEPS = ["step 1", "step 2", "update"];

/** @param {boolean} named Hocuspocus framing: the document's name comes first */
export function counted(named) {
  const frames = [];
  const sockets = [];
  const opens = [];
  const closes = [];
  const unplugged = new Set();

  function note(way, data) {
    const bytes = new Uint8Array(data);
    const decoder = createDecoder(bytes);
    const alone = named && bytes.length === 1;
    const document = named && !alone ? readVarString(decoder).split("\0")[0] : null;
    const number = readVarUint(decoder);
    const kind = number === 0 ? STEPS[readVarUint(decoder)] : (KINDS[number] ?? `kind ${number}`);
    const isEmpty = kind === "awareness" && hasContent(decoder) && bytes.at(-1) === 0 && bytes.at(-2) === 1;
    frames.push({ way, kind: isEmpty ? "still here" : kind, document, at: Date.now(), hex: Buffer.from(bytes).toString("hex") });
  }

  class Counted extends WebSocket {
    constructor(address, protocols) {
      const isUnplugged = [...unplugged].some((part) => address.includes(part));
      super(isUnplugged ? NOWHERE : address, protocols);
      sockets.push(this);
      // As in a browser: a provider that drops a socket while it opens, and hears it no more, is not ended by its error.
      this.on("error", () => {});
      this.on("open", () => opens.push(Date.now()));
      this.on("message", (data) => note("in", data));
      this.on("close", (code, reason) => closes.push({ code, reason: reason.toString(), at: Date.now() }));
    }

    send(data, ...rest) {
      note("out", data);
      super.send(data, ...rest);
    }
  }

  const acts = {
    frames: ({ since = 0 }) => frames.slice(since),
    opens: () => opens,
    closes: () => closes,
    sockets: () => sockets.length,
    /** The network of the last socket whose address holds this goes, without a close frame. It comes back as its provider does. */
    cut: ({ part = "" }) => sockets.findLast(({ url }) => url.includes(part)).terminate(),
    /** No network for sockets whose address holds this, until `plug`. */
    unplug({ part }) {
      unplugged.add(part);
      for (const one of sockets.filter(({ url }) => url.includes(part))) one.terminate();
    },
    plug: ({ part }) => void unplugged.delete(part),
  };
  return { Counted, acts, sockets };
}
