// Whether this app may speak to the service it was loaded from.

import type { Ticket } from "../protocol/generated";

/** Shape of the documents this app reads and writes; `document::SCHEMA` of the protocol. */
export const SCHEMA = 1;

/** Build of this app, put in when it is built; empty in development and in tests. */
export const BUILD: string = (import.meta.env["VITE_BUILD"] as string | undefined) ?? "";

/** An older or newer app reloads and never writes. */
export function fits(ticket: Ticket, build: string = BUILD): boolean {
  return ticket.schema === SCHEMA && (build === "" || ticket.build === "" || ticket.build === build);
}
