// @vitest-environment happy-dom
// The desk while the sheet for everybody is still coming: nothing gets a place among lines that are not here.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { flushSync, mount, unmount, type Component } from "svelte";
import * as Y from "yjs";
import "../../words/desk";
import "../../words/people-desk";
import "../../words/sheets";
import "../../words/parts";
import "../../words/pen";
import QuoteDialog from "../../board/QuoteDialog.svelte";
import { penOfBoard } from "../../board/later";
import { Meeting } from "../../model/meeting.svelte";
import { furnished, ME, seat, settled } from "../../model/testing/furnished";
import type { Command, Door, Section } from "../../protocol/generated";
import type { Room } from "../../sync/testing/room";
import DeskScreen from "./DeskScreen.svelte";
import Held from "./Held.svelte";
import Offers from "./Offers.svelte";
import Reword from "./Reword.svelte";

const SECTION = { key: "worried", label: "Worried", mark: "worry", widget: "notes" } as unknown as Section;
const NOTE = { kind: "note", section: "worried", words: "offered", label: null, source: null, children: [] };
const ROW = { kind: "row", cells: { outcome: "offered" }, who: [], when: {} };

let room: Room;
let meeting: Meeting;
let page: HTMLElement;
let sent: Command[];
let ends: (() => void)[];

const act = async (command: Command): Promise<boolean> => (sent.push(command), true);
const drawn = async (): Promise<void> => {
  await settled();
  flushSync();
  await settled();
};
const show = (what: Component<any>, props: Record<string, unknown>): void => {
  const view = mount(what, { target: page, props: { meeting, act, lead: true, here: "worried", ...props } });
  ends.push(() => void unmount(view));
};
/** What was large has come. */
async function itComes(): Promise<void> {
  room.cutLine();
  room.held.clear();
  room.cut = false;
  window.dispatchEvent(new Event("online"));
  await vi.waitUntil(() => meeting.boards.includes("all") && meeting.plans.includes("all"), { timeout: 10_000 });
  await drawn();
}

beforeEach(async () => {
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 0));
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }));
  // The wall's picture measures its letters.
  Object.defineProperty(document, "fonts", { configurable: true, value: { ready: Promise.resolve() } });
  sent = [];
  ends = [];
  page = document.createElement("div");
  document.body.append(page);
  room = furnished();
  for (const [id, order] of [["n000000000000001", "a1"], ["n000000000000002", "a2"], ["n000000000000003", "a3"]] as const)
    room.doc("board.all").getMap("notes").set(id, new Y.Map<unknown>([["text", new Y.Text(id)], ["section", "worried"], ["order", order]]));
  room.doc("plan.all").getMap("rows").set("r000000000000001", new Y.Map<unknown>([["cells", new Y.Map()], ["order", "a5"]]));
  room.doc("board.professionals").getMap("notes").set("n000000000000004", new Y.Map<unknown>([["text", new Y.Text("among us")], ["section", "worried"], ["order", "a0"]]));
  room.put("stage", "framework", { text: { key: "lbh", phases: [{ key: "worries", label: "Worries", section: "worried", asks: [], offers: [], writes: [], prompts: [] }], sheets: [{ sections: [SECTION] }], plan: { label: "Plan", columns: [{ key: "outcome", label: "Outcome", holds: "words" }], fields: [] } } });
  room.put(`seat.${ME}`, "seat", { standing: "here", page: "desk", name: "Ewa", role: "chair", words: "chair", pen: true, place: "room", asks: [] });
  room.put("desk", "offers", { o1: { by: ME, what: NOTE, named: true, time: 1, state: "waiting" }, o2: { by: ME, what: ROW, named: true, time: 2, state: "waiting" } });
  room.put("desk", "held", { h1: { section: "worried", words: "held", time: 1 } });
  seat(room, "write", { "board.professionals": "write", desk: "read" });
  // They are large, and come last.
  for (const rest of ["board.all", "plan.all"]) room.held.add(room.name(rest));
  const door = async (): Promise<Door> => ({ attendee: ME, page: "desk", standing: "here" });
  meeting = new Meeting(
    { send: async () => ({ is: "done", wait: [] }), ticket: room.ticket, door },
    { url: "ws://127.0.0.1/sync", WebSocket: room.WebSocket, nextFrame: (run) => { const t = setTimeout(run, 0); return () => clearTimeout(t); } },
  );
  void meeting.takePen();
  meeting.open(ME);
  await vi.waitUntil(() => meeting.boards.length === 1 && meeting.desk, { timeout: 10_000 });
  await settled();
});
afterEach(() => {
  for (const end of ends) end();
  meeting.close();
  page.remove();
  vi.unstubAllGlobals();
});

