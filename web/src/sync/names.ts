// Names of documents: `<conference>/<kind>[.<of>][~<edition>]` (SPEC DOC1).

import type { Audience, ConferenceId, DocumentName } from "../protocol/generated";

export type Kind = "stage" | "proceedings" | "record" | "desk" | "board" | "plan" | "seat";

export interface Name {
  conference: ConferenceId;
  kind: Kind;
  /** Audience or attendee. */
  of: string | null;
  edition: number;
}

const KINDS: ReadonlySet<string> = new Set(["stage", "proceedings", "record", "desk", "board", "plan", "seat"]);
const AUDIENCES: readonly Audience[] = ["all", "professionals", "family", "chair"];
const PART = /^part-[1-9][0-9]*$/;

/** Null for a name this app does not know; such a document is left alone. */
export function readName(text: DocumentName): Name | null {
  const match = /^([0-9a-z]{16})\/([a-z]+)(?:\.([0-9a-z-]+))?(?:~([1-9][0-9]*))?$/.exec(text);
  if (!match?.[1] || !match[2] || !KINDS.has(match[2])) return null;
  return { conference: match[1], kind: match[2] as Kind, of: match[3] ?? null, edition: Number(match[4] ?? 1) };
}

/** The audience of a document that has one. */
export function audienceOf(name: Name): Audience | null {
  const { of } = name;
  if (of !== null && PART.test(of)) return of as Audience;
  return AUDIENCES.find((audience) => audience === of) ?? null;
}

/** True for an audience that leaves out who was away when its lines were written (P5). */
export function isPart(audience: Audience | null): boolean {
  return audience !== null && PART.test(audience);
}

/** Widest first, parts behind the others. */
export function byWidth(a: Audience, b: Audience): number {
  const place = (audience: Audience): number => (isPart(audience) ? AUDIENCES.length : AUDIENCES.indexOf(audience));
  return place(a) - place(b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** What stays the same from one edition to the next. */
export function line(name: Name): string {
  return `${name.kind}.${name.of ?? ""}`;
}
