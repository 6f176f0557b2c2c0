// What a meeting shows: documents read into fields that Svelte follows.
//
// The provider applies updates as they come (its state vector and the save ledger depend on that order, and applying
// a keystroke costs microseconds); what is batched is the reading: documents are read into these fields at most once
// per frame of the screen, and a field or line that has not changed keeps its identity.

import type { Access, AttendeeId, Audience, DocumentName, Door, Framework, NoteId, RecordId, Role, RowId } from "../protocol/generated";
import type { Connection } from "../sync/connection";
import type { OpenDocument } from "../sync/document";
import { Documents } from "../sync/documents";
import { saveOf, type ReadOnlyWhy, type Save } from "../sync/ledger";
import { audienceOf, byWidth, type Kind } from "../sync/names";
import { Tray, type NotTaken } from "../sync/tray";
import { Frame } from "./frame";
import { Lines, type Drawing } from "./lines";
import type { Pen } from "./pen";
import * as read from "./read";
import { Rounds } from "./rounds.svelte";
import type { Attendee, Child, Desk, FieldView, Link, NoteView, RecordView, RowView, Seat, Stage } from "./types";

/** A command's answer is not held back longer than this for documents that do not come. */
const WAIT_MS = 5_000;

interface Waiter {
  done: () => boolean;
  resolve: () => void;
}

/** Roles whose screens a pause does not cover; `Role::has_desk` of the protocol. */
const DESKS: ReadonlySet<unknown> = new Set<Role>(["chair", "co-chair", "business-support"]);

const NOTHING: NoteView[] = [];

export abstract class Reading {
  link = $state.raw<Link>("opening");
  /** Where this device stands, as last told by the service; null = it knows no session of this attendee here. */
  door = $state.raw<Door | null>(null);
  /** True once every document this device may read has been read wholly for the first time. */
  ready = $state.raw(false);
  /** When the service was last heard of, UTC milliseconds; null while it is. */
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
  /** Names of those who offered rows; the rows show them. */
  private offered: ReadonlyMap<RowId, string> = new Map();
  /** Null where this device may not read it. */
  desk = $state.raw<Desk | null>(null);
  /** Rows of the plan, sorted. */
  rows = $state.raw<RowView[]>([]);
  /** Fixed fields of the plan, in the framework's order. */
  fields = $state.raw<FieldView[]>([]);
  /** Documents this device may read or write. */
  rights = $state.raw<ReadonlyMap<DocumentName, Access>>(new Map());
  /** Audiences whose board may be written here now, widest first. A new line goes to the one for everybody. */
  boards = $state.raw<readonly Audience[]>([]);
  /** The same of the plan. */
  plans = $state.raw<readonly Audience[]>([]);

  /** Rounds of sealed notes. */
  readonly rounds = new Rounds();

  protected bySection = $state.raw<ReadonlyMap<string, NoteView[]>>(new Map());

  /** A pen for a board here: the changes of its lines have an effect. */
  readonly mayWrite: boolean = $derived(this.boards.length > 0);
  /** A plan may be written here. */
  readonly mayPlan: boolean = $derived(this.plans.length > 0);
  /** Rows that name me. */
  readonly myPart: RowView[] = $derived(this.rows.filter((row) => row.forMe && !row.struck));
  /** Family on the roll. */
  readonly family: Attendee[] = $derived(this.roll.filter((person) => person.family));
  /** Everybody whose name this device may know: on a desk also those who have not come yet. */
  readonly named: readonly Attendee[] = $derived(this.desk?.people ?? this.roll);
  /** The others; their number is what a folded roll shows. */
  readonly others: Attendee[] = $derived(this.roll.filter((person) => !person.family));
  /** The open phase of the framework. */
  readonly phase = $derived(this.framework?.phases.find((phase) => phase.key === this.stage?.phase) ?? null);

