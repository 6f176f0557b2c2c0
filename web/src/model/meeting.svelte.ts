// One attendee's meeting as the screens see it. The only bridge between Y types and Svelte.
//
// The provider applies updates as they come (its state vector and the save ledger depend on that order, and applying
// a keystroke costs microseconds); what is batched is the reading: documents are read into these fields at most once
// per frame of the screen, and a field or line that has not changed keeps its identity.

import type {
  Access,
  AttendeeId,
  Audience,
  ChildId,
  Command,
  DocumentName,
  Door,
  Framework,
  Label,
  NoteId,
  Outcome,
  RecordId,
  RowId,
  Ticket,
} from "../protocol/generated";
import { fits } from "../sync/build";
import { Connection, type Stop } from "../sync/connection";
import type { OpenDocument } from "../sync/document";
import { Documents } from "../sync/documents";
import { saveOf, type ReadOnlyWhy, type Save } from "../sync/ledger";
import { audienceOf, byWidth, type Kind } from "../sync/names";
import { byOrder, orderAfter, type Placed } from "../sync/order";
import { Tray, type NotTaken } from "../sync/tray";
import { Undo } from "../sync/undo";
import { Editing } from "./editing";
import { Frame } from "./frame";
import { Lines, type Drawing } from "./lines";
import * as read from "./read";
import type {
  Attendee,
  Child,
  Desk,
  FieldView,
  Link,
  NewNote,
  NewRow,
  NoteView,
  RecordView,
  RowView,
  Seat,
  Service,
  Stage,
  When,
  Who,
} from "./types";
import { addNote, addRow, change, newId, type Plain } from "./write";

/** Somebody in the lobby asks this often whether they have been let in. */
const LOBBY_MS = 3_000;
/** A command's answer is not held back longer than this for documents that do not come. */
const WAIT_MS = 5_000;
/** After a close with 44xx while still welcome. */
const RETURN_MS = 3_000;

interface Options {
  /** Address of the socket; `/sync` beside this page unless a test says otherwise. */
  url?: string;
  WebSocket?: typeof WebSocket;
  nextFrame?: (run: () => void) => () => void;
}

interface Waiter {
  done: () => boolean;
  resolve: () => void;
}

export class Meeting {
  link = $state.raw<Link>("opening");
  /** Where this device stands, as last told by the service; null = it knows no session of this attendee here. */
  door = $state.raw<Door | null>(null);
  /** True once every document this device may read has been read wholly for the first time. */
  ready = $state.raw(false);
  /** Since when there is no connection, UTC milliseconds; null while there is. */
  awaySince = $state.raw<number | null>(null);
  save = $state.raw<Save>({ is: "saved" });
  /** Words that were not taken, oldest first. */
  tray = $state.raw<NotTaken[]>([]);
  /** The meeting is paused and this device is no desk: nothing of the board is exposed (P6). */
  covered = $state.raw(false);
  /** Something written here can be taken back. */
  canUndo = $state.raw(false);

  stage = $state.raw<Stage | null>(null);
  framework = $state.raw<Framework | null>(null);
  seat = $state.raw<Seat | null>(null);
  /** "Kacper and Lena". */
  heading = $state.raw("");
  /** Everybody here: family first, then the others, each in the order of set-up (P8). */
  roll = $state.raw<Attendee[]>([]);
  children = $state.raw<Child[]>([]);
  records = $state.raw<ReadonlyMap<RecordId, RecordView>>(new Map());
  /** Null where this device may not read it. */
  desk = $state.raw<Desk | null>(null);
  /** Rows of the plan, sorted. */
  rows = $state.raw<RowView[]>([]);
  /** Fixed fields of the plan, in the framework's order. */
  fields = $state.raw<FieldView[]>([]);
  /** Documents this device may read or write. */
  rights = $state.raw<ReadonlyMap<DocumentName, Access>>(new Map());
  /** A pen for the board here: `writeNote` and the changes of lines have an effect. */
  mayWrite = $state.raw(false);
  /** The plan may be written here. */
  mayPlan = $state.raw(false);

