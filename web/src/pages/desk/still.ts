/** What the desk keeps in sight until it is dealt with (P23). Advice: nothing here blocks. */

import { allSections } from "../../model/sheet";
import type { Meeting } from "../../model/screen";
import { rowTitle, whenIsVague, whoIsVague, isEmptyRow } from "../../plan/values";
import { words } from "../../words";

export interface Open {
  id: string;
  text: string;
  /** Section to go to; `plan` for the plan. */
  where: string | null;
  /** A topic that was parked: closed from here. */
  parked?: string;
}

/** Usual quorum: children's social care and two other agencies. It warns and never blocks. */
export const QUORUM = 3;

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 58).trimEnd()}…` : text);

/** Everything that is still open, in the order of the meeting. */
export function stillOpen(meeting: Meeting): Open[] {
  const open: Open[] = [];
  const { framework, stage, desk } = meeting;
  if (stage && stage.convenedAt === null && framework) {
    const now = framework.phases.findIndex((phase) => phase.key === stage.phase);
    const convenes = framework.phases.findIndex((phase) => phase.convenes);
    const agencies = desk?.agencies.length ?? 0;
    if (now + 1 >= convenes && agencies < QUORUM) open.push({ id: "quorum", text: words("desk-open-quorum", { count: agencies }), where: null });
    if (convenes >= 0 && now >= convenes) open.push({ id: "convene", text: words("desk-open-not-convened"), where: null });
  }
  for (const section of allSections(framework)) {
    for (const note of meeting.sections(section.key)) {
      if (note.struck) continue;
      if (note.record?.kind === "quote" && !note.record.readBack) open.push({ id: `quote ${note.id}`, text: words("desk-open-quote", { words: short(note.words) }), where: section.key });
      if (note.label === "opinion" && !note.source) open.push({ id: `opinion ${note.id}`, text: words("desk-open-opinion", { words: short(note.words) }), where: section.key });
    }
  }
  const columns = framework?.plan.columns ?? [];
  for (const row of meeting.rows) {
    if (row.struck || isEmptyRow(row)) continue;
    const title = short(rowTitle(row, framework));
    if (columns.some((column) => column.holds === "who") && (row.who.length === 0 || whoIsVague(row))) open.push({ id: `who ${row.id}`, text: words("desk-open-who", { row: title }), where: "plan" });
    if (columns.some((column) => column.holds === "when") && ((!row.when.date && !row.when.words) || whenIsVague(row))) open.push({ id: `when ${row.id}`, text: words("desk-open-when", { row: title }), where: "plan" });
  }
  if (meeting.rows.some((row) => !isEmptyRow(row))) {
    for (const field of framework?.plan.fields ?? []) {
      if (field.required && !meeting.fields.some((one) => one.key === field.key && one.words.trim() !== "")) open.push({ id: `field ${field.key}`, text: words("desk-open-contingency", { field: field.label }), where: "plan" });
    }
  }
  for (const [row, answers] of Object.entries(desk?.answers ?? {})) {
    const named = meeting.rows.find((one) => one.id === row);
    for (const [who, answer] of Object.entries(answers ?? {})) {
      const person = meeting.roll.find((one) => one.id === who);
      if (answer === "talk" && named && person) open.push({ id: `talk ${row} ${who}`, text: words("desk-open-talk", { name: person.name, row: short(rowTitle(named, framework)) }), where: "plan" });
    }
  }
  for (const asked of desk?.rewordings ?? []) {
    const name = desk?.people.find((one) => one.id === asked.of)?.name ?? "";
    open.push({ id: `reword ${asked.record}`, text: words("desk-open-reword", { name, words: short(asked.words) }), where: null });
  }
  for (const topic of desk?.hand.parked ?? []) open.push({ id: `parked ${topic.id}`, text: words("desk-open-parked", { words: topic.words }), where: null, parked: topic.id });
  if (desk?.offers.length) open.push({ id: "offers", text: words("desk-open-offers", { count: desk.offers.length }), where: null });
  if (desk?.held.length) open.push({ id: "held", text: words("desk-open-held", { count: desk.held.length }), where: null });
  return open;
}
