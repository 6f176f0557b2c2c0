/** Changes shared words from the outside of a textarea, through the same binding that a keystroke takes. */

import type { Edit } from "../../model/types";

/** Puts words in place of what stands there; the binding sends only the difference. */
export function putWords(edit: Edit, text: string): void {
  const area = document.createElement("textarea");
  const detach = edit(area);
  area.value = text;
  area.dispatchEvent(new Event("input"));
  detach();
}
