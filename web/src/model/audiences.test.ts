// @vitest-environment happy-dom
// Who is to read what is written here: words for everybody wait for everybody's sheet, however many others are open.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import type { Access } from "../protocol/generated";
import type { Room } from "../sync/testing/room";
import { ME, settled } from "./testing/furnished";
import { House, typeInto } from "./testing/house";
import type { Meeting } from "./meeting.svelte";

const PROFESSIONALS: Record<string, Access> = { "board.professionals": "write", "plan.professionals": "write" };

let house: House;
let room: Room;
let meeting: Meeting;

beforeEach(async () => {
  house = await House.open();
  ({ room, meeting } = house);
  for (const rest of Object.keys(PROFESSIONALS)) room.doc(rest);
  house.seated("write", PROFESSIONALS);
  await vi.waitUntil(() => meeting.boards.length === 2 && meeting.plans.length === 2);
});

afterEach(() => house.close());

const rowsIn = (rest: string): number => room.doc(rest).getMap("rows").size;

/** The next editions of the sheets for everybody are on the way; whoever only read the ones before has let them go. */
async function toTheNextEdition(): Promise<void> {
  house.seated("read", PROFESSIONALS);
  await settled();
  for (const rest of ["board.all", "plan.all"]) {
    room.held.add(room.name(`${rest}~2`));
    for (const socket of room.sockets) socket.shut(room.name(rest), "moved");
  }
  room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", "board.all~2": "write", "plan.all~2": "write", ...PROFESSIONALS });
  await settled();
}

/** What was held is answered, on a line of its own. */
async function itComes(): Promise<void> {
  room.cutLine();
  room.held.clear();
  await settled();
  await house.back();
  await vi.waitUntil(() => meeting.boards.includes("all") && meeting.plans.includes("all"));
}

describe("new words", () => {
  test("right3_words_for_everybody_never_go_where_fewer_read_them_while_everybodys_sheet_is_on_its_way", async () => {
    await toTheNextEdition();
    expect([meeting.boards, meeting.plans]).toEqual([["professionals"], ["professionals"]]);
    // The pen has come before the sheet. Lines of other sheets can be changed, a new one has no place yet.
    expect(meeting.mayWrite).toBe(true);
    expect([meeting.writeNote({ section: "worried", words: "number nine" }), meeting.addRow()]).toEqual([null, null]);
    expect(meeting.fields).toEqual([]);
    await settled();
    expect([house.onServer("board.professionals"), rowsIn("plan.professionals")]).toEqual([{}, 0]);

    await itComes();
    expect(meeting.writeNote({ section: "worried", words: "number nine" })).not.toBeNull();
    expect(meeting.addRow()).not.toBeNull();
    const off = typeInto(meeting.fields[0]?.edit ?? null, "her aunt comes");
    await settled();
    expect(Object.values(house.onServer("board.all~2")).map(({ text }) => text)).toEqual(["number nine"]);
    expect([rowsIn("plan.all~2"), String(room.doc("plan.all~2").getMap("fields").get("contingency"))]).toEqual([1, "her aunt comes"]);
    expect(rowsIn("plan.professionals")).toBe(0);
    off();
  });

  test("right3_an_empty_field_is_everybodys_though_another_plan_has_had_words_in_it", async () => {
    room.doc("plan.professionals").getMap("fields").set("contingency", new Y.Text(""));
    await settled();
    const off = typeInto(meeting.fields[0]?.edit ?? null, "for all");
    await settled();
    expect(meeting.fields.map(({ audience, words }) => [audience, words])).toEqual([["all", "for all"]]);
    expect(String(room.doc("plan.all").getMap("fields").get("contingency"))).toBe("for all");
    off();
  });
});

describe("words of the tray", () => {
  test("right3_words_that_were_not_taken_are_written_again_for_those_who_read_where_they_stood", async () => {
    const line = meeting.writeNote({ section: "worried", words: "kept. ", audience: "professionals" }) ?? "";
    const row = meeting.addRow({ cells: { outcome: "kept. " }, audience: "professionals" }) ?? "";
    await settled();
    for (const rest of Object.keys(PROFESSIONALS)) room.rights.set(room.name(rest), "read");
    const texts = [meeting.note(line)?.edit ?? null, meeting.rows.find(({ id }) => id === row)?.text("outcome") ?? null];
    const off = texts.map((edit) => typeInto(edit, "kept. too late"));
    await settled();
    expect(meeting.tray.map(({ words }) => words)).toEqual(["too late", "too late"]);

    // While their sheets may not be written the words stay, though everybody's may.
    house.seated("write", { "board.professionals": "read", "plan.professionals": "read" });
    await settled();
    expect(meeting.tray.map(({ id }) => meeting.writeFromTray(id))).toEqual([false, false]);
    house.seated("write", PROFESSIONALS);
    await settled();
    expect(meeting.tray.map(({ id }) => meeting.writeFromTray(id))).toEqual([true, true]);
    await settled();
    expect([meeting.tray, house.onServer("board.all"), rowsIn("plan.all")]).toEqual([[], {}, 0]);
    expect(Object.values(house.onServer("board.professionals")).map(({ text }) => text).sort()).toEqual(["kept. ", "too late"]);
    expect(rowsIn("plan.professionals")).toBe(2);
    for (const end of off) end();
  });
});
