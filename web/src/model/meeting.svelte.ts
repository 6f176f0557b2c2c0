// One attendee's meeting as the screens see it. The only bridge between Y types and Svelte.

import type {
  Access, Audience, AttendeeId, ChildId, Command, DocumentName, Door, Framework, Label, NoteId, Outcome, RecordId, RowId,
} from "../protocol/generated";
import type {
  Attendee, Child, Desk, FieldView, Link, NewNote, NewRow, NotTaken, NoteView, RecordView, RowView, Save, Seat, Service, Stage, When, Who,
} from "./types";

export class Meeting {
  link = $state.raw<Link>("opening");
  /** Where this device stands, as last told by the service. */
  door = $state.raw<Door | null>(null);
  /** True once every document this device may read has been read wholly for the first time. */
  ready = $state.raw(false);
  save = $state.raw<Save>({ is: "saved" });
  /** Words that were not taken, newest last. */
  tray = $state.raw<NotTaken[]>([]);
  /** True while the meeting is paused and this device is no desk: nothing of the board is exposed. */
  covered = $state.raw(false);

  stage = $state.raw<Stage | null>(null);
  framework = $state.raw<Framework | null>(null);
  seat = $state.raw<Seat | null>(null);
  /** "Kacper and Lena". */
  heading = $state.raw("");
  /** Family first, then the others, each in the order of set-up. */
  roll = $state.raw<Attendee[]>([]);
  children = $state.raw<Child[]>([]);
  records = $state.raw<ReadonlyMap<RecordId, RecordView>>(new Map());
  /** Null when this device may not read it. */
  desk = $state.raw<Desk | null>(null);
  rows = $state.raw<RowView[]>([]);
  fields = $state.raw<FieldView[]>([]);
  /** Documents this device may read or write. */
  rights = $state.raw<ReadonlyMap<DocumentName, Access>>(new Map());

  constructor(readonly service: Service) {}

  /** Rows that name me. */
  myPart: RowView[] = $derived(this.rows.filter((row) => row.forMe && !row.struck));
  /** Family on the roll. */
  family: Attendee[] = $derived(this.roll.filter((person) => person.family));
  /** The others; their number is what a folded roll shows. */
  others: Attendee[] = $derived(this.roll.filter((person) => !person.family));

  /** True where notes may be written here. */
  get mayWrite(): boolean { return false; }
  /** True where the plan may be written here. */
  get mayPlan(): boolean { return false; }

  open(_attendee: AttendeeId): void {}
  close(): void {}

  /** Lines of a section, sorted. */
  sections(_section: string): NoteView[] { return []; }
  note(_note: NoteId): NoteView | null { return null; }

  /** Resolves when what it changed is on this device. A refusal is an outcome, not an error. */
  command(command: Command): Promise<Outcome> { return this.service.send("", command); }

  writeNote(_note: NewNote): NoteId | null { return null; }
  /** To a section, behind a line there; null = first. */
  moveNote(_note: NoteId, _section: string, _after: NoteId | null): void {}
  /** False when it stands first already. */
  moveUp(_note: NoteId): boolean { return false; }
  moveDown(_note: NoteId): boolean { return false; }
  strike(_note: NoteId, _struck: boolean): void {}
  label(_note: NoteId, _label: Label | null): void {}
  source(_note: NoteId, _source: string | null): void {}
  about(_note: NoteId, _children: ChildId[]): void {}

  addRow(_row: NewRow): RowId | null { return null; }
  moveRow(_row: RowId, _after: RowId | null): void {}
  moveRowUp(_row: RowId): boolean { return false; }
  moveRowDown(_row: RowId): boolean { return false; }
  strikeRow(_row: RowId, _struck: boolean): void {}
  setWho(_row: RowId, _who: Who[]): void {}
  setWhen(_row: RowId, _when: When): void {}
  rowAbout(_row: RowId, _children: ChildId[]): void {}

  /** Takes back the last thing written here, wherever it was. False when there is nothing. */
  undoMyLast(): boolean { return false; }
  /** True when there is something to undo. */
  canUndo = $state.raw(false);

  /** I am writing in this line now; null = no more. Others see that somebody is. */
  writing(_line: NoteId | RowId | null): void {}

  /** A fractional key behind a line of a section, for commands that place one (`Accept`, `Release`, `Quote`). */
  orderAfter(_section: string, _after?: NoteId | null): string { return ""; }
  /** A fractional key behind a row, for `Accept` of a row. */
  rowOrderAfter(_after?: RowId | null): string { return ""; }

  /** Drops words from the tray: offered as a note, or put away. */
  putAway(_id: string): void {}
  /** Offers words of the tray to the chair as a note; they leave the tray when the offer is taken. */
  offerFromTray(_id: string): Promise<Outcome> { return Promise.reject(new Error()); }

  /** Widest audience first. */
  audiences(_kind: "board" | "plan"): Audience[] { return []; }
}
