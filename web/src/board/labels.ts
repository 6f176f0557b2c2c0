/** The four kinds of statement in words (F78). Never a colour. */

import type { Label } from "../protocol/generated";
import { words } from "../words";

export const LABELS: readonly Label[] = ["fact", "observed", "alleged", "opinion"];

export const LABEL: Record<Label, () => string> = {
  fact: () => words("board-label-fact"),
  observed: () => words("board-label-observed"),
  alleged: () => words("board-label-alleged"),
  opinion: () => words("board-label-opinion"),
};

/** The label that a choice's value names; null for none. */
export function labelOf(value: string): Label | null {
  return LABELS.find((label) => label === value) ?? null;
}
