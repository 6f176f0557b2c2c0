/** What somebody writes into a board and reads from it, in Yjs. */

import * as Y from "yjs";

const notes = (doc) => doc.getMap("notes");
const text = (doc, note) => notes(doc).get(note).get("text");

/** One edit of a script (`harness/script.mjs`): places are shares of what is in this copy at that moment. */
function scribble(doc, { what, note, line, at, letters, words }, writes) {
  const here = [...notes(doc).keys()].sort();
  if (what === "line" || here.length === 0) return writes();
  const id = here[Math.floor(line * here.length)];
  if (what === "drop") return notes(doc).delete(id);
  if (what === "move") return notes(doc).get(id).set("order", `b${note}`);
  const whole = Array.from(text(doc, id).toString());
  const place = Math.floor(at * (whole.length + (what === "type" ? 1 : 0)));
  const begin = whole.slice(0, place).join("").length;
  if (what === "type") return text(doc, id).insert(begin, words);
  text(doc, id).delete(begin, whole.slice(place, place + letters).join("").length);
}

export const acts = (docs) => ({
  scribble({ document, ...edit }) {
    scribble(docs.get(document), edit, () => this.note({ document, ...edit }));
  },
  note({ document, note, words }) {
    const doc = docs.get(document);
    doc.transact(() => {
      const line = new Y.Map();
      line.set("section", "worried");
      line.set("order", `a${note}`);
      line.set("text", new Y.Text(words));
      notes(doc).set(note, line);
    });
  },
  type({ document, note, at, words }) {
    const line = text(docs.get(document), note);
    line.insert(at ?? line.length, words);
  },
  erase({ document, note, at, letters }) {
    text(docs.get(document), note).delete(at, letters);
  },
  /** What an editor for rich text does, and no board takes. */
  format({ document, note }) {
    text(docs.get(document), note).format(0, 1, { bold: true });
  },
  /** Sends the second letter of somebody whose first one nobody has. */
  gap({ document, times = 1 }) {
    const doc = docs.get(document);
    const lost = new Y.Doc();
    lost.getMap("notes").set("lost", new Y.Text("a"));
    lost.on("update", (update) => {
      for (let n = 0; n < times; n++) doc.emit("update", [update, lost, doc, null]);
    });
    lost.getMap("notes").get("lost").insert(1, "b");
  },
  /** Takes over what came by another way than the service, as a copy from a file does. */
  apply({ document, update }) {
    Y.applyUpdate(docs.get(document), Buffer.from(update, "hex"), "elsewhere");
  },
  /** Words by note. */
  lines({ document }) {
    return Object.fromEntries([...notes(docs.get(document))].map(([note, line]) => [note, line.get("text").toString()]));
  },
  /** A root map as JSON. */
  root({ document, root }) {
    return docs.get(document).getMap(root).toJSON();
  },
  /** How far each client has come in this copy. */
  clocks({ document }) {
    const vector = Y.decodeStateVector(Y.encodeStateVector(docs.get(document)));
    return Object.fromEntries([...vector].sort(([one], [other]) => one - other));
  },
  client: ({ document }) => docs.get(document).clientID,
});