test("doc4_what_is_accepted_or_released_waits_for_everybodys_sheet_and_stands_behind_its_lines", async () => {
  show(Offers, {});
  show(Held, {});
  await drawn();
  const acts = (): HTMLButtonElement[] => [...page.querySelectorAll<HTMLElement>(".offered-acts")].map((one) => one.querySelector("button") as HTMLButtonElement);
  expect(acts().map(({ disabled }) => disabled)).toEqual([true, true, true]);
  await itComes();
  expect(acts().map(({ disabled }) => disabled)).toEqual([false, false, false]);
  for (const one of acts()) one.click();
  await drawn();
  expect(sent.map((one) => [one.do, "order" in one && one.order > (one.do === "accept" && one.offer === "o2" ? "a5" : "a3")])).toEqual([["accept", true], ["accept", true], ["release", true]]);
}, 15_000);

test("doc4_a_quote_and_other_words_for_locked_ones_wait_for_everybodys_sheet", async () => {
  const note = { ...meeting.note("n000000000000004"), source: "the GP" };
  const locked = { ...note, record: { id: "r", kind: "quote", words: "among us", readBack: true } };
  show(QuoteDialog, { note, onclose: () => undefined });
  show(Reword, { note: locked, onclose: () => undefined });
  await drawn();
  const right = [...page.querySelectorAll<HTMLTextAreaElement>("textarea")].at(-1) as HTMLTextAreaElement;
  right.value = "among all";
  right.dispatchEvent(new Event("input", { bubbles: true }));
  await drawn();
  const submit = page.querySelector<HTMLButtonElement>("button[type=submit]");
  expect([submit?.disabled, page.querySelector(".ask-author")]).toEqual([true, null]);
  await itComes();
  expect([submit?.disabled, page.querySelector(".ask-author") !== null]).toEqual([false, true]);
}, 15_000);

test("right3_the_key_for_a_new_line_is_kept_until_everybodys_sheet_is_here", async () => {
  penOfBoard.ask();
  await vi.waitUntil(() => penOfBoard.now, { timeout: 10_000 });
  show(DeskScreen, {});
  await drawn();
  window.dispatchEvent(new KeyboardEvent("keydown", { code: "KeyN", key: "n", altKey: true }));
  await drawn();
  expect(meeting.sections("worried")).toHaveLength(1);
  await itComes();
  expect(meeting.sections("worried").map(({ words }) => words)).toEqual(["among us", "n000000000000001", "n000000000000002", "n000000000000003", ""]);
  expect(document.activeElement?.closest("[data-note]")).toBe([...page.querySelectorAll("[data-note]")].at(-1));
}, 15_000);

test("right3_a_new_line_is_wanted_no_more_once_the_desk_has_turned_on", async () => {
  penOfBoard.ask();
  await vi.waitUntil(() => penOfBoard.now, { timeout: 10_000 });
  show(DeskScreen, {});
  await drawn();
  for (const [code, key] of [["KeyN", "n"], ["Digit0", "0"]] as const) window.dispatchEvent(new KeyboardEvent("keydown", { code, key, altKey: true }));
  await drawn();
  await itComes();
  expect([meeting.sections("worried").length, meeting.rows.length]).toEqual([4, 1]);
}, 15_000);
