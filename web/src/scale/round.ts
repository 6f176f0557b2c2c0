import { ascii, concat, sha256, u32, type Bytes } from "./bytes";
import { WORDS } from "./words";

/** A round as everybody sees it. */
export interface Round {
  /** 16 characters. */
  readonly conference: string;
  /** 16 characters. */
  readonly round: string;
  /** Modulus of the round's key, 256 bytes, highest first. The exponent is 65537. */
  readonly modulus: Bytes;
}

/** A note without a number on the wire. */
export const NOTHING = 255;
/** What a note says: 0–10, or null for no number. Why there is none is not in it. */
export type Answer = number | null;

/** Bytes of a modulus, a blinded message and a signature. */
export const KEY_BYTES = 256;
const EXPONENT = Uint8Array.of(1, 0, 1);

/** SHA-256 of conference, round, modulus and exponent: nothing made for one round fits another. */
export async function bindingOf(round: Round): Promise<Bytes> {
  if (!/^[a-z0-9]{16}\/[a-z0-9]{16}$/i.test(`${round.conference}/${round.round}`)) throw new Error("a round is named by twice 16 characters");
  if (round.modulus.length !== KEY_BYTES || round.modulus[0]! < 0x80) throw new Error("a round's key has 2048 bits");
  return sha256(concat(ascii(round.conference + round.round), round.modulus, EXPONENT));
}

/** The message that is signed for a one-time key (SEAL1). */
export async function messageOf(binding: Bytes, oneTimeKey: Bytes): Promise<Bytes> {
  return concat(ascii("scale-v1\0"), binding.subarray(0, 8), await sha256(oneTimeKey));
}

/** What a one-time key signs when it casts. */
export function castOf(binding: Bytes, seq: number, answer: Answer): Bytes {
  return concat(ascii("scale-v1 cast\0"), binding, u32(seq), Uint8Array.of(answer ?? NOTHING));
}

/** The four words that stand on every screen, made here from the key that this browser was given (SEAL10). */
export async function wordsOf(round: Round): Promise<string[]> {
  const hash = await sha256(concat(round.modulus, EXPONENT, ascii(round.conference + round.round)));
  return Array.from(hash.subarray(0, 4), (byte) => WORDS[byte]!);
}

/**
 * The round's key for WebCrypto, which refuses the object identifier of an SPKI made for this scheme: it goes in as a JWK.
 * It can be taken out again because the library below reads the modulus from it; it is public.
 */
export async function publicKeyOf(round: Round): Promise<CryptoKey> {
  const n = btoa(String.fromCharCode(...round.modulus)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const jwk = { kty: "RSA", alg: "PS384", n, e: "AQAB", ext: true };
  return crypto.subtle.importKey("jwk", jwk, { name: "RSA-PSS", hash: "SHA-384" }, true, ["verify"]);
}

/** True if `signature` is the round's signature of `message`. */
export async function verifies(key: CryptoKey, message: Bytes, signature: Bytes): Promise<boolean> {
  return signature.length === KEY_BYTES && crypto.subtle.verify({ name: "RSA-PSS", saltLength: 48 }, key, signature, message);
}
