// One attendee's meeting as the screens see it: what is shown (`Reading`), what is written, how it stays connected.
// This folder is the only bridge between Y types and Svelte.

import type { AttendeeId, ChildId, Command, Door, Label, NoteId, Outcome, RowId, Ticket } from "../protocol/generated";
import { fits } from "../sync/build";
import { Connection, type Stop } from "../sync/connection";
import { Reading } from "./reading.svelte";
import type { NewNote, NewRow, NoteView, Seat, Service, Showing, When, Who } from "./types";
import type { Plain } from "./write";

/** Somebody in the lobby asks this often whether they have been let in. */
const LOBBY_MS = 3_000;
/** After a close with 44xx while still welcome. */
const RETURN_MS = 3_000;

interface Options {
  /** Address of the socket; `/sync` beside this page unless a test says otherwise. */
  url?: string;
  WebSocket?: typeof WebSocket;
  nextFrame?: (run: () => void) => () => void;
}

export class Meeting extends Reading {
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** Counts openings, so that an answer to an earlier one changes nothing. */
  private opening = 0;

  constructor(
    readonly service: Service,
    private readonly options: Options = {},
  ) {
    super(options.nextFrame);
  }

  /** Opens the meeting of this attendee; comes back to itself after a lost network. */
  open(attendee: AttendeeId): void {
    if (this.attendee !== null) this.close();
    this.attendee = attendee;
    this.link = "opening";
    void this.askDoor();
  }

  /** Leaves nothing behind in memory. */
  close(): void {
    this.opening += 1;
    this.attendee = null;
    this.shut();
    this.kept.clear();
    this.door = null;
  }

  /** Resolves when what it changed can be read on this device. A refusal is an outcome, not an error. */
  async command(command: Command): Promise<Outcome> {
    if (this.attendee === null) throw new Error("The meeting is not open: call open(attendee) first.");
    const outcome = await this.service.send(this.attendee, command);
    if (outcome.is === "done") await this.until(() => outcome.wait.every((wait) => this.reached(wait.document, wait.seq)));
    return outcome;
  }

  /**
   * A new line, for everybody unless it is said for whom; null where their board is not here to be written in. Without
   * words: one to begin in, perhaps an empty one that was begun here before.
   */
  writeNote(note: NewNote): NoteId | null {
    return this.covered ? null : (this.pen?.addNote(note) ?? null);
  }

  /** To a section, behind a line there; null = before the first. The words keep their edits. False where it stays. */
  moveNote(note: NoteId, section: string, after: NoteId | null): boolean {
    return this.pen?.move("notes", note, this.sections(section), after, { section }) ?? false;
  }

  /** One place up; false when it stands first or may not be moved. */
  moveUp(note: NoteId): boolean {
    return this.pen?.step("notes", note, this.siblings(note), -1) ?? false;
  }

  /** One place down; false when it stands last or may not be moved. */
  moveDown(note: NoteId): boolean {
    return this.pen?.step("notes", note, this.siblings(note), 1) ?? false;
  }

  /** Struck through, or no more. */
  strike(note: NoteId, struck: boolean): void {
    this.changeNote(note, { struck });
  }

  label(note: NoteId, label: Label | null): void {
    this.changeNote(note, { label });
  }

  source(note: NoteId, source: string | null): void {
    this.changeNote(note, { source: source?.trim() || null });
  }

  /** Children it is about; none = all. */
  about(note: NoteId, children: ChildId[]): void {
    this.changeNote(note, { children });
  }

  /** The same in the plan: a new row. */
  addRow(row: NewRow = {}): RowId | null {
    return this.covered ? null : (this.pen?.addRow(row, this.framework) ?? null);
  }

  moveRow(row: RowId, after: RowId | null): void {
    this.pen?.move("rows", row, this.rows, after);
  }

  moveRowUp(row: RowId): boolean {
    return this.pen?.step("rows", row, this.rows, -1) ?? false;
  }

  moveRowDown(row: RowId): boolean {
    return this.pen?.step("rows", row, this.rows, 1) ?? false;
  }

  strikeRow(row: RowId, struck: boolean): void {
    this.changeRow(row, { struck });
  }

  setWho(row: RowId, who: Who[]): void {
    this.changeRow(row, { who });
  }

  /** Nothing in it = no date. */
  setWhen(row: RowId, when: When): void {
    this.changeRow(row, { when: when.date || when.words ? when : null });
  }

  rowAbout(row: RowId, children: ChildId[]): void {
    this.changeRow(row, { children });
  }

  /** Takes back the last thing written here, wherever it was; never what others wrote. False when there is nothing. */
  undoMyLast(): boolean {
    return this.pen?.undo.last() ?? false;
  }

  /** Number of the latest step that `undoMyLast` would take back. */
  get latestStep(): number {
    return this.pen?.undo.latest ?? 0;
  }

  /**
   * Whether "Take off" may succeed here (P4): the desk takes off all, a pen what is its own alone. Who wrote the letters of
   * a written line the service alone knows, also those of before a reload: it is asked by trying, and says why not.
   */
  mayTakeOff(note: NoteView): boolean {
    if (this.desk) return true;
    if (note.record) return this.seat?.accepted.some((one) => one.record === note.record?.id && one.off) ?? false;
    return note.mine;
  }

  /** I write in this line; null = in none. Textareas bound by `edit` say it themselves. */
  writing(line: NoteId | RowId | null): void {
    this.pen?.writing(line);
  }

