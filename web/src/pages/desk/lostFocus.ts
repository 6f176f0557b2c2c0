// A button goes with what it was about: somebody let in, a note written up, the conference convened. Whoever has no mouse
// would then be nowhere; the focus goes to the part of the desk in which the button stood, never to another button,
// so that a second press of Enter does nothing to the next one in the list.

/** What has a place in the outline of a screen. */
const PARTS = "section, aside, main, nav, header, footer, dialog[open], [role=tabpanel]";

/** Watches until the returned function is called. */
export function keepsFocus(root: HTMLElement): () => void {
  /** From the focused element outwards; `behind` is the same on the page under an open dialog. */
  let path: Element[] = [];
  let behind: Element[] = [];
  const seen = ({ target }: FocusEvent): void => {
    if (!(target instanceof Element)) return;
    path = outwards(target);
    if (!target.closest("dialog")) behind = path;
  };
  const look = (): void => {
    const { body, activeElement } = root.ownerDocument;
    // What is hidden with the focus in it – a dialog that closes – keeps it until the next frame is drawn.
    const isLost = activeElement === null || activeElement === body || !activeElement.checkVisibility();
    if (!isLost || !path[0] || path[0].checkVisibility()) return;
    const part = [...path, ...behind].find((one) => one.matches(PARTS) && one.checkVisibility());
    if (!(part instanceof HTMLElement)) return;
    if (part.tabIndex < 0) part.tabIndex = -1;
    part.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(look);
  observer.observe(root, { childList: true, subtree: true });
  root.addEventListener("focusin", seen);
  return () => {
    observer.disconnect();
    root.removeEventListener("focusin", seen);
  };
}

function outwards(from: Element): Element[] {
  const path: Element[] = [];
  for (let at: Element | null = from; at; at = at.parentElement) path.push(at);
  return path;
}
