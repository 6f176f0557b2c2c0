/** What the open phase asks of somebody, and what it lets them offer. */

import type { OfferKind, Phase, Role } from "../../protocol/generated";
import { mayOffer } from "../../people/roles";

/** One sentence for this role; the first that fits counts (F36). */
export function askedOf(phase: Phase | null, role: Role | null): string | null {
  if (!phase || !role) return null;
  return phase.asks.find((ask) => ask.of.length === 0 || ask.of.includes(role))?.text ?? null;
}

/** Whether this role may offer that now. A strength may come up while worries are talked about (F91): the framework says in which phases. */
export function mayOfferNow(phase: Phase | null, role: Role | null, kind: OfferKind): boolean {
  if (!phase || !role || !mayOffer(role)) return false;
  return phase.offers.includes(kind);
}
