import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { textsOf } from "./scripts/fluent.mjs";
import { spare } from "./scripts/spare.ts";

/** A `.ftl` file is read at build time: the page carries its texts and not the reader. */
function fluent(): Plugin {
  return {
    name: "fluent",
    transform: (text, id) => (id.endsWith(".ftl") ? { code: `export default ${JSON.stringify(textsOf(text))}`, map: { mappings: "" } } : undefined),
  };
}

export default defineConfig({
  plugins: [fluent(), spare(), svelte({ compilerOptions: { runes: true } })],
  // Under vitest the browser's build of Svelte is wanted, or effects never run.
  ...(process.env.VITEST ? { resolve: { conditions: ["browser"] } } : {}),
  // `Features.LightDark` would put two variables beside each `color-scheme`, for a function that no style of ours uses.
  css: { lightningcss: { exclude: 1 << 20 } },
  build: {
    target: "es2022",
    // The polyfill is an inline script and a data: address needs a wider policy: the page's CSP allows neither.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // One file for what every page needs and one for the way in, instead of some twenty that each pack badly.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "app", test: /src\/App\.svelte$/, priority: 2 },
            { name: "way-in", test: /src\/pages\/(Join|Door)\.svelte$/, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": "http://127.0.0.1:8080",
      "/sync": { target: "ws://127.0.0.1:8080", ws: true },
    },
  },
  test: { include: ["src/**/*.test.ts"], server: { deps: { inline: [/\/(yjs|y-protocols|lib0|@hocuspocus)\//] } } },
});
