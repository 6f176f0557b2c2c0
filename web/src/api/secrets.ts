// Everything that must not be guessed is drawn here, in the browser that needs it.

/** Crockford's base 32 in small letters, as ids are spelled (protocol/src/id.rs). */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

function random(bytes: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(bytes));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The 16 characters that spell ten bytes. */
export function spell(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return text;
}

/** A new id: 80 random bits. */
export function newId(): string {
  return spell(random(10));
}

/** Whether a text is an id. */
export function isId(text: string): boolean {
  return /^[0-9a-hjkmnp-tv-z]{16}$/.test(text);
}

/** A new secret of 256 bits, 64 hex digits. */
export function newSecret(): string {
  return hex(random(32));
}

/** SHA-256 of a secret's 32 bytes, 64 hex digits: all that the service keeps of it. */
export async function hashOf(secret: string): Promise<string> {
  const bytes = Uint8Array.from(secret.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** A new PIN: eight digits, each equally likely. */
export function newPin(draw: () => number = () => random(1)[0] as number): string {
  let pin = "";
  while (pin.length < 8) {
    const byte = draw();
    // 250 to 255 are thrown away: with them 0 to 5 would come a little more often.
    if (byte < 250) pin += byte % 10;
  }
  return pin;
}
