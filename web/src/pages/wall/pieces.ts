/** What a wall shows of a sheet: words in order, no label, no source, nobody's name outside a line (mocks: never shown). */

import type { Framework, Mark, Section } from "../../protocol/generated";
import type { Attendee, Child, NoteView, RowView } from "../../model/types";
import { aboutNames, allSections, readable, spoken, withStrips } from "../../model/sheet";
import { cellWords, isEmptyRow } from "../../plan/values";

/** One thing on the paper. */
export type Shown =
  | { kind: "note"; id: string; mark: Mark; words: string; first: string | null; struck: boolean; statement: boolean }
  | { kind: "strip"; id: string; mark: Mark; words: string }
  | { kind: "row"; id: string; struck: boolean; head: string; rest: { key: string; label: string; words: string }[] }
  | { kind: "field"; id: string; label: string; words: string };

/** What stands under a heading. */
export interface Paper {
  head: string;
  mark: Mark;
  shown: Shown[];
}

/** What the documents hold that a wall may read. */
export interface Source {
  framework: Framework | null;
  children: readonly Child[];
  roll: readonly Attendee[];
  rows: readonly RowView[];
  fields: readonly { key: string; words: string }[];
  sections(section: string): NoteView[];
}

/** The sheet that a focus names; null where the framework has none of that name. */
export function paperOf(source: Source, focus: string | null): Paper | null {
  const { framework } = source;
  if (!framework) return null;
  const section = allSections(framework).find((one) => one.key === focus);
  if (focus === "plan" || section?.widget === "plan") return planPaper(source, framework);
  return section ? sectionPaper(source, framework, section) : null;
}

function sectionPaper(source: Source, framework: Framework, section: Section): Paper {
  const shown: Shown[] = [];
  for (const part of withStrips(framework, section)) {
    const notes = readable(source.sections(part.key));
    if (part.key !== section.key && notes.length) shown.push({ kind: "strip", id: `strip ${part.key}`, mark: part.mark, words: part.label });
    for (const note of notes) {
      const names = part.per_child ? aboutNames(note, source.children) : [];
      shown.push({
        kind: "note", id: note.id, mark: part.mark, words: spoken(note), first: names.length === 1 ? (names[0] ?? null) : null,
        struck: note.struck, statement: part.statement,
      });
    }
  }
  return { head: section.label, mark: section.mark, shown };
}

function planPaper(source: Source, framework: Framework): Paper {
  const [first, ...others] = framework.plan.columns;
  const shown: Shown[] = source.rows.filter((row) => !isEmptyRow(row)).map((row) => ({
    kind: "row", id: row.id, struck: row.struck,
    head: first ? cellWords(row, first, source.roll) : "",
    rest: others.map((column) => ({ key: column.key, label: column.label, words: cellWords(row, column, source.roll) })).filter((cell) => cell.words !== ""),
  }));
  for (const field of framework.plan.fields) {
    const words = source.fields.filter((one) => one.key === field.key).map((one) => one.words.trim()).filter(Boolean).join("\n");
    if (words) shown.push({ kind: "field", id: `field ${field.key}`, label: field.label, words });
  }
  return { head: framework.plan.label, mark: "next", shown };
}

/** Where the meeting stands in its agenda (F46). */
export interface Agenda {
  phase: string;
  /** From 1. */
  n: number;
  count: number;
  /** The item that comes after; empty at the end. */
  next: string;
}

/** The open phase with its place; null where the framework has none of that key. */
export function placeIn(framework: Framework | null, key: string | undefined): Agenda | null {
  const phases = framework?.phases ?? [];
  const at = phases.findIndex((phase) => phase.key === key);
  return at < 0 ? null : { phase: phases[at]?.label ?? "", n: at + 1, count: phases.length, next: phases[at + 1]?.label ?? "" };
}

/** Which thing was changed last, between two states of the paper; null when nothing was. */
export function lastChanged(before: readonly Shown[], now: readonly Shown[]): string | null {
  const old = new Map(before.map((one) => [one.id, JSON.stringify(one)]));
  return now.filter((one) => old.get(one.id) !== JSON.stringify(one)).at(-1)?.id ?? null;
}
