// A meeting over a room in memory, with a service that does what a test tells it, for tests of a meeting.

import { vi } from "vitest";
import type { Access, Command, Door, Outcome, Standing } from "../../protocol/generated";
import type { Room } from "../../sync/testing/room";
import { Meeting } from "../meeting.svelte";
import { furnished, ME, seat, settled } from "./furnished";

const nextFrame = (run: () => void): (() => void) => {
  const timer = setTimeout(run, 0);
  return () => clearTimeout(timer);
};

export class House {
  readonly room: Room = furnished();
  readonly meeting: Meeting;
  /** What the door says of this device. */
  standing: Standing = "here";
  /** What becomes of every command. */
  outcome: Outcome = { is: "done", wait: [] };
  /** Every command, in order. */
  readonly sent: Command[] = [];

  private constructor() {
    this.meeting = new Meeting(
      {
        send: async (_attendee, command) => (this.sent.push(command), this.outcome),
        ticket: this.room.ticket,
        door: async (): Promise<Door> => ({ attendee: ME, page: "meet", standing: this.standing }),
      },
      { url: "ws://127.0.0.1/sync", WebSocket: this.room.WebSocket, nextFrame },
    );
  }

  /** Somebody with a pen is in. */
  static async open(): Promise<House> {
    const house = new House();
    house.meeting.open(ME);
    await vi.waitUntil(() => house.meeting.mayWrite && house.meeting.mayPlan, { timeout: 10_000 });
    await settled();
    return house;
  }

  close(): void {
    this.meeting.close();
    vi.useRealTimers();
  }

  /** The network is back, and the page has noticed. */
  async back(): Promise<void> {
    this.room.cut = false;
    window.dispatchEvent(new Event("online"));
    await settled();
  }

  seated(access: Access, extra: Record<string, Access> = {}): void {
    seat(this.room, access, extra);
  }

  words(section: string): string[] {
    return this.meeting.sections(section).map((note) => note.words);
  }

  onServer(rest: string): Record<string, { text: string }> {
    return this.room.doc(rest).getMap("notes").toJSON();
  }
}

/** Somebody types into a textarea bound to a text; the answer takes it out of the page. */
export function typeInto(edit: ((element: HTMLTextAreaElement) => () => void) | null, value: string): () => void {
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
