// The half of a meeting that writes. A device without a pen fetches it after its first picture, and does not need it.

import type { Audience, Command, Framework, NoteId, Outcome, RowId } from "../protocol/generated";
import type { OpenDocument } from "../sync/document";
import { audienceOf, type Kind } from "../sync/names";
import { byOrder, type Placed } from "../sync/order";
import { pieces } from "../sync/pieces";
import { orderAfter } from "../sync/place";
import type { NotTaken, Tray } from "../sync/tray";
import { Written } from "../sync/writing";
import { newId } from "../api/secrets";
import { Editing } from "./editing";
import type { PenOfLines } from "./lines";
import type { Edit, NewNote, NewRow } from "./types";
import { addNote, addRow, change, type Plain } from "./write";
import type * as Y from "yjs";

export class Pen extends Written implements PenOfLines {
  private readonly editing: Editing;
  /** Words of the tray that are on their way to the chair. */
  private readonly offering = new Map<string, Promise<Outcome>>();
  /**
   * The line begun last in each section without words, and under "" the row: one that is still empty is taken up again.
   * What others began never is: not everybody's caret is told, and two people would write in one line.
   */
  private readonly begun = new Map<string, NoteId | RowId>();

  constructor(
    private readonly opened: (kind: Kind) => OpenDocument[],
    changed: () => void,
    private readonly tray: Tray,
    drawNow: () => void,
  ) {
    super(changed);
    this.editing = new Editing(this.undo, (words, stood, why) => tray.keepTyped(words, stood, why), drawNow);
  }

  edit(document: OpenDocument, line: string, text: Y.Text): Edit {
    return this.editing.of(document, line, text);
  }

  editNew(document: OpenDocument, line: string, root: "rows" | "fields", path: string[]): Edit {
    return this.editing.ofNew(document, line, root, path);
  }

  /** I write in this line; null = in none. */
  writing(line: NoteId | RowId | null): void {
    const document = line === null ? null : (this.find("notes", line) ?? this.find("rows", line));
    this.editing.writing(document, line);
  }

  /** Audiences whose documents of a kind may be written in now, widest first. */
  audiences(kind: Kind): Audience[] {
    return this.opened(kind).filter((document) => document.mayWrite).map(({ parsed }) => audienceOf(parsed)).filter((audience) => audience !== null);
  }

  /**
   * Where words for an audience go. Never another's document in its place: while the sheet for everybody is being read,
   * words would go where fewer people see them, and nobody is told.
   */
  private place(kind: Kind, audience: Audience = "all"): OpenDocument | undefined {
    return this.opened(kind).find((document) => document.mayWrite && audienceOf(document.parsed) === audience);
  }

  /** A new line; one without words may be the empty one that was begun here before, put in its place. */
  addNote(note: NewNote): NoteId | null {
    const board = this.place("board", note.audience);
    if (!board) return null;
    const { section, after } = note;
    const empty = note.words ? null : this.empty(board, "notes", section);
    if (empty) {
      const { children = [], label = null, source = null } = note;
      this.move("notes", empty, this.placed("notes", section), after, { children, label, source });
      return empty;
    }
    const id = newId();
    addNote(board.doc, id, note, this.orderAfter("notes", after, section));
    if (!note.words) this.begun.set(section, id);
    return id;
  }

  /** A new row; one in which nothing stands may be the empty one that was begun here before. */
  addRow(row: NewRow, framework: Framework | null): RowId | null {
    const plan = this.place("plan", row.audience);
    if (!plan) return null;
    const begins = Object.values(row).every((value) => value === undefined);
    const empty = begins ? this.empty(plan, "rows") : null;
    if (empty) return empty;
    const columns = (framework?.plan.columns ?? []).filter(({ holds }) => holds === "words").map(({ key }) => key);
    const id = newId();
    addRow(plan.doc, id, row, columns, this.orderAfter("rows", row.after));
    if (begins) this.begun.set("", id);
    return id;
  }

