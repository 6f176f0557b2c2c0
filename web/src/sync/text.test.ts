// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from "vitest";
import * as Y from "yjs";
import { bindTextarea, difference } from "./text";
import { Undo } from "./undo";

function pair(): { mine: Y.Doc; other: Y.Doc } {
  const mine = new Y.Doc();
  const other = new Y.Doc();
  mine.on("update", (update: Uint8Array, origin: unknown) => origin !== "wire" && Y.applyUpdate(other, update, "wire"));
  other.on("update", (update: Uint8Array, origin: unknown) => origin !== "wire" && Y.applyUpdate(mine, update, "wire"));
  return { mine, other };
}

function note(doc: Y.Doc, words = ""): Y.Text {
  const text = new Y.Text(words);
  doc.transact(() => {
    const map = new Y.Map();
    map.set("text", text);
    doc.getMap("notes").set("n1", map);
  });
  return (doc.getMap("notes").get("n1") as Y.Map<Y.Text>).get("text") as Y.Text;
}

const textOf = (doc: Y.Doc): Y.Text => (doc.getMap("notes").get("n1") as Y.Map<Y.Text>).get("text") as Y.Text;

let element: HTMLTextAreaElement;
let tooLong: string[];
beforeEach(() => {
  tooLong = [];
  document.body.replaceChildren((element = document.createElement("textarea")));
  element.focus();
});

const bound = (text: Y.Text, mayWrite = true): (() => void) =>
  bindTextarea(element, text, { undo: () => undefined, mayWrite: () => mayWrite, notTaken: (words) => tooLong.push(words) });

function type(value: string, caret: number): void {
  element.value = value;
  element.setSelectionRange(caret, caret);
  element.dispatchEvent(new Event("input"));
}

function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}

describe("a textarea on shared words", () => {
  test("f62_what_is_typed_arrives_and_what_others_type_appears", () => {
    const { mine, other } = pair();
    const text = note(mine, "Dad works away");
    bound(text);
    type("Dad works away.", 15);
    expect(textOf(other).toString()).toBe("Dad works away.");
    textOf(other).insert(0, "Yes: ");
    expect(element.value).toBe("Yes: Dad works away.");
  });

  test("the caret keeps its left neighbour when others write before and at it", () => {
    const { mine, other } = pair();
    bound(note(mine, "home"));
    element.setSelectionRange(2, 2);
    document.dispatchEvent(new Event("selectionchange"));
    textOf(other).insert(0, "at ");
    expect([element.selectionStart, element.selectionEnd]).toEqual([5, 5]);
    textOf(other).insert(5, "XX");
    expect(element.selectionStart).toBe(5);
  });

  test("sync14_a_word_that_is_being_composed_goes_on_in_the_next_edition_and_is_left_alone_there", () => {
    const off = bound(note(new Y.Doc(), "to "));
    element.dispatchEvent(new Event("compositionstart"));
    type("to ka", 5);
    off();
    const { mine, other } = pair();
    const next = note(mine, "to ka");
    bound(next);
    element.dispatchEvent(new Event("compositionupdate"));
    textOf(other).insert(0, "went ");
    expect(element.value).toBe("to ka");
    element.value = "to kabe";
    element.setSelectionRange(7, 7);
    element.dispatchEvent(new Event("compositionend"));
    expect([next.toString(), element.value, element.selectionStart]).toEqual(["went to kabe", "went to kabe", 12]);
  });

  test("a composed word is neither lost nor doubled nor moved by others", () => {
    const { mine, other } = pair();
    bound(note(mine, "one two"));
    element.dispatchEvent(new Event("compositionstart"));
    element.value = "one kato two";
    element.setSelectionRange(8, 8);
    element.dispatchEvent(new Event("input"));
    expect(textOf(other).toString()).toBe("one two");
    textOf(other).insert(0, "so ");
    textOf(other).insert(textOf(other).length, "!");
    expect(element.value).toBe("one kato two");
    element.value = "one カト two";
    element.setSelectionRange(6, 6);
    element.dispatchEvent(new Event("compositionend"));
    expect(textOf(other).toString()).toBe("so one カト two!");
    expect(element.value).toBe("so one カト two!");
  });

  test("half of a surrogate pair is never sent", () => {
    expect(difference("a😀b", "a😁b", 3)).toEqual({ start: 1, end: 3, insert: "😁" });
    const { mine, other } = pair();
    bound(note(mine, "x😀y"));
    type("x😁y", 3);
    expect(textOf(other).toString()).toBe("x😁y");
    type("x😁😁y", 5);
    type("x😁y", 3);
    expect(textOf(other).toString()).toBe("x😁y");
  });

  test("of two equal letters the one at the caret is the one typed", () => {
    expect(difference("aa", "aaa", 1)).toEqual({ start: 0, end: 0, insert: "a" });
    expect(difference("aa", "aaa", 3)).toEqual({ start: 2, end: 2, insert: "a" });
  });

  test("nothing is written where nothing may be, and the element says so", () => {
    const { mine, other } = pair();
    bound(note(mine, "kept"), false);
    type("lost", 4);
    expect(textOf(other).toString()).toBe("kept");
    expect(element.value).toBe("kept");
  });

  test.each([1, 2, 3])("three hundred steps by two pens with emoji end alike (seed %i)", (seed) => {
    const roll = random(seed * 7919);
    const letters = ["a", " ", "😀", "é", "\n", "👩‍👧", "z"];
    const { mine, other } = pair();
    const text = note(mine, "start");
    bound(text);
    let composing = false;
    for (let step = 0; step < 300; step++) {
      const what = roll(10);
      if (what < 5) {
        const points = [...element.value];
        const at = roll(points.length + 1);
        const gone = roll(3) === 0 ? roll(3) : 0;
        const added = letters[roll(letters.length)] ?? "";
        const before = points.slice(0, at).join("") + added;
        type(before + points.slice(at + gone).join(""), before.length);
      } else if (what < 9) {
        const words = textOf(other).toString();
        const points = [...words];
        const at = points.slice(0, roll(points.length + 1)).join("").length;
        if (roll(3) === 0 && points.length) textOf(other).delete(0, points[0]?.length ?? 0);
        else textOf(other).insert(at, letters[roll(letters.length)] ?? "");
      } else {
        element.dispatchEvent(new Event(composing ? "compositionend" : "compositionstart"));
        composing = !composing;
      }
    }
    if (composing) element.dispatchEvent(new Event("compositionend"));
    expect(textOf(other).toString()).toBe(text.toString());
    expect(element.value).toBe(text.toString());
    expect(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(element.value)).toBe(false);
  });
});

