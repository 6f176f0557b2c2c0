// Written by `cargo xtask codegen` from the crate `protocol`. Change the Rust types, not this file.

/** What one attendee may do with one document now. */
export type Access = "read" | "write";

/** An answer to "Does everyone agree?". */
export type Agreement = "agree" | "unsure" | "differ";

/** Every error of the HTTP interface. */
export type ApiError = {
  /** For programs. */
  code: ErrorCode;
  /** For people: what happened and what to do next. Says nothing about whether something exists (P3). */
  message: string;
};

/** A quiet signal to the desk. */
export type Ask = "speak" | "break" | "unsafe" | "interpreting";

/** A person's or a wall's place in one conference. The same person in two conferences has two. */
export type AttendeeId = string;

/** A named set of attendees of one conference. */
export type Audience = "all" | "professionals" | "family" | "chair" | `part-${
  number
}`;

/** A child the conference is about. */
export type ChildId = string;

/** `POST /api/walls/claim`: has the chair typed my code? 204 while not; then a [`Door`] and the cookie. */
export type Claim = {
  /** From [`Pairing`]. */
  secret: string;
};

/** A column of the plan. */
export type Column = {
  /** Unique among the columns. */
  key: string;
  /** Verbatim. */
  label: string;
  /** What is written in it. */
  holds: Holds;
};

/**
 * Everything that can be asked of a conference. "Desk" means chair, co-chair and business support; "lead" means chair
 * and co-chair.
 */
