// Notes, rows and fields as views, drawn from all boards and plans this device may read.

import * as Y from "yjs";
import type { AttendeeId, Audience, ChildId, RecordId, RowId } from "../protocol/generated";
import type { OpenDocument } from "../sync/document";
import { audienceOf } from "../sync/names";
import { byOrder } from "../sync/order";
import type { Attendee, Edit, FieldView, NoteView, RecordView, RowView, When, Who } from "./types";

/** What views need beside the documents. */
export interface Drawing {
  me: AttendeeId;
  records: ReadonlyMap<RecordId, RecordView>;
  /** Names of those who offered rows. */
  offered: ReadonlyMap<RowId, string>;
  /** Everybody here. */
  roll: readonly Attendee[];
  /** Null while nobody writes here. */
  pen: PenOfLines | null;
}

/** What lines need to be written in. */
export interface PenOfLines {
  /** Attaches a textarea; the same function for the same text. */
  edit(document: OpenDocument, line: string, text: Y.Text): Edit;
  /** The same for a text that is made when the first letter is typed. */
  editNew(document: OpenDocument, line: string, root: "rows" | "fields", path: string[]): Edit;
  /** Keys of lines and fields with letters of mine that are not durable. */
  unsaved(document: OpenDocument): ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/** Lines of one screen; keeps the object of a line that has not changed, so that nothing is drawn twice. */
export class Lines {
  private notes = new Map<string, NoteView>();
  private rows = new Map<string, { view: RowView; texts: unknown[] }>();
  private fieldViews = new Map<string, FieldView>();

  drawNotes(boards: OpenDocument[], drawing: Drawing): Map<string, NoteView[]> {
    const next = new Map<string, NoteView>();
    for (const board of boards) {
      const audience = audienceOf(board.parsed);
      if (!audience) continue;
      const written = board.written();
      const unsaved = drawing.pen?.unsaved(board) ?? NONE;
      for (const [id, value] of board.doc.getMap<unknown>("notes")) {
        if (!(value instanceof Y.Map)) continue;
        const view = note(id, value, board, audience, drawing, written.get(id), unsaved.has(id));
        if (view) next.set(id, kept(this.notes.get(id), view));
      }
    }
    this.notes = next;
    const sections = new Map<string, NoteView[]>();
    for (const view of next.values()) {
      const list = sections.get(view.section);
      if (list) list.push(view);
      else sections.set(view.section, [view]);
    }
    for (const list of sections.values()) list.sort(byOrder);
    return sections;
  }

  note(id: string): NoteView | null {
    return this.notes.get(id) ?? null;
  }

  drawRows(plans: OpenDocument[], drawing: Drawing): RowView[] {
    const next = new Map<string, { view: RowView; texts: unknown[] }>();
    for (const plan of plans) {
      const audience = audienceOf(plan.parsed);
      if (!audience) continue;
      const written = plan.written();
      const unsaved = drawing.pen?.unsaved(plan) ?? NONE;
      for (const [id, value] of plan.doc.getMap<unknown>("rows")) {
        if (!(value instanceof Y.Map)) continue;
        const before = this.rows.get(id);
        const view = row(id, value, plan, audience, drawing, written.get(id), unsaved.has(id));
        // `text` looks into these: other texts are other objects, however equal their words.
        const cells = value.get("cells");
        const texts = [value, ...(cells instanceof Y.Map ? cells.values() : [])];
        const same = before?.texts.length === texts.length && before.texts.every((one, at) => one === texts[at]);
        next.set(id, { view: same ? kept(before.view, view, ["text"]) : view, texts });
      }
    }
    this.rows = next;
    return [...next.values()].map(({ view }) => view).sort(byOrder);
  }

