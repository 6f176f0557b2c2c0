/**
 * Somebody fresh: a socket of its own that asks for a document from nothing and closes again. Nobody is ever given what
 * is not durable, so this is what the store holds.
 */

import * as Y from "yjs";


/** A number of seven bits to the byte, from `at`: [number, next place]. */
function number(bytes, at) {
  let value = 0;
  for (let by = 1; ; by *= 128) {
    const byte = bytes[at++];
    value += (byte % 128) * by;
    if (byte < 128) return [value, at];
  }
}

export class Reader {
  /** @param {import("playwright-core").Page} page a page of somebody who is here; only its session is used */
  constructor(page) {
    this.page = page;
    this.attendee = new URL(page.url()).pathname.split("/")[2];
  }

  /** The whole board of everybody, as it is durable now. */
  board() {
    return this.document("board.all");
  }

  /** What this device may read and write now, as the seat says: kind of document → "read" or "write". */
  async rights() {
    const seat = await this.document("seat");
    return Object.fromEntries([...seat.getMap("documents").entries()].map(([name, access]) => [name.split("/")[1].split("~")[0], access]));
  }

  /** @param {string} kind of a document; "seat" is one's own */
  async document(kind) {
    const bytes = await this.page.evaluate(async ([attendee, kind]) => {
      const asked = await fetch(`/api/attendees/${attendee}/ticket`, { method: "POST", headers: { "x-flipchart": "1" } });
      if (!asked.ok) throw new Error(`no ticket: ${asked.status}`);
      const { ticket, conference, seat } = await asked.json();
      const text = (words) => {
        const encoded = new TextEncoder().encode(words);
        return [encoded.length, ...encoded];
      };
      const name = kind === "seat" ? seat : `${conference}/${kind}`;
      const socket = new WebSocket(`${location.origin.replace("http", "ws")}/sync`);
      socket.binaryType = "arraybuffer";
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error("no step 2 in 5 s")), 5_000);
        socket.onclose = (close) => reject(new Error(`closed: ${close.code} ${close.reason}`));
        socket.onopen = () => {
          socket.send(new Uint8Array([...text(name), 2, 0, ...text(ticket), ...text("fresh")]));
          socket.send(new Uint8Array([...text(name), 0, 0, 1, 0]));
        };
        socket.onmessage = ({ data }) => {
          const frame = new Uint8Array(data);
          const after = 1 + frame[0];
          // Not let in: the socket says so at once and closes later (SPEC CLOSE2).
          if (frame[after] === 2 && frame[after + 1] === 1) {
            clearTimeout(timer);
            socket.onclose = null;
            socket.close();
            reject(new Error("denied"));
            return;
          }
          const isStepTwo = frame.length > after && (frame[after] === 0 || frame[after] === 4) && frame[after + 1] === 1;
          if (!isStepTwo) return;
          clearTimeout(timer);
          socket.onclose = null;
          socket.close();
          resolve([...frame.slice(after + 2)]);
        };
      });
    }, [this.attendee, kind]);
    const [length, from] = number(bytes, 0);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, new Uint8Array(bytes.slice(from, from + length)));
    return doc;
  }

  /** Lines of a section, by its key, in no order. */
  async lines(section) {
    const doc = await this.board();
    return [...doc.getMap("notes").values()].filter((note) => note.get("section") === section).map((note) => note.get("text")?.toString() ?? "");
  }
}
