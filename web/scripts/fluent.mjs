// Reads Fluent at build time. What a page carries is text with gaps; the reader of Fluent stays here.
import { FluentResource } from "@fluent/bundle";

/** @typedef {string | { of: string, cases?: Record<string, Text> }} Part */
/** @typedef {string | Part[]} Text */

/** Messages of a file by id. Throws on what the page's small reader (src/words/text.ts) does not know. */
export function textsOf(source) {
  return Object.fromEntries(new FluentResource(source).body.map(({ id, value }) => [id, textOf(value, id)]));
}

function textOf(pattern, id) {
  if (typeof pattern === "string") return pattern;
  const parts = (Array.isArray(pattern) ? pattern : [pattern]).map((part) => partOf(part, id)).filter((part) => part !== "");
  return parts.length === 0 ? "" : parts.every((part) => typeof part === "string") ? parts.join("") : parts;
}

function partOf(part, id) {
  if (typeof part === "string") return part;
  if (part.type === "str") return part.value;
  if (part.type === "var") return { of: part.name };
  if (part.type !== "select" || part.selector.type !== "var") throw new Error(`${id}: only texts, arguments and selections by an argument are read`);
  const cases = Object.fromEntries(part.variants.map(({ key, value }, at) => [at === part.star ? "" : String(key.value), textOf(value, id)]));
  return { of: part.selector.name, cases };
}
