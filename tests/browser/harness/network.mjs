/**
 * A bad network in front of the service. The browser uses it as its proxy, so that the page's origin stays the
 * service's: plain requests are passed on, WebSockets come through CONNECT.
 */

import { once } from "node:events";
import http from "node:http";
import net from "node:net";

/** Numbers from 0 to 1 that a seed repeats (mulberry32): a failing network can be had again. */
export function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An HTTP proxy that only knows the way. */
async function passOn() {
  const proxy = http.createServer((request, response) => {
    const onward = http.request(request.url, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  proxy.on("connect", (request, client, head) => {
    const { hostname, port } = new URL(`http://${request.url}`);
    const onward = net.connect(Number(port || 80), hostname, () => {
      onward.setNoDelay(true);
      client.write("HTTP/1.1 200 Connected\r\n\r\n");
      onward.write(head);
      onward.pipe(client).pipe(onward);
    });
    onward.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.on("error", () => onward.destroy()).on("close", () => onward.destroy());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return proxy;
}

export class Network {
  /**
   * @param {{ delay?: number, stalls?: number, stall?: number, seed?: number }} weather
   *   `delay`: ms in each direction; `stalls`: share of the chunks on a free line that hold their direction for `stall`
   *   ms. What comes meanwhile waits with it and goes when it goes, as behind a lost packet: were each of them to hold
   *   the line again, a line in use would fall behind without end.
   */
  static async start({ delay = 0, stalls = 0, stall = 2_000, seed = 1 } = {}) {
    const network = new Network();
    Object.assign(network, { delay, stalls, stall, roll: dice(seed), open: new Set(), isCut: false, held: null });
    network.proxy = await passOn();
    network.front = net.createServer({ noDelay: true }, (near) => network.#join(near));
    network.front.listen(0, "127.0.0.1");
    await once(network.front, "listening");
    return network;
  }

  /** For `browser.newContext({ proxy: { server } })`. */
  get server() {
    return `http://127.0.0.1:${this.front.address().port}`;
  }

  #join(near) {
    near.on("error", () => near.destroy());
    if (this.isCut) return near.resetAndDestroy();
    const far = net.connect({ port: this.proxy.address().port, host: "127.0.0.1", noDelay: true });
    far.on("error", () => near.destroy());
    for (const end of [near, far]) {
      this.open.add(end);
      end.on("close", () => this.open.delete(end));
    }
    this.#carry(near, far);
    this.#carry(far, near);
  }

  /**
   * Chunks keep their order: a held chunk holds those behind it. One timer for all of them, because timers of different
   * lengths that end in the same millisecond run in any order.
   */
  #carry(from, to) {
    const waiting = [];
    let due = 0;
    let timer = null;
    const next = () => {
      while (waiting.length && waiting[0].due <= Date.now()) {
        const { act } = waiting.shift();
        const go = () => !to.destroyed && act();
        if (this.held) this.held.push(go);
        else go();
      }
      timer = waiting.length ? setTimeout(next, waiting[0].due - Date.now()) : null;
    };
    const later = (act) => {
      const soonest = Date.now() + this.delay;
      if (due > soonest) due = Math.max(due, soonest);
      else due = this.roll() < this.stalls ? soonest + this.stall : soonest;
      waiting.push({ due, act });
      timer ??= setTimeout(next, due - Date.now());
    };
    from.on("data", (chunk) => later(() => to.write(chunk)));
    from.on("end", () => later(() => to.end()));
    from.on("close", () => later(() => to.destroy()));
  }

  /** Every connection breaks and none can be made, until `mend`. */
  cut() {
    this.isCut = true;
    for (const end of this.open) end.resetAndDestroy();
  }

  /** Nothing arrives any more and nobody is told, until `mend`. */
  hush() {
    this.held ??= [];
  }

  mend() {
    this.isCut = false;
    const held = this.held ?? [];
    this.held = null;
    for (const go of held) go();
  }

  async end() {
    this.cut();
    this.front.close();
    this.proxy.closeAllConnections();
    this.proxy.close();
    await once(this.proxy, "close");
  }
}
