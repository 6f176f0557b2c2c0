/** How often the door and a wall's code are asked for, in milliseconds. */
export const ASK_EVERY = 2_000;
/** Longest wait while nothing answers. */
export const ASK_SELDOM = 15_000;

/** What one question found out: ask on, wait longer because nothing answered, or stop. */
export type Found = "on" | "away" | "stop";

/** Asks again and again, at once when the network or the page comes back; the answer ends it. */
export function poll(ask: () => Promise<Found>, random: () => number = Math.random): () => void {
  let ended = false;
  let busy = false;
  let misses = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function once(): Promise<void> {
    if (busy || ended) return;
    busy = true;
    clearTimeout(timer);
    const found = await ask();
    busy = false;
    if (found === "stop") end();
    if (ended) return;
    misses = found === "away" ? misses + 1 : 0;
    const wait = Math.min(ASK_SELDOM, ASK_EVERY * 1.5 ** misses);
    timer = setTimeout(() => void once(), wait * (0.9 + random() * 0.2));
  }
  function seen(): void {
    if (document.visibilityState === "visible") void once();
  }
  function online(): void {
    void once();
  }
  function end(): void {
    ended = true;
    clearTimeout(timer);
    removeEventListener("online", online);
    document.removeEventListener("visibilitychange", seen);
  }

  addEventListener("online", online);
  document.addEventListener("visibilitychange", seen);
  void once();
  return end;
}