export type Command = {
  "do": "invite";
  /** Id of the new attendee. */
  attendee: AttendeeId;
  /** Who it is. */
  person: Person;
  /** Personal link, if they have a device. */
  way_in: WayIn | null;
} | {
  "do": "reissue";
  /** Whose link. */
  attendee: AttendeeId;
  /** The new one. */
  way_in: WayIn;
} | {
  "do": "seat";
  /** Who has come. */
  attendee: AttendeeId;
} | {
  "do": "admit";
  /** Who waits. */
  attendee: AttendeeId;
  /** Which device of theirs, when they are here already. */
  device: number | null;
  /** Who they are, where the desk knows better than the door. */
  person: Person | null;
} | {
  "do": "admit-as";
  /** Who knocked. */
  attendee: AttendeeId;
  /** Who they are. */
  becomes: AttendeeId;
} | {
  "do": "eject";
  /** Who goes. */
  attendee: AttendeeId;
} | {
  "do": "end-part";
  /** Whose part. */
  attendee: AttendeeId;
} | {
  "do": "leave"
} | {
  "do": "open-phase";
  /** Key of the phase. */
  phase: string;
} | {
  "do": "convene"
} | {
  "do": "give-pen";
  /** Who may write now. */
  attendee: AttendeeId;
} | {
  "do": "take-pen";
  /** Whose pen. */
  attendee: AttendeeId;
} | {
  "do": "write-held";
  /** Id of the line. */
  held: HeldId;
  /** Where it will stand. */
  section: string;
  /** Its words. */
  words: string;
} | {
  "do": "hold";
  /** The line. */
  note: NoteId;
  /** Its id on the desk. */
  held: HeldId;
} | {
  "do": "release";
  /** The line on the desk. */
  held: HeldId;
  /** Its id on the board. */
  note: NoteId;
  /** Place among the others: a fractional key. */
  order: string;
} | {
  "do": "rewrite-held";
  /** The line on the desk. */
  held: HeldId;
  /** Its words. */
  words: string;
  /** Its words as the sender had them: where it reads otherwise by now, nothing is changed (SPEC SYNC15). */
  was?: string;
} | {
  "do": "drop-held";
  /** The line on the desk. */
  held: HeldId;
} | {
  "do": "open";
  /** Who may read them from now on. */
  attendee: AttendeeId;
  /** Which. */
  lines: Array<Line>;
} | {
  "do": "offer";
  /** Made by the client, so that it can be sent again. */
  offer: OfferId;
  /** What is offered. */
  what: Offered;
  /** For whom it is typed, if not for oneself: somebody who is here, or for a child's advocate the child. */
  on_behalf_of: Named | null;
  /** Whether the author's name stands beside it once accepted (P17). */
  named: boolean;
} | {
  "do": "withdraw";
  /** Which. */
  offer: OfferId;
} | {
  "do": "accept";
  /** Which. */
  offer: OfferId;
  /**
   * Where a note goes, if elsewhere than offered: key of a section. For a change, the column of the plan into
   * whose cell its words are written; none = the first that holds words.
   */
  section: string | null;
  /** Place among the others: a fractional key. */
  order: string;
} | {
  "do": "decline";
  /** Which. */
  offer: OfferId;
} | {
  "do": "set-aside";
  /** Which. */
  offer: OfferId;
} | {
  "do": "put-back";
  /** The line. */
  note: NoteId;
} | {
  "do": "quote";
  /** Id of the words. */
  record: RecordId;
  /** Id of the line that shows them. */
  note: NoteId;
  /** Key of the section. */
  section: string;
  /** Place among the others. */
  order: string;
  /** Verbatim. */
  words: string;
  /** Who said it, in words that everybody may read ("the social worker"). */
  speaker: string;
  /** A written line whose place the quote takes. */
  replaces: NoteId | null;
  /** Its words as the sender had them: where it reads otherwise by now, nothing is changed (SPEC SYNC15). */
  was?: string;
} | {
  "do": "requote";
  /** Which. */
  record: RecordId;
  /** Verbatim. */
  words: string;
} | {
  "do": "read-back";
  /** Which. */
  record: RecordId;
} | {
  "do": "reword";
  /** Which. */
  record: RecordId;
  /** How they should read. */
  words: string;
  /** Spelling is put right where it stands; with this the line is struck through and a new quote follows it. */
  strikes: Strikes | null;
  /** Whose yes is asked for, on their own device; none = they have said yes in the room. */
  ask: AttendeeId | null;
} | {
  "do": "speaker";
  /** Which quote. */
  record: RecordId;
  /** Who said it. */
  speaker: string;
} | {
  "do": "answer-words";
  /** Which. */
  record: RecordId;
  /** Yes or no. */
  yes: boolean;
} | {
  "do": "who-had";
  /** What may go. */
  what: TakeOff;
} | {
  "do": "take-off";
  /** What goes. */
  what: TakeOff;
} | {
  "do": "correct-name";
  /** Whose. */
  whose: Whose;
  /** The right name. */
  name: string;
} | {
  "do": "move";
  /** Who. */
  attendee: AttendeeId;
  /** Where. */
  place: Place;
} | {
  "do": "answer";
  /** Which row. */
  row: RowId;
  /** What, or nothing after all. */
  answer: RowAnswer | null;
} | {
  "do": "focus";
  /** Where and which page. */
  focus: Focus;
} | {
  "do": "show-prompt";
  /** Its place among the phase's prompts. */
  prompt: number | null;
} | {
  "do": "pair-wall";
  /** The code on the wall. */
  code: string;
  /** Id of the wall. */
  attendee: AttendeeId;
  /** "the big room". */
  name: string;
  /** How large the screen is and how far the last chair. */
  screen: Screen;
} | {
  "do": "call-on";
  /** Who. */
  attendee: AttendeeId | null;
} | {
  "do": "speaking";
  /** From the first. */
  order: Array<AttendeeId>;
} | {
  "do": "spoke";
  /** Who. */
  attendee: AttendeeId;
  /** Whether. */
  spoke: boolean;
} | {
  "do": "park";
  /** Id of the topic. */
  topic: TopicId;
  /** In a few words. */
  words: string;
} | {
  "do": "unpark";
  /** Which. */
  topic: TopicId;
} | {
  "do": "check";
  /** Whether it is asked now. */
  open: boolean;
} | {
  "do": "agree";
  /** What. */
  answer: Agreement;
  /** Anything else, in their words. */
  more: string | null;
} | {
  "do": "hide-places";
  /** From these audiences and everything that is read by them. */
  from: Array<Audience>;
} | {
  "do": "pause"
} | {
  "do": "resume"
} | {
  "do": "ask";
  /** What. */
  what: Ask;
} | {
  "do": "unask";
  /** Whose. */
  attendee: AttendeeId;
  /** What. */
  what: Ask;
} | {
  "do": "recording";
  /** Where it is kept; none = no recording. */
  kept: string | null;
} | {
  "do": "open-round";
  /** What is asked. */
  new: NewRound;
} | {
  "do": "ask-note";
  /** Of which round. */
  round: RoundId;
  /** The blinded message, 512 hex digits. */
  blinded: string;
} | {
  "do": "ask-note-for";
  /** Of which round. */
  round: RoundId;
  /** Whose note. */
  attendee: AttendeeId;
  /** The blinded message, 512 hex digits. */
  blinded: string;
} | {
  "do": "admit-to-round";
  /** Which. */
  round: RoundId;
  /** Who. */
  attendee: AttendeeId;
} | {
  "do": "void-round";
  /** Which. */
  round: RoundId;
} | {
  "do": "close-round";
  /** Which. */
  round: RoundId;
} | {
  "do": "reveal-round";
  /** Which. */
  round: RoundId;
} | {
  "do": "family-choice";
  /** Who. */
  attendee: AttendeeId;
  /** What they said. */
  choice: FamilyChoice | null;
} | {
  "do": "close"
};

