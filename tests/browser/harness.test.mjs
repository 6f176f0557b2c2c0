/** The harness itself: a net that catches nothing would let every other test pass. */

import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { after, before, test } from "node:test";
import { axe, kept, launch, person } from "./harness/browser.mjs";
import { Network } from "./harness/network.mjs";
import { linksIn } from "./harness/service.mjs";
import { until } from "./harness/until.mjs";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types none-here";
const COOKIE = "__Host-s-0123456789abcdef";

const PAGES = {
  "/": '<!doctype html><html lang="en"><title>Plain</title><main><h1>Plain</h1><p>Words.</p></main></html>',
  "/faulty": '<!doctype html><html lang="en"><title>Faulty</title><main><h1>Faulty</h1><img src="/x"><button></button></main></html>',
  "/loud": '<!doctype html><html lang="en"><title>Loud</title><main><h1>Loud</h1></main><script>1</script><script src="/loud.js"></script></html>',
  "/loud.js": "localStorage.setItem('a', 'b'); fetch('http://127.0.0.1:9/').catch(() => {}); throw new Error('loud');",
};

let server;
let origin;
let browser;

before(async () => {
  server = http.createServer((request, response) => {
    // Where the policy refuses an address no request is made; this page's lets it through.
    const policy = request.url === "/loud" ? POLICY.replace("connect-src 'self'", "connect-src *") : POLICY;
    response.setHeader("content-security-policy", policy);
    response.setHeader("content-type", request.url.endsWith(".js") ? "text/javascript" : "text/html; charset=utf-8");
    response.setHeader("set-cookie", `${COOKIE}=1; Path=/; Secure; HttpOnly; SameSite=Lax`);
    response.setHeader("x-cookie", request.headers.cookie ?? "none");
    response.end(PAGES[request.url] ?? "");
  });
  // Echoes whatever follows an upgrade: enough of a WebSocket to see the proxy carry one.
  server.on("upgrade", (request, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n");
    socket.on("error", () => socket.destroy()).pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${server.address().port}`;
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

test("axe runs under the content policy, finds faults and no faults", async () => {
  const someone = await person(browser, { origin });
  await someone.page.goto(origin);
  assert.deepEqual(await axe(someone.page), []);
  assert.deepEqual(await kept(someone.page), []);
  assert.deepEqual(someone.faults, []);
  await someone.page.goto(`${origin}/faulty`);
  const found = (await axe(someone.page)).join("\n");
  assert.match(found, /image-alt/);
  assert.match(found, /button-name/);
  await someone.close();
});

test("faults of scripts, refusals of the policy, third parties and kept data are noted", async () => {
  const someone = await person(browser, { origin });
  await someone.page.goto(`${origin}/loud`);
  await until("three faults", () => ["script: ", "policy: ", "third party: "].every((start) => someone.faults.some((fault) => fault.startsWith(start))));
  assert.deepEqual(await kept(someone.page), ["localStorage a"]);
  await someone.close();
});

test("a cookie of one host alone works on 127.0.0.1 without TLS, through the bad network too", async () => {
  const network = await Network.start({ delay: 5 });
  for (const way of [undefined, network]) {
    const someone = await person(browser, { origin, network: way });
    await someone.page.goto(origin);
    const second = await someone.page.goto(origin);
    assert.equal(second.headers()["x-cookie"], `${COOKIE}=1`);
    await someone.close();
  }
  await network.end();
});

test("the network delays, keeps the order, cuts and mends", async () => {
  const network = await Network.start({ delay: 60, stalls: 0.2, stall: 30, seed: 7 });
  const connect = async () => {
    const request = http.request(network.server, { method: "CONNECT", path: new URL(origin).host });
    const answered = Promise.race([
      once(request, "connect").then(([, socket]) => socket),
      once(request, "error").then(([error]) => Promise.reject(error)),
    ]);
    request.end();
    return answered;
  };
  const socket = await connect();
  socket.on("error", () => {});
  let heard = "";
  socket.on("data", (data) => (heard += data));
  socket.write("GET /echo HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
  await until("the upgrade", () => heard.endsWith("\r\n\r\n"));
  heard = "";
  const started = Date.now();
  for (let count = 0; count < 20; count++) socket.write(`${count} `);
  await until("the echo", () => heard.split(" ").length === 21);
  assert.ok(Date.now() - started >= 120, "60 ms there and 60 ms back");
  assert.equal(heard.trim(), Array.from({ length: 20 }, (_, count) => count).join(" "));

  // One after the other, some held: those that are due in the same moment come in order too.
  heard = "";
  for (let count = 0; count < 300; count++) {
    socket.write(`${count} `);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await until("the second echo", () => heard.split(" ").length === 301);
  assert.equal(heard.trim(), Array.from({ length: 300 }, (_, count) => count).join(" "));

  network.cut();
  await until("the end of the connection", () => socket.destroyed);
  await assert.rejects(connect());
  network.mend();
  (await connect()).destroy();
  await network.end();
});

test("printed links are read with whose they are and the PIN", () => {
  const secret = "0".repeat(64);
  const text = `Practice\n  Chair: http://127.0.0.1:8080/join#0123456789abcdef.${secret}  PIN 12345678\n  Wall  http://127.0.0.1:8080/wall\nno link\n`;
  assert.deepEqual(linksIn(text), [
    { whose: "Chair", url: `http://127.0.0.1:8080/join#0123456789abcdef.${secret}`, pin: "12345678" },
    { whose: "Wall", url: "http://127.0.0.1:8080/wall", pin: null },
  ]);
});
