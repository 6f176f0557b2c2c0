// All documents of one attendee: opened and closed as the seat document says, and nothing else.

import type { Access, Audience, DocumentName } from "../protocol/generated";
import type { NewLine } from "./carry";
import type { Connection } from "./connection";
import { OpenDocument } from "./document";
import type { Frame } from "./frames";
import { audienceOf, line, readName, type Kind } from "./names";
import type { OpenWords } from "./open";
import type { Tray, Why } from "./tray";
import type { OpenValues } from "./values";

/** Words of a document that went away wait this long for its next edition. */
const SUCCESSOR_MS = 5_000;

/**
 * The service's words for: the next edition takes the place of this one, because somebody is back and some of its lines
 * stand in another document now (P5), or because something was taken off (P4).
 */
const PARTED = "parted";
const MOVED = "moved";

/** What is left of a document whose words were not durable. */
export interface Left {
  lines: NewLine[];
  words: OpenWords[];
  values: OpenValues[];
}

/** Words that found no place in the documents that are there now. */
export interface Homeless {
  words: Pick<OpenWords, "runs" | "stood">;
  why: Why;
}

/** What documents need once somebody writes in them. */
export interface Writing {
  /** Edits in it can be undone from now on. */
  follow(document: OpenDocument): void;
  forget(document: OpenDocument): void;
  /** Lines, words and values of lines of mine in it that are not durable. */
  left(document: OpenDocument, audience: Audience): Left;
  /** Writes them into the next edition; the answer found no place there. */
  carry(left: Left, document: OpenDocument, all: readonly OpenDocument[]): Homeless[];
  /** What has no place any more, whatever comes. */
  refused(left: Left): Homeless[];
  /** Writes them where their lines stand now: in the next edition or in a part (P5). */
  handOver(left: Left, from: OpenDocument, next: OpenDocument, all: readonly OpenDocument[]): Homeless[];
}

interface Leftover extends Left {
  line: string;
  timer: ReturnType<typeof setTimeout>;
}

export class Documents {
  private readonly open = new Map<DocumentName, OpenDocument>();
  /** Ended by the service and still named by the seat: not asked for again on this socket. */
  private readonly shut = new Set<DocumentName>();
  private leftovers: Leftover[] = [];
  private seat: DocumentName | null = null;
  private writing: Writing | null = null;
  private held = false;

  constructor(
    private readonly connection: () => Connection,
    private readonly tray: Tray,
    /** Something to read has changed. */
    private readonly changed: (document: OpenDocument | null) => void,
    /** The service has ended the seat: a ticket names its next edition, if there is one. */
    private readonly seatEnded: () => void,
    /** Lines stand in other documents now: draw before the next key is pressed. */
    private readonly handedOver: () => void = () => {},
    /** The service has said something beside this document. */
    private readonly told: (document: OpenDocument, words: string) => void = () => {},
  ) {}

  /** Somebody is going to write here. */
  writeWith(writing: Writing): void {
    this.writing = writing;
    for (const document of this.open.values()) writing.follow(document);
  }

  /** While notes are sealed nobody is told where anybody's caret is. */
  hold(held: boolean): void {
    if (this.held === held) return;
    this.held = held;
    for (const document of this.open.values()) document.hold(held);
  }

  /** Opens the seat, named by a ticket; the other documents follow from it. */
  begin(seat: DocumentName): void {
    if (this.seat === seat && this.open.has(seat)) return;
    const before = this.seat === null || this.seat === seat ? null : this.open.get(this.seat);
    if (before) this.takeAway(before);
    this.seat = seat;
    this.shut.delete(seat);
    this.make(seat, "read");
  }

  /** The seat of this attendee, as last named. */
  get seatName(): DocumentName | null {
    return this.seat;
  }

  /** What screens read under a name. */
  shown(name: DocumentName): OpenDocument | null {
    const document = this.open.get(name);
    if (!document) return null;
    const { previous } = document;
    return previous && (previous.leaving || !document.synced) ? previous : document;
  }

