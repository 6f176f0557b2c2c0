/** Roles in the words of a choice, and which of them are what. */

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

const NO_PEN: ReadonlySet<Role> = new Set<Role>(["interpreter", "observer", "supporter", "child-advocate", "wall"]);
const FAMILY: ReadonlySet<Role> = new Set<Role>(["parent", "relative", "young-person"]);
const TYPES_FOR: ReadonlySet<Role> = new Set<Role>(["supporter", "child-advocate", "business-support"]);
const SILENT: ReadonlySet<Role> = new Set<Role>(["interpreter", "observer", "wall", "chair", "co-chair"]);

/** May be given a pen (domain 1.2). */
export const mayHoldPen = (role: Role): boolean => !NO_PEN.has(role);
/** A member of the family. */
export const isFamily = (role: Role): boolean => FAMILY.has(role);
/** Types *for* a named person (P15). */
export const typesForOthers = (role: Role): boolean => TYPES_FOR.has(role);
/** May offer words, own or somebody's. */
export const mayOffer = (role: Role): boolean => !SILENT.has(role);
/** Comes for an agency: "I can offer…" (F112). */
export const isProfessional = (role: Role): boolean => !SILENT.has(role) && !FAMILY.has(role) && !TYPES_FOR.has(role);
/** Works with the family: the fold of the roll. Those who stand at the family's side are no part of it (P8). */
export const worksWithFamily = (role: Role): boolean => isProfessional(role);
