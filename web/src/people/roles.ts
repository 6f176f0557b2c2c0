/** Which roles are what. */

import type { Role } from "../protocol/generated";

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
/** Types the words of children who stay away (P19). */
export const childrenFor = (role: Role): boolean => role === "child-advocate";
/** May offer words, own or somebody's. */
export const mayOffer = (role: Role): boolean => !SILENT.has(role);
/** Comes for an agency: "I can offer…" (F112). */
export const isProfessional = (role: Role): boolean => !SILENT.has(role) && !FAMILY.has(role) && !TYPES_FOR.has(role);
/** Works with the family: the fold of the roll. Those who stand at the family's side are no part of it (P8). */
export const worksWithFamily = (role: Role): boolean => isProfessional(role);
