import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { words } from ".";

const src = resolve(import.meta.dirname, "..");

function idsOf(file: string): string[] {
  const text = readFileSync(join(src, "words/en", file), "utf8");
  return [...text.matchAll(/^([a-z][\w-]*)\s*=/gm)].map(([, id]) => id as string);
}

/** A source file and everything it imports, however far. */
function closure(file: string, seen = new Set<string>()): Set<string> {
  if (file.endsWith("words/keys")) return seen;
  const path = [file, `${file}.ts`, `${file}.svelte.ts`, join(file, "index.ts")].find((one) => /\.(ts|svelte)$/.test(one) && existsSync(one));
  if (!path || seen.has(path)) return seen;
  seen.add(path);
  for (const [, next] of readFileSync(path, "utf8").matchAll(/(?:from|import)\s+"(\.[^"?]*)"/g)) closure(resolve(dirname(path), next as string), seen);
  return seen;
}

describe("words", () => {
  it("puts arguments in without marks around them", () => {
    expect(words("join-step", { n: 1, of: 3 })).toBe("Step 1 of 3");
  });

  it("says everything wrong at the door alike: p3", () => {
    for (const key of ["join-wrong", "phone-the-number", "join-not-right"] as const) expect(words(key)).toContain("Please phone the number on your letter.");
  });

  it("names no child, family, agency or attendee on the waiting page: p3", () => {
    const page = readFileSync(join(src, "pages/Waiting.svelte"), "utf8");
    for (const [, key] of page.matchAll(/words\("([\w-]+)"/g)) expect(words(key as "wait-head")).not.toMatch(/child|mother|father|family|school|police|conference/i);
  });

  it("has every file in the loader or in a module of its page", () => {
    for (const file of readdirSync(join(src, "words/en"))) {
      const own = existsSync(join(src, "words", file.replace(".ftl", ".ts")));
      if (!own) for (const id of idsOf(file)) expect(() => (words as (key: string, values: object) => string)(id, {}), id).not.toThrow(`No words for ${id}`);
    }
  });

  it.each(["Join", "Door", "Meet", "Wall", "WallPairing"])("keeps words of the desk and of set-up out of %s, which lacks them", (page) => {
    const away = new Set([...idsOf("desk.ftl"), ...idsOf("set-up.ftl")]);
    const used = [...closure(join(src, `pages/${page}.svelte`))].flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/"([a-z][\w-]*)"/g)].filter(([, text]) => away.has(text as string)).map(([, text]) => `${file}: ${text}`),
    );
    expect(used).toEqual([]);
  });
});
