/** One stock client in a process of its own: two providers in one process can sync without any service. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { until } from "../../browser/harness/until.mjs";

const FOLDER = fileURLToPath(new URL("../clients/", import.meta.url));

/** A client that is stuck is told apart from a service that is slow. */
const ANSWERS_WITHIN = 20_000;

/** What runs each kind of client, and how its address is written. */
const KINDS = {
  "hocuspocus 3": { file: "hocuspocus.mjs", version: 3 },
  "hocuspocus 4": { file: "hocuspocus.mjs", version: 4 },
  "y-websocket 2": { file: "y-websocket.mjs", version: 2 },
  "y-websocket 3": { file: "y-websocket.mjs", version: 3 },
  pycrdt: { file: "pycrdt_client.py" },
};

export class Client {
  /** @param {import("./conference.mjs").Session} session */
  constructor(kind, session) {
    const { file, version } = KINDS[kind];
    const { origin, attendee, cookie } = session;
    const python = process.env.PYTHON_OF_TESTS ?? "python3";
    this.kind = kind;
    this.session = session;
    this.child = spawn(file.endsWith(".py") ? python : process.execPath, [file], {
      cwd: FOLDER,
      env: { ...process.env, INTEROP: JSON.stringify({ origin, attendee, cookie, version }) },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.child.stderr.setEncoding("utf8").on("data", (text) => (this.said += text));
    createInterface({ input: this.child.stdout }).on("line", (line) => this.#answered(line));
    this.child.on("exit", (code, signal) => {
      this.#ended = `${kind} ended with ${code ?? signal}`;
      for (const { fail } of this.#asked.values()) fail(this.#fault(this.#ended));
    });
  }

  /** What it printed as faults and warnings. */
  said = "";
  #asked = new Map();
  #n = 0;
  /** How its process ended, if it has. */
  #ended = null;

  #fault(what) {
    return new Error(`${what}:\n${this.said}`);
  }

  #answered(line) {
    // A provider may print lines of its own.
    if (!line.startsWith("{")) return;
    const { n, value, error } = JSON.parse(line);
    const { done, fail } = this.#asked.get(n);
    this.#asked.delete(n);
    if (error) fail(new Error(`${this.kind}: ${error}`));
    else done(value);
  }

  /** Has it act and returns what comes of it. */
  ask(act, order = {}) {
    if (this.#ended) return Promise.reject(this.#fault(this.#ended));
    const n = this.#n++;
    return new Promise((done, fail) => {
      const late = setTimeout(() => fail(this.#fault(`${this.kind} does not answer "${act}"`)), ANSWERS_WITHIN);
      const ended = (how) => (value) => (clearTimeout(late), how(value));
      this.#asked.set(n, { done: ended(done), fail: ended(fail) });
      this.child.stdin.write(`${JSON.stringify({ n, act, ...order })}\n`);
    });
  }

  get isHocuspocus() {
    return this.kind.startsWith("hocuspocus");
  }

  /**
   * Opens one document as this kind of client does, and waits until it has it and no frame of the opening is still to come:
   * Hocuspocus calls itself synced when the service's step 2 has come, and the status of its own follows (SPEC SYNC2).
   */
  async open(document, how = {}) {
    if (this.isHocuspocus) await this.ask("open", { documents: [document], ...how });
    else await this.ask("open", { document, pass: await this.session.pass([document]), ...how });
    await this.synced(document);
    if (this.isHocuspocus) await until(`${this.kind} to be told that its step 2 is kept`, () => this.#isTold(document));
    return this;
  }

  async #isTold(document) {
    return (await this.frames("in", { kinds: ["status"] })).some((frame) => frame.document === document);
  }

  /** Waits until it has what the service has. */
  synced(document) {
    return until(`${this.kind} to have ${document}`, async () => (await this.ask("state", { document })).synced);
  }

  /** Waits until it reads these words in some line. */
  reads(document, words) {
    const look = async () => Object.values(await this.ask("lines", { document })).some((line) => line.includes(words));
    return until(`${this.kind} to read "${words}"`, look);
  }

  /** Frames of these kinds since a place in its list. */
  async frames(way, { since = 0, kinds } = {}) {
    const frames = await this.ask("frames", { since });
    return frames.filter((frame) => (!way || frame.way === way) && (!kinds || kinds.includes(frame.kind)));
  }

  end() {
    this.child.stdin.end();
  }
}
