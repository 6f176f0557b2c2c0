// Parts of libraries that these pages never reach and that a bundler cannot know to be unreachable.

import type { Plugin } from "vite";

/** Modules of libraries, and what stands in their place. */
const INSTEAD: Record<string, string> = {
  // Yjs prints in colours to consoles.
  "lib0/logging": "export const print = () => {}, warn = print, ORANGE = 0, BOLD = 0, UNBOLD = 0, RED = 0;",
  // The provider tries a socket again by itself, which `sync/connection.ts` does in its place with one try at a time.
  "@lifeomic/attempt": `export async function retry(attempt, { beforeAttempt }) {
    beforeAttempt({ abort() { throw Object.assign(new Error("aborted"), { code: "ATTEMPT_ABORTED" }); } });
    return attempt();
  }`,
};

/** Throws as a reader does that meets bytes it does not know. */
const never = (what: string): string => `() => { throw new Error("${what} is never sent (SPEC SCAN4)"); }`;
const xml = (kind: string): string => `export class Y${kind} {} export const readY${kind} = ${never(kind)};`;

/** Files of libraries, and what stands in their place. */
const INSTEAD_OF_FILE: Record<string, string> = {
  // Which settings a development has, which it looks for in the device's storage too.
  "lib0/environment.js": "export const getVariable = () => null, isBrowser = true;",
  // The service takes and sends no XML and no document in a document.
  "yjs/src/types/YXmlElement.js": xml("XmlElement"),
  "yjs/src/types/YXmlFragment.js": xml("XmlFragment"),
  "yjs/src/types/YXmlHook.js": xml("XmlHook"),
  "yjs/src/types/YXmlText.js": xml("XmlText"),
  "yjs/src/types/YXmlEvent.js": "export class YXmlEvent {}",
  "yjs/src/structs/ContentDoc.js": `export class ContentDoc {} export const readContentDoc = ${never("ContentDoc")};`,
};

/**
 * Files of Yjs with the second form of updates, behind the first. Nothing here speaks the second; where Yjs keeps what
 * it cannot use yet in it, the first form does as well.
 */
const FIRST_FORM: Record<string, string[]> = { "yjs/src/utils/UpdateEncoder.js": ["DSEncoder", "UpdateEncoder"], "yjs/src/utils/UpdateDecoder.js": ["DSDecoder", "UpdateDecoder"] };

const fileOf = (id: string): string => id.replaceAll("\\", "/").split("/node_modules/").at(-1) ?? "";

/** Leaves them out. A release of a library that no longer asks for one of them fails the build. */
export function spare(): Plugin {
  const left = new Set([...Object.keys(INSTEAD), ...Object.keys(INSTEAD_OF_FILE), ...Object.keys(FIRST_FORM)]);
  return {
    name: "spare",
    enforce: "pre",
    // Tests run with what ships.
    apply: (_, { command }) => command === "build" || !!process.env["VITEST"],
    resolveId(name, from) {
      // File by file: what only a pen needs of Yjs, its undo, then travels with the pen.
      if (name === "yjs") return this.resolve("yjs/src/index.js", from, { skipSelf: true });
      return name in INSTEAD ? `\0spare ${name}` : undefined;
    },
    load(id) {
      const name = id.startsWith("\0spare ") ? id.slice(7) : fileOf(id);
      const text = INSTEAD[name] ?? INSTEAD_OF_FILE[name];
      if (text) left.delete(name);
      return text;
    },
    transform(text, id) {
      const classes = FIRST_FORM[fileOf(id)];
      if (!classes) return undefined;
      const at = text.indexOf(`export class ${classes[0]}V2 `);
      if (at < 0 || classes.some((one) => !text.includes(`export class ${one}V1 `) || text.indexOf(`export class ${one}V2 `) < at)) throw new Error(`${id} has changed: see scripts/spare.ts`);
      left.delete(fileOf(id));
      return { code: `${text.slice(0, at)}export { ${classes.map((one) => `${one}V1 as ${one}V2`).join(", ")} };`, map: { mappings: "" } };
    },
    generateBundle() {
      if (left.size) throw new Error(`Nothing asks for ${[...left].join(", ")} any more: see scripts/spare.ts`);
    },
  };
}
