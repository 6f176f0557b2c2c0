/** The real binary on a free port with a data folder of its own. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { until } from "./until.mjs";

const BINARY = process.env.FLIPCHART_BINARY;

/**
 * Links in what the service printed. A link stands on a line of its own words: before it for whom, after it the PIN.
 * @param {string} text
 */
export function linksIn(text) {
  const found = [];
  for (const line of text.split("\n")) {
    const url = line.match(/https?:\/\/[^\s"<>]+/)?.[0];
    if (!url) continue;
    const [before, after] = line.split(url);
    found.push({ whose: before.trim().replace(/[:–-]$/, "").trim(), url, pin: after.match(/\b\d{8}\b/)?.[0] ?? null });
  }
  return found;
}

export class Service {
  /** Starts it; `more` goes to `flipchart serve`, `environment` stands beside ours. */
  static async start(more = ["--practice"], environment = {}) {
    if (!BINARY) throw new Error("FLIPCHART_BINARY names no binary; run `cargo xtask test browser`");
    const service = new Service();
    service.more = more;
    service.environment = { ...process.env, ...environment };
    service.data = await mkdtemp(path.join(tmpdir(), "flipchart-"));
    await service.#run();
    return service;
  }

  said = "";
  /** Drawn at the first start and kept through restarts, as links are. */
  port = 0;

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Every link printed since the last start. */
  get links() {
    return linksIn(this.said);
  }

  /** The link for whom the words before it say so, once it has been printed. */
  link(whose) {
    return until(`the link of ${whose}`, () => this.links.find((link) => whose.test(link.whose)));
  }

  async #run() {
    this.said = "";
    const flags = ["serve", "--listen", `127.0.0.1:${this.port}`, "--data", this.data, ...this.more];
    this.child = spawn(BINARY, flags, { stdio: ["ignore", "pipe", "pipe"], env: this.environment });
    this.ended = once(this.child, "exit");
    for (const pipe of [this.child.stdout, this.child.stderr]) {
      pipe.setEncoding("utf8").on("data", (text) => (this.said += text));
    }
    const answers = async () => {
      if (this.child.exitCode !== null) return "ended";
      // Its first line says where it listens. A port drawn for it beforehand could be another's by the time it starts.
      this.port ||= Number(this.said.match(/^flipchart .* at http:\S+:(\d+)\n/m)?.[1] ?? 0);
      return this.port && (await fetch(`${this.origin}/healthz`).catch(() => null))?.ok && "answers";
    };
    const how = await until("the service's first answer", answers);
    if (how === "ended") throw new Error(`the service ended with ${this.child.exitCode}:\n${this.said}`);
  }

  /** SIGKILL: nothing is flushed, nobody is told. */
  async kill() {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill("SIGKILL");
      await this.ended;
    }
  }

  /** Kills it and starts it again on the same data and port. */
  async restart() {
    await this.kill();
    await this.#run();
  }

  /** Ends it and throws its data away. */
  async end() {
    await this.kill();
    await rm(this.data, { recursive: true, force: true });
  }
}
