// What the screens read of a meeting: plain values, drawn from the documents this device may read.

import type {
  Access,
  Agreement,
  Ask,
  AttendeeId,
  Audience,
  ChildId,
  Command,
  Door,
  FamilyChoice,
  Focus,
  HeldId,
  Label,
  NoteId,
  Offered,
  OfferId,
  Outcome,
  Page,
  Place,
  RecordId,
  Revealed,
  Role,
  RoundId,
  RoundState,
  RowAnswer,
  RowId,
  Screen,
  Standing,
  TakeOff,
  Ticket,
  Timing,
  TopicId,
} from "../protocol/generated";
import type { Save } from "../sync/ledger";
import type { NotTaken, Stood } from "../sync/tray";

export type { NotTaken, Save, Stood };

/** What the service does for a meeting, injected so that a test needs no network. */
export interface Service {
  /** Sends a command once, with an id of its own; repeats it after a lost network. */
  send(attendee: AttendeeId, command: Command): Promise<Outcome>;
  /** `POST /api/attendees/<attendee>/ticket`; rejects with an error that has a `status` when refused. */
  ticket(attendee: AttendeeId): Promise<Ticket>;
  /** `GET /api/attendees/<attendee>`; rejects with an error that has a `status` when refused. */
  door(attendee: AttendeeId): Promise<Door>;
}

/** How this device stands to the meeting. */
export type Link =
  /** Asking where it stands, or opening its documents for the first time. */
  | "opening"
  /** In the lobby: asks again every few seconds. */
  | "waiting"
  /** Connected; what is shown is current. */
  | "live"
  /** The network is lost; what is shown is what was last heard, and edits wait. */
  | "away"
  /** The service is newer than this app: reload. Nothing may be written. */
  | "outdated"
  /** Not here any more; `door.standing` says how it ended. */
  | "over";

export interface Stage {
  title: string;
  /** `2026-12-14T10:00`, London. */
  starts: string;
  practice: boolean;
  mirrored: boolean;
  screen: Screen | null;
  /** Key of the open phase. */
  phase: string;
  /** UTC milliseconds. */
  convenedAt: number | null;
  paused: boolean;
  closed: boolean;
  focus: Focus | null;
  /** Place among the phase's prompts. */
  prompt: number | null;
  /** Where the recording is kept; null = none runs. */
  recording: string | null;
  /** The disk has damaged the sheets or the plan; they are shown again once they are restored (SPEC STO12). */
  setAside: boolean;
  /** "Does everyone agree?" is asked now. */
  check: boolean;
}

/** Somebody on the roll. */
export interface Attendee {
  id: AttendeeId;
  name: string;
  role: Role;
  /** The role in plain words. */
  words: string;
  agency: string | null;
  /** Null where the chair hides it from this audience (P1). */
  place: Place | null;
  family: boolean;
  pen: boolean;
  standing: Standing;
  device: boolean;
  n: number;
}

/** Somebody as the desk sees them. */
export interface Expected extends Attendee {
  link: boolean;
  locked: boolean;
  /** A desk has said that they do not sit in the room (SPEC PART2). */
  away: boolean;
  devices: { n: number; waiting: boolean; linked: boolean }[];
}

export interface Child {
  id: ChildId;
  firstName: string;
  name: string;
  n: number;
}

/** A round of sealed notes, as everybody sees it. */
export interface RoundView {
  id: RoundId;
  /** Place in the order of opening. */
  n: number;
  child: ChildId;
  question: string;
  lowWords: string;
  highWords: string;
  /** From how many notes with a number on each is shown. */
  minimum: number;
  /** How many may hand a note in. */
  entitled: number;
  state: RoundState;
  /** Modulus of its key, 512 hex digits; null until it is made. */
  key: string | null;
  timing: Timing;
  /** What it left; null until the chair shows it. */
  revealed: Revealed | null;
}

/** How many notes are in, and in which box. */
export interface Count {
  epoch: string;
  notes: number;
}

