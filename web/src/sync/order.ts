// How lines stand under each other.

/** Anything that has a place. */
export interface Placed {
  id: string;
  order: string;
}

/** By (order, id), as characters, on every device alike. */
export function byOrder(a: Placed, b: Placed): number {
  if (a.order !== b.order) return a.order < b.order ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