/** Made by the client, once per command: a repeat gets the same answer and has no second effect. */
export type CommandId = string;

/** One meeting about one or more children. */
export type ConferenceId = string;

/** A time limit the authority states. */
export type Deadline = {
  /** `core-group`, `review`, `report-parents-initial`. */
  key: string;
  /** How many units; negative = before the conference. */
  count: number;
  /** Of what. */
  unit: Unit;
};

/** How the decision is made. */
export type Decision = {
  /** Verbatim. */
  outcomes: Array<string>;
  /** Verbatim. */
  categories: Array<string>;
  /** Whose views on the threshold are asked. */
  views_from: ViewsFrom;
  /** A reason must be given. */
  rationale: boolean;
};

/** One document on the wire. */
export type DocumentName = string;

/** Somebody who does something in the plan. */
export type Doer = {
  "attendee": AttendeeId
} | {
  "words": string
};

/** Answer to `enter`, `knock` and a claimed wall, and to `GET /api/attendees/<attendee>`: where this device stands. */
export type Door = {
  /** Names the cookie, the page and every later request. */
  attendee: AttendeeId;
  /** Which screen to show. */
  page: Page;
  /** Of this device. Unknown, not admitted and ejected all read `out` (P3). */
  standing: Standing;
};

/** `POST /api/enter`: opens a personal link with its PIN. Sets the session cookie of that attendee. */
export type Enter = {
  /** From the link. */
  attendee: AttendeeId;
  /** From the link: 64 hex digits. */
  secret: string;
  /** Eight digits. */
  pin: string;
};

/** Kinds of [`ApiError`]. */
export type ErrorCode = "no-way-in" | "no-session" | "bad-input" | "wrong-origin" | "not-there" | "too-many" | "not-saved" | "internal";

/** How somebody of the family takes part in scaling. The desk asks each of them beforehand (P16). */
export type FamilyChoice = "pad" | "aloud" | "no";

/** A fixed field of the plan. */
export type Field = {
  /** Unique among the fields. */
  key: string;
  /** Heading. */
  label: string;
  /** The plan cannot be agreed without it or a reason (P23). */
  required: boolean;
};

/** What the walls show. A page past the end shows the last. */
export type Focus = {
  /** Key of the section, `plan` for the plan, or `join` for the code and the short address. */
  section: string;
  /** From 1. */
  page: number;
  /** The page moves on with what is written. */
  follows: boolean;
};

/** The whole of one authority's way of meeting. A conference keeps the text it started with. */
export type Framework = {
  /** `lbh`: name of the file. */
  key: string;
  /** Name of the authority's model as people there say it. */
  name: string;
  /** One line for set-up. */
  about: string;
  /** Counts up when the authority changes its words. */
  version: number;
  /** The agenda, in order. */
  phases: Array<Phase>;
  /** The paper on the wall, in order. */
  sheets: Array<Sheet>;
  /** None: the authority does not scale, and the word appears nowhere. */
  scale: Scale | null;
  /** The outline plan. */
  plan: Plan;
  /** Outcomes, categories and whose views are asked. */
  decision: Decision;
  /** Counted in the units the document states. */
  deadlines: Array<Deadline>;
  /** Papers for the outside, with the authority's names for them. */
  papers: Array<Paper>;
  /** Words that the authority asks its people to avoid. */
  avoid: Array<string>;
  /** The threshold in plain words (P12), `{child}` stands for the name. */
  threshold: string;
};

