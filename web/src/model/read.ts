// Plain values out of the documents that only the server writes. Shapes: SPEC DOC.

import type * as Y from "yjs";
import type { Ask, AttendeeId, Framework, Page, Role, Standing } from "../protocol/generated";
import type { Attendee, Child, Desk, DeskAsk, Expected, Hand, MyOffer, RecordView, RoundView, Seat, Stage } from "./types";

type Json = Record<string, unknown>;

const ASKS: readonly Ask[] = ["speak", "break", "unsafe", "interpreting"];

/** `meta.seq` of a document, or null where it has none. */
export function seqOf(doc: Y.Doc): number | null {
  const seq = doc.getMap<unknown>("meta").get("seq");
  return seq === undefined || seq === null ? null : Number(seq);
}

export function stageOf(doc: Y.Doc): Stage {
  const map = doc.getMap<unknown>("stage");
  return {
    title: words(map.get("title")),
    starts: words(map.get("starts")),
    practice: map.get("practice") === true,
    mirrored: map.get("mirrored") === true,
    screen: orNull(map.get("screen")),
    phase: words(map.get("phase")),
    convenedAt: orNull(map.get("convened_at")),
    paused: map.get("paused") === true,
    closed: map.get("closed") === true,
    focus: orNull(map.get("focus")),
    prompt: orNull(map.get("prompt")),
    recording: orNull(map.get("recording")),
    setAside: map.get("set_aside") === true,
    check: map.get("check") === true,
  };
}

export function frameworkOf(doc: Y.Doc): Framework | null {
  return orNull(doc.getMap<unknown>("framework").get("text"));
}

export function seatOf(doc: Y.Doc, attendee: AttendeeId): Seat {
  const map = doc.getMap<unknown>("seat");
  const asks = map.get("asks");
  return {
    attendee,
    standing: (map.get("standing") ?? "here") as Standing,
    page: (map.get("page") ?? "meet") as Page,
    name: words(map.get("name")),
    role: (map.get("role") ?? "observer") as Role,
    words: words(map.get("words")),
    pen: map.get("pen") === true,
    place: orNull(map.get("place")),
    screen: orNull(map.get("screen")),
    code: orNull(map.get("code")),
    asks: Array.isArray(asks) ? (asks as Ask[]) : [],
    called: map.get("called") === true,
    agrees: orNull(map.get("agrees")),
    asked: entries(doc, "asked").map(([record, value]) => ({ record, now: words(value["now"]), words: words(value["words"]) })),
    offers: entries(doc, "offers").map(([id, value]) => ({
      id,
      what: value["what"] as MyOffer["what"],
      state: value["state"] as MyOffer["state"],
      row: orNull(value["row"]),
      off: value["off"] === true,
    })),
    accepted: entries(doc, "accepted")
      .map(([record, value]) => ({ record, own: value["own"] === true, off: value["off"] === true, time: Number(value["time"] ?? 0) }))
      .sort((a, b) => a.time - b.time),
    answers: doc.getMap<unknown>("answers").toJSON() as Seat["answers"],
    rounds: doc.getMap<unknown>("rounds").toJSON() as Seat["rounds"],
  };
}

export function headingOf(doc: Y.Doc): string {
  return words(doc.getMap<unknown>("conference").get("heading"));
}

/** Family first, then the others, each in the order of set-up (P8). */
export function rollOf(docs: Y.Doc[]): Attendee[] {
  const people = new Map<AttendeeId, Attendee>();
  // Where people sit may be hidden in what everybody reads and stand in what fewer read (P1).
  for (const doc of docs) for (const [id, value] of entries(doc, "roll")) {
    const one = attendee(id, value);
    people.set(id, { ...one, place: one.place ?? people.get(id)?.place ?? null });
  }
  return [...people.values()].sort((a, b) => Number(b.family) - Number(a.family) || a.n - b.n || (a.id < b.id ? -1 : 1));
}

export function childrenOf(docs: Y.Doc[]): Child[] {
  const children = new Map<string, Child>();
  for (const doc of docs) {
    for (const [id, value] of entries(doc, "children")) {
      children.set(id, { id, firstName: words(value["first_name"]), name: words(value["name"]), n: Number(value["n"] ?? 0) });
    }
  }
  return [...children.values()].sort((a, b) => a.n - b.n || (a.id < b.id ? -1 : 1));
}

/** In the order of opening. */
export function roundsOf(doc: Y.Doc): RoundView[] {
  return entries(doc, "rounds")
    .map(([id, value]) => ({
      id,
      n: Number(value["n"] ?? 0),
      child: words(value["child"]),
      question: words(value["question"]),
      lowWords: words(value["low_words"]),
      highWords: words(value["high_words"]),
      minimum: Number(value["minimum"]),
      entitled: Number(value["entitled"] ?? 0),
      state: value["state"] as RoundView["state"],
      key: orNull<string>(value["key"]),
      timing: value["timing"] as RoundView["timing"],
      revealed: orNull<RoundView["revealed"]>(value["revealed"]),
    }))
    .sort((a, b) => a.n - b.n);
}

export function recordsOf(docs: Y.Doc[]): Map<string, RecordView> {
  const records = new Map<string, RecordView>();
  for (const doc of docs) {
    for (const [id, value] of entries(doc, "records")) {
      records.set(id, {
        id,
        kind: value["kind"] === "quote" ? "quote" : "offered",
        words: words(value["words"]),
        speaker: orNull(value["speaker"]),
        author: orNull(value["author"]),
        roleWords: orNull(value["role_words"]),
        label: orNull(value["label"]),
        source: orNull(value["source"]),
        readBack: value["read_back"] === true,
        agreed: orNull(value["agreed"]),
        time: Number(value["time"] ?? 0),
      });
    }
  }
  return records;
}

