/** Two sections that are asked about together: what worries and what works (F52). */

import type { Meeting } from "../../model/screen";
import { headOf, headSections } from "../../model/sheet";
import type { Framework, Phase, Section } from "../../protocol/generated";

/** A side without a new line for this long is hinted at; a meeting of two hours gives each sheet about half of one. */
export const QUIET_MS = 10 * 60_000;

/** The two sides while a phase is open that moves between them; null in any other. */
export function sidesOf(framework: Framework | null, phase: Phase | null): [Section, Section] | null {
  if (!framework || phase?.key !== "mapping") return null;
  const heads = headSections(framework);
  const [worry, well] = [heads.find((one) => one.mark === "worry"), heads.find((one) => one.mark === "well")];
  return worry && well ? [worry, well] : null;
}

/** What stands on a side, as one text: it differs when a line is added or changed. */
export function standsOn(meeting: Pick<Meeting, "sections" | "framework">, section: Section): string {
  const parts = meeting.framework?.sheets.flatMap((sheet) => sheet.sections).filter((one) => headOf(meeting.framework, one.key) === section.key) ?? [];
  return parts.flatMap((part) => meeting.sections(part.key)).filter((note) => note.words.trim() !== "").map((note) => `${note.id} ${note.words}`).join("\n");
}

/** When each side changed last, as this desk has seen it since the phase was opened. Nothing of it is sent anywhere. */
export class Sides {
  private readonly stood = new Map<string, string>();
  private readonly at = new Map<string, number>();

  /** The phase has been opened. */
  begin(sides: readonly { key: string; stands: string }[], now: number): void {
    this.stood.clear();
    this.at.clear();
    for (const { key, stands } of sides) this.see(key, stands, now);
  }

  /** What stands there now. */
  see(key: string, stands: string, now: number): void {
    if (this.stood.get(key) === stands) return;
    this.stood.set(key, stands);
    this.at.set(key, now);
  }

  /** The side that has had no line for a while though the other has, with whole minutes; null = none. */
  quiet(keys: readonly [string, string], now: number): { key: string; minutes: number } | null {
    const [a, b] = keys.map((key) => ({ key, at: this.at.get(key) ?? now }));
    if (!a || !b || a.at === b.at) return null;
    const older = a.at < b.at ? a : b;
    const since = now - older.at;
    return since >= QUIET_MS ? { key: older.key, minutes: Math.floor(since / 60_000) } : null;
  }
}
