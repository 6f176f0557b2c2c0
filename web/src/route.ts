import { isId } from "./api/secrets";

/** A page of the app, with whose it is. */
export type Route =
  | { page: "join" | "set-up" | "pairing" | "gone" | "unknown" }
  | { page: "desk" | "meet" | "wall"; attendee: string };

/** Which page an address means. */
export function routeOf(path: string): Route {
  const [page = "", attendee, ...rest] = path.split("/").filter(Boolean);
  if (rest.length) return { page: "unknown" };
  if (attendee === undefined) {
    if (page === "" || page === "join") return { page: "join" };
    if (page === "wall") return { page: "pairing" };
    if (page === "set-up" || page === "gone") return { page };
  } else if ((page === "desk" || page === "meet" || page === "wall") && isId(attendee)) {
    return { page, attendee };
  }
  return { page: "unknown" };
}

/** What stands behind the # of a way in. */
export type Way = { is: "link"; attendee: string; secret: string } | { is: "code"; code: string } | { is: "none" };

/** Reads a personal link's or a code's fragment. A broken link reads like none. */
export function wayOf(fragment: string): Way {
  let text: string;
  try {
    text = decodeURIComponent(fragment.replace(/^#/, "")).trim();
  } catch {
    return { is: "none" };
  }
  const [attendee = "", secret, ...rest] = text.split(".");
  if (secret !== undefined) {
    return rest.length === 0 && isId(attendee) && /^[0-9a-f]{64}$/.test(secret) ? { is: "link", attendee, secret } : { is: "none" };
  }
  return /^[a-z0-9 -]{3,60}$/i.test(text) ? { is: "code", code: text } : { is: "none" };
}

/** Takes the fragment out of the address bar and the history at once (P3) and hands it over. */
export function takeFragment(): string {
  const fragment = location.hash;
  if (fragment) history.replaceState(null, "", location.pathname);
  return fragment;
}

let followed: (route: Route) => void = () => {};

/** Tells one listener of every {@link go}. */
export function follow(listener: (route: Route) => void): () => void {
  followed = listener;
  return () => (followed = () => {});
}

/** Shows another page of the app in the place of this one: Back never returns to it (P6). */
export function go(path: string): void {
  history.replaceState(null, "", path);
  followed(routeOf(path));
}
