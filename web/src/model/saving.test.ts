// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
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
    expect(house.words("worried")).toEqual(["one", "two"]);
    room.slow = true;
    await house.back();
    expect(meeting.link).toBe("live");
    expect(Object.values(house.onServer("board.all")).map(({ text }) => text).sort()).toEqual(["one", "two"]);
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
    await house.back();
    expect(meeting.save).toEqual({ is: "waiting", changes: 1 });
    meeting.writeNote({ section: "worried", words: "more" });
    await settled();
    expect(meeting.save).toEqual({ is: "waiting", changes: 2 });
    room.sync();
    await settled();
    expect(meeting.save).toEqual({ is: "saved" });
  });
});

describe("the connection", () => {
  test("close_44xx_asks_where_this_device_stands_and_does_not_come_back", async () => {
    house.standing = "out";
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
    await house.back();
    expect(meeting.link).toBe("outdated");
    expect(room.sockets.size).toBe(0);
  });

  test("somebody in the lobby is let in without a reload", async () => {
    meeting.close();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true, advanceTimeDelta: 20 });
    house.standing = "waiting";
    meeting.open(ME);
    await settled();
    expect(meeting.link).toBe("waiting");
    expect(room.sockets.size).toBe(0);
    house.standing = "here";
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
