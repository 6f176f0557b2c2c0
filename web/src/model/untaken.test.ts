// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { quiet, type Room } from "../sync/testing/room";
import type { Meeting } from "./meeting.svelte";
import { ME, OTHER, settled } from "./testing/furnished";
import { House, typeInto } from "./testing/house";

let house: House;
let room: Room;
let meeting: Meeting;

beforeEach(async () => {
  house = await House.open();
  ({ room, meeting } = house);
});

afterEach(() => house.close());

describe("words that are not taken", () => {
  test("right6_an_edit_refused_goes_to_the_tray_and_never_to_the_document", async () => {
    const id = meeting.writeNote({ section: "worried", words: "kept. " }) ?? "";
    await settled();
    // The pen goes back while I type: the service knows it first.
    room.rights.set(room.name("board.all"), "read");
    const off = typeInto(meeting.note(id)?.edit ?? null, "kept. too late");
    meeting.writeNote({ section: "worried", words: "a whole line" });
    await settled();
    expect(meeting.tray.map((entry) => entry.words).sort()).toEqual(["a whole line", "too late"]);
    expect(meeting.tray.find((entry) => entry.words === "too late")?.stood).toMatchObject({ in: "note", note: id, section: "worried" });
    expect(house.words("worried")).toEqual(["kept. "]);
    expect(room.sockets.size).toBe(1);
    expect(new Set(room.tokens)).toEqual(new Set(["ticket-1"]));
    // Rights that come back bring nothing of it.
    house.seated("write");
    room.rights.set(room.name("board.all"), "write");
    meeting.writeNote({ section: "worried", words: "later" });
    await settled();
    expect(Object.values(house.onServer("board.all")).map(({ text }) => text).sort()).toEqual(["kept. ", "later"]);
    expect(meeting.save).toEqual({ is: "saved" });
    off();
  });

  test("right6_what_was_set_beside_words_and_refused_is_told", async () => {
    // A professional: another board stays writable, so the screen says "Saved".
    room.doc("board.professionals");
    house.seated("write", { "board.professionals": "write" });
    const line = meeting.writeNote({ section: "worried", words: "he was hit" }) ?? "";
    const row = meeting.addRow({ cells: { outcome: "see the GP" } }) ?? "";
    await settled();
    room.cutLine();
    await settled();
    // Off the line for a while: struck, labelled, moved; who and when in the plan.
    meeting.strike(line, true);
    meeting.label(line, "fact");
    meeting.setWho(row, [{ attendee: OTHER }]);
    meeting.setWhen(row, { date: "2026-12-20", words: null });
    const newRow = meeting.addRow({ who: [{ attendee: OTHER }], when: { date: "2026-12-21", words: null } });
    await settled();
    expect(meeting.save).toEqual({ is: "offline", changes: 5 });
    // Meanwhile the pen was taken.
    house.seated("read", { "board.professionals": "write" });
    await house.back();
    await settled();
    expect(meeting.note(line)).toMatchObject({ struck: false, label: null });
    expect(meeting.rows.find(({ id }) => id === row)).toMatchObject({ who: [], when: { date: null } });
    expect(newRow && meeting.rows.some(({ id }) => id === newRow)).toBe(false);
    expect(meeting.save).toEqual({ is: "saved" });
    expect(meeting.tray.map(({ words, why }) => [words, why])).toEqual([["he was hit", "not-set"], ["see the GP", "not-set"], ["", "not-set"]]);
  });

  test("right6_a_word_being_composed_when_the_pen_goes_waits_in_the_tray", async () => {
    const line = meeting.writeNote({ section: "worried", words: "kept. " }) ?? "";
    await settled();
    const element = document.createElement("textarea");
    document.body.append(element);
    const edit = meeting.note(line)?.edit;
    const off = edit?.(element);
    element.focus();
    element.dispatchEvent(new Event("compositionstart"));
    element.value = "kept. unfallversichert";
    element.dispatchEvent(new InputEvent("input", { isComposing: true } as InputEventInit));
    house.seated("read");
    await settled();
    expect(meeting.note(line)?.edit).toBeNull();
    off?.();
    element.remove();
    await settled();
    expect(meeting.tray.map(({ words }) => words)).toEqual(["unfallversichert"]);
  });

  test("right6_letters_typed_before_the_screen_is_drawn_again_follow_the_refused_ones_into_the_tray", async () => {
    const line = meeting.writeNote({ section: "worried", words: "a" }) ?? "";
    await settled();
    const element = document.createElement("textarea");
    document.body.append(element);
    const off = meeting.note(line)?.edit?.(element);
    room.rights.set(room.name("board.all"), "read");
    room.held.add(room.name("board.all"));
    element.value = "ab";
    element.setSelectionRange(2, 2);
    element.dispatchEvent(new InputEvent("input", { inputType: "insertText" }));
    await quiet();
    element.value += "c";
    element.setSelectionRange(3, 3);
    element.dispatchEvent(new InputEvent("input", { inputType: "insertText" }));
    await settled();
    expect(meeting.tray.map(({ words }) => words)).toEqual(["bc"]);
    off?.();
  });

  test("right6_answers_that_come_late_are_not_taken_for_answers_to_the_fresh_document", async () => {
    room.slow = true;
    room.rights.set(room.name("board.all"), "read");
    for (const one of ["a", "b", "c"]) meeting.writeNote({ section: "worried", words: one });
    await settled();
    expect(meeting.save).toEqual({ is: "waiting", changes: 3 });
    room.rights.set(room.name("board.all"), "write");
    room.sync();
    await settled();
    expect(meeting.tray.map((entry) => entry.words)).toEqual(["a", "b", "c"]);
    meeting.writeNote({ section: "worried", words: "fresh" });
    await settled();
    expect(meeting.save).toEqual({ is: "waiting", changes: 1 });
    room.sync();
    room.sync();
    await settled();
    expect(meeting.save).toEqual({ is: "saved" });
    expect(Object.values(house.onServer("board.all")).map(({ text }) => text)).toEqual(["fresh"]);
  });

  test("f62_words_of_the_tray_are_offered_as_a_note_or_put_away", async () => {
    room.rights.set(room.name("board.all"), "read");
    meeting.writeNote({ section: "worried", words: "first" });
    await settled();
    const [entry] = meeting.tray;
    // Pressed again while it is on its way: one note.
    await Promise.all([meeting.offerFromTray(entry?.id ?? "", true), meeting.offerFromTray(entry?.id ?? "", true)]);
    await settled();
    expect(house.sent).toHaveLength(1);
    expect(house.sent[0]).toMatchObject({ do: "offer", what: { kind: "note", section: "worried", words: "first" } });
    expect(meeting.tray).toEqual([]);
  });

  test("p4_what_was_taken_off_stays_off_and_open_words_elsewhere_go_on_in_the_next_edition", async () => {
    const stays = meeting.writeNote({ section: "worried", words: "stays" }) ?? "";
    const goes = meeting.writeNote({ section: "worried", words: "goes" }) ?? "";
    await settled();
    room.cutLine();
    await settled();
    const offs = [typeInto(meeting.note(stays)?.edit ?? null, "stays here"), typeInto(meeting.note(goes)?.edit ?? null, "goes not")];
    meeting.writeNote({ section: "worried", words: "brand new" });
    await settled();
    const next = room.doc("board.all~2");
    const line = new Y.Map<unknown>();
    line.set("text", new Y.Text("stays"));
    line.set("section", "worried");
    line.set("order", "a0");
    next.getMap("notes").set(stays, line);
    room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", "board.all~2": "write", "plan.all": "write" });
    await house.back();
    expect(Object.values(house.onServer("board.all~2")).map(({ text }) => text).sort()).toEqual(["brand new", "stays here"]);
    expect(house.words("worried").sort()).toEqual(["brand new", "stays here"]);
    expect(meeting.tray.map(({ words, why }) => [words, why])).toEqual([["not", "taken-off"]]);
    expect(meeting.save).toEqual({ is: "saved" });
    for (const off of offs) off();
  });

  /** Somebody is back: the board goes on without the lines that they missed, which stand in a part. */
  function parted(moved: string[], live = true): void {
    const old = room.doc("board.all").getMap("notes").toJSON() as Record<string, Record<string, string>>;
    for (const [id, line] of Object.entries(old)) {
      const map = new Y.Map<unknown>(Object.entries(line).map(([key, value]) => [key, key === "text" ? new Y.Text(value) : value]));
      room.doc(moved.includes(id) ? "board.part-1" : "board.all~2").getMap("notes").set(id, map);
    }
    room.doc("board.all~2");
    room.doc("board.part-1");
    if (live) for (const socket of room.sockets) socket.shut(room.name("board.all"), "parted");
    room.put(`seat.${ME}`, "parted", { "board.all": 2 });
    room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", "board.all~2": "write", "board.part-1": "write", "plan.all": "write" });
  }

  test("p5_part3_a_line_being_typed_goes_on_where_it_stands_now_and_no_letter_is_lost", async () => {
    const moved = meeting.writeNote({ section: "worried", words: "of the time" }) ?? "";
    const stays = meeting.writeNote({ section: "worried", words: "before" }) ?? "";
    await settled();
    const element = document.createElement("textarea");
    document.body.append(element);
    let off = meeting.note(moved)?.edit?.(element);
    const type = (text: string): void => {
      element.value += text;
      element.setSelectionRange(element.value.length, element.value.length);
      element.dispatchEvent(new InputEvent("input", { inputType: "insertText" }));
    };
    room.slow = true;
    type(" when");
    await quiet();
    parted([moved]);
    type(" she");
    room.sync();
    room.slow = false;
    expect(meeting.sections("worried").map((note) => note.id)).toEqual([moved, stays]);
    await settled();
    off?.();
    off = meeting.note(moved)?.edit?.(element);
    type(" was out");
    await settled();
    expect(meeting.note(moved)).toMatchObject({ audience: "part-1", words: "of the time when she was out" });
    expect(house.onServer("board.part-1")[moved]?.text).toBe("of the time when she was out");
    expect(Object.keys(house.onServer("board.all~2"))).toEqual([stays]);
    expect([meeting.tray, meeting.save]).toEqual([[], { is: "saved" }]);
    // What is written now is for everybody again, and can be taken back.
    meeting.writeNote({ section: "worried", words: "for everybody" });
    await settled();
    expect(Object.values(house.onServer("board.all~2")).map((line) => line.text)).toEqual(["before", "for everybody"]);
    meeting.undoMyLast();
    await settled();
    expect(Object.keys(house.onServer("board.all~2"))).toEqual([stays]);
    off?.();
  });

  test("p5_part3_words_of_a_time_off_the_line_go_on_in_a_part_or_to_the_tray_and_never_to_everybody", async () => {
    const moved = meeting.writeNote({ section: "worried", words: "moved" }) ?? "";
    const stays = meeting.writeNote({ section: "worried", words: "stays" }) ?? "";
    await settled();
    room.cutLine();
    await settled();
    meeting.writeNote({ section: "worried", words: "a new line" });
    const elements = [moved, stays].map((id) => {
      const element = document.createElement("textarea");
      const off = meeting.note(id)?.edit?.(element);
      element.value += " and more";
      element.dispatchEvent(new InputEvent("input", { inputType: "insertText" }));
      return off;
    });
    parted([moved], false);
    await house.back();
    for (const off of elements) off?.();
    expect(house.onServer("board.part-1")[moved]?.text).toBe("moved and more");
    expect(Object.values(house.onServer("board.all~2")).map((line) => line.text)).toEqual(["stays"]);
    expect(meeting.tray.map((one) => one.words).sort()).toEqual(["a new line", "and more"]);
    expect(meeting.save).toEqual({ is: "saved" });
  });

  test("p5_part3_what_was_set_on_a_line_in_a_time_off_the_line_goes_on_in_a_part_or_is_said_not_to_be_set", async () => {
    const moved = meeting.writeNote({ section: "worried", words: "moved" }) ?? "";
    const stays = meeting.writeNote({ section: "worried", words: "stays" }) ?? "";
    const gone = meeting.writeNote({ section: "worried", words: "gone" }) ?? "";
    const blank = meeting.writeNote({ section: "worried", words: "" }) ?? "";
    await settled();
    room.cutLine();
    await settled();
    for (const line of [moved, stays, gone, blank]) meeting.label(line, "fact");
    room.doc("board.all").getMap("notes").delete(gone);
    parted([moved], false);
    await house.back();
    expect(house.onServer("board.part-1")[moved]).toMatchObject({ label: "fact" });
    expect(house.onServer("board.all~2")[stays]).not.toHaveProperty("label");
    expect(meeting.tray.map(({ words, why, stood }) => [words, why, stood.in === "note" && stood.note])).toEqual([["stays", "not-set", stays], ["", "not-set", blank]]);
    expect(meeting.save).toEqual({ is: "saved" });
  });

  test("p5_part3_a_device_that_only_reads_lets_go_at_once", async () => {
    meeting.writeNote({ section: "worried", words: "of the time" });
    await settled();
    house.seated("read");
    await settled();
    expect(house.words("worried")).toEqual(["of the time"]);
    for (const socket of room.sockets) socket.shut(room.name("board.all"), "parted");
    await settled();
    expect(house.words("worried")).toEqual([]);
  });

  test("right5_a_document_that_is_taken_away_is_destroyed_and_its_open_words_wait_in_the_tray", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true, advanceTimeDelta: 20 });
    room.slow = true;
    meeting.writeNote({ section: "worried", words: "open" });
    await settled();
    room.allow(ME, { stage: "read", "proceedings.all": "read" });
    await settled();
    expect(house.words("worried")).toEqual([]);
    expect(meeting.save).toMatchObject({ is: "waiting" });
    await vi.advanceTimersByTimeAsync(6_000);
    expect(meeting.tray.map((entry) => entry.words)).toEqual(["open"]);
    expect([...meeting.rights.keys()].some((name) => name.includes("board"))).toBe(false);
  });
});
