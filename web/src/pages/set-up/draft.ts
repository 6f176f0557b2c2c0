import { hashOf, newId, newPin, newSecret } from "../../api/secrets";
import type { Audience, NewConference, Place, Role, Screen, WayIn } from "../../protocol/generated";
import { letterHeight } from "../wall/letter";

/** Roles a person can have; a wall is none. */
export type PersonRole = Exclude<Role, "wall">;

/** In the order of the list on the screen: who leads, the family, the professionals, the others. */
export const ROLES: readonly PersonRole[] = [
  "chair", "co-chair", "business-support", "parent", "relative", "young-person", "supporter", "child-advocate",
  "social-worker", "team-manager", "police", "health-visitor", "school-nurse", "midwife", "school", "gp", "probation",
  "adult-services", "other-professional", "interpreter", "observer",
];

/** Roles that come for an agency. */
const WITH_AGENCY: ReadonlySet<PersonRole> = new Set<PersonRole>([
  "social-worker", "team-manager", "police", "health-visitor", "school-nurse", "midwife", "school", "gp", "probation",
  "adult-services", "other-professional",
]);

/** Whether an agency is asked for. */
export const hasAgency = (role: PersonRole): boolean => WITH_AGENCY.has(role);

/** A person while set-up is being filled in. */
export interface PersonDraft {
  id: string;
  name: string;
  role: PersonRole;
  words: string;
  agency: string;
  place: Place;
  device: boolean;
}

/** A child while set-up is being filled in. */
export interface ChildDraft {
  id: string;
  name: string;
  firstName: string;
}

/** Screens people have, by the height of the picture in millimetres (16:9). */
export const SCREENS = [
  { inches: 43, height: 535 },
  { inches: 55, height: 685 },
  { inches: 65, height: 809 },
  { inches: 75, height: 934 },
  { metres: 2, height: 1125 },
] as const;

/** Distances of the last chair, in metres. */
export const DISTANCES = [3, 4, 5, 6, 8] as const;

// In em of one wall letter: what heading, phase line and margins take of a page, and the advance of a letter.
const TAKEN_HEIGHT = 5.4;
const TAKEN_WIDTH = 5;
const LINE = 1.2;
const ADVANCE = 0.451;

/** Above this the letter is cut off, in per cent of the picture's height; 16′ of arc is four fifths of the letter aimed at. */
const LARGEST = 9;

/** What a page of the wall holds, and whether the last chair can hardly read it. */
export function pageHolds(screen: Screen): { lines: number; letters: number; small: boolean } {
  const height = letterHeight(screen);
  return {
    lines: Math.floor((100 / height - TAKEN_HEIGHT) / LINE),
    letters: Math.floor(((100 * 16) / 9 / height - TAKEN_WIDTH) / ADVANCE / 10) * 10,
    small: letterHeight({ ...screen, distance_mm: screen.distance_mm * 0.8 }) >= LARGEST,
  };
}

/** A personal link as it is shown once. */
export interface LinkOnce {
  attendee: string;
  name: string;
  words: string;
  chair: boolean;
  secret: string;
  pin: string;
}

/** Everything set-up was told. */
export interface Draft {
  framework: string;
  title: string;
  starts: string;
  children: readonly ChildDraft[];
  people: readonly PersonDraft[];
  screen: Screen;
  mirrored: boolean;
  /** From whom it is hidden who is in the room and who on the call. */
  hidden: readonly Audience[];
  practice: boolean;
}

/** The body for the service, and the links that only this browser knows. */
export async function seal(draft: Draft): Promise<{ body: NewConference; links: LinkOnce[] }> {
  const links: LinkOnce[] = [];
  const people: NewConference["people"] = [];
  for (const { id, name, role, words, agency, place, device } of draft.people) {
    let way_in: WayIn | null = null;
    if (device) {
      const secret = newSecret();
      const pin = newPin();
      way_in = { secret_hash: await hashOf(secret), pin };
      links.push({ attendee: id, name, words, chair: role === "chair", secret, pin });
    }
    people.push({ attendee: id, person: { name, role, words, agency: hasAgency(role) && agency ? agency : null, place }, way_in });
  }
  links.sort((a, b) => Number(b.chair) - Number(a.chair));
  const { framework, title, starts, screen, mirrored, hidden, practice } = draft;
  return {
    body: {
      conference: newId(),
      framework, title, starts, screen, mirrored, hidden_places: [...hidden], practice, people,
      children: draft.children.map(({ id, name, firstName }) => ({ child: id, first_name: firstName, name })),
    },
    links,
  };
}

/** The address that opens a personal link. */
export function addressOf(link: LinkOnce, origin: string): string {
  return `${origin}/join#${link.attendee}.${link.secret}`;
}

/** "Mon 14 Dec 2026, 10:00" from the field's own value, which is London's time wherever the browser stands. */
export function startInWords(starts: string): string {
  const at = new Date(`${starts}:00Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(starts) || Number.isNaN(at.getTime())) return "";
  const part = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }).format(at);
  return `${part({ weekday: "short" })} ${part({ day: "numeric" })} ${part({ month: "short" })} ${part({ year: "numeric" })}, ${starts.slice(11, 16)}`;
}