  /**
   * Fields in the framework's order. One may hold words in several plans (P5). Whoever may write it can always begin the
   * one for everybody, whatever others hold; one that is rubbed out stays under the caret.
   */
  drawFields(plans: OpenDocument[], keys: string[], drawing: Drawing): FieldView[] {
    const next = new Map<string, FieldView>();
    for (const key of keys) {
      for (const plan of plans) {
        const text = plan.doc.getMap<unknown>("fields").get(key);
        const words = text instanceof Y.Text ? text.toString() : "";
        const audience = audienceOf(plan.parsed) ?? "all";
        const at = `${key} ${audience}`;
        const before = this.fieldViews.get(at);
        const { edition } = plan.parsed;
        const pen = plan.mayWrite ? drawing.pen : null;
        if (!words && !(pen && (audience === "all" || before?.edition === edition))) continue;
        const view = {
          key,
          audience,
          edition,
          words,
          edit: pen && (text instanceof Y.Text ? pen.edit(plan, key, text) : pen.editNew(plan, key, "fields", [key])),
          unsaved: drawing.pen?.unsaved(plan).has(key) ?? false,
        };
        next.set(at, kept(before, view));
      }
    }
    this.fieldViews = next;
    return [...next.values()];
  }

  clear(): void {
    this.notes = new Map();
    this.rows = new Map();
    this.fieldViews = new Map();
  }
}

function note(
  id: string,
  map: Y.Map<unknown>,
  board: OpenDocument,
  audience: Audience,
  drawing: Drawing,
  writer: AttendeeId | undefined,
  unsaved: boolean,
): NoteView | null {
  const shown = map.get("record");
  const record = typeof shown === "string" ? (drawing.records.get(shown) ?? null) : null;
  const text = map.get("text");
  // The words of this record are not on this device (yet): the line has nothing to show.
  if (typeof shown === "string" && !record) return null;
  if (!record && !(text instanceof Y.Text)) return null;
  return {
    id,
    audience,
    section: words(map.get("section")) ?? "",
    words: record ? record.words : (text as Y.Text).toString(),
    record,
    label: (words(map.get("label")) as NoteView["label"]) ?? record?.label ?? null,
    source: words(map.get("source")) ?? record?.source ?? null,
    children: list<ChildId>(map.get("children")),
    struck: map.get("struck") === true,
    order: words(map.get("order")) ?? "",
    edit: board.mayWrite && text instanceof Y.Text && !record ? (drawing.pen?.edit(board, id, text) ?? null) : null,
    mine: board.mayWrite && drawing.pen !== null,
    writing: writer !== undefined,
    writer: drawing.roll.find((person) => person.id === writer) ?? null,
    unsaved,
  };
}

function row(
  id: string,
  map: Y.Map<unknown>,
  plan: OpenDocument,
  audience: Audience,
  drawing: Drawing,
  writer: AttendeeId | undefined,
  unsaved: boolean,
): RowView {
  const cells: Record<string, string> = {};
  const texts = map.get("cells");
  if (texts instanceof Y.Map) for (const [column, text] of texts as Y.Map<unknown>) cells[column] = String(text);
  const who = list<Who>(map.get("who"));
  const when = map.get("when") as Partial<When> | null | undefined;
  return {
    id,
    audience,
    cells,
    text: (column) => {
      if (!plan.mayWrite || !drawing.pen) return null;
      const texts = map.get("cells");
      const text: unknown = texts instanceof Y.Map ? texts.get(column) : null;
      return text instanceof Y.Text ? drawing.pen.edit(plan, id, text) : drawing.pen.editNew(plan, id, "rows", [id, "cells", column]);
    },
    who,
    when: { date: when?.date ?? null, words: when?.words ?? null },
    from: drawing.offered.get(id) ?? null,
    children: list<ChildId>(map.get("children")),
    struck: map.get("struck") === true,
    order: words(map.get("order")) ?? "",
    forMe: who.some((one) => "attendee" in one && one.attendee === drawing.me),
    mine: plan.mayWrite && drawing.pen !== null,
    writing: writer !== undefined,
    writer: drawing.roll.find((person) => person.id === writer) ?? null,
    unsaved,
  };
}

/** The object of last time where nothing in it has changed. */
function kept<T extends object>(before: T | undefined, now: T, closures: (keyof T)[] = []): T {
  if (!before) return now;
  for (const key of Object.keys(now) as (keyof T)[]) {
    if (before[key] === now[key] || closures.includes(key)) continue;
    if (typeof now[key] !== "object" || JSON.stringify(before[key]) !== JSON.stringify(now[key])) return now;
  }
  return before;
}

function words(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function list<T>(value: unknown): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}
