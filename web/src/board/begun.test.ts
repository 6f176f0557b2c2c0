// @vitest-environment happy-dom
// Lines and rows that are begun, and dialogs about lines, where several people write and pens come and go.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { flushSync, mount, unmount } from "svelte";
import * as Y from "yjs";
import type { Door, Section } from "../protocol/generated";
import { quiet, type Room } from "../sync/testing/room";
import "../words/pen";
import "../words/meet";
import "../words/desk";
import { Meeting } from "../model/meeting.svelte";
import { furnished, ME, seat, settled } from "../model/testing/furnished";
import PlanTable from "../plan/PlanTable.svelte";
import { penOfPlan } from "../plan/later";
import SheetView from "./SheetView.svelte";
import { penOfBoard } from "./later";

const SECTION = { key: "worried", label: "Worried", mark: "worry", widget: "notes" } as unknown as Section;
let room: Room;
let meetings: Meeting[];
let ends: (() => void)[];

const open = async (): Promise<Meeting> => {
  const door = async (): Promise<Door> => ({ attendee: ME, page: "meet", standing: "here" });
  const meeting = new Meeting(
    { send: async () => ({ is: "done", wait: [] }), ticket: room.ticket, door },
    { url: "ws://127.0.0.1/sync", WebSocket: room.WebSocket, nextFrame: (run) => { queueMicrotask(run); return () => undefined; } },
  );
  meetings.push(meeting);
  meeting.open(ME);
  await vi.waitUntil(() => meeting.mayWrite, { timeout: 10_000 });
  return meeting;
};

/** A device with its own page. */
const opened = async (what: "board" | "plan" = "board"): Promise<{ meeting: Meeting; page: HTMLElement }> => {
  const meeting = await open();
  const page = document.createElement("div");
  document.body.append(page);
  const props = { meeting, act: async () => true };
  const view = what === "board" ? mount(SheetView, { target: page, props: { ...props, section: SECTION } }) : mount(PlanTable, { target: page, props });
  ends.push(() => void unmount(view));
  await vi.waitUntil(() => page.querySelector("button.add-line"), { timeout: 10_000 });
  return { meeting, page };
};

beforeEach(async () => {
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 0));
  room = furnished();
  room.put("stage", "framework", { text: { key: "lbh", phases: [], sheets: [{ sections: [SECTION] }], plan: { label: "Plan", columns: [{ key: "outcome", label: "Outcome", holds: "words" }], fields: [] } } });
  meetings = [];
  ends = [];
  penOfBoard.ask();
  penOfPlan.ask();
  await vi.waitUntil(() => penOfBoard.now && penOfPlan.now, { timeout: 10_000 });
});

afterEach(() => {
  for (const end of ends) end();
  for (const meeting of meetings) meeting.close();
  vi.unstubAllGlobals();
});

const drawn = async (): Promise<void> => {
  await settled();
  flushSync();
  await settled();
};
const press = async (page: HTMLElement, what: string): Promise<void> => {
  (page.querySelector(what) as HTMLElement).click();
  await drawn();
};
const pressNamed = async (page: ParentNode, words: string): Promise<void> => {
  [...page.querySelectorAll<HTMLElement>("button")].find((one) => one.textContent?.includes(words))?.click();
  await drawn();
};
const dialog = (): Element | null => document.querySelector("dialog[open]");
const areaIn = (page: HTMLElement): HTMLTextAreaElement => page.querySelector("textarea.note-edit") as HTMLTextAreaElement;
const type = async (area: HTMLTextAreaElement, words: string): Promise<void> => {
  area.value += words;
  area.setSelectionRange(area.value.length, area.value.length);
  area.dispatchEvent(new InputEvent("input", { inputType: "insertText" }));
  await quiet();
};