  /** Whether the seat names a document of this kind; null while there is no seat to be asked. */
  names(kind: Kind): boolean | null {
    const seat = this.seat === null ? null : this.open.get(this.seat);
    if (!seat?.synced) return null;
    return [...seat.doc.getMap("documents").keys()].some((name) => readName(name)?.kind === kind);
  }

  /** Whether a document that is not open is on its way: the seat names it, or it is the seat's own next edition. */
  awaits(name: DocumentName): boolean {
    const seat = this.seat === null ? null : this.open.get(this.seat);
    return readName(name)?.kind === "seat" || seat?.doc.getMap("documents").has(name) === true;
  }

  /** Everything to be read, in no order. */
  *all(): Generator<OpenDocument> {
    for (const name of this.open.keys()) {
      const document = this.shown(name);
      if (document && !document.hidden) yield document;
    }
  }

  /** Changes of mine in any document that are not durable. */
  get waiting(): number {
    let changes = 0;
    for (const document of this.open.values()) changes += document.ledger.waiting + (document.previous?.ledger.waiting ?? 0);
    for (const left of this.leftovers) changes += left.lines.length + left.words.length + left.values.length;
    return changes;
  }

  /** Every document the seat names has been read at least once. In a pause only stage and seat are sent (P6). */
  complete(paused: boolean): boolean {
    if (this.seat === null || !this.open.get(this.seat)?.synced) return false;
    const late = [...this.open.values()].filter((document) => !document.synced && !document.previous);
    return paused ? late.every(({ parsed }) => parsed.kind !== "stage") : late.length === 0;
  }

  /** True while a refused document is being read afresh. */
  get renewing(): boolean {
    return [...this.open.values()].some((document) => document.refused || (document.previous?.leaving === false && !document.synced));
  }

  outgoing(frame: Frame): boolean {
    if (frame.is === "socket") return true;
    return this.open.get(frame.document)?.outgoing(frame) ?? frame.is === "close";
  }

  incoming(frame: Frame): void {
    if (frame.is !== "status") return;
    const document = this.open.get(frame.document);
    if (!document) return;
    if (document.ledger.answered(frame.applied) === "refused") {
      this.refuse(document);
      // Answers to later frames of the old one may still come under the same name. The service sends them before the
      // step 1 of the new one, and nothing of the new one waits for an answer before that: they count for nobody.
      this.renew(document);
    }
    this.changed(document);
  }

  applied(frame: Frame): void {
    if (frame.is === "socket") return;
    const document = this.open.get(frame.document);
    if (!document) return;
    if (frame.is === "close") {
      if (frame.why === PARTED || frame.why === MOVED) this.ended(document, frame.why === MOVED);
      else this.end(document);
    }
    else if (frame.is === "stateless") this.told(document, frame.words);
    else if (frame.is === "step-2" && !document.synced) this.arrived(document);
    // Now, not at the next frame of the screen: what may not be read any more goes at once.
    if (frame.document === this.seat) this.follow(frame.is === "step-2");
  }

  /** The socket is gone. */
  lost(): void {
    this.shut.clear();
    for (const document of this.open.values()) document.disconnected();
    this.changed(null);
  }

  /** Every Y.Doc is replaced: the service closed the socket over what one of them sent. Open words go to the tray. */
  renewAll(): void {
    for (const document of [...this.open.values()]) {
      this.refuse(document);
      this.renew(document);
    }
  }

  destroy(): void {
    for (const left of this.leftovers) clearTimeout(left.timer);
    this.leftovers = [];
    for (const document of this.open.values()) {
      this.writing?.forget(document);
      if (document.previous) this.writing?.forget(document.previous);
      document.destroy();
    }
    this.open.clear();
    this.shut.clear();
    this.seat = null;
  }

