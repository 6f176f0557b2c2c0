// Reads every src/words/en/*.ftl and writes src/words/keys.ts: a message id that does not exist, or an argument that
// is missing, is then an error of the type check.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { FluentResource } from "@fluent/bundle";

const folder = new URL("../src/words/en/", import.meta.url);
const target = new URL("../src/words/keys.ts", import.meta.url);

/** Names of the arguments in a pattern, however deep. */
function namesIn(node, into) {
  if (Array.isArray(node)) for (const part of node) namesIn(part, into);
  else if (node && typeof node === "object") {
    if (node.type === "var") into.add(node.name);
    for (const part of Object.values(node)) namesIn(part, into);
  }
  return into;
}

const wordsOf = new Map();
const files = readdirSync(folder).filter((name) => name.endsWith(".ftl")).sort();
for (const file of files) {
  const text = readFileSync(new URL(file, folder), "utf8");
  const resource = new FluentResource(text);
  const parsed = new Set(resource.body.map((entry) => entry.id));
  // The parser skips what it cannot read; a message that vanished that way would be an empty label on a screen.
  for (const [, id] of text.matchAll(/^(-?[a-zA-Z][\w-]*)\s*=/gm)) {
    if (!parsed.has(id)) throw new Error(`${file}: ${id} cannot be read as Fluent`);
  }
  for (const entry of resource.body) {
    if (entry.id.startsWith("-")) continue;
    if (wordsOf.has(entry.id)) throw new Error(`${file}: ${entry.id} is in ${wordsOf.get(entry.id).file} already`);
    if (Object.keys(entry.attributes).length) throw new Error(`${file}: ${entry.id}: write attributes as messages of their own`);
    wordsOf.set(entry.id, { file, names: [...namesIn(entry.value, new Set())].sort() });
  }
}

const lines = [...wordsOf].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, { names }]) =>
  `  "${id}": ${names.length ? `{ ${names.map((name) => `${name}: string | number`).join("; ")} }` : "null"};`);
const text = `// Made by \`npm run words\` from src/words/en/*.ftl. Do not edit.

/** Every message with its arguments; null = none. */
export interface Messages {
${lines.join("\n")}
}
`;
let old = "";
try { old = readFileSync(target, "utf8"); } catch { /* first time */ }
if (old !== text) writeFileSync(target, text);
