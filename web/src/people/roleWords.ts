/** Roles in the words of a choice. */

import type { Role } from "../protocol/generated";
import { words } from "../words";

/** Everybody a desk may put on the list; the chair is named at set-up, a wall is a screen. */
export const ROLES: readonly Role[] = [
  "parent", "relative", "young-person", "supporter", "child-advocate", "social-worker", "team-manager", "police", "health-visitor",
  "school-nurse", "midwife", "school", "gp", "probation", "adult-services", "other-professional", "interpreter", "observer", "co-chair", "business-support",
];

export const ROLE: Record<Exclude<Role, "wall">, () => string> = {
  "chair": () => words("people-role-chair"),
  "co-chair": () => words("people-role-co-chair"),
  "social-worker": () => words("people-role-social-worker"),
  "team-manager": () => words("people-role-team-manager"),
  "police": () => words("people-role-police"),
  "health-visitor": () => words("people-role-health-visitor"),
  "school-nurse": () => words("people-role-school-nurse"),
  "midwife": () => words("people-role-midwife"),
  "school": () => words("people-role-school"),
  "gp": () => words("people-role-gp"),
  "probation": () => words("people-role-probation"),
  "adult-services": () => words("people-role-adult-services"),
  "other-professional": () => words("people-role-other-professional"),
  "parent": () => words("people-role-parent"),
  "relative": () => words("people-role-relative"),
  "young-person": () => words("people-role-young-person"),
  "supporter": () => words("people-role-supporter"),
  "child-advocate": () => words("people-role-child-advocate"),
  "interpreter": () => words("people-role-interpreter"),
  "observer": () => words("people-role-observer"),
  "business-support": () => words("people-role-business-support"),
};

/** A role named by a choice's value; null for none. */
export function roleOf(value: string): Role | null {
  return ROLES.find((role) => role === value) ?? null;
}
