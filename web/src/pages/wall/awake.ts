/** Keeps a wall's screen lit. The browser lets go of the lock when the page is hidden; it is asked for again. */
export function stayAwake(): () => void {
  const end = new AbortController();
  let lock: WakeLockSentinel | null = null;
  const ask = async (): Promise<void> => {
    if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    // Refused on an empty battery or by policy: the wall works without.
    lock = await navigator.wakeLock.request("screen").catch(() => null);
    if (end.signal.aborted) void lock?.release();
  };
  document.addEventListener("visibilitychange", () => void ask(), { signal: end.signal });
  void ask();
  return () => {
    end.abort();
    void lock?.release().catch(() => {});
  };
}