/** `GET /api/frameworks`, one entry each; whole text in the `stage` document of a conference. */
export type FrameworkSummary = {
  /** `lbh`. */
  key: string;
  /** "LBH LSCB". */
  name: string;
  /** One line for set-up. */
  about: string;
};

/** A line that waits on the desk. */
export type HeldId = string;

/** What a column holds. */
export type Holds = "words" | "who" | "when";

/** `POST /api/knock`: comes with the room's code and a name of one's own. Sets a session cookie; waits in the lobby. */
export type Knock = {
  /** Two words and a number. */
  code: string;
  /** What the person calls themselves. */
  name: string;
  /** In the room or on the call. */
  place: Place;
};

/** What kind of statement a line is (F78). Words, never a colour. */
export type Label = "fact" | "observed" | "alleged" | "opinion";

/** A line wherever it stands. */
export type Line = {
  "kind": "note";
  /** Which. */
  note: NoteId;
} | {
  "kind": "row";
  /** Which. */
  row: RowId;
} | {
  "kind": "field";
  /** Its key. */
  field: string;
};

/** The marker of a section. */
export type Mark = "worry" | "well" | "voice" | "next" | "plain";

/** Somebody of the conference, with or without a device. */
export type Named = {
  "kind": "attendee";
  /** Who. */
  attendee: AttendeeId;
} | {
  "kind": "child";
  /** Which. */
  child: ChildId;
};

/** A child the conference is about. */
export type NewChild = {
  /** Made by the client. */
  child: ChildId;
  /** First name as used on the sheets. */
  first_name: string;
  /** Full name. */
  name: string;
};

/** `POST /api/conferences`: opens a conference. Needs the set-up key in `Authorization: Bearer`. */
export type NewConference = {
  /** Made by the client, so that a repeat makes no second one. */
  conference: ConferenceId;
  /** Key of the framework: `lbh`. */
  framework: string;
  /** "Initial conference". Names nobody (P1). */
  title: string;
  /** Start, `2026-12-14T10:00`, London time. */
  starts: string;
  /** In the order of the heads. */
  children: Array<NewChild>;
  /** Everybody expected; exactly one chair. */
  people: Array<NewPerson>;
  /** The room's screen. */
  screen: Screen;
  /** Whether the desk's screen is shared or mirrored; unsure = starts private (P14). */
  mirrored: boolean;
  /** Audiences from which it is hidden who is in the room and who on the call (P1). */
  hidden_places: Array<Audience>;
  /** Says so on every screen and never stands beside real data (P25). */
  practice: boolean;
};

/** Somebody expected, as set-up names them. */
export type NewPerson = {
  /** Made by the client. */
  attendee: AttendeeId;
  /** Who. */
  person: Person;
  /** Personal link, if they have a device. */
  way_in: WayIn | null;
};

/** A round that is opened. */
export type NewRound = {
  /** Made by the client, so that it can be sent again. */
  round: RoundId;
  /** Whom it is about: one round for each child (F98). */
  child: ChildId;
  /** As it is put to people; none = the framework's question, with the child's name in it. */
  question: string | null;
  /** Words at the lowest number; none = the framework's. */
  low_words: string | null;
  /** Words at the highest number; none = the framework's. */
  high_words: string | null;
  /** From how many notes with a number on each is shown: 5, or more. Never fewer (SEAL8). */
  minimum: number | null;
};

/** A line on a sheet; key of `notes` in a board document. */
export type NoteId = string;

/** What is told of the notes with a number. */
export type Numbers = {
  "is": "too-few"
} | {
  "is": "bands";
  /** 0–3, 4–6, 7–10. */
  counts: [number, number, number];
  /** From … to. */
  middle: [Third, Third];
} | {
  "is": "each";
  /** 0–10 each. */
  numbers: Array<number>;
  /** Twice the middle value: 9 is 4½. */
  middle_doubled: number;
};