describe("a line that gets too long", () => {
  test("lim1_takes_nothing_that_makes_it_longer_and_hands_those_words_over", () => {
    const { mine, other } = pair();
    const text = note(mine, "before");
    bound(text);
    const pasted = "long words ".repeat(30_000);
    type(`before ${pasted}`, pasted.length + 7);
    expect(tooLong).toEqual([` ${pasted}`]);
    expect(element.value).toBe("before");
    expect(textOf(other).toString()).toBe("before");
    type("before it", 9);
    expect(textOf(other).toString()).toBe("before it");
  });

  test("lim1_can_be_made_shorter_when_it_is_too_long_already", () => {
    const { mine, other } = pair();
    const text = note(mine, "x".repeat(9_000));
    bound(text);
    type("x".repeat(8_999), 8_999);
    expect(textOf(other).length).toBe(8_999);
    type(`${"x".repeat(8_999)}y`, 9_000);
    expect(textOf(other).length).toBe(8_999);
    expect(tooLong).toEqual(["y"]);
  });
});

describe("undo my last", () => {
  test("takes back my words and leaves those of others", () => {
    const { mine, other } = pair();
    const text = note(mine, "base");
    const undo = new Undo();
    undo.follow(mine, [mine.getMap("notes")]);
    bound(text);
    type("base mine", 9);
    textOf(other).insert(0, "theirs ");
    expect(undo.last()).toBe(true);
    expect(element.value).toBe("theirs base");
    expect(undo.last()).toBe(false);
  });

  test("goes to the latest step, whichever document it is in", () => {
    const first = pair();
    const second = pair();
    const undo = new Undo();
    const [a, b] = [note(first.mine, ""), note(second.mine, "")];
    undo.follow(first.mine, [first.mine.getMap("notes")]);
    undo.follow(second.mine, [second.mine.getMap("notes")]);
    const off = bound(a);
    type("in the first", 12);
    off();
    bound(b);
    type("in the second", 13);
    undo.last();
    expect([a.toString(), b.toString()]).toEqual(["in the first", ""]);
    undo.last();
    expect([a.toString(), b.toString()]).toEqual(["", ""]);
  });
});
