// A text that is made with its first letter. Rows of ours and of the service have a text in every cell from the start; a
// row of another program may lack one, and a part's plan may lack a field. Two pens may then make the same text at the
// same moment: a map keeps one of the two, and with the other its letters would vanish on every screen.

import * as Y from "yjs";
import { Mine } from "./undo";

/**
 * Makes a text under a key. Where another pen's text takes its place, the letters of this one go on at the end of that
 * one; `moved` is called then. Only the pen whose text gave way does it, so each letter is there once.
 */
export function makeText(map: Y.Map<unknown>, key: string, moved: () => void = () => {}): Y.Text {
  const text = new Y.Text();
  map.set(key, text);
  // What stood in it last: a text that has given way is empty.
  let words = "";
  text.observe(() => (words = text.toString()));
  const gaveWay = (_: Y.YMapEvent<unknown>, { local }: Y.Transaction): void => {
    const there = map.get(key);
    if (there === text) return;
    map.unobserve(gaveWay);
    if (local || !(there instanceof Y.Text)) return;
    if (words) map.doc?.transact(() => there.insert(there.length, words), new Mine());
    moved();
  };
  map.observe(gaveWay);
  return text;
}