/** A note, a row or a change that an attendee offered to the chair. */
export type OfferId = string;

/** What can be offered. */
export type OfferKind = "note" | "row";

/** What an attendee offers to the chair. */
export type Offered = {
  "kind": "note";
  /** Where the author would put it. Key of a section. */
  section: string | null;
  /** Their words. */
  words: string;
  /** Fact, observed, alleged or opinion. */
  label: Label | null;
  /** What it is based on, or who told it. */
  source: string | null;
  /** Children it is about; none = all. */
  children: Array<ChildId>;
} | {
  "kind": "row";
  /** Words by column key. */
  cells: {
    [key in string]: string
  };
  /** Who does it; none = whoever offers it, if they wish to be named. */
  who: Array<Doer>;
  /** By when. */
  when: When;
} | {
  "kind": "change";
  /** Which. */
  row: RowId;
  /** What should be different. */
  words: string;
};

/** The answer to a command, given once it is durable. */
export type Outcome = {
  "is": "done";
  /** Documents that changed. */
  wait: Array<Wait>;
} | {
  "is": "signed";
  /** The signature of the blinded bytes, 512 hex digits. */
  signed: string;
} | {
  "is": "refused";
  /** For programs. */
  code: Refusal;
  /** For people: why, and what to do next. */
  why: string;
};

/** Which screen a device shows. */
export type Page = "desk" | "meet" | "wall";

/** `POST /api/walls`: a screen asks to be paired. */
export type Pairing = {
  /** Shown on the wall, typed on the desk: 8 characters, 5 minutes, once. */
  code: string;
  /** Known to this screen alone: 64 hex digits; shown again at `POST /api/walls/claim`. */
  secret: string;
};

/** A paper for the outside. */
export type Paper = {
  /** `summary`, `plan`, `letter`. */
  key: string;
  /** The authority's name for it. */
  name: string;
};

/** Somebody who is expected. */
export type Person = {
  /** As the person wishes to be called. */
  name: string;
  /** What rights follow. */
  role: Role;
  /** The role in plain words: "Kacper's and Lena's mother". */
  words: string;
  /** Agency, for professionals. */
  agency: string | null;
  /** In the room or on the call. */
  place: Place;
};

/** One item of the agenda. */
export type Phase = {
  /** Unique in the framework. */
  key: string;
  /** Verbatim. */
  label: string;
  /** Section that the walls turn to when the phase opens; none = they stay. */
  section: string | null;
  /** Questions in the authority's words, with whom they are asked. */
  prompts: Array<Prompt>;
  /** What is asked of each role now, one sentence each (F36). The first that fits a role counts. */
  asks: Array<RoleAsk>;
  /** Offers that attendees may make now. */
  offers: Array<OfferKind>;
  /** Roles that may write in the plan while this phase is open, without a pen. */
  plan_writers: Array<Role>;
  /** True for the phase that starts with the act of convening (F48). */
  convenes: boolean;
};

/** Where somebody sits. */
export type Place = "room" | "call";

/** The outline plan. */
export type Plan = {
  /** Heading, verbatim. */
  label: string;
  /** In order. The first is the head of a row. */
  columns: Array<Column>;
  /** Fixed fields under the rows. */
  fields: Array<Field>;
};

/** A question of the chair. */
export type Prompt = {
  /** Whom it is put to, in plain words: "All", "Social worker". */
  to: string;
  /** Verbatim. */
  text: string;
  /** True for words of ours where the authority's document has none. */
  proposed: boolean;
};

/** A quote or an accepted offered note: words that only the server writes. */
export type RecordId = string;

/** Why a command was not carried out. */
export type Refusal = "not-yours" | "not-now" | "not-there" | "already" | "bad-input" | "not-saved";

/** One command of one attendee. */
export type Request = {
  /** Made by the client, once. */
  id: CommandId;
  /** What to do. */
  command: Command;
};

/** All that a round leaves. */
export type Revealed = {
  /** Notes with a number. */
  numbers: Numbers;
  /** Notes without one, whatever the reason. */
  without_number: number;
  /** Notes that were in; the rest of the entitled did not take part. */
  notes: number;
  /** When. */
  at: number;
};