  /** Does what the seat says; `whole` = it has just been read wholly on this socket. */
  private follow(whole: boolean): void {
    const seat = this.seat ? this.open.get(this.seat) : null;
    if (!seat?.synced) return;
    const wanted = new Map<DocumentName, Access>();
    for (const [name, access] of seat.doc.getMap<unknown>("documents")) {
      if (access === "read" || access === "write") wanted.set(name, access);
    }
    for (const one of [...this.open.values()]) {
      if (one === seat) continue;
      const document = wanted.has(one.name) ? one : this.written(one);
      if (wanted.has(document.name)) {
        if (whole && document.stranded) this.goesOn(document);
        else if (whole && document.late) this.end(document);
        continue;
      }
      const next = [...wanted].find(([name]) => isNext(name, document));
      if (next && this.keepsWriting(document)) {
        const parted = Number(seat.doc.getMap<unknown>("parted").get(line(document.parsed)) ?? 0) > document.parsed.edition;
        document.late = parted && (document.late || !document.leaving);
        this.follows(document, ...next);
      } else this.takeAway(document);
    }
    for (const name of this.shut) if (!wanted.has(name)) this.shut.delete(name);
    for (const [name, access] of wanted) {
      const document = this.open.get(name);
      if (!document) {
        if (!this.shut.has(name)) this.make(name, access);
      } else if (document.access !== access) {
        document.access = access;
        if (access === "read") document.writing(null);
        this.changed(document);
      }
    }
  }

  private make(name: DocumentName, access: Access, previous: OpenDocument | null = null): void {
    const parsed = readName(name);
    if (!parsed) return;
    const document = new OpenDocument(name, parsed, access, this.connection(), {
      changed: (of) => this.changed(of),
      denied: (of) => this.denied(of),
    });
    document.hold(this.held);
    document.previous = previous;
    document.hidden = !previous && holdsLines(document) && [...this.open.values()].some((one) => one.leaving || one.previous?.leaving);
    this.open.set(name, document);
    this.writing?.follow(document);
    document.attach();
    this.changed(document);
  }

  /** Somebody writes here: it goes only when the next edition has come. Readers let it go at once. */
  private keepsWriting(document: OpenDocument): boolean {
    if (this.writing === null || !document.synced) return false;
    if (document.parsed.kind === "record") return [...this.open.values()].some((one) => one.mayWrite || one.previous?.mayWrite);
    return document.hasPens && document.mayWrite;
  }

  /** What is written in under this document: the edition before, as long as this one has not come. It stands for itself again. */
  private written(document: OpenDocument): OpenDocument {
    const { previous } = document;
    if (!previous?.leaving || document.synced) return document;
    document.previous = null;
    this.open.delete(document.name);
    this.writing?.forget(document);
    document.destroy();
    this.open.set(previous.name, previous);
    return previous;
  }

  /** An edition has ended: the seat says whether there is a next one, and why. Until then it is written in. */
  private ended(one: OpenDocument, late: boolean): void {
    const document = this.written(one);
    if (!this.keepsWriting(document)) return this.end(document);
    // One that has been let go of already knows why.
    if (!document.leaving) document.late = late;
    document.leave();
  }

  /** The next edition takes the place of a document that is still written in. */
  private follows(document: OpenDocument, name: DocumentName, access: Access): void {
    document.leave();
    this.open.delete(document.name);
    if (this.open.has(name)) this.takeAway(document);
    else this.make(name, access, document);
  }

  /** Its edition has not ended: the store did not keep what would have ended it. It is read anew and is written in till then. */
  private goesOn(document: OpenDocument): void {
    document.stranded = false;
    this.make(document.name, document.access, document);
  }

  /** Once all that is written in has come, words of mine go from the documents that leave to where their lines are. */
  private handOver(): void {
    const all = [...this.open.values()].filter(holdsLines);
    const nexts = all.filter((document) => document.previous?.leaving);
    if (all.some((document) => document.leaving || !document.synced)) return;
    for (const next of nexts) {
      const previous = next.previous as OpenDocument;
      for (const unbind of [...previous.bound]) unbind();
      const left = this.collect(previous);
      // The same edition goes on: it parted nobody.
      if (next.name === previous.name) previous.late = false;
      next.previous = null;
      this.writing?.forget(previous);
      previous.destroy();
      this.keep(this.writing?.handOver(left, previous, next, all));
    }
    for (const document of all) document.hidden = false;
    if (nexts.length) this.handedOver();
  }

