/** A personal link, drawn in this browser: the service is given the secret's hash and the PIN, never the secret. */

import type { AttendeeId, WayIn } from "../protocol/generated";
import { hashOf, newPin, newSecret } from "../api/secrets";

export interface Drawn {
  link: string;
  pin: string;
  wayIn: WayIn;
}

/** Draws a link for somebody. */
export async function drawLink(attendee: AttendeeId, origin: string = location.origin): Promise<Drawn> {
  const secret = newSecret();
  const pin = newPin();
  return { link: `${origin}/join#${attendee}.${secret}`, pin, wayIn: { secret_hash: await hashOf(secret), pin } };
}
