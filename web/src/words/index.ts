// All words of the screens. A component holds no literal text, attributes included:
//
//   1. Put the message into a file of `src/words/en/` (one file a screen: desk.ftl, meet.ftl …):
//        meet-page = Page { $page } of { $pages }
//   2. `npm run words` writes `keys.ts` (build and check do it by themselves).
//   3. In the component: `import { words } from "../words";` and `{words("meet-page", { page: 1, pages: 2 })}`.
//
// Ids are unique over all files and begin with the screen's name; attributes such as aria-label are messages of their
// own. The loader takes every `.ftl` file in `en/`; a file needs no entry anywhere. Only desk.ftl and set-up.ftl travel
// with their page: what a phone or a wall shows too belongs into another file (a test holds this).
// What the framework says comes from the `stage` document, never from here.
import { FluentBundle, FluentResource } from "@fluent/bundle";
import type { Messages } from "./keys";

/** Id of a message. */
export type Key = keyof Messages;
type Arguments<K extends Key> = Messages[K] extends null ? [] : [values: Messages[K]];

// Words of the large pages travel with those pages alone: a phone does not fetch the desk's.
const files = import.meta.glob<string>(["./en/*.ftl", "!./en/desk.ftl", "!./en/set-up.ftl"], { query: "?raw", import: "default", eager: true });
const bundle = new FluentBundle("en-GB", { useIsolating: false });
for (const text of Object.values(files)) addWords(text);

/** Adds the messages of one file. */
export function addWords(text: string): void {
  bundle.addResource(new FluentResource(text));
}

/** The words of one message. */
export function words<K extends Key>(key: K, ...[values]: Arguments<K>): string {
  const message = bundle.getMessage(key);
  if (!message?.value) throw new Error(`No words for ${key}`);
  const errors: Error[] = [];
  const text = bundle.formatPattern(message.value, values ?? null, errors);
  if (errors[0]) throw errors[0];
  return text;
}
