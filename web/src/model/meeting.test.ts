// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import type { Command, Door, Outcome, Standing } from "../protocol/generated";
import { quiet, type Room } from "../sync/testing/room";
import { Meeting } from "./meeting.svelte";
import { furnished, ME, OTHER, seat, settled } from "./testing/furnished";
import type { Service } from "./types";

const nextFrame = (run: () => void): (() => void) => {
  const timer = setTimeout(run, 0);
  return () => clearTimeout(timer);
};

let room: Room;
let meeting: Meeting;
let standing: Standing;
let outcome: Outcome;
let sent: Command[];

const seated = (access: "read" | "write", extra: Record<string, "read" | "write"> = {}): void => seat(room, access, extra);

beforeEach(async () => {
  room = furnished();
  standing = "here";
  sent = [];
  outcome = { is: "done", wait: [] };
  const service: Service = {
    send: async (_attendee, command) => (sent.push(command), outcome),
    ticket: room.ticket,
    door: async (): Promise<Door> => ({ attendee: ME, page: "meet", standing }),
  };
  meeting = new Meeting(service, { url: "ws://127.0.0.1/sync", WebSocket: room.WebSocket, nextFrame });
  meeting.open(ME);
  await vi.waitUntil(() => meeting.mayWrite && meeting.mayPlan, { timeout: 10_000 });
  await settled();
});

afterEach(() => {
  meeting.close();
  vi.useRealTimers();
});

/** The network is back, and the page has noticed. */
async function back(): Promise<void> {
  room.cut = false;
  window.dispatchEvent(new Event("online"));
  await settled();
}

const words = (section: string): string[] => meeting.sections(section).map((note) => note.words);
const onServer = (rest: string): Record<string, { text: string }> => room.doc(rest).getMap("notes").toJSON();

function typeInto(edit: ((element: HTMLTextAreaElement) => () => void) | null, value: string): () => void {
  const element = document.createElement("textarea");
  document.body.append(element);
  const off = edit?.(element);
  element.dispatchEvent(new Event("beforeinput"));
  element.value = value;
  element.setSelectionRange(value.length, value.length);
  element.dispatchEvent(new Event("input"));
  return () => {
    off?.();
    element.remove();
  };
}

describe("what a device reads", () => {
  test("f30_stage_roll_and_heading_come_from_the_documents_it_may_read", () => {
    expect(meeting.link).toBe("live");
    expect(meeting.stage?.title).toBe("Initial conference");
    expect(meeting.phase?.label).toBe("What are we worried about?");
    expect(meeting.heading).toBe("Kacper and Lena");
    expect(meeting.roll.map(({ name }) => name)).toEqual(["Ewa", "Dr Shah"]);
    expect(meeting.family).toHaveLength(1);
    expect(meeting.desk).toBeNull();
  });

  test("one ticket opens one socket and every document on it", () => {
    expect(new Set(room.tokens)).toEqual(new Set(["ticket-1"]));
    expect(room.tokens).toHaveLength(6);
  });

  test("right3_lines_of_all_audiences_stand_on_one_sheet_in_order", async () => {
    room.doc("board.professionals");
    seated("write", { "board.professionals": "read" });
    await settled();
    const first = meeting.writeNote({ section: "worried", words: "one" });
    const line = new Y.Map<unknown>();
    line.set("text", new Y.Text("between"));
    line.set("section", "worried");
    line.set("order", meeting.orderAfter("worried", first));
    room.doc("board.professionals").getMap("notes").set("p1", line);
    await settled();
    expect(words("worried")).toEqual(["one", "between"]);
    expect(meeting.note("p1")).toMatchObject({ audience: "professionals", edit: null, mine: false });
  });

  test("p6_while_paused_a_device_without_a_desk_exposes_nothing_of_the_board", async () => {
    meeting.writeNote({ section: "worried", words: "hidden" });
    meeting.addRow({ cells: { outcome: "hidden too" } });
    await settled();
    room.put("stage", "stage", { paused: true });
    await settled();
    expect(meeting.covered).toBe(true);
    expect([words("worried"), meeting.rows, meeting.fields, meeting.records.size]).toEqual([[], [], [], 0]);
    room.put("stage", "stage", { paused: false });
    await settled();
    expect(words("worried")).toEqual(["hidden"]);
    expect(meeting.rows).toHaveLength(1);
  });

  test("a line that has not changed keeps its identity", async () => {
    meeting.writeNote({ section: "worried", words: "still" });
    const moving = meeting.writeNote({ section: "worried", words: "moving" }) ?? "";
    await settled();
    const [before] = meeting.sections("worried");
    meeting.strike(moving, true);
    await settled();
    expect(meeting.sections("worried")[0]).toBe(before);
    expect(meeting.sections("worried")[1]?.struck).toBe(true);
  });

  test("p5_when_the_part_ends_everything_goes_from_memory", async () => {
    meeting.writeNote({ section: "worried", words: "gone soon" });
    await settled();
    room.put(`seat.${ME}`, "seat", { standing: "part-ended" });
    await settled();
    expect(meeting.link).toBe("over");
    expect(meeting.door?.standing).toBe("part-ended");
    expect([meeting.roll, words("worried"), meeting.stage]).toEqual([[], [], null]);
    expect(room.sockets.size).toBe(0);
  });
});

