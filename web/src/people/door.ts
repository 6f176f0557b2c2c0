/**
 * The order of those at the door on this screen. Nobody's place moves under the chair's hand: who comes is put last, and
 * the place of somebody who went stays empty for a moment, so that a press meant for one person never opens the door to
 * another (P3).
 */

/** How long an empty place stays: longer than a second press by mistake. In milliseconds. */
export const PLACE_STAYS = 2_000;

/** A place in the order: whose, and whether they have gone from it. */
export interface Place<T> { key: string; one: T; gone: boolean }

/** The places after those in `waits` are known to wait. */
export function places<T>(before: readonly Place<T>[], waits: readonly { key: string; one: T }[]): Place<T>[] {
  const now = new Map(waits.map(({ key, one }) => [key, one]));
  const stay = before.map((place) => {
    const one = now.get(place.key);
    return one === undefined ? { ...place, gone: true } : { key: place.key, one, gone: false };
  });
  const known = new Set(before.map(({ key }) => key));
  return [...stay, ...waits.filter(({ key }) => !known.has(key)).map((wait) => ({ ...wait, gone: false }))];
}
