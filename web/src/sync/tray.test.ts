import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { carryWords } from "./carry";
import { openWords } from "./open";
import { Tray } from "./tray";

function board(): { doc: Y.Doc; text: Y.Text } {
  const doc = new Y.Doc();
  const text = new Y.Text();
  const map = new Y.Map<unknown>();
  map.set("text", text);
  map.set("section", "worried");
  doc.getMap("notes").set("n1", map);
  return { doc, text };
}

const clockOf = (doc: Y.Doc): number => Y.getState(doc.store, doc.clientID);

describe("words that were not taken", () => {
  test("lim1_letters_typed_on_in_a_full_line_follow_one_another", () => {
    const tray = new Tray();
    const stood = { in: "note", note: "n1", section: "worried", audience: "all" } as const;
    for (const letter of "on and on") tray.keepTyped(letter, stood, "too-long");
    tray.keepTyped("elsewhere", { ...stood, note: "n2" }, "too-long");
    expect(tray.entries.map(({ words, why }) => [words, why])).toEqual([["on and on", "too-long"], ["elsewhere", "too-long"]]);
  });

  test("are the letters of mine that are not durable, and no others", () => {
    const { doc, text } = board();
    text.insert(0, "durable ");
    const clock = clockOf(doc);
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    text.insert(8, "open ");
    text.insert(0, "😀 ");
    ((other.getMap("notes").get("n1") as Y.Map<Y.Text>).get("text") as Y.Text).insert(8, "theirs ");
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
    text.delete(text.toString().indexOf("open"), 1);
    const [open] = openWords(doc, "all", clock);
    expect(open?.runs).toEqual(["😀 ", "pen "]);
    expect(open?.stood).toEqual({ in: "note", note: "n1", section: "worried", audience: "all" });
    expect(open?.letters.filter(({ is }) => is === "kept").map(({ letter }) => letter).join("")).toBe(text.toString().replace("😀 ", "").replace("pen ", ""));
    expect(open?.isNew).toBe(false);
  });

  test("a word half of which is durable gives its other half", () => {
    const { doc, text } = board();
    text.insert(0, "abcdef");
    expect(openWords(doc, "all", clockOf(doc) - 3).map(({ runs }) => runs)).toEqual([["def"]]);
    expect(openWords(doc, "all", clockOf(doc))).toEqual([]);
  });

  test("stand in the tray until they are put away; blanks are nothing", () => {
    const tray = new Tray(() => undefined, () => 42);
    const { doc, text } = board();
    text.insert(0, " ");
    for (const open of openWords(doc, "all", 0)) tray.keep(open);
    expect(tray.entries).toEqual([]);
    text.insert(1, "said");
    for (const open of openWords(doc, "all", 0)) tray.keep(open);
    expect(tray.entries).toMatchObject([{ words: "said", time: 42 }]);
    tray.putAway(tray.entries[0]?.id ?? "");
    expect(tray.entries).toEqual([]);
  });

  test("right8_letters_typed_as_the_pen_goes_follow_those_whose_refusal_comes_later", () => {
    const tray = new Tray();
    const stood = { in: "note", note: "n1", section: "worried", audience: "all" } as const;
    tray.keepTyped("a", stood, "refused");
    tray.keepTyped("t", stood, "refused");
    tray.keep({ runs: ["gate1 g"], stood });
    expect(tray.entries.map(({ words }) => words)).toEqual(["gate1 gat"]);
    tray.keep({ runs: ["of another line"], stood });
    expect(tray.entries.map(({ words }) => words)).toEqual(["gate1 gat", "of another line"]);
    tray.keepTyped("x", { ...stood, section: "well" }, "refused");
    tray.keep({ runs: ["said "], stood: { ...stood, section: "well" } });
    expect(tray.entries.at(-1)?.words).toBe("said x");
  });

  test("go on in the next edition where nobody changed the same place, and no letter goes twice", () => {
    const { doc, text } = board();
    text.insert(0, "one three");
    const clock = clockOf(doc);
    text.insert(4, "two ");
    const [open] = openWords(doc, "all", clock);
    if (!open) throw new Error("nothing open");
    const next = board();
    next.text.insert(0, "one three");
    expect(carryWords(open, next.doc)).toBe(true);
    expect(next.text.toString()).toBe("one two three");
    expect(carryWords(open, next.doc)).toBe(true);
    expect(next.text.toString()).toBe("one two three");
    const changed = board();
    changed.text.insert(0, "one four");
    expect(carryWords(open, changed.doc)).toBe(true);
    expect(changed.text.toString()).toBe("one two four");
    expect(carryWords(open, new Y.Doc())).toBe(false);
  });
});