describe("what a device writes", () => {
  test("doc4_a_new_line_is_one_update_in_the_agreed_shape", async () => {
    let updates = 0;
    room.doc("board.all").on("update", () => updates++);
    const id = meeting.writeNote({ section: "worried", words: "Missed school", label: "fact", source: "School", children: ["k"] }) ?? "";
    await settled();
    expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/);
    expect(updates).toBe(1);
    expect(onServer("board.all")[id]).toEqual({
      text: "Missed school",
      section: "worried",
      order: expect.any(String),
      label: "fact",
      source: "School",
      children: ["k"],
    });
  });

  test("f63_lines_move_up_and_down_and_to_another_section_with_their_words", async () => {
    const [a, , c] = ["a", "b", "c"].map((one) => meeting.writeNote({ section: "worried", words: one }) ?? "");
    await settled();
    expect(words("worried")).toEqual(["a", "b", "c"]);
    expect(meeting.moveUp(c ?? "")).toBe(true);
    await settled();
    expect(words("worried")).toEqual(["a", "c", "b"]);
    expect(meeting.moveUp(a ?? "")).toBe(false);
    meeting.moveDown(a ?? "");
    await settled();
    expect(words("worried")).toEqual(["c", "a", "b"]);
    meeting.moveNote(a ?? "", "well", null);
    await settled();
    expect([words("worried"), words("well")]).toEqual([["c", "b"], ["a"]]);
  });

  test("a row has a text for every column of words and its who and when as values", async () => {
    const id = meeting.addRow({ cells: { outcome: "Lena is safe" }, who: [{ attendee: ME }] }) ?? "";
    meeting.setWhen(id, { date: "2026-12-20", words: null });
    await settled();
    const row = (room.doc("plan.all").getMap("rows").get(id) as Y.Map<unknown>).toJSON();
    expect(row).toMatchObject({
      cells: { outcome: "Lena is safe", how: "" },
      who: [{ attendee: ME }],
      when: { date: "2026-12-20", words: null },
    });
    expect(meeting.myPart.map(({ id: mine }) => mine)).toEqual([id]);
    const off = typeInto(meeting.rows[0]?.text("how") ?? null, "Ewa rings the school");
    await settled();
    expect(meeting.rows[0]?.cells["how"]).toBe("Ewa rings the school");
    off();
  });

  test("a field that nobody has made yet is made with its first letter", async () => {
    const off = typeInto(meeting.fields[0]?.edit ?? null, "If not, we meet again");
    await settled();
    expect(String(room.doc("plan.all").getMap("fields").get("contingency"))).toBe("If not, we meet again");
    off();
  });

  test("undo my last takes back only what was made here", async () => {
    const id = meeting.writeNote({ section: "worried", words: "mine" }) ?? "";
    await settled();
    const line = room.doc("board.all").getMap("notes").get(id) as Y.Map<Y.Text>;
    (line.get("text") as unknown as Y.Text).insert(4, " and theirs");
    await settled();
    expect(meeting.canUndo).toBe(true);
    meeting.undoMyLast();
    await settled();
    expect(words("worried")).toEqual([" and theirs"]);
    expect(onServer("board.all")[id]).toMatchObject({ section: "worried" });
  });

  test("a command resolves when what it changed can be read here", async () => {
    outcome = { is: "done", wait: [{ document: room.name("stage"), seq: 9 }, { document: room.name("desk"), seq: 9 }] };
    let seen = "";
    const done = meeting.command({ do: "raise" } as never).then(() => (seen = meeting.stage?.phase ?? ""));
    await settled();
    expect(seen).toBe("");
    room.doc("stage").transact(() => {
      room.doc("stage").getMap("stage").set("phase", "plan");
      room.doc("stage").getMap("meta").set("seq", 9);
    });
    await done;
    expect(seen).toBe("plan");
  });

  test("pres2_others_see_who_writes_in_a_line", async () => {
    const id = meeting.writeNote({ section: "worried", words: "x" }) ?? "";
    await settled();
    const { Awareness, encodeAwarenessUpdate } = await import("y-protocols/awareness");
    const theirs = new Awareness(new Y.Doc());
    theirs.setLocalState({ writing: id, by: OTHER });
    const [socket] = room.sockets;
    const encoding = await import("lib0/encoding");
    (socket as unknown as { give: (name: string, kind: number, body: (e: never) => void) => void }).give(
      room.name("board.all"),
      1,
      (encoder) => encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(theirs, [theirs.clientID])),
    );
    await settled();
    expect(meeting.note(id)).toMatchObject({ writing: true, writer: { name: "Dr Shah" } });
    theirs.destroy();
  });
});