  /** This wall shows a page now (SPEC PRES6). */
  showing(page: Showing): void {
    this.opened("stage")[0]?.showing(page);
  }

  /** A fractional key behind a line of a section (undefined = last, null = first), for `Accept`, `Release`, `Quote`. */
  orderAfter(section: string, after?: NoteId | null): string {
    return this.withPen().orderAfter("notes", after, section);
  }

  /** The same among the rows of the plan. */
  rowOrderAfter(after?: RowId | null): string {
    return this.withPen().orderAfter("rows", after);
  }

  /** Drops words from the tray. */
  putAway(id: string): void {
    this.kept.putAway(id);
  }

  /** Offers words of the tray to the chair as a note, once however often it is asked; they leave the tray once the offer is taken. */
  offerFromTray(id: string, named: boolean): Promise<Outcome> {
    return this.withPen().offerFromTray(id, named, (offer) => this.command(offer));
  }

  /** Writes words of the tray once more, for those who read where they stood; false where their sheet is not here. */
  writeFromTray(id: string): boolean {
    return !this.covered && this.withPen().writeFromTray(id, this.framework);
  }

  // Connection.

  private async askDoor(): Promise<void> {
    const attendee = this.attendee;
    const opening = this.opening;
    if (attendee === null) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    let door: Door | null = null;
    try {
      door = await this.service.door(attendee);
    } catch (error) {
      const status = Number((error as { status?: unknown } | null)?.status ?? 0);
      if (opening !== this.opening) return;
      // Anything but "no session" and "no way in" may pass: ask again.
      if (status !== 401 && status !== 403 && status !== 404) {
        this.soon(() => void this.askDoor(), LOBBY_MS);
        return;
      }
    }
    if (opening !== this.opening) return;
    if (JSON.stringify(door) !== JSON.stringify(this.door)) this.door = door;
    if (door?.standing === "here") return this.connect(attendee);
    if (door?.standing === "waiting" || door?.standing === "invited") {
      this.shut();
      this.link = "waiting";
      this.soon(() => void this.askDoor(), LOBBY_MS);
      return;
    }
    this.shut();
    this.link = "over";
  }

  private connect(attendee: AttendeeId): void {
    if (this.link === "waiting") this.link = "opening";
    if (!this.connection) {
      this.connection = new Connection(
        {
          url: this.options.url ?? address(),
          ticket: () => this.service.ticket(attendee),
          fits,
          ...(this.options.WebSocket ? { WebSocket: this.options.WebSocket } : {}),
        },
        {
          opening: (ticket: Ticket) => this.documents.begin(ticket.seat),
          opened: () => {
            this.awaySince = null;
            this.changed(null);
          },
          lost: () => {
            // The last sign of life, not when its lack was noticed: what a wall keeps is counted from it (P13).
            // Whoever comes back while the disk refuses is told so again.
            this.rounds.full = false;
            this.awaySince ??= this.connection?.lastMessageReceived || Date.now();
            this.documents.lost();
          },
          stopped: (stop) => this.stopped(stop),
          outgoing: (frame) => this.documents.outgoing(frame),
          incoming: (frame) => this.documents.incoming(frame),
          applied: (frame) => this.documents.applied(frame),
        },
      );
    }
    this.connection.start();
  }

  private stopped(stop: Stop): void {
    if (stop.because === "outdated") {
      this.outdated = true;
      this.changed(null);
      return;
    }
    // 4401: the ticket was too old when it came. Other closes are about what was sent: it must not be sent again.
    if (stop.because === "closed" && stop.code !== 4401 && stop.code !== 4403) this.documents.renewAll();
    this.soon(() => void this.askDoor(), stop.because === "closed" && stop.code !== 4403 ? RETURN_MS : 0);
  }

  private soon(what: () => void, after: number): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(what, after);
  }

  /** Ends the connection and forgets every document. */
  private shut(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const connection = this.connection;
    this.connection = null;
    if (connection) {
      this.documents.destroy();
      connection.destroy();
    }
    this.pen?.stop();
    this.clear();
  }

  /** The seat says that this attendee's part is over: everything goes from memory. */
  protected override over(seat: Seat): void {
    const door: Door = { attendee: seat.attendee, page: seat.page, standing: seat.standing };
    if (seat.standing === "waiting" || seat.standing === "invited") {
      void this.askDoor();
      return;
    }
    this.shut();
    this.kept.clear();
    this.tray = [];
    this.door = door;
    this.link = "over";
  }

  protected override seatEnded(): void {
    void this.nextSeat();
  }

  /** The seat goes on under another name (an offer of mine was taken off), or this device is not in any more. */
  private async nextSeat(): Promise<void> {
    const { attendee, opening } = this;
    if (attendee === null) return;
    const before = this.documents.seatName;
    const ticket = await this.service.ticket(attendee).catch(() => null);
    if (opening !== this.opening || this.documents.seatName !== before) return;
    if (ticket && ticket.seat !== before) {
      this.documents.begin(ticket.seat);
      return;
    }
    this.connection?.stop();
    this.soon(() => void this.askDoor(), RETURN_MS);
  }

  // Writing.

  private changeNote(note: NoteId, values: Record<string, Plain>): void {
    this.pen?.change("notes", note, values);
  }

  private changeRow(row: RowId, values: Record<string, Plain>): void {
    this.pen?.change("rows", row, values);
  }

  private siblings(note: NoteId): NoteView[] {
    return this.sections(this.note(note)?.section ?? "");
  }
}

function address(): string {
  return `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/sync`;
}
