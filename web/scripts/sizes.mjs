// Reads dist and fails when a page has grown over its budget. Sizes are of gzip, as they travel; fonts are packed already.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const assets = new URL("assets/", dist);
const files = readdirSync(assets);
/** 1 kB is 1,000 bytes, here and wherever a size is told. */
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

/** Before the first picture. */
const PARTICIPANT = 90 * KB;
/** With what a phone fetches by itself a moment later: offering, looking around, my part, what the desk asks of it. */
const FIRST_MINUTE = 100 * KB;
const DESK = 150 * KB;
const WORKER = 20 * KB;
const routes = [
  ["join", ["way-in"], PARTICIPANT],
  ["meet", ["way-in", "Meet"], PARTICIPANT],
  ["meet, first minute", ["way-in", "Meet", "offering", "around", "for-me"], FIRST_MINUTE],
  ["wall", ["WallPairing", "way-in", "Wall"], PARTICIPANT],
  ["desk", ["way-in", "desk-with-words"], DESK],
  ["set-up", ["SetUp"], DESK],
];

const rows = routes.map(([name, chunks, most]) => {
  const needed = new Set();
  for (const file of [entry, ...chunks.map(chunk)]) closure(file, needed);
  return [`${name}: JavaScript`, [...needed].reduce((sum, file) => sum + gz(file), 0), most];
});
const ending = (end) => files.filter((file) => file.endsWith(end));
rows.push(["CSS in all", ending(".css").reduce((sum, file) => sum + gz(file), 0), 12 * KB]);
// What a page with names such as Zieliński loads; the other files hold letters that headings seldom have.
const everyday = files.filter((file) => /^(atkinson.*-latin(-ext)?-wght|shantell.*-headings)/.test(file));
if (everyday.length !== 3) throw new Error("dist lacks the everyday fonts");
rows.push(["everyday fonts", everyday.reduce((sum, file) => sum + statSync(new URL(file, assets)).size, 0), 50 * KB]);

const starts = files.filter((file) => file.endsWith(".js") && /\bnew (Shared)?Worker\(/.test(readFileSync(new URL(file, assets), "utf8")));
const workers = files.filter((file) => /worker/i.test(file) && file.endsWith(".js"));
if (starts.length && !workers.length) throw new Error(`${starts.join(", ")} starts a worker that no file is named after`);
for (const file of workers) rows.push([`worker ${file}`, gz(file), WORKER]);

let over = false;
for (const [name, size, most] of rows) {
  const bad = size > most;
  over ||= bad;
  console.log(`${bad ? "over" : "ok  "}  ${name.padEnd(30)} ${(size / KB).toFixed(1).padStart(6)} kB of ${most / KB}`);
}
if (over) process.exit(1);
