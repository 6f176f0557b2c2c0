/** Whether this tab shows plain paper instead of its page (P6): one tap, no question, no sound, nobody is told. */
export const screen = $state({ covered: false });

/** Covers the screen at once. */
export function cover(): void {
  screen.covered = true;
}