  /** Changes what a line or row holds beside its words; false where it is not there to be written in. */
  change(root: "notes" | "rows", id: string, values: Record<string, Plain>): boolean {
    const document = this.find(root, id);
    return document?.mayWrite === true && change(document.doc, root, id, values);
  }

  /** Puts a line or row behind another of the list (null = first, undefined = last); false where it stays. */
  move(root: "notes" | "rows", id: string, list: readonly Placed[], after: string | null | undefined, values: Record<string, Plain> = {}): boolean {
    return this.change(root, id, { ...values, order: orderAfter(list.filter((line) => line.id !== id), after) });
  }

  /** One place up or down; false at the end of the list, and where it stays. */
  step(root: "notes" | "rows", id: string, list: readonly Placed[], by: -1 | 1): boolean {
    const at = list.findIndex((line) => line.id === id);
    const to = at + by;
    if (at < 0 || to < 0 || to >= list.length) return false;
    return this.move(root, id, list, by < 0 ? (list[to - 1]?.id ?? null) : (list[to]?.id ?? null));
  }

  /** A key behind a line, as the documents have them now, not as last drawn: two lines made within one frame get two places. */
  orderAfter(root: "notes" | "rows", after?: string | null, section?: string): string {
    return orderAfter(this.placed(root, section), after);
  }

  private placed(root: "notes" | "rows", section?: string): Placed[] {
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

  /** As a note, once however often it is asked; the words leave the tray once the offer is taken. */
  offerFromTray(id: string, named: boolean, send: (offer: Command) => Promise<Outcome>): Promise<Outcome> {
    const going = this.offering.get(id) ?? this.offer(id, named, send).finally(() => this.offering.delete(id));
    this.offering.set(id, going);
    return going;
  }

  /** False where no document takes them: they stay in the tray. */
  writeFromTray(id: string, framework: Framework | null): boolean {
    const entry = this.inTray(id);
    if (!entry) return false;
    const { stood, words } = entry;
    // For those who read where it stood, and nobody else.
    const { audience } = stood;
    const made =
      stood.in === "note" ? pieces(words).map((piece) => this.addNote({ section: stood.section, words: piece, audience }))
      : stood.in === "cell" ? [this.addRow({ cells: { [stood.column]: words }, audience }, framework)]
      : [null];
    if (made.includes(null)) return false;
    this.tray.putAway(id);
    return true;
  }

  private async offer(id: string, named: boolean, send: (offer: Command) => Promise<Outcome>): Promise<Outcome> {
    const entry = this.inTray(id);
    if (!entry) return { is: "refused", code: "already", why: "" };
    const section = entry.stood.in === "note" ? entry.stood.section : null;
    const what = { kind: "note" as const, section, words: entry.words, label: null, source: null, children: [] };
    const outcome = await send({ do: "offer", offer: newId(), what, on_behalf_of: null, named });
    if (outcome.is === "done") this.tray.putAway(id);
    return outcome;
  }

  private inTray(id: string): NotTaken | undefined {
    return this.tray.entries.find((one) => one.id === id);
  }

  /** Forgets what can be undone and who writes where. */
  stop(): void {
    this.editing.stop();
    this.undo.destroy();
    this.begun.clear();
  }

  /** The line or row begun here last, where nothing stands in it and nobody else writes in it. */
  private empty(document: OpenDocument, root: "notes" | "rows", section?: string): string | null {
    const id = this.begun.get(section ?? "");
    if (id === undefined || document.written().has(id)) return null;
    const line = document.doc.getMap<Y.Map<unknown> | undefined>(root).get(id)?.toJSON();
    if (!line || line["section"] !== section || ["record", "struck", "who", "when"].some((key) => line[key])) return null;
    const words = [line["text"] ?? "", ...Object.values(line["cells"] ?? {})];
    return words.every((text) => String(text).trim() === "") ? id : null;
  }

  private find(root: "notes" | "rows", id: string): OpenDocument | null {
    const documents = this.opened(root === "notes" ? "board" : "plan");
    return documents.find((document) => document.doc.getMap(root).has(id)) ?? null;
  }
}