/** What the server tells this attendee alone. */
export interface Seat {
  attendee: AttendeeId;
  standing: Standing;
  page: Page;
  name: string;
  role: Role;
  words: string;
  pen: boolean;
  place: Place | null;
  /** Of a wall. */
  screen: Screen | null;
  /** The room's code, on a wall that shows the way in. */
  code: string | null;
  asks: Ask[];
  /** The chair asks me to speak. */
  called: boolean;
  /** My answer to "Does everyone agree?". */
  agrees: Said | null;
  /** My words that should read differently, if I say yes (P21). */
  asked: AskedWords[];
  offers: MyOffer[];
  accepted: Accepted[];
  /** What I have said to my own rows of the plan; the desk alone sees it too (P17). */
  answers: Partial<Record<RowId, RowAnswer>>;
  /** Rounds in which I hand a note in; true while it can be handed in. */
  rounds: Partial<Record<RoundId, boolean>>;
}

export interface Said {
  answer: Agreement;
  more: string | null;
}

export interface AskedWords {
  record: RecordId;
  now: string;
  words: string;
}

/** What I offered and what stands on a sheet now. */
export interface Accepted {
  record: RecordId;
  /** My own words; not those I typed for somebody. */
  own: boolean;
  /** They may be taken off from here (P4). */
  off: boolean;
  time: number;
}

export interface MyOffer {
  id: OfferId;
  what: Offered;
  state: "waiting" | "talk" | "accepted" | "not-taken";
  /** The row in which it stands. */
  row: RowId | null;
  /** It may be taken off from here (P4). */
  off: boolean;
}

/** Verbatim words that only the server writes. */
export interface RecordView {
  id: RecordId;
  kind: "quote" | "offered";
  words: string;
  speaker: string | null;
  author: string | null;
  roleWords: string | null;
  label: Label | null;
  source: string | null;
  readBack: boolean;
  /** How the author said yes to a change of locked words; null = they stand as they were. */
  agreed: "device" | "room" | null;
  time: number;
}

export interface Desk {
  /** Waiting first, oldest first. */
  offers: DeskOffer[];
  people: Expected[];
  asks: DeskAsk[];
  held: HeldLine[];
  walls: WallView[];
  /** What people type to come in. */
  code: string | null;
  /** Agencies of the professionals who are here, each once: what a quorum counts. */
  agencies: string[];
  /** When the conference was convened, who was here and for which agencies (F48). */
  convened: { at: number; present: AttendeeId[]; agencies: string[] } | null;
  hand: Hand;
  /** Locked words that wait for their author's yes. */
  rewordings: { record: RecordId; words: string; strikes: boolean; of: AttendeeId }[];
  /** What people say to their own rows (P17). */
  answers: Partial<Record<RowId, Partial<Record<AttendeeId, RowAnswer>>>>;
  /** Whom each part leaves out: they were out when its lines were written (P5). */
  parts: Partial<Record<Audience, AttendeeId[]>>;
  /** Who hands a note in, of the round under way. */
  entitled: Partial<Record<RoundId, AttendeeId[]>>;
  /** Who may hand in a note in a round that takes them, and has no device (P15). */
  slips: Partial<Record<RoundId, AttendeeId[]>>;
  /** How each of the family takes part in scaling, as they have said (P16). */
  choices: Partial<Record<AttendeeId, FamilyChoice>>;
  /** Those who are here and were out before. */
  returns: Return[];
}

/** Somebody is back. Times are UTC milliseconds. */
export interface Return {
  attendee: AttendeeId;
  from: number;
  until: number;
  /** The chair has said what is opened to them. */
  answered: boolean;
}

/** What the chair keeps in hand. */
export interface Hand {
  called: AttendeeId | null;
  speaking: AttendeeId[];
  spoke: AttendeeId[];
  parked: { id: TopicId; words: string }[];
  check: { open: boolean; answers: Partial<Record<AttendeeId, Said>> } | null;
  hiddenPlaces: Audience[];
  /** The last answer to "who had it in front of them?". */
  inFront: { what: TakeOff; people: AttendeeId[] } | null;
  /** Whose the words of the server's keeping are. */
  owners: Partial<Record<RecordId, AttendeeId>>;
}

