import { getPublicKeyAsync, signAsync } from "@noble/ed25519";
import { blind, FACTOR_SPARE, finalise, SALT_BYTES } from "./blind";
import { ascii, compare, concat, u32, type Bytes } from "./bytes";
import type { Shown } from "./check";
import { bindingOf, castOf, KEY_BYTES, messageOf, NOTHING, publicKeyOf, type Answer, type Round } from "./round";

/** Bytes of every ballot, whatever it says. */
export const BALLOT_BYTES = 1024;
const VERSION = 1;

/** What the own note is in a revealed bundle. */
export type Own = "in" | "other" | "missing";

/**
 * This person's device in one round. All it needs comes from a seed of 32 random bytes: after a reload the same seed gives
 * the same key and the same blinded message (SEAL3). The same as `ballot_box::device` in Rust, byte for byte.
 */
export class Device {
  private signature: Bytes | undefined;

  private constructor(
    private readonly round: Round,
    private readonly binding: Bytes,
    private readonly secret: Bytes,
    readonly oneTimeKey: Bytes,
    readonly message: Bytes,
    /** What the service is asked to sign. */
    readonly blinded: Bytes,
    private readonly inverse: Bytes,
  ) {}

  static async from(round: Round, seed: Bytes): Promise<Device> {
    if (seed.length !== 32) throw new Error("a seed has 32 bytes");
    const binding = await bindingOf(round);
    const from = await crypto.subtle.importKey("raw", seed, "HKDF", false, ["deriveBits"]);
    const derive = async (info: string, bytes: number): Promise<Bytes> =>
      new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: binding, info: ascii(info) }, from, 8 * bytes));
    const secret = await derive("one-time key", 32);
    const oneTimeKey = new Uint8Array(await getPublicKeyAsync(secret));
    const message = await messageOf(binding, oneTimeKey);
    const salt = await derive("salt", SALT_BYTES);
    const factor = await derive("factor", KEY_BYTES + FACTOR_SPARE);
    const { blinded, inverse } = await blind(round.modulus, message, salt, factor);
    return new Device(round, binding, secret, oneTimeKey, message, blinded, inverse);
  }

  /** Takes what the service signed. Throws if it is not the round's signature of this device's message. */
  async finalise(signed: Bytes): Promise<Bytes> {
    this.signature = await finalise(await publicKeyOf(this.round), this.message, signed, this.inverse);
    return this.signature;
  }

  /** A ballot (SEAL4). `seq` grows each time the person changes their mind; the highest counts. */
  async ballot(seq: number, answer: Answer): Promise<Bytes> {
    if (!this.signature) throw new Error("nothing is signed yet");
    if (answer !== null && !(Number.isInteger(answer) && answer >= 0 && answer <= 10)) throw new Error("a note says 0 to 10, or nothing");
    if (!(Number.isInteger(seq) && seq >= 0 && seq < 2 ** 32)) throw new Error("seq is a whole number of 32 bits");
    const own = await signAsync(castOf(this.binding, seq, answer), this.secret);
    const head = concat(Uint8Array.of(VERSION), ascii(this.round.round), this.oneTimeKey, u32(seq), Uint8Array.of(answer ?? NOTHING));
    const said = concat(head, this.signature, own);
    return concat(said, new Uint8Array(BALLOT_BYTES - said.length));
  }

  /** Looks for the own note. Where answers are not shown one by one, being there is all that can be said. */
  find(bundle: readonly Shown[], answer: Answer): Own {
    const own = bundle.find((shown) => compare(shown.oneTimeKey, this.oneTimeKey) === 0);
    if (!own) return "missing";
    return own.answer === undefined || own.answer === answer ? "in" : "other";
  }

  /** Erases what would tell that this device wrote its note. */
  forget(): void {
    for (const bytes of [this.secret, this.oneTimeKey, this.message, this.blinded, this.inverse, this.signature]) bytes?.fill(0);
    this.signature = undefined;
  }
}
