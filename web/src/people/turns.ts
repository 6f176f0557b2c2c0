/** In which order people are asked to speak, and who has not been heard yet (F35, F49). */

import type { Desk, Expected } from "../model/types";

/** Everybody here in the chair's order; without one the social worker is the first, then the others as on the list (F49). */
export function inTurn(desk: Desk, me: string | null): Expected[] {
  const here = desk.people.filter((person) => person.standing === "here" && person.id !== me && person.role !== "observer" && person.role !== "interpreter");
  const place = (person: Expected): number => {
    const at = desk.hand.speaking.indexOf(person.id);
    if (at >= 0) return at;
    return desk.hand.speaking.length + (person.role === "social-worker" ? 0 : 1);
  };
  return [...here].sort((a, b) => place(a) - place(b) || a.n - b.n);
}

/** Those of them whom the chair has not marked as heard. */
export function unheard(desk: Desk, me: string | null): Expected[] {
  return inTurn(desk, me).filter((person) => !desk.hand.spoke.includes(person.id));
}

/** The order with somebody one place earlier or later. */
export function moved(order: readonly Expected[], who: string, by: -1 | 1): string[] {
  const ids = order.map((person) => person.id);
  const at = ids.indexOf(who);
  const to = at + by;
  if (at < 0 || to < 0 || to >= ids.length) return ids;
  ids.splice(at, 1);
  ids.splice(to, 0, who);
  return ids;
}
