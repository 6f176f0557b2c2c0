/** A fixed field of the plan as it is written: for whom each of its textareas is, and which one the caret stays in. */

import type { Audience } from "../protocol/generated";
import type { Meeting } from "../model/screen";
import { leftOut, together } from "../model/sheet";
import type { FieldView, NotTaken } from "../model/types";
import { isPart } from "../sync/names";
import { isWithin } from "../sync/rebase";
import { words } from "../words";

/** Who reads a field, in words; none where everybody does. Only a desk knows by name whom a part leaves out. */
export function forWhom(audience: Audience, meeting: Pick<Meeting, "roll" | "desk">): string {
  if (audience === "all") return "";
  const without = leftOut(audience, meeting);
  return without.length ? words("board-without", { names: together(without) }) : words("plan-field-for", { audience });
}

/** One textarea of a field. */
export interface Shown {
  /** Of its textarea: what is shown in it may be another plan's field next time. */
  id: string;
  one: FieldView;
}

let made = 0;
const newId = (): string => String(++made);

/**
 * The textareas of a field. In the next edition of a plan the words that were written while somebody was out stand in a
 * part (P5). The textarea that holds the caret goes there with them, so that the end of a sentence does not come before
 * those whom its beginning leaves out; where they went to the tray, the caret is let go of.
 */
export function follow(before: readonly Shown[], now: readonly FieldView[], tray: readonly NotTaken[]): Shown[] {
  const shown = now.map((one) => ({ one, id: before.find((was) => was.one.audience === one.audience)?.id ?? newId() }));
  const area = document.activeElement;
  const was = area instanceof HTMLTextAreaElement ? before.find(({ id }) => id === area.dataset["field"]) : undefined;
  const is = shown.find(({ id }) => id === was?.id);
  if (!(area instanceof HTMLTextAreaElement) || !was || !is || is.one.edition === was.one.edition) return shown;
  // What was typed last is in the textarea, and may not have been drawn.
  const holds = ({ one }: Shown): boolean => isWithin(area.value, one.words);
  if (holds(is)) return shown;
  const part = shown.find((other) => other !== is && isPart(other.one.audience) && holds(other));
  const { key, audience } = was.one;
  if (!part && !tray.some(({ stood }) => stood.in === "field" && stood.field === key && stood.audience === audience)) return shown;
  is.id = newId();
  if (part) {
    part.id = was.id;
    // Among its neighbours it may be taken out of the page and put in again.
    queueMicrotask(() => area.isConnected && area.focus());
  }
  return shown;
}
