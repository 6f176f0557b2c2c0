// @vitest-environment happy-dom
// A fixed field of the plan under the hand of whoever writes: for whom it is, and where the caret is when its words go to
// a part. What is typed here goes through the textareas of the screen itself.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { flushSync, mount, unmount } from "svelte";
import * as Y from "yjs";
import "../words/pen";
import "../words/sheets";
import * as editing from "../plan/editing";
import PlanField from "../plan/PlanField.svelte";
import type { Access, Audience } from "../protocol/generated";
import type { Room } from "../sync/testing/room";
import type { Meeting } from "./meeting.svelte";
import { ME, settled } from "./testing/furnished";
import { House } from "./testing/house";

let house: House;
let room: Room;
let meeting: Meeting;
let page: HTMLElement;
let end: () => void = () => undefined;

beforeEach(async () => {
  house = await House.open();
  ({ room, meeting } = house);
  page = document.createElement("div");
  document.body.append(page);
});
afterEach(() => {
  end();
  page.remove();
  house.close();
});

/** The field as it is shown to a pen, or to others. */
async function show(pen = true): Promise<void> {
  const field = { key: "contingency", label: "Contingency", required: true };
  const view = mount(PlanField, { target: page, props: { field, meeting, act: async () => true, editing: pen ? editing : null, level: 2 as const } });
  end = () => void unmount(view);
  await drawn();
}

async function drawn(): Promise<void> {
  await settled();
  flushSync();
  await settled();
}

/** Words of the field in a plan; as the service keeps them. */
function put(plan: string, words: string): void {
  room.doc(plan).getMap("fields").set("contingency", new Y.Text(words));
}
const kept = (plan: string): string => String(room.doc(plan).getMap("fields").get("contingency") ?? "none");

const areas = (): HTMLTextAreaElement[] => [...page.querySelectorAll("textarea")];
const shown = (): string[] => areas().map(({ value }) => value);
const areaOf = (audience: Audience): HTMLTextAreaElement => areas()[meeting.fields.findIndex((one) => one.audience === audience)] as HTMLTextAreaElement;
const caret = (): HTMLTextAreaElement | null => areas().find((area) => area === document.activeElement) ?? null;

/** Letters at the caret, wherever it is; none where it is in no textarea. */
function type(words: string): void {
  const area = caret();
  if (!area) return;
  area.dispatchEvent(new InputEvent("beforeinput", { inputType: "insertText", bubbles: true }));
  const at = area.selectionStart;
  area.value = area.value.slice(0, at) + words + area.value.slice(area.selectionEnd);
  area.setSelectionRange(at + words.length, at + words.length);
  area.dispatchEvent(new InputEvent("input", { inputType: "insertText", bubbles: true }));
}

function rubOut(area: HTMLTextAreaElement): void {
  area.focus();
  area.setSelectionRange(0, area.value.length);
  type("");
}

/** Somebody is back: the plan goes on, its words of the field stand in a part or where they stood. */
function back({ live = true, part = "part-1", edition = 2, more = {} }: { live?: boolean; part?: string; edition?: number; more?: Record<string, Access> } = {}): void {
  if (live) for (const socket of room.sockets) socket.shut(room.name(edition === 2 ? "plan.all" : `plan.all~${edition - 1}`), "parted");
  room.put(`seat.${ME}`, "parted", { "plan.all": edition });
  room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", "board.all": "write", [`plan.all~${edition}`]: "write", [`plan.${part}`]: "write", ...more });
}

describe("a field for everybody", () => {
  test("right3_can_be_begun_though_fewer_have_words_in_it", async () => {
    put("plan.professionals", "among us");
    house.seated("write", { "plan.professionals": "write" });
    await show();
    expect(meeting.fields.map(({ audience, words }) => [audience, words])).toEqual([["all", ""], ["professionals", "among us"]]);
    areaOf("all").focus();
    type("for everybody");
    await drawn();
    expect([kept("plan.all"), kept("plan.professionals")]).toEqual(["for everybody", "among us"]);
    expect(shown()).toEqual(["for everybody", "among us"]);
  });

  test("right3_p5_can_be_begun_for_somebody_who_came_back_though_a_part_has_words_in_it", async () => {
    put("plan.all", "");
    put("plan.part-1", "of the time");
    house.seated("write", { "plan.part-1": "write" });
    await show();
    expect(shown()).toEqual(["", "of the time"]);
  });

  test("right3_is_still_there_when_its_words_are_rubbed_out_to_be_written_anew", async () => {
    put("plan.all", "call 101");
    put("plan.part-1", "of the time");
    house.seated("write", { "plan.part-1": "write" });
    await show();
    for (const audience of ["all", "part-1"] as const) {
      const area = areaOf(audience);
      rubOut(area);
      await drawn();
      expect(caret()).toBe(area);
      type("anew");
      await drawn();
    }
    expect([kept("plan.all"), kept("plan.part-1")]).toEqual(["anew", "anew"]);
  });

  test("right3_one_that_is_not_for_everybody_says_to_every_pen_for_whom_it_is", async () => {
    const plans = { "plan.professionals": "write", "plan.family": "write", "plan.chair": "write", "plan.part-1": "write" } as const;
    for (const plan of ["plan.all", ...Object.keys(plans)]) put(plan, "x");
    house.seated("write", plans);
    await show();
    expect(areas().map((area) => area.getAttribute("aria-label"))).toEqual([
      "Contingency",
      "Contingency: Only the professionals and the chair’s desk see this",
      "Contingency: Only the family, their supporters and the chair’s desk see this",
      "Contingency: Only the chair and the co-chair see this",
      "Contingency: Not everybody sees this",
    ]);
    expect([...page.querySelectorAll(".cell-note")].map((note) => note.textContent)).toEqual([
      "Only the professionals and the chair’s desk see this",
      "Only the family, their supporters and the chair’s desk see this",
      "Only the chair and the co-chair see this",
      "Not everybody sees this",
    ]);
    // A desk knows whom a part leaves out.
    room.put("desk", "parts", { "part-1": [ME] });
    house.seated("write", { ...plans, desk: "read" });
    await drawn();
    expect(areas().at(-1)?.getAttribute("aria-label")).toBe("Contingency: Not shown to Ewa");
  });

  test("right3_whoever_only_reads_it_sees_what_is_written_and_nothing_else", async () => {
    put("plan.all", "");
    put("plan.professionals", "among us");
    house.seated("read", { "plan.professionals": "read" });
    await show(false);
    expect([...page.querySelectorAll("p")].map((one) => one.textContent)).toEqual(["among us"]);
    expect(meeting.fields.map(({ audience }) => audience)).toEqual(["professionals"]);
  });
});