  /** Read wholly for the first time. */
  private arrived(document: OpenDocument): void {
    document.synced = true;
    const previous = document.previous;
    if (previous && !previous.leaving) {
      this.give(this.collect(previous));
      this.writing?.forget(previous);
      previous.destroy();
      document.previous = null;
    }
    this.carry(document);
    this.handOver();
    this.changed(document);
  }

  /** An edit was refused: nothing of this Y.Doc goes out again, its open words go to the tray. */
  private refuse(document: OpenDocument): void {
    if (document.refused) return;
    document.refused = true;
    const { previous } = document;
    // Read already, and words of the edition before have not been handed over yet.
    if (previous?.leaving) this.give(this.collect(previous));
    this.give(this.collect(document));
  }

  private renew(document: OpenDocument): void {
    document.detach();
    const previous = document.synced ? document : document.previous;
    if (previous !== document) {
      document.previous = null;
      document.destroy();
    }
    this.writing?.forget(document);
    this.make(document.name, document.access, previous);
  }

  /** Gone while this device was off the line, perhaps. */
  private denied(one: OpenDocument): void {
    if (one.previous?.leaving && one.previous.name === one.name) this.end(this.written(one));
    else this.ended(one, true);
  }

  /** The service has ended it for this device, though the seat may still name it. */
  private end(document: OpenDocument): void {
    if (this.open.get(document.name) !== document) return;
    this.shut.add(document.name);
    this.takeAway(document);
    if (document.name === this.seat) this.seatEnded();
  }

  private takeAway(one: OpenDocument): void {
    const document = this.written(one);
    const left = this.collect(document);
    const { parsed: audience, previous } = document;
    // Read already, and words of the edition before have not been handed over yet.
    if (previous?.leaving) {
      const before = this.collect(previous);
      left.lines.push(...before.lines);
      left.words.push(...before.words);
      left.values.push(...before.values);
      this.writing?.forget(previous);
    }
    this.open.delete(document.name);
    this.writing?.forget(document);
    document.destroy();
    if (left.words.length || left.lines.length || left.values.length) {
      const leftover: Leftover = {
        ...left,
        line: line(audience),
        timer: setTimeout(() => this.giveUp(leftover), SUCCESSOR_MS),
      };
      this.leftovers.push(leftover);
      for (const other of this.open.values()) this.carry(other);
    }
    this.handOver();
    this.changed(null);
  }

  /** Open words and lines of a document; from now on they wait in it no more. */
  private collect(document: OpenDocument): Left {
    const audience = audienceOf(document.parsed);
    if (!this.writing || !document.hasPens || !audience || document.ledger.waiting === 0) return { lines: [], words: [], values: [] };
    const found = this.writing.left(document, audience);
    document.ledger.gaveUp(document.clock);
    return found;
  }

  private give(left: Left): void {
    this.keep(this.writing?.refused(left));
  }

  private keep(found: readonly Homeless[] = []): void {
    for (const { words, why } of found) this.tray.keep(words, why);
  }

  /** Writes what is left of the edition before into this one. */
  private carry(document: OpenDocument): void {
    if (!this.writing || !document.mayWrite) return;
    const mine = line(document.parsed);
    for (const left of this.leftovers.filter((leftover) => leftover.line === mine)) {
      clearTimeout(left.timer);
      this.leftovers = this.leftovers.filter((leftover) => leftover !== left);
      this.keep(this.writing.carry(left, document, [...this.open.values()]));
    }
  }

  private giveUp(left: Leftover): void {
    this.leftovers = this.leftovers.filter((leftover) => leftover !== left);
    this.give(left);
    this.changed(null);
  }
}

function holdsLines(document: OpenDocument): boolean {
  return document.hasPens || document.parsed.kind === "record";
}

function isNext(name: DocumentName, document: OpenDocument): boolean {
  const parsed = readName(name);
  return parsed !== null && line(parsed) === line(document.parsed) && parsed.edition > document.parsed.edition;
}