describe("a pause", () => {
  test("p6_somebody_who_comes_in_a_pause_is_in_and_sees_nothing", async () => {
    meeting.close();
    room.put("stage", "stage", { paused: true });
    const held = new Set(["board.all", "plan.all", "record.all", "proceedings.all"].map((rest) => room.name(rest)));
    room.held = held;
    meeting.open(ME);
    await settled();
    expect([meeting.link, meeting.covered, meeting.stage?.paused]).toEqual(["live", true, true]);
    expect(meeting.writeNote({ section: "worried", words: "no" })).toBeNull();
  });
});

describe("the save state", () => {
  test("sync1_saved_is_said_only_after_the_store_has_it", async () => {
    room.slow = true;
    meeting.writeNote({ section: "worried", words: "not yet" });
    await settled();
    expect(meeting.save).toEqual({ is: "waiting", changes: 1 });
    expect(meeting.sections("worried")[0]?.unsaved).toBe(true);
    room.sync();
    await settled();
    expect(meeting.save).toEqual({ is: "saved" });
    expect(meeting.sections("worried")[0]?.unsaved).toBe(false);
  });

  test("sync1_changes_made_while_away_count_until_the_step_2_that_carried_them_is_durable", async () => {
    room.cutLine();
    await settled();
    expect(meeting.link).toBe("away");
    meeting.writeNote({ section: "worried", words: "one" });
    meeting.writeNote({ section: "worried", words: "two" });
    await settled();
    expect(meeting.save).toEqual({ is: "offline", changes: 2 });
    expect(words("worried")).toEqual(["one", "two"]);
    room.slow = true;
    await back();
    expect(meeting.link).toBe("live");
    expect(Object.values(onServer("board.all")).map(({ text }) => text).sort()).toEqual(["one", "two"]);
    expect(meeting.save).toEqual({ is: "waiting", changes: 2 });
    room.sync();
    await settled();
    expect(meeting.save).toEqual({ is: "saved" });
    expect(new Set(room.tokens)).toEqual(new Set(["ticket-1", "ticket-2"]));
  });

  test("sync1_an_answer_that_was_lost_with_the_line_is_not_taken_for_one_that_came", async () => {
    room.slow = true;
    meeting.writeNote({ section: "worried", words: "sent" });
    await settled();
    room.cutLine();
    await settled();
    room.slow = true;
    await back();
    expect(meeting.save).toEqual({ is: "waiting", changes: 1 });
    meeting.writeNote({ section: "worried", words: "more" });
    await settled();
    expect(meeting.save).toEqual({ is: "waiting", changes: 2 });
    room.sync();
    await settled();
    expect(meeting.save).toEqual({ is: "saved" });
  });
});

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
    expect(words("worried")).toEqual(["kept. "]);
    expect(room.sockets.size).toBe(1);
    expect(new Set(room.tokens)).toEqual(new Set(["ticket-1"]));
    // Rights that come back bring nothing of it.
    seated("write");
    room.rights.set(room.name("board.all"), "write");
    meeting.writeNote({ section: "worried", words: "later" });
    await settled();
    expect(Object.values(onServer("board.all")).map(({ text }) => text).sort()).toEqual(["kept. ", "later"]);
    expect(meeting.save).toEqual({ is: "saved" });
    off();
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
    expect(Object.values(onServer("board.all")).map(({ text }) => text)).toEqual(["fresh"]);
  });

  test("f62_words_of_the_tray_are_offered_as_a_note_or_put_away", async () => {
    room.rights.set(room.name("board.all"), "read");
    meeting.writeNote({ section: "worried", words: "first" });
    await settled();
    const [entry] = meeting.tray;
    await meeting.offerFromTray(entry?.id ?? "", true);
    await settled();
    expect(sent[0]).toMatchObject({ do: "offer", what: { kind: "note", section: "worried", words: "first" } });
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
    await back();
    expect(Object.values(onServer("board.all~2")).map(({ text }) => text).sort()).toEqual(["brand new", "stays here"]);
    expect(words("worried").sort()).toEqual(["brand new", "stays here"]);
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
    expect(onServer("board.part-1")[moved]?.text).toBe("of the time when she was out");
    expect(Object.keys(onServer("board.all~2"))).toEqual([stays]);
    expect([meeting.tray, meeting.save]).toEqual([[], { is: "saved" }]);
    // What is written now is for everybody again, and can be taken back.
    meeting.writeNote({ section: "worried", words: "for everybody" });
    await settled();
    expect(Object.values(onServer("board.all~2")).map((line) => line.text)).toEqual(["before", "for everybody"]);
    meeting.undoMyLast();
    await settled();
    expect(Object.keys(onServer("board.all~2"))).toEqual([stays]);
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
    await back();
    for (const off of elements) off?.();
    expect(onServer("board.part-1")[moved]?.text).toBe("moved and more");
    expect(Object.values(onServer("board.all~2")).map((line) => line.text)).toEqual(["stays"]);
    expect(meeting.tray.map((one) => one.words).sort()).toEqual(["a new line", "and more"]);
    expect(meeting.save).toEqual({ is: "saved" });
  });

  test("p5_part3_a_device_that_only_reads_lets_go_at_once", async () => {
    meeting.writeNote({ section: "worried", words: "of the time" });
    await settled();
    seated("read");
    await settled();
    expect(words("worried")).toEqual(["of the time"]);
    for (const socket of room.sockets) socket.shut(room.name("board.all"), "parted");
    await settled();
    expect(words("worried")).toEqual([]);
  });

  test("right5_a_document_that_is_taken_away_is_destroyed_and_its_open_words_wait_in_the_tray", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true, advanceTimeDelta: 20 });
    room.slow = true;
    meeting.writeNote({ section: "worried", words: "open" });
    await settled();
    room.allow(ME, { stage: "read", "proceedings.all": "read" });
    await settled();
    expect(words("worried")).toEqual([]);
    expect(meeting.save).toMatchObject({ is: "waiting" });
    await vi.advanceTimersByTimeAsync(6_000);
    expect(meeting.tray.map((entry) => entry.words)).toEqual(["open"]);
    expect([...meeting.rights.keys()].some((name) => name.includes("board"))).toBe(false);
  });
});

