import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { textsOf } from "./scripts/fluent.mjs";

/** A `.ftl` file is read at build time: the page carries its texts and not the reader. */
function fluent(): Plugin {
  return {
    name: "fluent",
    transform: (text, id) => (id.endsWith(".ftl") ? { code: `export default ${JSON.stringify(textsOf(text))}`, map: { mappings: "" } } : undefined),
  };
}

/**
 * Parts of libraries that these pages do not use. Yjs prints in colours to consoles; the provider tries a socket again
 * by itself, which `sync/connection.ts` does in its place with one try at a time.
 */
const SPARED: Record<string, string> = {
  "lib0/logging": "export const print = () => {}, warn = print, ORANGE = 0, BOLD = 0, UNBOLD = 0, RED = 0;",
  "@lifeomic/attempt": `export async function retry(attempt, { beforeAttempt }) {
    beforeAttempt({ abort() { throw Object.assign(new Error("aborted"), { code: "ATTEMPT_ABORTED" }); } });
    return attempt();
  }`,
};
function spare(): Plugin {
  return {
    name: "spare",
    enforce: "pre",
    resolveId: (name) => (name in SPARED ? `\0spare ${name}` : undefined),
    load: (id) => (id.startsWith("\0spare ") ? SPARED[id.slice(7)] : undefined),
  };
}

export default defineConfig({
  plugins: [fluent(), spare(), svelte({ compilerOptions: { runes: true } })],
  // Under vitest the browser's build of Svelte is wanted, or effects never run.
  ...(process.env.VITEST ? { resolve: { conditions: ["browser"] } } : {}),
  build: {
    target: "es2022",
    // The polyfill is an inline script and a data: address needs a wider policy: the page's CSP allows neither.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": "http://127.0.0.1:8080",
      "/sync": { target: "ws://127.0.0.1:8080", ws: true },
    },
  },
  test: { include: ["src/**/*.test.ts"] },
});
