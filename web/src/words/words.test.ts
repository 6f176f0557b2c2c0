import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { words } from ".";
import "./join";
import "./parts";
import "./people-desk";
import "./sheets";

const src = resolve(import.meta.dirname, "..");

function idsOf(file: string): string[] {
  const text = readFileSync(join(src, "words/en", file), "utf8");
  return [...text.matchAll(/^([a-z][\w-]*)\s*=/gm)].map(([, id]) => id as string);
}

/** A source file and everything it imports before it runs, however far. */
function closure(file: string, seen = new Set<string>()): Set<string> {
  if (file.endsWith("words/keys")) return seen;
  const path = [file, `${file}.ts`, `${file}.svelte.ts`, join(file, "index.ts")].find((one) => /\.(ts|svelte|ftl)$/.test(one) && existsSync(one));
  if (!path || seen.has(path)) return seen;
  seen.add(path);
  const text = path.endsWith(".ftl") ? "" : readFileSync(path, "utf8").replace(/import type [^;]*;/g, "");
  for (const [, next] of text.matchAll(/(?:from|import)\s+"(\.[^"?]*)"/g)) closure(resolve(dirname(path), next as string), seen);
  return seen;
}

const files = readdirSync(join(src, "words/en"));
const all = new Set(files.flatMap(idsOf));

describe("words", () => {
  it("puts arguments in without marks around them", () => {
    expect(words("join-step", { n: 1, of: 3 })).toBe("Step 1 of 3");
  });

  it("says one and many", () => {
    const said = [0, 1, 1200].map((count) => words("save-waiting", { count }));
    expect(said).toEqual(["Not saved yet – 0 changes", "Not saved yet – 1 change", "Not saved yet – 1,200 changes"]);
    expect(words("people-here-count", { count: 1, calls: 0 })).toBe("1 person");
    expect(words("people-here-count", { count: 9, calls: 4 })).toBe("9 people, 4 on the call");
  });

  it("never says a gap as nothing", () => {
    expect(() => (words as (key: string) => string)("join-step")).toThrow("No value for n");
    expect(() => (words as (key: string) => string)("join-none")).toThrow("No words for join-none");
  });

  it("says everything wrong at the door alike: p3", () => {
    for (const key of ["join-wrong", "phone-the-number", "join-not-right"] as const) expect(words(key)).toContain("Please phone the number on your letter.");
  });

  it("names no child, family, agency or attendee on the waiting page: p3", () => {
    const page = readFileSync(join(src, "pages/Waiting.svelte"), "utf8");
    for (const [, key] of page.matchAll(/words\("([\w-]+)"/g)) expect(words(key as "wait-head")).not.toMatch(/child|mother|father|family|school|police|conference/i);
  });

  const chunks = ["App.svelte", "pages/Join.svelte", "pages/Door.svelte", "pages/Meet.svelte", "pages/Wall.svelte", "pages/WallPairing.svelte", "pages/SetUp.svelte",
    "pages/desk-with-words.ts", "board/editing.ts", "plan/editing.ts", "pages/meet/offering.ts", "pages/meet/around.ts", "pages/parts/pen.ts"];
  /** What is there before a chunk comes. */
  const before: Record<string, string> = { "board/editing.ts": "words/sheets.ts", "plan/editing.ts": "words/sheets.ts", "pages/meet/offering.ts": "pages/Meet.svelte", "pages/meet/around.ts": "pages/Meet.svelte" };

  it.each(chunks)("brings %s every word it says", (chunk) => {
    const sources = [...closure(join(src, "words/index.ts")), ...closure(join(src, chunk)), ...(before[chunk] ? closure(join(src, before[chunk])) : [])];
    const there = new Set(sources.filter((file) => file.endsWith(".ftl")).flatMap((file) => idsOf(basename(file))));
    const lacking = [...closure(join(src, chunk))].filter((file) => !file.endsWith(".ftl")).flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/"([a-z][\w-]*)"/g)].filter(([, text]) => all.has(text as string) && !there.has(text as string)).map(([, text]) => `${file}: ${text}`),
    );
    expect(lacking).toEqual([]);
  });
});
