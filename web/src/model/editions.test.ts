// @vitest-environment happy-dom
// P4 under the caret: a document goes on in its next edition while somebody writes in it. A textarea is bound as the
// screens bind it: again whenever the text behind it is another.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import type { Access, Door } from "../protocol/generated";
import { quiet, type Room } from "../sync/testing/room";
import { Meeting } from "./meeting.svelte";
import { furnished, ME, OTHER, seat, settled } from "./testing/furnished";
import type { Edit } from "./types";

let room: Room;
let meeting: Meeting;
let screens: Screen[];
/** Documents beside those for everybody. */
let alone: Record<string, Access>;
const editions: Record<string, number> = {};

/** Draws at once, so that a test sees what every frame of a screen would show. */
const nextFrame = (run: () => void): (() => void) => {
  queueMicrotask(run);
  return () => undefined;
};

/** One textarea of a screen: it follows the text that is shown, and is gone while there is none. */
class Screen {
  readonly element = document.createElement("textarea");
  /** Times that it was taken out of the page, and the caret with it. */
  gone = 0;
  private bound: Edit | null = null;
  private off: (() => void) | null = null;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(private readonly edit: () => Edit | null) {
    document.body.append(this.element);
    this.follow();
    this.element.focus();
    this.timer = setInterval(() => this.follow(), 0);
  }

  follow(): void {
    const edit = this.edit();
    if (edit === this.bound) return;
    this.off?.();
    this.bound = edit;
    this.off = edit?.(this.element) ?? null;
    if (!edit) this.gone += 1;
  }

  /** One key at the caret; null = Backspace. */
  press(letter: string | null): void {
    this.follow();
    const { element } = this;
    element.dispatchEvent(new Event("beforeinput"));
    const at = element.selectionStart;
    const from = letter === null ? Math.max(0, at - 1) : at;
    element.value = element.value.slice(0, from) + (letter ?? "") + element.value.slice(element.selectionEnd);
    const caret = from + (letter ?? "").length;
    element.setSelectionRange(caret, caret);
    element.dispatchEvent(new InputEvent("input", { inputType: letter === null ? "deleteContentBackward" : "insertText" }));
  }

  end(): void {
    clearInterval(this.timer);
    this.off?.();
    this.element.remove();
  }
}

beforeEach(async () => {
  room = furnished();
  room.doc("plan.all").getMap("fields").set("contingency", new Y.Text());
  editions["board.all"] = editions["plan.all"] = 1;
  screens = [];
  alone = {};
  const door = async (): Promise<Door> => ({ attendee: ME, page: "meet", standing: "here" });
  meeting = new Meeting(
    { send: async () => ({ is: "done", wait: [] }), ticket: room.ticket, door },
    { url: "ws://127.0.0.1/sync", WebSocket: room.WebSocket, nextFrame },
  );
  meeting.open(ME);
  await vi.waitUntil(() => meeting.mayWrite && meeting.mayPlan, { timeout: 10_000 });
});

afterEach(() => {
  for (const screen of screens) screen.end();
  meeting.close();
});

const watch = (edit: () => Edit | null): Screen => {
  const screen = new Screen(edit);
  screens.push(screen);
  return screen;
};

const now = (kind: string): string => (editions[kind] === 1 ? kind : `${kind}~${editions[kind]}`);

function again(value: unknown): unknown {
  if (value instanceof Y.Text) return new Y.Text(value.toString());
  if (value instanceof Y.Map) return new Y.Map([...value].map(([key, one]) => [key, again(one)]));
  return value;
}

/** What the service does when somebody takes a line off: the next edition, written by itself, without that line. */
function takeOff(kind: "board.all" | "plan.all", line: string | null = null): void {
  const old = now(kind);
  editions[kind] = (editions[kind] ?? 1) + 1;
  const next = room.doc(now(kind));
  for (const root of kind === "board.all" ? ["notes"] : ["rows", "fields"]) {
    for (const [id, value] of room.doc(old).getMap<unknown>(root)) if (id !== line) next.getMap(root).set(id, again(value));
  }
  for (const socket of room.sockets) socket.shut(room.name(old), "moved");
  allow();
}

