import { expect, it } from "vitest";
import * as Y from "yjs";

/** Three updates of one document, each upon the one before. */
function threeUpdates(): Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  const notes = doc.getMap<Y.Map<unknown>>("notes");
  const text = new Y.Text("one");
  notes.set("a", new Y.Map<unknown>([["text", text], ["children", ["kacper"]]]));
  text.insert(3, " two");
  text.delete(0, 3);
  return updates;
}

it("is spared of the second form of updates and of XML", () => {
  expect(Y.UpdateEncoderV2).toBe(Y.UpdateEncoderV1);
  expect(Y.UpdateDecoderV2).toBe(Y.UpdateDecoderV1);
  expect(Object.getOwnPropertyNames(Y.XmlElement.prototype)).toEqual(["constructor"]);
});

it("keeps what it cannot use yet, hands it on, and uses it when it can", () => {
  const [made, grown, cut] = threeUpdates() as [Uint8Array, Uint8Array, Uint8Array];
  const reader = new Y.Doc();
  Y.applyUpdate(reader, cut);
  Y.applyUpdate(reader, grown);
  expect(reader.getMap("notes").size).toBe(0);
  const third = new Y.Doc();
  Y.applyUpdate(third, Y.encodeStateAsUpdate(reader));
  for (const doc of [reader, third]) {
    Y.applyUpdate(doc, made);
    expect(doc.getMap("notes").toJSON()).toEqual({ a: { text: " two", children: ["kacper"] } });
    expect([doc.store.pendingStructs, doc.store.pendingDs]).toEqual([null, null]);
  }
});

it("takes back what was made here, with the document's own undo", () => {
  const doc = new Y.Doc();
  const text = doc.getText("words");
  const undo = new Y.UndoManager(text, { trackedOrigins: new Set([null]) });
  text.insert(0, "kept");
  undo.undo();
  expect(text.toString()).toBe("");
  undo.redo();
  expect(text.toString()).toBe("kept");
});
