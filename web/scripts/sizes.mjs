// Reads dist and fails when a page has grown over its budget. Sizes are of gzip, as they travel; fonts are packed already.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const assets = new URL("assets/", dist);
const files = readdirSync(assets);
const KB = 1000;

const gz = (file) => gzipSync(readFileSync(new URL(file, assets)), { level: 9 }).length;

/** A chunk and everything it needs before it can run. */
function closure(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(new URL(file, assets), "utf8");
  for (const [, next] of text.matchAll(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)) closure(next, seen);
  return seen;
}

function chunk(name) {
  const found = files.filter((file) => new RegExp(`^${name}-[\\w-]{8}\\.js$`).test(file));
  if (found.length !== 1) throw new Error(`dist has ${found.length} chunks named ${name}: build first`);
  return found[0];
}

const html = readFileSync(new URL("index.html", dist), "utf8");
const entry = /src="\/assets\/([\w.-]+\.js)"/.exec(html)?.[1];
if (!entry) throw new Error("dist/index.html has no entry: build first");

const PARTICIPANT = 90 * KB;
const DESK = 150 * KB;
const routes = [
  ["join", ["Join"], PARTICIPANT],
  ["meet", ["Door", "Meet"], PARTICIPANT],
  ["wall", ["WallPairing", "Door", "Wall"], PARTICIPANT],
  ["desk", ["Door", "desk-with-words"], DESK],
  ["set-up", ["SetUp"], DESK],
];

const rows = routes.map(([name, chunks, most]) => {
  const needed = new Set();
  for (const file of [entry, ...chunks.map(chunk)]) closure(file, needed);
  return [`${name}: JavaScript`, [...needed].reduce((sum, file) => sum + gz(file), 0), most];
});
const ending = (end) => files.filter((file) => file.endsWith(end));
rows.push(["CSS in all", ending(".css").reduce((sum, file) => sum + gz(file), 0), 12 * KB]);
const everyday = files.filter((file) => /^(atkinson.*-latin-wght|shantell.*-headings)/.test(file));
if (everyday.length !== 2) throw new Error("dist lacks the everyday fonts");
rows.push(["everyday fonts", everyday.reduce((sum, file) => sum + statSync(new URL(file, assets)).size, 0), 50 * KB]);

let over = false;
for (const [name, size, most] of rows) {
  const bad = size > most;
  over ||= bad;
  console.log(`${bad ? "over" : "ok  "}  ${name.padEnd(20)} ${(size / KB).toFixed(1).padStart(6)} kB of ${most / KB}`);
}
if (over) process.exit(1);