function allow(): void {
  room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", ...alone, [now("board.all")]: "write", [now("plan.all")]: "write" });
}

const note = (id: string): string => (room.doc(now("board.all")).getMap("notes").toJSON()[id] as { text?: string } | undefined)?.text ?? "";
const cell = (id: string): string => String((room.doc(now("plan.all")).getMap("rows").toJSON()[id] as { cells?: Record<string, string> }).cells?.["how"]);
const field = (): string => String(room.doc(now("plan.all")).getMap("fields").get("contingency"));

/** Types, and something happens before some of its letters. */
async function type(screen: Screen, letters: string, between: Record<number, () => unknown> = {}, wait = quiet): Promise<void> {
  for (let at = 0; at < letters.length; at++) {
    between[at]?.();
    // Some keys come faster than any answer.
    if (at % 3 === 0) await wait();
    else for (let turn = 0; turn < at % 7; turn++) await Promise.resolve();
    screen.press(letters.charAt(at));
  }
  await settled();
}

const SENTENCE = "Ewa phones the duty number, and somebody comes.";

describe("words being typed when their document goes on in its next edition", () => {
  for (const slow of [false, true]) {
    const how = slow ? " while the store is slow" : "";

    test(`sync14_field_note_and_cell_keep_every_letter_once${how}`, async () => {
      const line = meeting.writeNote({ section: "worried", words: "> " }) ?? "";
      const row = meeting.addRow() ?? "";
      const others = ["a", "b", "c"].map((one) => meeting.writeNote({ section: "worried", words: one }) ?? "");
      await settled();
      const sheets = [
        { kind: "plan.all", screen: watch(() => meeting.fields[0]?.edit ?? null), words: field, start: "" },
        { kind: "board.all", screen: watch(() => meeting.note(line)?.edit ?? null), words: () => note(line), start: "> " },
        { kind: "plan.all", screen: watch(() => meeting.rows.find(({ id }) => id === row)?.text("how") ?? null), words: () => cell(row), start: "" },
      ] as const;
      for (const { kind, screen, words, start } of sheets) {
        screen.element.focus();
        room.slow = slow;
        const gone = kind === "board.all" ? others : [null, null, null];
        const acts = Object.fromEntries([5, 17, 18].map((at, n) => [at, () => takeOff(kind, gone[n])]));
        await type(screen, SENTENCE, slow ? { ...acts, 30: () => room.sync() } : acts);
        room.slow = false;
        room.sync();
        await settled();
        expect(words()).toBe(start + SENTENCE);
        expect(screen.element.value).toBe(start + SENTENCE);
        expect(screen.gone).toBe(0);
      }
      expect([meeting.tray, meeting.save]).toEqual([[], { is: "saved" }]);
    });
  }

  test("sync14_right3_words_of_a_field_stay_with_their_audience_though_every_plan_has_that_field", async () => {
    room.doc("plan.professionals").getMap("fields").set("contingency", new Y.Text());
    alone = { "plan.professionals": "write" };
    allow();
    await settled();
    const screen = watch(() => meeting.fields[0]?.edit ?? null);
    await type(screen, SENTENCE, { 0: () => takeOff("plan.all"), 9: () => takeOff("plan.all") });
    expect(field()).toBe(SENTENCE);
    expect(String(room.doc("plan.professionals").getMap("fields").get("contingency"))).toBe("");
    expect(meeting.fields.map(({ audience }) => audience)).toEqual(["all"]);
  });

  test("sync14_letters_taken_away_meanwhile_stay_away", async () => {
    const line = meeting.writeNote({ section: "worried", words: "one twoo" }) ?? "";
    await settled();
    const screen = watch(() => meeting.note(line)?.edit ?? null);
    screen.element.setSelectionRange(8, 8);
    takeOff("board.all");
    for (const key of [null, ",", " ", "x", null, "y"]) screen.press(key);
    await settled();
    expect(note(line)).toBe("one two, y");
    takeOff("board.all");
    for (const key of [null, null, null]) screen.press(key);
    await settled();
    expect(note(line)).toBe("one two");
    expect([meeting.tray, meeting.save]).toEqual([[], { is: "saved" }]);
  });

  test("sync14_what_was_sent_and_not_answered_goes_once_beside_what_others_wrote", async () => {
    const line = meeting.writeNote({ section: "worried", words: "middle" }) ?? "";
    await settled();
    const screen = watch(() => meeting.note(line)?.edit ?? null);
    screen.element.setSelectionRange(6, 6);
    room.slow = true;
    for (const key of " sent") screen.press(key);
    await quiet();
    expect(note(line)).toBe("middle sent");
    // Somebody else's letters, which this device never gets from the old edition.
    room.sockets.forEach((socket) => socket.admitted.delete(room.name(now("board.all"))));
    ((room.doc("board.all").getMap("notes").get(line) as Y.Map<Y.Text>).get("text") as unknown as Y.Text).insert(0, "first ");
    room.slow = false;
    room.unsaid();
    takeOff("board.all");
    screen.press("!");
    await settled();
    // Others' letters and mine, sent and not sent, in one text: none twice, none lost.
    const shown = note(line) + meeting.tray.map(({ words }) => words).join("");
    expect(shown).toBe("first middle sent!");
    expect(screen.element.value).toBe("first middle sent!");
    expect(screen.element.selectionStart).toBe(screen.element.value.length);
  });

  test("sync14_a_line_that_the_service_took_and_has_not_answered_for_goes_on_with_the_letters_typed_since", async () => {
    room.slow = true;
    const line = meeting.writeNote({ section: "worried", words: "" }) ?? "";
    const row = meeting.addRow() ?? "";
    await settled();
    const screens = [watch(() => meeting.note(line)?.edit ?? null), watch(() => meeting.rows.find(({ id }) => id === row)?.text("how") ?? null)];
    for (const key of "new") for (const screen of screens) screen.press(key);
    takeOff("board.all");
    takeOff("plan.all");
    for (const key of " line") for (const screen of screens) screen.press(key);
    room.sync();
    room.slow = false;
    await vi.waitUntil(() => meeting.save.is === "saved");
    expect([note(line), cell(row), meeting.tray]).toEqual(["new line", "new line", []]);
  });

  test("sync14_the_caret_keeps_its_place_when_the_next_edition_has_other_words_before_it", async () => {
    const line = meeting.writeNote({ section: "worried", words: "ab" }) ?? "";
    await settled();
    const screen = watch(() => meeting.note(line)?.edit ?? null);
    screen.element.setSelectionRange(1, 1);
    takeOff("board.all");
    ((room.doc(now("board.all")).getMap("notes").get(line) as Y.Map<Y.Text>).get("text") as unknown as Y.Text).insert(0, "theirs ");
    await settled();
    screen.press("x");
    ((room.doc(now("board.all")).getMap("notes").get(line) as Y.Map<Y.Text>).get("text") as unknown as Y.Text).insert(0, "all ");
    await settled();
    screen.press("y");
    await settled();
    expect(note(line)).toBe("all theirs axyb");
  });

  test("sync14_words_typed_into_a_line_that_is_taken_off_wait_in_the_tray_and_say_why", async () => {
    const line = meeting.writeNote({ section: "worried", words: "goes" }) ?? "";
    await settled();
    const screen = watch(() => meeting.note(line)?.edit ?? null);
    takeOff("board.all", line);
    screen.element.setSelectionRange(4, 4);
    for (const key of " on") screen.press(key);
    await settled();
    expect(meeting.note(line)).toBeNull();
    expect(meeting.tray.map(({ words, why }) => [words, why])).toEqual([["on", "taken-off"]]);
    expect(meeting.save).toEqual({ is: "saved" });
  });

  test("sync14_an_edition_that_comes_after_the_line_was_lost_gets_the_words_of_the_time_between", async () => {
    const screen = watch(() => meeting.fields[0]?.edit ?? null);
    await type(screen, "before ");
    room.cutLine();
    await settled();
    for (const key of "and ") screen.press(key);
    takeOff("plan.all");
    takeOff("plan.all");
    room.cut = false;
    window.dispatchEvent(new Event("online"));
    await type(screen, "after");
    expect(field()).toBe("before and after");
    expect(screen.gone).toBe(0);
    expect([meeting.tray, meeting.save]).toEqual([[], { is: "saved" }]);
  });

  test("sync14_words_of_the_edition_before_are_kept_when_the_pen_goes_back_before_the_next_has_come", async () => {
    const screen = watch(() => meeting.fields[0]?.edit ?? null);
    takeOff("plan.all");
    room.held.add(room.name(now("plan.all")));
    await type(screen, "unsent");
    room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", "board.all": "write", [now("plan.all")]: "read" });
    room.held.clear();
    for (const socket of room.sockets) socket.end(1006, "");
    await settled();
    window.dispatchEvent(new Event("online"));
    await settled();
    expect(meeting.tray.map(({ words }) => words)).toEqual(["unsent"]);
  });

  for (const how of ["not sent", "sent and not answered"] as const) {
    test(`sync14_what_a_line_holds_beside_its_words_goes_on_${how.replaceAll(" ", "_")}`, async () => {
      const line = meeting.writeNote({ section: "worried", words: "first", source: "police log" }) ?? "";
      const other = meeting.writeNote({ section: "worried", words: "second", label: "fact" }) ?? "";
      const gone = meeting.writeNote({ section: "worried", words: "goes" }) ?? "";
      const row = meeting.addRow({ cells: { how: "by phone" }, when: { date: "2026-03-01", words: null } }) ?? "";
      await settled();
      const change = (): void => {
        meeting.label(line, "opinion");
        meeting.source(line, null);
        meeting.about(line, ["k"]);
        meeting.moveNote(line, "strengths", null);
        meeting.strike(other, true);
        meeting.label(other, null);
        meeting.label(gone, "fact");
        meeting.setWho(row, [{ attendee: OTHER }]);
        meeting.setWhen(row, { date: null, words: null });
      };
      if (how === "sent and not answered") {
        room.slow = true;
        change();
        await settled();
        room.slow = false;
        room.unsaid();
      }
      takeOff("board.all", gone);
      takeOff("plan.all");
      if (how === "not sent") change();
      await settled();
      const board = room.doc(now("board.all")).getMap("notes").toJSON();
      expect(board[line]).toMatchObject({ text: "first", label: "opinion", children: ["k"], section: "strengths" });
      expect(board[other]).toMatchObject({ text: "second", struck: true, section: "worried" });
      expect([board[line]?.source, board[other]?.label, board[gone]]).toEqual([undefined, undefined, undefined]);
      const plan = room.doc(now("plan.all")).getMap("rows").toJSON();
      expect([plan[row].who, plan[row].when, plan[row].cells.how]).toEqual([[{ attendee: OTHER }], undefined, "by phone"]);
      expect([meeting.tray, meeting.save]).toEqual([[], { is: "saved" }]);
    });
  }

  test("sync14_a_place_taken_between_two_editions_stands_among_the_lines_of_the_next", async () => {
    const [a, b, c] = ["a", "b", "c"].map((words) => meeting.writeNote({ section: "worried", words }) ?? "");
    await settled();
    takeOff("board.all");
    meeting.moveNote(c ?? "", "worried", null);
    await settled();
    expect(meeting.sections("worried").map(({ id }) => id)).toEqual([c, a, b]);
  });

  test("sync14_what_others_set_after_me_in_the_edition_before_stays_theirs", async () => {
    const line = meeting.writeNote({ section: "worried", words: "first" }) ?? "";
    await settled();
    meeting.label(line, "fact");
    await settled();
    (room.doc("board.all").getMap("notes").get(line) as Y.Map<unknown>).set("label", "opinion");
    await settled();
    takeOff("board.all");
    meeting.source(line, "school");
    await settled();
    const board = room.doc(now("board.all")).getMap("notes").toJSON();
    expect(board[line]).toMatchObject({ label: "opinion", source: "school" });
  });

  /** The store refuses what ended an edition: the room goes back to what it holds, and every socket comes back. */
  async function rollBack(): Promise<void> {
    for (const socket of room.sockets) socket.end(1012, "");
    await settled();
    window.dispatchEvent(new Event("online"));
  }

  for (const why of ["moved", "parted"] as const) {
    test(`sync14_an_edition_shut_as_${why}_that_the_store_never_ended_is_written_on_in`, async () => {
      const line = meeting.writeNote({ section: "worried", words: "one" }) ?? "";
      await settled();
      const screen = watch(() => meeting.note(line)?.edit ?? null);
      screen.element.setSelectionRange(3, 3);
      for (const rest of ["board.all", "record.all"]) for (const socket of room.sockets) socket.shut(room.name(rest), why);
      await type(screen, " two");
      await rollBack();
      await type(screen, " three");
      await vi.waitUntil(() => meeting.save.is === "saved");
      expect([note(line), screen.element.value, screen.gone]).toEqual(["one two three", "one two three", 0]);
      // It is open again: what others write comes, too.
      room.doc("board.all").getMap("notes").set("n000000000000000", again(room.doc("board.all").getMap("notes").get(line)));
      await settled();
      expect([meeting.mayWrite, meeting.sections("worried").length, meeting.tray]).toEqual([true, 2, []]);
    });
  }

  test("sync14_a_next_edition_that_the_seat_named_and_the_store_never_kept_is_forgotten", async () => {
    const line = meeting.writeNote({ section: "worried", words: "one" }) ?? "";
    await settled();
    const screen = watch(() => meeting.note(line)?.edit ?? null);
    screen.element.setSelectionRange(3, 3);
    takeOff("board.all");
    room.held.add(room.name(now("board.all")));
    await type(screen, " two");
    editions["board.all"] = 1;
    allow();
    await rollBack();
    await type(screen, " three");
    await vi.waitUntil(() => meeting.save.is === "saved");
    expect([note(line), screen.element.value, screen.gone, meeting.tray]).toEqual(["one two three", "one two three", 0, []]);
  });

  test("sync14_right3_an_edition_that_the_seat_names_and_the_service_does_not_open_is_let_go", async () => {
    const line = meeting.writeNote({ section: "worried", words: "one" }) ?? "";
    await settled();
    const screen = watch(() => meeting.note(line)?.edit ?? null);
    screen.element.setSelectionRange(3, 3);
    for (const socket of room.sockets) socket.shut(room.name("board.all"), "moved");
    await type(screen, " two");
    room.rights.delete(room.name("board.all"));
    await rollBack();
    await vi.waitUntil(() => meeting.sections("worried").length === 0 && !meeting.mayWrite);
    // Its words wait for a next edition, then they are in the tray.
    expect(meeting.save).toEqual({ is: "waiting", changes: 1 });
  });

  test("sync14_words_of_the_edition_before_are_kept_when_the_next_one_goes_before_they_were_handed_over", async () => {
    const line = meeting.writeNote({ section: "worried", words: "one" }) ?? "";
    await settled();
    const screen = watch(() => meeting.note(line)?.edit ?? null);
    screen.element.setSelectionRange(3, 3);
    takeOff("board.all");
    takeOff("plan.all");
    room.held.add(room.name(now("plan.all")));
    await type(screen, " two");
    room.allow(ME, { stage: "read", "proceedings.all": "read", "record.all": "read", [now("plan.all")]: "write" });
    await vi.waitUntil(() => meeting.sections("worried").length === 0);
    expect(meeting.save).toEqual({ is: "waiting", changes: 1 });
  });

  test("sync14_a_reader_lets_go_of_the_edition_before_at_once", async () => {
    meeting.writeNote({ section: "worried", words: "read" });
    await settled();
    seat(room, "read");
    await settled();
    for (const socket of room.sockets) socket.shut(room.name("board.all"), "moved");
    await settled();
    expect(meeting.sections("worried")).toEqual([]);
  });
});