export interface DeskOffer {
  id: OfferId;
  by: AttendeeId;
  what: Offered;
  onBehalfOf: AttendeeId | null;
  /** Whose words a child's advocate has typed. */
  child: ChildId | null;
  named: boolean;
  time: number;
  state: "waiting" | "talk";
}

/** One quiet signal, oldest first. */
export interface DeskAsk {
  attendee: AttendeeId;
  what: Ask;
  since: number;
}

export interface HeldLine {
  id: HeldId;
  section: string;
  words: string;
  label: Label | null;
  source: string | null;
  children: ChildId[];
  time: number;
}

export interface WallView {
  attendee: AttendeeId;
  name: string;
  linked: boolean;
  awaySince: number | null;
  /** Its size, and how far the last chair is. */
  screen: Screen | null;
  /** The page it shows now, as it says itself; null while it has not said. */
  showing: Showing | null;
}

/** A page of a section's sheet, from 1 (SPEC PRES6). */
export interface Showing {
  section: string;
  page: number;
  of: number;
}

/** Attaches a textarea to the words of a line, a cell or a field: `<textarea {@attach note.edit}>`. Stable while the words are. */
export type Edit = (element: HTMLTextAreaElement) => () => void;

/** A line on a sheet. */
export interface NoteView {
  id: NoteId;
  /** Which document it is in: who may read it. */
  audience: Audience;
  section: string;
  /** Its words now: the record's, if it shows one. */
  words: string;
  record: RecordView | null;
  label: Label | null;
  source: string | null;
  children: ChildId[];
  struck: boolean;
  order: string;
  /** Null where this device may not write it, and for records. */
  edit: Edit | null;
  /** True where its place, label, source, children and strike may be changed here. */
  mine: boolean;
  /** Somebody else is writing in it. */
  writing: boolean;
  /** Who, where they are on the roll. */
  writer: Attendee | null;
  /** Words of mine in it that are not durable yet. */
  unsaved: boolean;
}

export type Who = { attendee: AttendeeId } | { words: string };

export interface When {
  /** `2026-12-20` or null. */
  date: string | null;
  words: string | null;
}

/** A row of the plan. */
export interface RowView {
  id: RowId;
  audience: Audience;
  /** Words by column key; a column without words is "". */
  cells: Record<string, string>;
  /** Attaches a textarea to a cell; null where this device may not write. */
  text(column: string): Edit | null;
  who: Who[];
  when: When;
  /** Name of who offered it, where the service says so: nothing in the plan does. */
  from: string | null;
  children: ChildId[];
  struck: boolean;
  order: string;
  /** True where this attendee is named in `who`. */
  forMe: boolean;
  /** True where it may be changed here. */
  mine: boolean;
  /** Somebody else is writing in it. */
  writing: boolean;
  /** Who, where they are on the roll. */
  writer?: Attendee | null;
  unsaved: boolean;
}

/** A fixed field of the plan. */
export interface FieldView {
  key: string;
  audience: Audience;
  /** Edition of its plan: in another one its words may have gone elsewhere. */
  edition: number;
  words: string;
  edit: Edit | null;
  unsaved: boolean;
}

/** What a new line starts with. */
export interface NewNote {
  section: string;
  words?: string;
  /** Behind this line; null = first; left out = last. */
  after?: NoteId | null;
  audience?: Audience;
  label?: Label | null;
  source?: string | null;
  children?: ChildId[];
}

/** What a new row starts with. */
export interface NewRow {
  cells?: Record<string, string>;
  after?: RowId | null;
  audience?: Audience;
  who?: Who[];
  when?: When;
  children?: ChildId[];
}

/** Which documents are open, for a test or a screen that explains itself. */
export type Rights = Record<string, Access>;
