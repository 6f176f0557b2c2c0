// All words of the screens. A component holds no literal text, attributes included:
//
//   1. Put the message into a file of `src/words/en/`:
//        meet-page = Page { $page } of { $pages }
//   2. `npm run words` writes `keys.ts` (build and check do it by themselves).
//   3. In the component: `import { words } from "../words";` and `{words("meet-page", { page: 1, pages: 2 })}`.
//
// Ids are unique over all files and begin with the screen's name; attributes such as aria-label are messages of their
// own. The file named below is on every page. Every other file travels with what imports the module beside this one
// that adds it: a phone that reads does not fetch the words of a pen (a test holds this).
// What the framework says comes from the `stage` document, never from here.
import common from "./en/common.ftl";
import type { Messages } from "./keys";
import { read, type Text } from "./text";

/** Id of a message. */
export type Key = keyof Messages;
type Arguments<K extends Key> = Messages[K] extends null ? [] : [values: Messages[K]];

const texts = new Map<string, Text>();

/** Adds the messages of one file. */
export function addWords(messages: Readonly<Record<string, Text>>): void {
  for (const [id, text] of Object.entries(messages)) texts.set(id, text);
}

addWords(common);

/** The words of one message. */
export function words<K extends Key>(key: K, ...[values]: Arguments<K>): string {
  const text = texts.get(key);
  if (text === undefined) throw new Error(`No words for ${key}`);
  return read(text, values ?? undefined);
}