  protected attendee: AttendeeId | null = null;
  protected connection: Connection | null = null;
  protected outdated = false;
  /** The half that writes; null until it has come. */
  protected pen: Pen | null = null;
  private penAsked = false;
  protected readonly kept = new Tray(() => this.changed(null));
  protected readonly documents: Documents;
  private readonly lines = new Lines();
  private readonly frame: Frame;
  private readonly waiters = new Set<Waiter>();
  private dirty: Set<Kind> | "all" = new Set();

  constructor(nextFrame?: (run: () => void) => () => void) {
    this.frame = new Frame(() => this.draw(), nextFrame);
    this.documents = new Documents(
      () => this.connection as Connection,
      this.kept,
      (document) => this.changed(document),
      () => this.seatEnded(),
      () => this.draw(),
      ({ parsed }, words) => {
        if (parsed.kind === "proceedings") this.rounds.hear(words);
      },
    );
  }

  /** The seat says that this attendee's part is over. */
  protected abstract over(seat: Seat): void;
  /** The service has ended the seat document. */
  protected abstract seatEnded(): void;

  /** Lines of a section, sorted; from every board this device may read. */
  sections(section: string): NoteView[] {
    return this.bySection.get(section) ?? NOTHING;
  }

  /** One line. */
  note(id: NoteId): NoteView | null {
    for (const list of this.bySection.values()) for (const view of list) if (view.id === id) return view;
    return null;
  }

  /** Fetches what is needed to write, before a pen is given; it is asked for until it has come. */
  async takePen(): Promise<void> {
    if (this.penAsked) return;
    this.penAsked = true;
    try {
      const { Pen } = await import("./pen");
      this.pen = new Pen((kind) => this.opened(kind), () => this.changed(null), this.kept, () => this.draw());
      this.documents.writeWith(this.pen);
      this.changed(null);
    } catch {
      setTimeout(() => {
        this.penAsked = false;
        void this.takePen();
      }, WAIT_MS);
    }
  }

  /** The half that writes, for those who have it from the start. */
  protected withPen(): Pen {
    if (!this.pen) throw new Error("A place among the lines is asked for before the pen has come: call takePen() first.");
    return this.pen;
  }

  /** Forgets all that was read. */
  protected clear(): void {
    this.frame.stop();
    this.lines.clear();
    this.ready = false;
    this.awaySince = null;
    this.covered = this.canUndo = false;
    this.boards = this.plans = [];
    this.stage = this.framework = this.seat = this.desk = null;
    this.heading = "";
    this.roll = this.children = this.rows = this.fields = [];
    this.records = this.offered = this.rights = this.bySection = new Map();
    this.rounds.forget();
    this.save = { is: "saved" };
    this.settle(true);
  }

  protected changed(document: OpenDocument | null): void {
    if (document && this.dirty !== "all") this.dirty.add(document.parsed.kind);
    else this.dirty = "all";
    this.settle();
    this.frame.ask();
  }

  /** Documents of a kind, widest audience first. */
  protected opened(kind: Kind): OpenDocument[] {
    const width = (document: OpenDocument): Audience => audienceOf(document.parsed) ?? "all";
    return [...this.documents.all()]
      .filter((document) => document.parsed.kind === kind && document.synced)
      .sort((a, b) => byWidth(width(a), width(b)) || a.parsed.edition - b.parsed.edition);
  }

  protected draw(): void {
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
      // While its next edition is on the way the last one stands.
      if (seat) this.put("seat", read.seatOf(seat.doc, this.attendee));
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
    if (any("proceedings", "stage")) this.drawRounds();
    if (any("desk", "seat")) {
      const desk = this.opened("desk")[0];
      if (desk) this.put("desk", read.deskOf(desk.doc));
      else if (this.documents.names("desk") === false) this.desk = null;
    }
    const covered = this.stage?.paused === true && !DESKS.has(this.seat?.role);
    const uncovered = covered !== this.covered;
    this.covered = covered;
    if (any("record", "stage") || uncovered) {
      const records = covered ? new Map() : read.recordsOf(this.opened("record").map(({ doc }) => doc));
      if (JSON.stringify([...records]) !== JSON.stringify([...this.records])) this.records = records;
      this.offered = covered ? new Map() : read.offeredOf(this.opened("record").map(({ doc }) => doc));
    }
    this.drawLines(any, uncovered, covered);
    this.drawState();
  }

