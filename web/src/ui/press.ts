/** What a press on its way may not be led astray by. */

let pressed = false;
addEventListener("pointerdown", () => (pressed = true), true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => (pressed = false), true);

/**
 * Does what moves the page once the press that goes on now has reached its button: a line that loses the caret loses
 * its hint too, and everything below it would slip from under the finger between down and up.
 */
export function afterPress(act: () => void): void {
  if (!pressed) return act();
  const off = new AbortController();
  const go = (): void => {
    off.abort();
    setTimeout(act);
  };
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, go, { capture: true, signal: off.signal });
}