describe("the seat", () => {
  test("p4_the_seat_is_found_again_under_its_next_edition_and_by_a_device_that_comes_later", async () => {
    const old = `seat.${ME}`;
    meeting.writeNote({ section: "worried", words: "stays open" });
    await settled();
    const seats = `seat.${ME}~3`;
    for (const [root, values] of Object.entries({ seat: room.doc(old).getMap("seat").toJSON(), documents: room.doc(old).getMap("documents").toJSON() })) {
      room.put(seats, root, { ...values, ...(root === "seat" ? { name: "Ewa N." } : {}) });
    }
    room.rights.delete(room.name(old));
    room.rights.set(room.name(seats), "read");
    room.seat = room.name(seats);
    for (const socket of room.sockets) socket.shut(room.name(old));
    await settled();
    expect(meeting.seat?.name).toBe("Ewa N.");
    expect(words("worried")).toEqual(["stays open"]);
    expect(meeting.link).toBe("live");
    meeting.close();
    meeting.open(ME);
    await settled();
    expect([meeting.link, meeting.seat?.name]).toEqual(["live", "Ewa N."]);
  });
});

describe("the connection", () => {
  test("close_44xx_asks_where_this_device_stands_and_does_not_come_back", async () => {
    standing = "out";
    for (const socket of [...room.sockets]) socket.end(4403, "not here");
    await settled();
    await settled();
    expect(meeting.link).toBe("over");
    expect(meeting.door?.standing).toBe("out");
    window.dispatchEvent(new Event("online"));
    await settled();
    expect(room.tickets).toBe(1);
  });

  test("a newer service says reload and nothing is written", async () => {
    room.cutLine();
    await settled();
    meeting.service.ticket = async () => ({ ...(await room.ticket()), schema: 2 });
    await back();
    expect(meeting.link).toBe("outdated");
    expect(room.sockets.size).toBe(0);
  });

  test("somebody in the lobby is let in without a reload", async () => {
    meeting.close();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true, advanceTimeDelta: 20 });
    standing = "waiting";
    meeting.open(ME);
    await settled();
    expect(meeting.link).toBe("waiting");
    expect(room.sockets.size).toBe(0);
    standing = "here";
    await vi.advanceTimersByTimeAsync(4_000);
    await settled();
    expect(meeting.link).toBe("live");
  });

  test("a document the service ends is dropped and not asked for again on this socket", async () => {
    const before = room.tokens.length;
    for (const socket of room.sockets) socket.shut(room.name("board.all"));
    await settled();
    room.put(`seat.${ME}`, "seat", { pen: false });
    await settled();
    expect(meeting.mayWrite).toBe(false);
    expect(room.tokens.length).toBe(before);
  });
});
