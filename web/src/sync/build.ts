// Whether this app may speak to the service it was loaded from.

import type { Ticket } from "../protocol/generated";

/** Shape of the documents this app reads and writes; `document::SCHEMA` of the protocol. */
export const SCHEMA = 1;

/** Build of the service this page came from: that of the first ticket, drawn right after the page was loaded. */
let loadedFrom: string | null = null;

/** True while the service is the one this page came from; otherwise the page reloads and writes nothing. */
export function fits(ticket: Ticket): boolean {
  loadedFrom ??= ticket.build;
  return ticket.schema === SCHEMA && ticket.build === loadedFrom;
}