for (const [rule, how, wait] of [["pres2", "thought_about", 2_500], ["seal15", "in_a_sealed_round", 300]] as const) {
  test(`${rule}_a_line_begun_by_one_pen_${how}_is_not_taken_up_by_another`, async () => {
    if (how === "in_a_sealed_round") {
      room.put("proceedings.all", "rounds", { r000000000000000: { n: 0, child: "k", question: "", low_words: "", high_words: "", minimum: 4, entitled: 4, state: "open", key: "ab", timing: {}, revealed: null } });
    }
    const chair = await open();
    const support = await opened();
    if (how === "in_a_sealed_round") await vi.waitUntil(() => chair.rounds.open);
    // The chair presses "Write a line": the caret stands in it from now on. (A page of its own: what `start` and focus do.)
    const line = chair.writeNote({ section: "worried" }) ?? "";
    await settled();
    const area = document.createElement("textarea");
    document.body.append(area);
    chair.note(line)?.edit?.(area);
    chair.writing(line);
    await settled();
    if (how === "thought_about") expect(support.meeting.note(line)?.writing).toBe(true);
    // She listens before she types; after eight seconds nobody is told any more.
    chair.writing(null);
    await new Promise((resolve) => setTimeout(resolve, wait));
    expect(support.meeting.note(line)?.writing).toBe(false);
    await press(support.page, "button.add-line");
    await type(areaIn(support.page), "School said no. ");
    await type(area, "Mum said yes. ");
    await settled();
    area.remove();
    const lines = Object.values(room.doc("board.all").getMap("notes").toJSON() as Record<string, { text: string }>).map(({ text }) => text);
    expect(lines.sort()).toEqual(["Mum said yes. ", "School said no. "]);
  }, 15_000);
}

test("pres2_a_row_begun_by_one_pen_is_not_taken_up_by_another", async () => {
  const chair = await open();
  const row = chair.addRow() ?? "";
  await settled();
  const support = await opened("plan");
  await press(support.page, "button.add-line");
  expect(support.meeting.rows.map(({ id }) => id)).toHaveLength(2);
  expect(document.activeElement?.closest("tr")?.dataset["row"]).not.toBe(row);
}, 15_000);

test("an_empty_line_that_this_device_began_is_taken_up_again_also_in_the_next_edition", async () => {
  const { meeting, page } = await opened();
  await press(page, "button.add-line");
  const [line] = meeting.sections("worried").map(({ id }) => id);
  (document.activeElement as HTMLElement).blur();
  const other = await open();
  other.writeNote({ section: "worried", words: "meanwhile" });
  await drawn();
  await press(page, "button.add-line");
  // One line, moved behind what was written since.
  expect(meeting.sections("worried").map(({ id, words }) => [id === line, words])).toEqual([[false, "meanwhile"], [true, ""]]);
  expect(document.activeElement).toBe(page.querySelector(`[data-note="${line}"] textarea`));

  // Somebody takes another line off: the board goes on in its next edition.
  (document.activeElement as HTMLElement).blur();
  room.doc("board.all~2").getMap("notes").set(line ?? "", new Y.Map<unknown>([["text", new Y.Text()], ["section", "worried"], ["order", "a1"]]));
  for (const socket of room.sockets) socket.shut(room.name("board.all"), "moved");
  room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", "board.all~2": "write", "plan.all": "write" });
  await drawn();
  await press(page, "button.add-line");
  expect(meeting.sections("worried").map(({ id }) => id)).toEqual([line]);
  await type(areaIn(page), "and this");
  await drawn();
  // What holds words is done: the next one is another line.
  await press(page, "button.add-line");
  expect(meeting.sections("worried").map(({ words }) => words)).toEqual(["and this", ""]);
}, 15_000);

test("an_empty_row_that_this_device_began_is_taken_up_again", async () => {
  const { meeting, page } = await opened("plan");
  await press(page, "button.add-line");
  const [row] = meeting.rows.map(({ id }) => id);
  await press(page, "button.add-line");
  expect(meeting.rows.map(({ id }) => id)).toEqual([row]);
  meeting.setWhen(row ?? "", { date: "2026-12-20", words: null });
  await drawn();
  await press(page, "button.add-line");
  expect(meeting.rows).toHaveLength(2);
}, 15_000);

