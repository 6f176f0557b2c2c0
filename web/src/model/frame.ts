// At most one redraw for each frame of the screen, however many updates came.

/** Calls `draw` at the next frame; a hidden page draws a few times a second, and at once when it is looked at. */
export class Frame {
  private cancel: (() => void) | null = null;

  constructor(
    private readonly draw: () => void,
    private readonly next: (run: () => void) => () => void = nextFrame,
  ) {}

  ask(): void {
    this.cancel ??= this.next(() => {
      this.cancel = null;
      this.draw();
    });
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
  }
}

const HIDDEN_MS = 250;

function nextFrame(run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let frame: number | null = null;
  const done = (): void => {
    cancel();
    run();
  };
  const cancel = (): void => {
    if (timer) clearTimeout(timer);
    if (frame !== null) cancelAnimationFrame(frame);
  };
  // A hidden page gets no frames; the timer is also the way out when it is hidden between asking and drawing.
  if (typeof requestAnimationFrame === "function") frame = requestAnimationFrame(done);
  timer = setTimeout(done, HIDDEN_MS);
  return cancel;
}
