/**
 * Blinding with salt and factor given. `@cloudflare/blindrsa-ts` draws both itself, and a reload has to come back to the
 * same blinded bytes; so the encoding and the order of steps (RFC 9474, 4.2) are here, on the library's arithmetic.
 * Taking the blinding off, and checking what comes out, is the library's own.
 */
import { BlindRSA } from "@cloudflare/blindrsa-ts/lib/src/blindrsa.js";
import { i2osp, os2ip, rsavp1 } from "@cloudflare/blindrsa-ts/lib/src/util.js";
import { concat, sha384, u32, type Bytes } from "./bytes";

const HASH_BYTES = 48;
/** A salt is as long as the hash. */
export const SALT_BYTES = 48;
/** Random bytes beyond the modulus, so that the remainder is even. */
export const FACTOR_SPARE = 16;

/** EMSA-PSS (RFC 8017, 9.1.1) with SHA-384 for a modulus of `length` whole bytes. */
export async function encode(message: Bytes, salt: Bytes, length: number): Promise<Bytes> {
  const hash = await sha384(concat(new Uint8Array(8), await sha384(message), salt));
  const masked = new Uint8Array(length - HASH_BYTES - 1);
  masked[masked.length - salt.length - 1] = 1;
  masked.set(salt, masked.length - salt.length);
  for (let block = 0; block * HASH_BYTES < masked.length; block++) {
    const mask = await sha384(concat(hash, u32(block)));
    for (let n = 0; n < HASH_BYTES && block * HASH_BYTES + n < masked.length; n++) masked[block * HASH_BYTES + n]! ^= mask[n]!;
  }
  masked[0]! &= 0x7f;
  return concat(masked, hash, Uint8Array.of(0xbc));
}

export interface Blinded {
  /** What the service is asked to sign. */
  readonly blinded: Bytes;
  /** Takes the blinding off again. Stays here. */
  readonly inverse: Bytes;
}

/** Blinds `message` under the key with this modulus. `factor` is taken modulo the modulus. */
export async function blind(modulus: Bytes, message: Bytes, salt: Bytes, factor: Bytes): Promise<Blinded> {
  const n = os2ip(modulus);
  const encoded = os2ip(await encode(message, salt, modulus.length));
  const r = os2ip(factor).mod(n);
  const inverse = r.inverseMod(n);
  const blinded = encoded.mulmod(rsavp1({ n, e: os2ip(Uint8Array.of(1, 0, 1)) }, r), n);
  return { blinded: new Uint8Array(i2osp(blinded, modulus.length)), inverse: new Uint8Array(i2osp(inverse, modulus.length)) };
}

const suite = new BlindRSA({ name: "RSABSSA-SHA384-PSS-Deterministic", hash: "SHA-384", saltLength: SALT_BYTES, prepareType: 0, supportsRSARAW: false });

/** Takes the blinding off a signature and checks it; throws when the service signed something else or with another key. */
export async function finalise(key: CryptoKey, message: Bytes, signed: Bytes, inverse: Bytes): Promise<Bytes> {
  return new Uint8Array(await suite.finalize(key, message, signed, inverse));
}