/** What a person is at the conference. A wall is a device, not a person. */
export type Role = "chair" | "co-chair" | "social-worker" | "team-manager" | "police" | "health-visitor" | "school-nurse" | "midwife" | "school" | "gp" | "probation" | "adult-services" | "other-professional" | "parent" | "relative" | "young-person" | "supporter" | "child-advocate" | "interpreter" | "observer" | "business-support" | "wall";

/** What a phase asks of some roles. */
export type RoleAsk = {
  /** Empty: everybody. */
  of: Array<Role>;
  /** One sentence. */
  text: string;
};

/** A round of sealed notes. */
export type RoundId = string;

/** How far a round is. */
export type RoundState = "making" | "open" | "closing" | "closed" | "revealed" | "void";

/** What somebody says to their own row of the plan (P17). */
export type RowAnswer = "do" | "talk";

/** A row of the plan; key of `rows` in a plan document. */
export type RowId = string;

/** How the authority scales. */
export type Scale = {
  /** "safety" or "worry". */
  about: string;
  /** Lowest number. */
  min: number;
  /** Highest number. */
  max: number;
  /** "safer" or "more worried": what a higher number means. */
  higher_is: string;
  /** Words at the lowest number. */
  low_words: string;
  /** Words at the highest number. */
  high_words: string;
  /** Key of the phase it belongs to. */
  phase: string;
  /** Who scales. Of the family nobody does who has not chosen to (P16). */
  who: Array<Role>;
  /**
   * What is asked of each child, `{child}` stands for the name. A file must have it; conferences that began before
   * there were rounds hold none, and their chair writes it.
   */
  question: string;
  /** What is asked once the numbers are seen, `{middle}` stands for the middle one (F99). */
  then: string | null;
  /** Key of the section into which its answers go (F99). */
  then_section: string | null;
};

/** A wall's screen, for the size of its letters (web 2: 20′ of arc at the last chair). */
export type Screen = {
  /** Height of the picture in millimetres: 55″ = 685. */
  height_mm: number;
  /** The last chair, in millimetres. */
  distance_mm: number;
};

/** A headed part of a sheet. */
export type Section = {
  /** Unique in the framework; a note names it. */
  key: string;
  /** Verbatim. */
  label: string;
  /** What belongs here, in the authority's words. */
  holds: Array<string>;
  /** Which pen it is written with. Decoration: the words carry the meaning. */
  mark: Mark;
  /** What it is made of. */
  widget: Widget;
  /** One for each child. */
  per_child: boolean;
  /** True where lines are statements: whole sentences that stand in a strip of their own. */
  statement: boolean;
  /** Key of the section under or over which it stands as a strip. */
  strip_of: string | null;
};

/** One sheet of paper. */
export type Sheet = {
  /** Unique in the framework. */
  key: string;
  /** What stands on it, in reading order. */
  sections: Array<Section>;
};

/** A note as every browser gets it to check it (SEAL11). */
export type ShownNote = {
  /** 0–10, or 255 for no number; absent where answers are not told one by one. */
  answer?: number;
  /** The one-time key, 64 hex digits. */
  key: string;
  /** The round's signature, 512 hex digits. */
  signature: string;
};

/** How far somebody is. */
export type Standing = "invited" | "waiting" | "here" | "part-ended" | "closed" | "left" | "out";

/** A quote that takes the place of words that were locked. */
export type Strikes = {
  /** The line that is struck through. */
  note: NoteId;
  /** Place of the new one: a fractional key. */
  order: string;
};

/** What is taken off. */
export type TakeOff = {
  "kind": "note";
  /** Which. */
  note: NoteId;
} | {
  "kind": "row";
  /** Which. */
  row: RowId;
} | {
  "kind": "offer";
  /** Which. */
  offer: OfferId;
} | {
  "kind": "field";
  /** In whose plan: one field may hold words in several (P5). */
  audience: Audience;
  /** Which. */
  field: string;
};

/** A third of the line (SEAL8). */
export type Third = "low" | "middle" | "high";

/** `POST /api/attendees/<attendee>/ticket`. */
export type Ticket = {
  /** Opens one socket within 30 s: 64 hex digits. */
  ticket: string;
  /** The room. */
  conference: ConferenceId;
  /** Name of this attendee's own document, which names all others. */
  seat: DocumentName;
  /** Build of the service; an older app reloads and never writes. */
  build: string;
  /** Shape of the documents. */
  schema: number;
};