  private bySection = $state.raw<ReadonlyMap<string, NoteView[]>>(new Map());

  /** Rows that name me. */
  readonly myPart: RowView[] = $derived(this.rows.filter((row) => row.forMe && !row.struck));
  /** Family on the roll. */
  readonly family: Attendee[] = $derived(this.roll.filter((person) => person.family));
  /** The others; their number is what a folded roll shows. */
  readonly others: Attendee[] = $derived(this.roll.filter((person) => !person.family));
  /** The open phase of the framework. */
  readonly phase = $derived(this.framework?.phases.find((phase) => phase.key === this.stage?.phase) ?? null);

  private attendee: AttendeeId | null = null;
  private connection: Connection | null = null;
  private readonly documents: Documents;
  private readonly undo = new Undo(() => this.changed(null));
  private readonly editing = new Editing(this.undo);
  private readonly kept = new Tray(() => this.changed(null));
  private readonly lines = new Lines();
  private readonly frame: Frame;
  private readonly waiters = new Set<Waiter>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private dirty: Set<Kind> | "all" = new Set();
  private outdated = false;
  /** Counts openings, so that an answer to an earlier one changes nothing. */
  private opening = 0;

  constructor(
    readonly service: Service,
    private readonly options: Options = {},
  ) {
    this.frame = new Frame(() => this.draw(), options.nextFrame);
    this.documents = new Documents(
      () => this.connection as Connection,
      this.kept,
      this.undo,
      (document) => this.changed(document),
      () => {
        this.connection?.stop();
        this.soon(() => void this.askDoor(), RETURN_MS);
      },
    );
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

  /** Lines of a section, sorted; from every board this device may read. */
  sections(section: string): NoteView[] {
    return this.bySection.get(section) ?? NOTHING;
  }

  /** One line. */
  note(id: NoteId): NoteView | null {
    for (const list of this.bySection.values()) for (const view of list) if (view.id === id) return view;
    return null;
  }

  /** Resolves when what it changed can be read on this device. A refusal is an outcome, not an error. */
  async command(command: Command): Promise<Outcome> {
    if (this.attendee === null) throw new Error("The meeting is not open: call open(attendee) first.");
    const outcome = await this.service.send(this.attendee, command);
    if (outcome.is === "done") await this.until(() => outcome.wait.every((wait) => this.reached(wait.document, wait.seq)));
    return outcome;
  }

  /** A new line; null where there is no pen. */
  writeNote(note: NewNote): NoteId | null {
    const board = this.writable("board", note.audience);
    if (!board) return null;
    const id = newId();
    addNote(board.doc, id, note, this.orderAfter(note.section, note.after));
    return id;
  }

  /** To a section, behind a line there; null = before the first. The words keep their edits. */
  moveNote(note: NoteId, section: string, after: NoteId | null): void {
    const others = this.sections(section).filter((line) => line.id !== note);
    this.changeNote(note, { section, order: orderAfter(others, after) });
  }

  /** One place up; false when it stands first. */
  moveUp(note: NoteId): boolean {
    return this.step(this.siblings(note), note, -1, (after) => this.moveNote(note, this.note(note)?.section ?? "", after));
  }

  /** One place down; false when it stands last. */
  moveDown(note: NoteId): boolean {
    return this.step(this.siblings(note), note, 1, (after) => this.moveNote(note, this.note(note)?.section ?? "", after));
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

  /** A new row; null where the plan may not be written. */
  addRow(row: NewRow = {}): RowId | null {
    const plan = this.writable("plan", row.audience);
    if (!plan) return null;
    const id = newId();
    const columns = (this.framework?.plan.columns ?? []).filter(({ holds }) => holds === "words").map(({ key }) => key);
    addRow(plan.doc, id, row, columns, this.rowOrderAfter(row.after));
    return id;
  }

  moveRow(row: RowId, after: RowId | null): void {
    const others = this.rows.filter((line) => line.id !== row);
    this.changeRow(row, { order: orderAfter(others, after) });
  }

  moveRowUp(row: RowId): boolean {
    return this.step(this.rows, row, -1, (after) => this.moveRow(row, after));
  }

  moveRowDown(row: RowId): boolean {
    return this.step(this.rows, row, 1, (after) => this.moveRow(row, after));
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
    return this.undo.last();
  }

  /** I write in this line; null = in none. Textareas bound by `edit` say it themselves. */
  writing(line: NoteId | RowId | null): void {
    const document = line === null ? null : (this.find("notes", line) ?? this.find("rows", line));
    this.editing.writing(document, line);
  }

  /** A fractional key behind a line of a section (undefined = last, null = first), for `Accept`, `Release`, `Quote`. */
  orderAfter(section: string, after?: NoteId | null): string {
    return orderAfter(this.sorted("notes", section), after);
  }

  /** The same among the rows of the plan. */
  rowOrderAfter(after?: RowId | null): string {
    return orderAfter(this.sorted("rows"), after);
  }

  /** Drops words from the tray. */
  putAway(id: string): void {
    this.kept.putAway(id);
  }

  /** Offers words of the tray to the chair as a note; they leave the tray once the offer is taken. */
  async offerFromTray(id: string, named = true): Promise<Outcome> {
    const entry = this.kept.entries.find((one) => one.id === id);
    if (!entry) return { is: "refused", code: "already", why: "" };
    const section = entry.stood.in === "note" ? entry.stood.section : null;
    const what = { kind: "note" as const, section, words: entry.words, label: null, source: null, children: [] };
    const outcome = await this.command({ do: "offer", offer: newId(), what, on_behalf_of: null, named });
    if (outcome.is === "done") this.kept.putAway(id);
    return outcome;
  }

  /** Audiences whose board or plan may be written here, widest first. */
  audiences(kind: "board" | "plan"): Audience[] {
    return this.opened(kind)
      .filter((document) => document.mayWrite)
      .map((document) => audienceOf(document.parsed))
      .filter((audience) => audience !== null);
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
          opening: (ticket: Ticket) => this.documents.begin(ticket.conference, attendee),
          opened: () => {
            this.awaySince = null;
            this.changed(null);
          },
          lost: () => {
            this.awaySince ??= Date.now();
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
    this.editing.stop();
    const connection = this.connection;
    this.connection = null;
    if (connection) {
      this.documents.destroy();
      connection.destroy();
    }
    this.undo.destroy();
    this.frame.stop();
    this.lines.clear();
    this.ready = false;
    this.awaySince = null;
    this.covered = this.mayWrite = this.mayPlan = this.canUndo = false;
    this.stage = this.framework = this.seat = this.desk = null;
    this.heading = "";
    this.roll = this.children = this.rows = this.fields = [];
    this.records = this.rights = this.bySection = new Map();
    this.save = { is: "saved" };
    this.settle(true);
  }

  // Reading.

  private changed(document: OpenDocument | null): void {
    if (document && this.dirty !== "all") this.dirty.add(document.parsed.kind);
    else this.dirty = "all";
    this.settle();
    this.frame.ask();
  }

  /** Documents of a kind, widest audience first. */
  private opened(kind: Kind): OpenDocument[] {
    const width = (document: OpenDocument): Audience => audienceOf(document.parsed) ?? "all";
    return [...this.documents.all()]
      .filter((document) => document.parsed.kind === kind && document.synced)
      .sort((a, b) => byWidth(width(a), width(b)) || a.parsed.edition - b.parsed.edition);
  }

  private draw(): void {
    if (this.attendee === null || !this.connection) {
      this.tray = this.kept.entries;
      return;
    }
    const dirty = this.dirty;
    this.dirty = new Set();
    const any = (...kinds: Kind[]): boolean => dirty === "all" || kinds.some((kind) => dirty.has(kind));

    const stage = this.opened("stage")[0];
    if (any("stage")) {
      this.put("stage", stage ? read.stageOf(stage.doc) : null);
      this.framework = stage ? read.frameworkOf(stage.doc) : null;
    }
    const seat = this.opened("seat")[0];
    if (any("seat")) {
      this.put("seat", seat ? read.seatOf(seat.doc, this.attendee) : null);
      if (this.seat && this.seat.standing !== "here") {
        this.over(this.seat);
        return;
      }
    }
    if (any("proceedings")) {
      const docs = this.opened("proceedings").map(({ doc }) => doc);
      this.put("heading", docs.map(read.headingOf).find((heading) => heading !== "") ?? "");
      this.put("roll", read.rollOf(docs));
      this.put("children", read.childrenOf(docs));
    }
    if (any("desk")) {
      const desk = this.opened("desk")[0];
      this.put("desk", desk ? read.deskOf(desk.doc) : null);
    }
    const covered = this.stage?.paused === true && !this.opened("desk")[0];
    const uncovered = covered !== this.covered;
    this.covered = covered;
    if (any("record", "stage") || uncovered) {
      const records = covered ? new Map() : read.recordsOf(this.opened("record").map(({ doc }) => doc));
      if (JSON.stringify([...records]) !== JSON.stringify([...this.records])) this.records = records;
    }
    this.drawLines(any, uncovered, covered);
    this.drawState();
  }

  private drawLines(any: (...kinds: Kind[]) => boolean, uncovered: boolean, covered: boolean): void {
    if (covered) {
      if (uncovered || this.bySection.size || this.rows.length || this.fields.length) {
        this.lines.clear();
        this.bySection = new Map();
        this.rows = this.fields = [];
      }
      return;
    }
    const pens = this.roll.filter((person) => person.pen && person.id !== this.attendee);
    const drawing: Drawing = {
      me: this.attendee as AttendeeId,
      records: this.records,
      otherPen: pens.length === 1 ? (pens[0] ?? null) : null,
      edit: (document, line, text) => this.editing.of(document, line, text),
      editNew: (document, line, root, path) => this.editing.ofNew(document, line, root, path),
    };
    if (uncovered || any("board", "record", "proceedings", "seat")) {
      const before = this.bySection;
      const now = this.lines.drawNotes(this.opened("board"), drawing);
      let same = now.size === before.size;
      for (const [section, list] of now) {
        const old = before.get(section);
        // A section whose lines are all the same keeps its list.
        if (old && old.length === list.length && old.every((line, at) => line === list[at])) now.set(section, old);
        else same = false;
      }
      if (!same) this.bySection = now;
    }
    if (uncovered || any("plan", "stage", "seat")) {
      const rows = this.lines.drawRows(this.opened("plan"), drawing);
      if (rows.length !== this.rows.length || rows.some((row, at) => row !== this.rows[at])) this.rows = rows;
      const keys = (this.framework?.plan.fields ?? []).map(({ key }) => key);
      const fields = this.lines.drawFields(this.opened("plan"), keys, drawing);
      if (fields.length !== this.fields.length || fields.some((field, at) => field !== this.fields[at])) this.fields = fields;
    }
  }

  private drawState(): void {
    const connected = this.connection?.connected === true;
    const rights = new Map([...this.documents.all()].map((document) => [document.name, document.access] as const));
    if (JSON.stringify([...rights]) !== JSON.stringify([...this.rights])) this.rights = rights;
    this.mayWrite = this.opened("board").some((document) => document.mayWrite);
    this.mayPlan = this.opened("plan").some((document) => document.mayWrite);
    this.canUndo = this.undo.possible;
    this.tray = this.kept.entries;
    if (connected && this.documents.complete) this.ready = true;
    this.link = this.outdated ? "outdated" : connected && this.ready ? "live" : this.ready ? "away" : "opening";
    const changes = this.documents.waiting;
    const save = saveOf({ connected: connected || !this.ready, changes, readOnly: this.readOnly() });
    this.put("save", save);
  }

  private readOnly(): ReadOnlyWhy | null {
    if (this.outdated) return "outdated";
    if (this.documents.renewing) return "refused";
    if (this.stage?.closed) return "closed";
    return this.mayWrite || this.mayPlan ? null : "no-pen";
  }

  /** The seat says that this attendee's part is over: everything goes from memory. */
  private over(seat: Seat): void {
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

  /** Keeps the old value where nothing has changed. */
  private put<K extends "stage" | "seat" | "heading" | "roll" | "children" | "desk" | "save">(field: K, value: this[K]): void {
    if (JSON.stringify(this[field]) !== JSON.stringify(value)) this[field] = value;
  }

  // Waiting for what a command changed.

  private until(done: () => boolean): Promise<void> {
    if (done()) return Promise.resolve();
    return new Promise((resolve) => {
      const waiter: Waiter = {
        done,
        resolve: () => {
          clearTimeout(timer);
          this.waiters.delete(waiter);
          // The screen has drawn it too.
          this.draw();
          resolve();
        },
      };
      const timer = setTimeout(waiter.resolve, WAIT_MS);
      this.waiters.add(waiter);
    });
  }

  private settle(all = false): void {
    for (const waiter of [...this.waiters]) if (all || waiter.done()) waiter.resolve();
  }

  /** A document this device may not read has nothing to wait for. */
  private reached(name: DocumentName, seq: number): boolean {
    const document = this.documents.shown(name);
    if (!document) return true;
    const at = document.synced ? read.seqOf(document.doc) : null;
    return at === null ? document.synced : at >= seq;
  }

  // Writing.

  private writable(kind: "board" | "plan", audience?: Audience): OpenDocument | null {
    if (this.covered) return null;
    const documents = this.opened(kind).filter((document) => document.mayWrite);
    return (audience ? documents.find((document) => audienceOf(document.parsed) === audience) : documents[0]) ?? null;
  }

  private find(root: "notes" | "rows", id: string): OpenDocument | null {
    const documents = this.opened(root === "notes" ? "board" : "plan");
    return documents.find((document) => document.doc.getMap(root).has(id)) ?? null;
  }

  private changeNote(note: NoteId, values: Record<string, Plain>): void {
    const board = this.find("notes", note);
    if (board?.mayWrite) change(board.doc, "notes", note, values);
  }

  private changeRow(row: RowId, values: Record<string, Plain>): void {
    const plan = this.find("rows", row);
    if (plan?.mayWrite) change(plan.doc, "rows", row, values);
  }

  /** Lines as the documents have them now, not as last drawn: two lines made within one frame get two places. */
  private sorted(root: "notes" | "rows", section?: string): Placed[] {
    const lines: Placed[] = [];
    for (const document of this.opened(root === "notes" ? "board" : "plan")) {
      for (const [id, value] of document.doc.getMap<unknown>(root)) {
        const line = value as { get?: (key: string) => unknown };
        if (section !== undefined && line.get?.("section") !== section) continue;
        lines.push({ id, order: String(line.get?.("order") ?? "") });
      }
    }
    return lines.sort(byOrder);
  }

  private siblings(note: NoteId): NoteView[] {
    return this.sections(this.note(note)?.section ?? "");
  }

  private step(list: Placed[], id: string, by: -1 | 1, move: (after: string | null) => void): boolean {
    const at = list.findIndex((line) => line.id === id);
    const to = at + by;
    if (at < 0 || to < 0 || to >= list.length) return false;
    move(by < 0 ? (list[to - 1]?.id ?? null) : (list[to]?.id ?? null));
    return true;
  }
}

const NOTHING: NoteView[] = [];

function address(): string {
  return `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/sync`;
}
