// @vitest-environment happy-dom
// Words that went out and were not answered for: what was read and taken off does not come back, what was written while
// somebody was out is not told to them, and what has no place is in the tray.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as Y from "yjs";
import { quiet, type Room } from "../sync/testing/room";
import type { Meeting } from "./meeting.svelte";
import { ME, settled } from "./testing/furnished";
import { House, typeInto } from "./testing/house";

let house: House;
let room: Room;
let meeting: Meeting;

beforeEach(async () => {
  house = await House.open();
  ({ room, meeting } = house);
});
afterEach(() => house.close());

const inTray = (): [string, string][] => meeting.tray.map(({ words, why }) => [words, why]);

const again = (value: unknown): unknown =>
  value instanceof Y.Text ? new Y.Text(value.toString())
  : value instanceof Y.Map ? new Y.Map([...value].map(([key, one]) => [key, again(one)]))
  : value;

/** Somebody is back: all lines, rows and field words given went to part-1 (PART1). */
function parted(kind: "board" | "plan", moved: string[], fields: string[] = []): void {
  for (const root of kind === "board" ? ["notes"] : ["rows", "fields"]) {
    for (const [id, value] of room.doc(`${kind}.all`).getMap<unknown>(root)) {
      const goes = moved.includes(id) || fields.includes(id);
      if (goes) room.doc(`${kind}.part-1`).getMap(root).set(id, again(value));
      if (!goes) room.doc(`${kind}.all~2`).getMap(root).set(id, again(value));
      else if (root === "fields") room.doc(`${kind}.all~2`).getMap(root).set(id, new Y.Text());
    }
  }
  room.doc(`${kind}.all~2`);
  room.doc(`${kind}.part-1`);
  // As the service does: what waited to be said of the old edition is never said (storing.rs, `is_edition`).
  room.unsaid();
  for (const socket of room.sockets) socket.shut(room.name(`${kind}.all`), "parted");
  room.put(`seat.${ME}`, "parted", { [`${kind}.all`]: 2 });
  const other = kind === "board" ? "plan" : "board";
  room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", [`${kind}.all~2`]: "write", [`${kind}.part-1`]: "write", [`${other}.all`]: "write" });
}

describe("a line that broke before the answer", () => {
  test("p4_a_line_that_others_read_and_took_off_does_not_come_back_with_the_device_that_missed_its_answer", async () => {
    room.slow = true;
    const line = meeting.writeNote({ section: "worried", words: "the refuge is in Mare Street" }) ?? "";
    await quiet();
    // It is durable, on the wall and on every screen; its answer is on a line that breaks.
    expect(house.onServer("board.all")[line]?.text).toBe("the refuge is in Mare Street");
    room.cutLine();
    room.slow = false;
    await settled();
    // The desk takes it off.
    room.doc("board.all~2");
    room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", "board.all~2": "write", "plan.all": "write" });
    await house.back();
    await settled();
    expect(house.onServer("board.all~2")).toEqual({});
    expect([inTray(), meeting.save]).toEqual([[["the refuge is in Mare Street", "in-doubt"]], { is: "saved" }]);
  });

  test("p4_words_of_a_field_that_the_desk_took_off_do_not_come_back_with_the_device_that_missed_their_answer", async () => {
    room.doc("plan.all").getMap("fields").set("contingency", new Y.Text());
    await settled();
    room.slow = true;
    const off = typeInto(meeting.fields[0]?.edit ?? null, "the refuge is in Mare Street");
    await quiet();
    expect(String(room.doc("plan.all").getMap("fields").get("contingency"))).toBe("the refuge is in Mare Street");
    room.cutLine();
    room.slow = false;
    await settled();
    room.doc("plan.all~2").getMap("fields").set("contingency", new Y.Text());
    room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", "board.all": "write", "plan.all~2": "write" });
    await house.back();
    await settled();
    off();
    expect(String(room.doc("plan.all~2").getMap("fields").get("contingency"))).toBe("");
    expect(inTray()).toEqual([["the refuge is in Mare Street", "in-doubt"]]);
  });

  test("p4_a_row_without_words_in_doubt_is_told", async () => {
    room.slow = true;
    meeting.addRow({ when: { date: "2026-12-21", words: null } });
    await quiet();
    room.cutLine();
    room.slow = false;
    await settled();
    room.doc("plan.all~2");
    room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", "board.all": "write", "plan.all~2": "write" });
    await house.back();
    await settled();
    expect([room.doc("plan.all~2").getMap("rows").size, inTray()]).toEqual([0, [["", "not-set"]]]);
  });

  test("sync14_a_line_in_doubt_that_the_next_edition_holds_gets_the_letters_typed_since", async () => {
    room.slow = true;
    const line = meeting.writeNote({ section: "worried", words: "one" }) ?? "";
    await quiet();
    room.cutLine();
    room.slow = false;
    await settled();
    const off = typeInto(meeting.note(line)?.edit ?? null, "one two");
    room.doc("board.all~2").getMap("notes").set(line, again(room.doc("board.all").getMap("notes").get(line)));
    room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", "board.all~2": "write", "plan.all": "write" });
    await house.back();
    await settled();
    off();
    expect([house.onServer("board.all~2")[line]?.text, inTray()]).toEqual(["one two", []]);
  });
});

