/** What a page shows a little later than the rest, so that a slow phone is never held up by all of it at once. */

const waiting: (() => void)[] = [];
let asked = false;

/** One after each picture, in the order of asking. A hidden page makes no pictures, and goes on when it is looked at. */
function next(): void {
  if (asked || !waiting.length) return;
  asked = true;
  // Not in the frame itself: there the picture before it is still to be laid out and painted.
  requestAnimationFrame(() => setTimeout(() => {
    asked = false;
    waiting.shift()?.();
    next();
  }));
}

/** Runs it after the picture that is drawn next; the answer forgets it. */
export function soon(run: () => void): () => void {
  waiting.push(run);
  next();
  return () => {
    const at = waiting.indexOf(run);
    if (at >= 0) waiting.splice(at, 1);
  };
}
