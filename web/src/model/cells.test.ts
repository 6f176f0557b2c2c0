// @vitest-environment happy-dom
// Two pens begin the same cell, or the same field, in the same moment.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as Y from "yjs";
import type { Door } from "../protocol/generated";
import type { Room } from "../sync/testing/room";
import { Meeting } from "./meeting.svelte";
import { furnished, ME, settled } from "./testing/furnished";
import type { Edit } from "./types";

const ROW = "r000000000000000";
let room: Room;
let pens: Meeting[];

/** A textarea that follows the text that is shown, as the screens do: a word at its end, when asked. */
class Cell {
  private readonly element = document.createElement("textarea");
  private bound: Edit | null = null;
  private off: (() => void) | null = null;

  constructor(private readonly edit: () => Edit | null) {
    document.body.append(this.element);
  }

  get words(): string {
    this.follow();
    return this.element.value;
  }

  press(letter: string): void {
    this.follow();
    this.element.dispatchEvent(new Event("beforeinput"));
    this.element.value += letter;
    this.element.setSelectionRange(this.element.value.length, this.element.value.length);
    this.element.dispatchEvent(new InputEvent("input", { inputType: "insertText" }));
  }

  private follow(): void {
    const edit = this.edit();
    if (edit === this.bound) return;
    this.off?.();
    this.bound = edit;
    this.off = edit?.(this.element) ?? null;
  }
}

beforeEach(async () => {
  room = furnished();
  // A row as another program makes it: without the texts of its cells.
  const row = new Y.Map<unknown>();
  row.set("cells", new Y.Map());
  row.set("order", "a0");
  room.doc("plan.all").getMap("rows").set(ROW, row);
  const door = async (): Promise<Door> => ({ attendee: ME, page: "meet", standing: "here" });
  const nextFrame = (run: () => void): (() => void) => (queueMicrotask(run), () => undefined);
  pens = [0, 1].map(() => new Meeting({ send: async () => ({ is: "done", wait: [] }), ticket: room.ticket, door }, { url: "ws://127.0.0.1/sync", WebSocket: room.WebSocket, nextFrame }));
  for (const pen of pens) pen.open(ME);
  await vi.waitUntil(() => pens.every((pen) => pen.mayPlan && pen.rows.length === 1 && pen.fields.length === 1), { timeout: 10_000 });
});

afterEach(() => {
  for (const pen of pens) pen.close();
});

const places = {
  cell: { of: (pen: Meeting) => pen.rows[0]?.text("how") ?? null, kept: () => (room.doc("plan.all").getMap("rows").get(ROW) as Y.Map<Y.Map<unknown>>).get("cells")?.get("how") },
  field: { of: (pen: Meeting) => pen.fields[0]?.edit ?? null, kept: () => room.doc("plan.all").getMap("fields").get("contingency") },
};

for (const [name, place] of Object.entries(places)) {
  test(`doc7_two_pens_that_begin_the_same_${name}_in_the_same_moment_keep_every_letter`, async () => {
    const [first, second] = pens.map((pen) => new Cell(() => place.of(pen))) as [Cell, Cell];
    first.press("a");
    second.press("b");
    for (const [one, other] of [["c", "d"], ["e", "f"]] as const) {
      await settled();
      first.press(one);
      second.press(other);
    }
    await settled();
    await vi.waitUntil(() => pens.every(({ save }) => save.is === "saved"));
    const words = String(place.kept());
    expect([...words].sort().join("")).toBe("abcdef");
    expect([first.words, second.words]).toEqual([words, words]);
    expect(pens.map(({ tray }) => tray)).toEqual([[], []]);
  });
}
