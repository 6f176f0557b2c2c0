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

/** Yjs prints in colours through a library for consoles; what it prints for itself is of no use on these pages. */
function quiet(): Plugin {
  return {
    name: "quiet",
    enforce: "pre",
    resolveId: (name) => (name === "lib0/logging" ? "\0quiet" : undefined),
    load: (id) => (id === "\0quiet" ? "export const print = () => {}, warn = print, ORANGE = 0, BOLD = 0, UNBOLD = 0, RED = 0;" : undefined),
  };
}

export default defineConfig({
  plugins: [fluent(), quiet(), svelte({ compilerOptions: { runes: true } })],
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