/** Every wait of a round, in milliseconds. */
export type Timing = {
  /** A device hands in after a random time up to this; up to half of it once the round is closing. */
  jitter: number;
  /** From closing until nothing is taken any more, where every note is in that a signature was given for. */
  drain: number;
  /** Between two tellings of the count. */
  count: number;
  /**
   * At least the drain: how long devices are waited for that are slow, or have to come back after the service was started
   * anew.
   */
  back: number;
};

/** The text of a stateless frame about `proceedings.all`. It is stored nowhere. */
export type Told = {
  "is": "count";
  /** Of which round. */
  round: RoundId;
  /** The box, 32 hex digits. When it changes the box is another one: hand in again. */
  epoch: string;
  /** How many. */
  notes: number;
} | {
  "is": "bundle";
  /** Of which round. */
  round: RoundId;
  /** Sorted by answer, then by `m`. */
  notes: Array<ShownNote>;
} | {
  "is": "disk";
  /** It can. */
  takes: boolean;
};

/** A topic that was parked. */
export type TopicId = string;

/** Units of deadlines. */
export type Unit = "minutes" | "hours" | "working-days" | "weeks" | "months";

/** Whose views are asked (P11). */
export type ViewsFrom = "member" | "agency";

/** A document and how far it must have come. */
export type Wait = {
  /** Which. */
  document: DocumentName;
  /** Value of `meta.seq` in it. */
  seq: number;
};

/** A personal link: the server keeps its hash only. */
export type WayIn = {
  /** SHA-256 of the 256-bit secret in the link, 64 hex digits. The browser that invites draws the secret. */
  secret_hash: string;
  /** Eight digits, told by phone or in person. */
  pin: string;
};

/** By when: a date, words, or both ("first by" a date). */
export type When = {
  /** `2026-12-22`. */
  date?: string | null;
  /** "until core group changes it". */
  words?: string | null;
};

/** Whose name is corrected. */
export type Whose = {
  "kind": "attendee";
  /** Who. */
  attendee: AttendeeId;
} | {
  "kind": "child";
  /** Which. */
  child: ChildId;
  /** As it heads the sheets. */
  first_name: string;
};

/** What a section is made of. */
export type Widget = "notes" | "genogram" | "plan";

/** Shape of all documents. */
export const SCHEMA = 1;

/** Characters of an id. */
export const ID_CHARS = 16;

/** Bytes of one WebSocket message. */
export const MESSAGE_BYTES = 262144;

/** Bytes of a step 2. */
export const STEP_TWO_BYTES = 4194304;

/** Bytes of the words of one note, quote, cell or offered note. */
export const WORDS_BYTES = 8192;

/** Bytes of a name or a role in plain words. */
export const NAME_BYTES = 200;

/** Offered notes that may wait from one attendee. */
export const WAITING_OFFERS = 20;

/** Milliseconds in which a ticket opens one socket. */
export const TICKET_LIFE = 30000;

/** Milliseconds in which each socket gets a data frame. */
export const HEARTBEAT = 10000;

/** Milliseconds a wall's pairing code lives. */
export const PAIRING_LIFE = 300000;

/** Milliseconds a wall without its link keeps the sheet. */
export const WALL_KEEPS_SHEET = 120000;

/** Every role, in the order of the handbook. */
export const ROLES = [
  "chair",
  "co-chair",
  "social-worker",
  "team-manager",
  "police",
  "health-visitor",
  "school-nurse",
  "midwife",
  "school",
  "gp",
  "probation",
  "adult-services",
  "other-professional",
  "parent",
  "relative",
  "young-person",
  "supporter",
  "child-advocate",
  "interpreter",
  "observer",
  "business-support",
  "wall",
] as const;

/** Codes with which a socket is closed. */
export const CLOSE = {
  badFrame: 4400,
  noTicket: 4401,
  out: 4403,
  tooLarge: 4413,
  gap: 4409,
  flood: 4408,
  slow: 1013,
  restart: 1012,
  rebuilt: 1012,
} as const;