describe("the caret in a field whose words go to a part", () => {
  test("p5_part3_goes_there_with_them_and_the_end_of_the_sentence_stays_with_its_beginning", async () => {
    put("plan.all", "");
    await show();
    const area = areaOf("all");
    area.focus();
    type("while she was out, he ");
    await drawn();
    put("plan.all~2", "");
    put("plan.part-1", "while she was out, he ");
    area.setSelectionRange(5, 5);
    document.dispatchEvent(new Event("selectionchange"));
    back();
    await drawn();
    expect(meeting.fields.map(({ audience, words }) => [audience, words])).toEqual([["all", ""], ["part-1", "while she was out, he "]]);
    expect([caret(), areaOf("part-1"), area.selectionStart]).toEqual([area, area, 5]);
    area.setSelectionRange(area.value.length, area.value.length);
    type("phoned");
    await drawn();
    expect([kept("plan.all~2"), kept("plan.part-1"), meeting.tray]).toEqual(["", "while she was out, he phoned", []]);
    // The one for everybody is a textarea of its own.
    areaOf("all").focus();
    type("for all");
    await drawn();
    expect([kept("plan.all~2"), shown()]).toEqual(["for all", ["for all", "while she was out, he phoned"]]);
  });

  test("p5_part3_with_letters_typed_until_the_next_edition_came_and_behind_what_stood_in_the_part", async () => {
    put("plan.all", "");
    put("plan.part-1", "before");
    put("plan.professionals", "among us");
    house.seated("write", { "plan.part-1": "write", "plan.professionals": "write" });
    await show();
    const area = areaOf("all");
    area.focus();
    type("while she");
    await drawn();
    put("plan.all~2", "");
    (room.doc("plan.part-1").getMap("fields").get("contingency") as Y.Text).insert(6, "\nwhile she");
    room.held.add(room.name("plan.all~2"));
    back({ more: { "plan.professionals": "write" } });
    type(" was ");
    room.held.clear();
    room.cutLine();
    await settled();
    await house.back();
    await vi.waitUntil(() => meeting.plans.length === 3);
    await drawn();
    expect(caret()).toBe(area);
    type("out");
    await drawn();
    expect([kept("plan.all~2"), kept("plan.part-1"), kept("plan.professionals")]).toEqual(["", "before\nwhile she was out", "among us"]);
    expect(shown()).toEqual(["", "among us", "before\nwhile she was out"]);
  });

  test("p5_part3_goes_nowhere_where_the_words_went_to_the_tray", async () => {
    put("plan.all", "call 101");
    await show();
    areaOf("all").focus();
    areaOf("all").setSelectionRange(8, 8);
    room.cutLine();
    await settled();
    type(", she hid at ");
    await drawn();
    // Meanwhile somebody went and came back: whether these are words of that time nobody can tell.
    put("plan.all~2", "call 101");
    put("plan.part-1", "");
    room.doc("plan.part-1").getMap("fields").delete("contingency");
    back({ live: false });
    await house.back();
    await vi.waitUntil(() => meeting.tray.length > 0);
    await drawn();
    expect(caret()).toBeNull();
    type("the refuge");
    await drawn();
    expect([kept("plan.all~2"), shown()]).toEqual(["call 101", ["call 101"]]);
    expect(meeting.tray.map(({ words }) => words)).toEqual([", she hid at"]);
  });

  test("p5_part3_stays_where_the_words_stay_and_where_they_were_taken_off", async () => {
    put("plan.all", "call 101");
    await show();
    const area = areaOf("all");
    area.focus();
    area.setSelectionRange(8, 8);
    put("plan.all~2", "call 101");
    room.doc("plan.part-1");
    back();
    await drawn();
    expect(caret()).toBe(area);
    type(" now");
    await drawn();
    expect(kept("plan.all~2")).toBe("call 101 now");
    put("plan.all~3", "");
    for (const socket of room.sockets) socket.shut(room.name("plan.all~2"), "moved");
    back({ live: false, edition: 3 });
    await drawn();
    expect([caret(), shown()]).toEqual([area, [""]]);
  });
});
