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

/** Null for a name this app does not know; such a document is left alone. */
export function readName(text: DocumentName): Name | null {
  const match = /^([0-9a-z]{16})\/([a-z]+)(?:\.([0-9a-z]+))?(?:~([1-9][0-9]*))?$/.exec(text);
  if (!match?.[1] || !match[2] || !KINDS.has(match[2])) return null;
  return { conference: match[1], kind: match[2] as Kind, of: match[3] ?? null, edition: Number(match[4] ?? 1) };
}

/** The audience of a document that has one. */
export function audienceOf(name: Name): Audience | null {
  return AUDIENCES.find((audience) => audience === name.of) ?? null;
}

/** Widest first. */
export function byWidth(a: Audience, b: Audience): number {
  return AUDIENCES.indexOf(a) - AUDIENCES.indexOf(b);
}

/** What stays the same from one edition to the next. */
export function line(name: Name): string {
  return `${name.kind}.${name.of ?? ""}`;
}
