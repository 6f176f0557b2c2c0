// @vitest-environment happy-dom
// "Undo my last" where the last cannot be taken back: nothing else is taken back in its place.
import { afterEach, beforeEach, expect, test } from "vitest";
import * as Y from "yjs";
import type { Room } from "../sync/testing/room";
import type { Meeting } from "./meeting.svelte";
import { ME, settled } from "./testing/furnished";
import { House } from "./testing/house";

let house: House;
let room: Room;
let meeting: Meeting;

beforeEach(async () => {
  house = await House.open();
  ({ room, meeting } = house);
});
afterEach(() => house.close());

const again = (value: unknown): unknown =>
  value instanceof Y.Text ? new Y.Text(value.toString())
  : value instanceof Y.Map ? new Y.Map([...value].map(([key, one]) => [key, again(one)]))
  : value;

test("p22_an_older_step_elsewhere_is_not_taken_back_where_the_last_one_went_with_its_edition", async () => {
  const row = meeting.addRow({ cells: { outcome: "of ten minutes ago" } }) ?? "";
  const line = meeting.writeNote({ section: "worried", words: "my last" }) ?? "";
  await settled();
  const latest = meeting.latestStep;
  // Somebody takes another line off: the board goes on in its next edition.
  for (const [id, value] of room.doc("board.all").getMap<unknown>("notes")) room.doc("board.all~2").getMap("notes").set(id, again(value));
  for (const socket of room.sockets) socket.shut(room.name("board.all"), "moved");
  room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", "board.all~2": "write", "plan.all": "write" });
  await settled();
  expect([meeting.undoMyLast(), meeting.canUndo]).toEqual([false, false]);
  await settled();
  expect([meeting.note(line)?.words, meeting.rows.map(({ id }) => id)]).toEqual(["my last", [row]]);
  // The desk still knows that it wrote after what it did before: that is not put back in its place.
  expect(meeting.latestStep).toBe(latest);
  // What is written from now on can be taken back, and nothing of before.
  const next = meeting.writeNote({ section: "worried", words: "since" }) ?? "";
  await settled();
  expect([meeting.canUndo, meeting.undoMyLast(), meeting.undoMyLast()]).toEqual([true, true, false]);
  await settled();
  expect([meeting.note(next), meeting.note(line)?.words, meeting.rows.length]).toEqual([null, "my last", 1]);
});

test("p22_nothing_is_taken_back_in_a_sheet_that_may_not_be_written_any_more_nor_an_older_step_in_its_place", async () => {
  const row = meeting.addRow({ cells: { outcome: "before" } }) ?? "";
  const line = meeting.writeNote({ section: "worried", words: "kept" }) ?? "";
  await settled();
  expect(meeting.canUndo).toBe(true);
  const before = room.tokens.length;
  // The pen goes; the phase still lets this role write the plan.
  house.seated("read", { "plan.all": "write" });
  await settled();
  expect([meeting.canUndo, meeting.undoMyLast()]).toEqual([false, false]);
  await settled();
  // Nothing was sent that had to be refused.
  expect([meeting.save, room.tokens.length]).toEqual([{ is: "saved" }, before]);
  expect([meeting.note(line)?.words, meeting.rows.map(({ id }) => id)]).toEqual(["kept", [row]]);
  // The pen is back.
  house.seated("write");
  await settled();
  expect([meeting.canUndo, meeting.undoMyLast(), meeting.undoMyLast()]).toEqual([true, true, true]);
  await settled();
  expect([meeting.note(line), meeting.rows]).toEqual([null, []]);
});