/** Names of those who offered rows of the plan, by row: the service alone says it. */
export function offeredOf(docs: Y.Doc[]): Map<string, string> {
  return new Map(docs.flatMap((doc) => entries(doc, "offered").map(([row, value]) => [row, words(value["author"])] as const)));
}

const list = (value: unknown): string[] => (Array.isArray(value) ? (value as string[]) : []);

export function deskOf(doc: Y.Doc): Desk {
  const offers = entries(doc, "offers").map(([id, value]) => ({
    id,
    by: words(value["by"]),
    what: value["what"] as Desk["offers"][number]["what"],
    onBehalfOf: orNull<AttendeeId>(value["on_behalf_of"]),
    child: orNull<string>(value["child"]),
    named: value["named"] === true,
    time: Number(value["time"] ?? 0),
    state: value["state"] as "waiting" | "talk",
  }));
  const people: Expected[] = entries(doc, "people").map(([id, value]) => ({
    ...attendee(id, value),
    link: value["link"] === true,
    locked: value["locked"] === true,
    away: value["away"] === true,
    devices: (Array.isArray(value["devices"]) ? value["devices"] : []) as Expected["devices"],
  }));
  const asks: DeskAsk[] = [];
  for (const [id, value] of entries(doc, "asks")) {
    for (const what of ASKS) if (typeof value[what] === "number") asks.push({ attendee: id, what, since: value[what] });
  }
  return {
    offers: offers.sort((a, b) => Number(b.state === "waiting") - Number(a.state === "waiting") || a.time - b.time),
    people: people.sort((a, b) => Number(b.family) - Number(a.family) || a.n - b.n || (a.id < b.id ? -1 : 1)),
    asks: asks.sort((a, b) => a.since - b.since),
    held: entries(doc, "held")
      .map(([id, value]) => ({
        id,
        section: words(value["section"]),
        words: words(value["words"]),
        label: orNull<Desk["held"][number]["label"]>(value["label"]),
        source: orNull<string>(value["source"]),
        children: (Array.isArray(value["children"]) ? value["children"] : []) as string[],
        time: Number(value["time"] ?? 0),
      }))
      .sort((a, b) => a.time - b.time),
    walls: entries(doc, "walls").map(([id, value]) => ({
      attendee: id,
      name: words(value["name"]),
      linked: value["linked"] === true,
      awaySince: orNull<number>(value["away_since"]),
      screen: orNull<Desk["walls"][number]["screen"]>(value["screen"]),
      showing: orNull<Desk["walls"][number]["showing"]>(value["showing"]),
    })),
    code: orNull(doc.getMap<unknown>("code").get("room")),
    agencies: list(doc.getMap<unknown>("quorum").get("agencies")),
    convened: orNull(doc.getMap<unknown>("quorum").get("convened")),
    hand: handOf(doc.getMap<unknown>("hand")),
    rewordings: entries(doc, "rewordings").map(([record, value]) => ({
      record,
      words: words(value["words"]),
      strikes: value["strikes"] === true,
      of: words(value["of"]),
    })),
    answers: doc.getMap<unknown>("answers").toJSON() as Desk["answers"],
    parts: doc.getMap<unknown>("parts").toJSON() as Desk["parts"],
    entitled: doc.getMap<unknown>("entitled").toJSON() as Desk["entitled"],
    slips: doc.getMap<unknown>("slips").toJSON() as Desk["slips"],
    choices: doc.getMap<unknown>("family").toJSON() as Desk["choices"],
    returns: entries(doc, "returns")
      .map(([id, value]) => ({
        attendee: id,
        from: Number(value["from"] ?? 0),
        until: Number(value["until"] ?? 0),
        answered: value["answered"] === true,
      }))
      .sort((a, b) => a.until - b.until),
  };
}

function handOf(map: Y.Map<unknown>): Hand {
  const parked = (orNull<Record<string, string>>(map.get("parked")) ?? {});
  return {
    called: orNull(map.get("called")),
    speaking: list(map.get("speaking")),
    spoke: list(map.get("spoke")),
    parked: Object.entries(parked).map(([id, words]) => ({ id, words })),
    check: orNull(map.get("check")),
    hiddenPlaces: list(map.get("hidden_places")) as Hand["hiddenPlaces"],
    inFront: orNull(map.get("in_front")),
    owners: orNull<Hand["owners"]>(map.get("owners")) ?? {},
  };
}

function attendee(id: AttendeeId, value: Json): Attendee {
  return {
    id,
    name: words(value["name"]),
    role: value["role"] as Role,
    words: words(value["words"]),
    agency: orNull(value["agency"]),
    place: value["place"] === "call" || value["place"] === "room" ? value["place"] : null,
    family: value["family"] === true,
    pen: value["pen"] === true,
    standing: (value["standing"] ?? "here") as Standing,
    device: value["device"] === true,
    n: Number(value["n"] ?? 0),
  };
}

function entries(doc: Y.Doc, root: string): [string, Json][] {
  const found: [string, Json][] = [];
  for (const [key, value] of doc.getMap<unknown>(root)) {
    if (value !== null && typeof value === "object") found.push([key, value as Json]);
  }
  return found;
}

function words(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function orNull<T>(value: unknown): T | null {
  return value === undefined || value === null ? null : (value as T);
}