describe("an edition that ended before the answer", () => {
  test("p5_part3_a_new_line_taken_and_not_answered_for_is_not_written_for_those_who_came_back", async () => {
    room.slow = true;
    const line = meeting.writeNote({ section: "worried", words: "while she was out" }) ?? "";
    await quiet();
    expect(Object.keys(house.onServer("board.all"))).toEqual([line]);
    parted("board", [line]);
    room.slow = false;
    await settled();
    expect(house.onServer("board.part-1")[line]?.text).toBe("while she was out");
    // She reads board.all~2.
    expect(house.onServer("board.all~2")).toEqual({});
  });

  test("p5_part3_a_new_row_taken_and_not_answered_for_is_not_written_for_those_who_came_back", async () => {
    room.slow = true;
    const row = meeting.addRow({ cells: { outcome: "while she was out" } }) ?? "";
    await quiet();
    expect([...room.doc("plan.all").getMap("rows").keys()]).toEqual([row]);
    parted("plan", [row]);
    room.slow = false;
    await settled();
    expect([...room.doc("plan.part-1").getMap("rows").keys()]).toEqual([row]);
    expect([...room.doc("plan.all~2").getMap("rows").keys()]).toEqual([]);
  });

  test("p5_part3_unanswered_letters_of_a_field_that_stand_in_a_part_are_not_written_for_those_who_came_back", async () => {
    room.doc("plan.all").getMap("fields").set("contingency", new Y.Text(""));
    await settled();
    room.slow = true;
    const off = typeInto(meeting.fields[0]?.edit ?? null, "she hid at her aunt's");
    await quiet();
    room.doc("plan.all~2").getMap("fields").set("contingency", new Y.Text(""));
    room.doc("plan.part-1").getMap("fields").set("contingency", new Y.Text("she hid at"));
    room.slow = false;
    room.unsaid();
    for (const socket of room.sockets) socket.shut(room.name("plan.all"), "parted");
    room.put(`seat.${ME}`, "parted", { "plan.all": 2 });
    room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", "board.all": "write", "plan.all~2": "write", "plan.part-1": "write" });
    await settled();
    expect(meeting.fields.map(({ audience, words }) => [audience, words])).toEqual([["all", ""], ["part-1", "she hid at her aunt's"]]);
    off();
  });

  test("sync14_words_typed_between_two_editions_survive_a_socket_closed_over_a_fault", async () => {
    const line = meeting.writeNote({ section: "worried", words: "one" }) ?? "";
    await settled();
    // Both sheets go on; the board's next edition has come, the plan's has not.
    const map = new Y.Map<unknown>([["text", new Y.Text("one")], ["section", "worried"], ["order", "a0"]]);
    room.doc("board.all~2").getMap("notes").set(line, map);
    room.doc("plan.all~2");
    room.held.add(room.name("plan.all~2"));
    for (const socket of room.sockets) for (const rest of ["board.all", "plan.all"]) socket.shut(room.name(rest), "moved");
    room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", "board.all~2": "write", "plan.all~2": "write" });
    await settled();
    const off = typeInto(meeting.note(line)?.edit ?? null, "one two");
    await settled();
    for (const socket of room.sockets) socket.end(4408, "");
    room.held.clear();
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    await settled();
    off();
    expect(house.onServer("board.all~2")[line]?.text + meeting.tray.map(({ words }) => ` ${words}`).join("")).toBe("one two");
  }, 15_000);
});