test("right6_a_dialog_about_a_line_does_not_open_by_itself_when_the_pen_comes_back", async () => {
  const { meeting, page } = await opened();
  meeting.writeNote({ section: "worried", words: "about this one" });
  await drawn();
  await press(page, "button[aria-expanded]");
  await pressNamed(page, "Alt M");
  expect(dialog()).not.toBeNull();
  seat(room, "read");
  await drawn();
  expect(dialog()).toBeNull();
  // Half an hour later the pen is given again.
  seat(room, "write");
  await drawn();
  expect(dialog()).toBeNull();
}, 15_000);

test("p4_a_dialog_about_a_line_goes_with_the_line_and_says_moved_only_of_what_was_moved", async () => {
  room.put("stage", "framework", { text: { key: "lbh", phases: [], sheets: [{ sections: [SECTION, { ...SECTION, key: "well", label: "Working well" }] }], plan: { label: "Plan", columns: [], fields: [] } } });
  const { meeting, page } = await opened();
  const line = meeting.writeNote({ section: "worried", words: "about this one" }) ?? "";
  await drawn();
  await press(page, "button[aria-expanded]");
  await pressNamed(page, "Alt M");
  const to = [...(dialog()?.querySelectorAll("button") ?? [])].find((one) => one.textContent?.includes("Working well"));
  expect(to).toBeDefined();
  room.doc("board.all").getMap("notes").delete(line);
  await drawn();
  expect(dialog()).toBeNull();
  expect(meeting.moveNote(line, "well", null)).toBe(false);

  // It may be read on and not be written in: it stays where it stands.
  const kept = meeting.writeNote({ section: "worried", words: "stays" }) ?? "";
  await drawn();
  seat(room, "read");
  await drawn();
  expect([meeting.moveNote(kept, "well", null), meeting.note(kept)?.section]).toEqual([false, "worried"]);
}, 15_000);

test("right3_enter_at_the_end_of_a_line_waits_for_everybodys_sheet", async () => {
  room.doc("board.professionals").getMap("notes").set("n000000000000001", new Y.Map<unknown>([["text", new Y.Text("one")], ["section", "worried"], ["order", "a1"]]));
  seat(room, "read", { "board.professionals": "write" });
  room.doc("board.all~2");
  room.held.add(room.name("board.all~2"));
  room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", "board.all~2": "write", "plan.all": "write", "board.professionals": "write" });
  const { meeting, page } = await opened();
  expect(meeting.boards).toEqual(["professionals"]);
  await drawn();
  areaIn(page).focus();
  areaIn(page).dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  await drawn();
  expect(meeting.sections("worried")).toHaveLength(1);
  room.cutLine();
  room.held.clear();
  room.cut = false;
  window.dispatchEvent(new Event("online"));
  await vi.waitUntil(() => meeting.boards.includes("all"), { timeout: 10_000 });
  await drawn();
  expect(meeting.sections("worried").map(({ audience, words }) => [audience, words])).toEqual([["professionals", "one"], ["all", ""]]);
  expect(document.activeElement).toBe([...page.querySelectorAll("textarea")].at(-1));
}, 15_000);

test("right4_a_row_that_may_not_be_written_in_shows_no_acts_that_do_nothing", async () => {
  const rows = room.doc("plan.professionals").getMap("rows");
  for (const [n, order] of ["a1", "a2"].entries()) rows.set(`r00000000000000${n}`, new Y.Map<unknown>([["cells", new Y.Map([["outcome", new Y.Text(`row ${n}`)]])], ["order", order]]));
  seat(room, "write", { "plan.professionals": "read" });
  const { meeting, page } = await opened("plan");
  await vi.waitUntil(() => meeting.rows.length === 2, { timeout: 10_000 });
  await drawn();
  await press(page, "button[aria-expanded]");
  const acts = (): string => page.querySelector(".note-menu-acts")?.textContent ?? "none";
  expect(acts()).not.toContain("Alt");
  expect([meeting.moveRowDown("r000000000000000"), meeting.rows.map(({ cells }) => cells["outcome"])]).toEqual([false, ["row 0", "row 1"]]);
  seat(room, "write", { "plan.professionals": "write" });
  await drawn();
  expect(acts()).toContain("Alt");
  expect(meeting.moveRowDown("r000000000000000")).toBe(true);
}, 15_000);