  protected drawRounds(): void {
    const [widest] = this.opened("proceedings");
    if (this.stage?.closed) this.rounds.forget();
    if (!widest || this.stage?.closed) return;
    this.rounds.read(widest.parsed.conference, read.roundsOf(widest.doc), this.stage, this.framework?.scale?.phase ?? null);
    this.documents.hold(this.rounds.open);
  }

  protected drawLines(any: (...kinds: Kind[]) => boolean, uncovered: boolean, covered: boolean): void {
    if (covered) {
      if (uncovered || this.bySection.size || this.rows.length || this.fields.length) {
        this.lines.clear();
        this.bySection = new Map();
        this.rows = this.fields = [];
      }
      return;
    }
    const drawing: Drawing = {
      me: this.attendee as AttendeeId,
      records: this.records,
      offered: this.offered,
      roll: this.roll,
      pen: this.pen,
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
    if (uncovered || any("plan", "record", "stage", "seat", "proceedings")) {
      const rows = this.lines.drawRows(this.opened("plan"), drawing);
      if (rows.length !== this.rows.length || rows.some((row, at) => row !== this.rows[at])) this.rows = rows;
      const keys = (this.framework?.plan.fields ?? []).map(({ key }) => key);
      const fields = this.lines.drawFields(this.opened("plan"), keys, drawing);
      if (fields.length !== this.fields.length || fields.some((field, at) => field !== this.fields[at])) this.fields = fields;
    }
  }

  protected drawState(): void {
    const connected = this.connection?.connected === true;
    const rights = new Map([...this.documents.all()].map((document) => [document.name, document.access] as const));
    if (JSON.stringify([...rights]) !== JSON.stringify([...this.rights])) this.rights = rights;
    if (!this.pen && [...rights.values()].includes("write")) void this.takePen();
    this.put("boards", this.pen?.audiences("board") ?? []);
    this.put("plans", this.pen?.audiences("plan") ?? []);
    this.canUndo = this.pen?.undo.possible === true;
    this.tray = this.kept.entries;
    if (connected && this.documents.complete(this.covered)) this.ready = true;
    this.link = this.outdated ? "outdated" : connected && this.ready ? "live" : this.ready ? "away" : "opening";
    const changes = this.documents.waiting;
    const save = saveOf({ connected: connected || !this.ready, changes, readOnly: this.readOnly() });
    this.put("save", save);
  }

  protected readOnly(): ReadOnlyWhy | null {
    if (this.outdated) return "outdated";
    if (this.documents.renewing) return "refused";
    if (this.stage?.closed) return "closed";
    return this.mayWrite || this.mayPlan ? null : "no-pen";
  }

  /** Keeps the old value where nothing has changed. */
  protected put<K extends "stage" | "seat" | "heading" | "roll" | "children" | "desk" | "save" | "boards" | "plans">(field: K, value: this[K]): void {
    if (JSON.stringify(this[field]) !== JSON.stringify(value)) this[field] = value;
  }

  // Waiting for what a command changed.

  protected until(done: () => boolean): Promise<void> {
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

  protected settle(all = false): void {
    for (const waiter of [...this.waiters]) if (all || waiter.done()) waiter.resolve();
  }

  /** A document this device may not read has nothing to wait for. */
  protected reached(name: DocumentName, seq: number): boolean {
    const document = this.documents.shown(name);
    if (!document) return !this.documents.awaits(name);
    const at = document.synced ? read.seqOf(document.doc) : null;
    return at === null ? document.synced : at >= seq;
  }
}
