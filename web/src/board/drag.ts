/** Dragging a line by its marker stroke. What a drag does can also be done by keys and by the line's menu. */

/** Where a dragged line would go. */
export interface Drop {
  section: string;
  /** Behind this line; null = first; undefined = last. */
  after: string | null | undefined;
}

/** Follows one pointer from its press; `over` is told where the line would go, `done` where it went, or null. */
export function dragLine(start: PointerEvent, line: HTMLElement, over: (drop: Drop | null) => void, done: (drop: Drop | null) => void): void {
  const own = line.dataset["note"] ?? null;
  let moved = false;
  let drop: Drop | null = null;
  const end = new AbortController();
  const on = <K extends keyof DocumentEventMap>(name: K, act: (event: DocumentEventMap[K]) => void): void =>
    document.addEventListener(name, act, { signal: end.signal });
  const finish = (to: Drop | null): void => {
    end.abort();
    line.classList.remove("is-dragged");
    over(null);
    done(to);
  };
  on("pointermove", (event) => {
    if (event.pointerId !== start.pointerId) return;
    if (!moved && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < 6) return;
    moved = true;
    line.classList.add("is-dragged");
    drop = dropAt(event.clientX, event.clientY, own);
    over(drop);
  });
  on("pointerup", (event) => { if (event.pointerId === start.pointerId) finish(moved ? drop : null); });
  on("pointercancel", (event) => { if (event.pointerId === start.pointerId) finish(null); });
  on("keydown", (event) => { if (event.key === "Escape") finish(null); });
}

/** The place under a point: a tab of a section, or between two lines of a list. */
function dropAt(x: number, y: number, own: string | null): Drop | null {
  const under = document.elementFromPoint(x, y);
  const tab = under?.closest<HTMLElement>("[data-tab]");
  if (tab?.dataset["tab"]) return { section: tab.dataset["tab"], after: undefined };
  const list = under?.closest<HTMLElement>("[data-section]") ?? null;
  if (!list?.dataset["section"]) return null;
  let after: string | null = null;
  for (const line of list.querySelectorAll<HTMLElement>("[data-note]")) {
    if (line.dataset["note"] === own) continue;
    const box = line.getBoundingClientRect();
    if (y > box.top + box.height / 2) after = line.dataset["note"] ?? null;
  }
  return { section: list.dataset["section"], after };
}
