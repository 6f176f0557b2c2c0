// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import type { Room } from "../sync/testing/room";
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
    house.seated("write", { "board.professionals": "read" });
    await settled();
    const first = meeting.writeNote({ section: "worried", words: "one" });
    const line = new Y.Map<unknown>();
    line.set("text", new Y.Text("between"));
    line.set("section", "worried");
    line.set("order", meeting.orderAfter("worried", first));
    room.doc("board.professionals").getMap("notes").set("p1", line);
    await settled();
    expect(house.words("worried")).toEqual(["one", "between"]);
    expect(meeting.note("p1")).toMatchObject({ audience: "professionals", edit: null, mine: false });
  });

  test("p6_while_paused_a_device_without_a_desk_exposes_nothing_of_the_board", async () => {
    meeting.writeNote({ section: "worried", words: "hidden" });
    meeting.addRow({ cells: { outcome: "hidden too" } });
    await settled();
    room.put("stage", "stage", { paused: true });
    await settled();
    expect(meeting.covered).toBe(true);
    expect([house.words("worried"), meeting.rows, meeting.fields, meeting.records.size]).toEqual([[], [], [], 0]);
    room.put("stage", "stage", { paused: false });
    await settled();
    expect(house.words("worried")).toEqual(["hidden"]);
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
    expect([meeting.roll, house.words("worried"), meeting.stage]).toEqual([[], [], null]);
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
    expect(house.onServer("board.all")[id]).toEqual({
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
    expect(house.words("worried")).toEqual(["a", "b", "c"]);
    expect(meeting.moveUp(c ?? "")).toBe(true);
    await settled();
    expect(house.words("worried")).toEqual(["a", "c", "b"]);
    expect(meeting.moveUp(a ?? "")).toBe(false);
    meeting.moveDown(a ?? "");
    await settled();
    expect(house.words("worried")).toEqual(["c", "a", "b"]);
    meeting.moveNote(a ?? "", "well", null);
    await settled();
    expect([house.words("worried"), house.words("well")]).toEqual([["c", "b"], ["a"]]);
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
    expect(house.words("worried")).toEqual([" and theirs"]);
    expect(house.onServer("board.all")[id]).toMatchObject({ section: "worried" });
  });

  test("a command resolves when what it changed can be read here", async () => {
    house.outcome = { is: "done", wait: [{ document: room.name("stage"), seq: 9 }, { document: room.name("desk"), seq: 9 }] };
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

  test("p4_a_command_resolves_when_the_next_edition_that_it_made_has_been_read", async () => {
    house.outcome = { is: "done", wait: [{ document: room.name(`seat.${ME}`), seq: 9 }, { document: room.name("record.all~2"), seq: 9 }] };
    room.put("record.all", "meta", { seq: 8 });
    room.put("record.all~2", "meta", { seq: 9 });
    room.put(`seat.${ME}`, "meta", { seq: 8 });
    await settled();
    room.held.add(room.name("record.all~2"));
    let isDone = false;
    void meeting.command({ do: "raise" } as never).then(() => (isDone = true));
    await settled();
    // The answer came first; the seat names the next edition in the very update that the command waits for.
    const seat = room.doc(`seat.${ME}`);
    seat.transact(() => {
      seat.getMap("meta").set("seq", 9);
      room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all~2": "read", "board.all": "write", "plan.all": "write" });
    });
    await settled();
    expect(isDone).toBe(false);
    room.held.clear();
    room.cutLine();
    await settled();
    await house.back();
    await vi.waitUntil(() => isDone);
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
    expect(house.words("worried")).toEqual(["stays open"]);
    expect(meeting.link).toBe("live");
    meeting.close();
    meeting.open(ME);
    await settled();
    expect([meeting.link, meeting.seat?.name]).toEqual(["live", "Ewa N."]);
  });
});
