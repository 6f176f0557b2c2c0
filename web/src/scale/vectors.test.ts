/**
 * Rust and the browser agree byte for byte (`protocol/vectors/sealed.json`). Half of the file was made here and half by
 * `ballot-box/tests/vectors.rs`; both read both. `WRITE_VECTORS=1` writes this side's half anew.
 */
import { BlindRSA } from "@cloudflare/blindrsa-ts/lib/src/blindrsa.js";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compare, type Bytes } from "./bytes";
import { blind, encode } from "./blind";
import { check, type Shown } from "./check";
import { Device } from "./device";
import { bindingOf, NOTHING, wordsOf, type Round } from "./round";
import { WORDS } from "./words";

interface Vector {
  conference: string;
  round: string;
  pkcs8: string;
  modulus: string;
  binding: string;
  code: string[];
  entitled: number;
  devices: { seed: string; one_time_key: string; message: string; blinded: string; signed: string; signature: string; seq: number; answer: number | null; ballot: string }[];
  numbers: number[];
  middle_doubled: number;
  without_number: number;
  bundle: { answer: number | null; one_time_key: string; signature: string }[];
}

const path = new URL("../../../protocol/vectors/sealed.json", import.meta.url);
const read = () => JSON.parse(readFileSync(path, "utf8")) as { words: string[]; rust: Vector; browser: Vector | null };
const unhex = (hex: string): Bytes => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Signs as the service does, with the library's own signer: not the code that Rust signs with. */
const signer = new BlindRSA({ name: "RSABSSA-SHA384-PSS-Deterministic", hash: "SHA-384", saltLength: 48, prepareType: 0, supportsRSARAW: false });

type Chosen = Pick<Vector, "conference" | "round" | "pkcs8" | "devices" | "entitled">;
type Played = Vector["devices"][0];

async function keyOf(chosen: Chosen): Promise<{ secret: CryptoKey; round: Round }> {
  const secret = await crypto.subtle.importKey("pkcs8", unhex(chosen.pkcs8), { name: "RSA-PSS", hash: "SHA-384" }, true, ["sign"]);
  const { n } = await crypto.subtle.exportKey("jwk", secret);
  return { secret, round: { conference: chosen.conference, round: chosen.round, modulus: new Uint8Array(Buffer.from(n!, "base64url")) } };
}

/** What one device does in a round. */
async function played(chosen: Chosen, { seed, seq, answer }: Pick<Played, "seed" | "seq" | "answer">): Promise<Played> {
  const { secret, round } = await keyOf(chosen);
  const device = await Device.from(round, unhex(seed));
  const signed = new Uint8Array(await signer.blindSign(secret, device.blinded));
  const signature = await device.finalise(signed);
  const ballot = await device.ballot(seq, answer);
  const bytes = { one_time_key: device.oneTimeKey, message: device.message, blinded: device.blinded, signed, signature, ballot };
  return { seed, seq, answer, ...(Object.fromEntries(Object.entries(bytes).map(([name, value]) => [name, hex(value)])) as Omit<Played, "seed" | "seq" | "answer">) };
}

/** What a round comes to, whose devices have played. */
async function revealed(chosen: Chosen): Promise<Vector> {
  const { round } = await keyOf(chosen);
  const { devices } = chosen;
  const notes = devices.toSorted((a, b) => (a.answer ?? NOTHING) - (b.answer ?? NOTHING) || compare(unhex(a.message), unhex(b.message)));
  const numbers = notes.flatMap((note) => note.answer ?? []);
  const half = numbers.length / 2;
  return {
    conference: chosen.conference,
    round: chosen.round,
    pkcs8: chosen.pkcs8,
    modulus: hex(round.modulus),
    binding: hex(await bindingOf(round)),
    code: await wordsOf(round),
    entitled: chosen.entitled,
    devices,
    numbers,
    middle_doubled: numbers[Math.ceil(half) - 1]! + numbers[Math.floor(half)]!,
    without_number: notes.length - numbers.length,
    bundle: notes.map(({ answer, one_time_key, signature }) => ({ answer, one_time_key, signature })),
  };
}

async function written(): Promise<ReturnType<typeof read>> {
  const file = read();
  if (!process.env.WRITE_VECTORS) return file;
  const pair = await crypto.subtle.generateKey({ name: "RSA-PSS", hash: "SHA-384", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) }, true, ["sign", "verify"]);
  const pkcs8 = hex(new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey)));
  const said = [2, 2, null, 9, 5, 7, null];
  const chosen: Chosen = { conference: "c0nference0br0w1", round: "r0und0000000br0w", pkcs8, devices: [], entitled: said.length + 1 };
  for (const [n, answer] of said.entries()) {
    chosen.devices.push(await played(chosen, { seed: hex(new Uint8Array(32).fill(200 + n)), seq: 2 ** n, answer }));
  }
  const browser = await revealed(chosen);
  const both = { ...file, browser };
  writeFileSync(path, `${JSON.stringify(both, null, 2)}\n`);
  return both;
}

const file = await written();

describe("vectors", () => {
  test("seal10 the words are those of ballot-box", () => {
    expect(WORDS).toEqual(file.words);
  });

  for (const half of ["rust", "browser"] as const) {
    test.each(file[half]!.devices.map((device, n) => [n, device] as const))(`seal1 seal3 seal4 rust and browser agree on device %i of the round made by ${half}`, async (_, device) => {
      expect(await played(file[half]!, device)).toEqual(device);
    });

    test(`seal7 seal10 rust and browser agree on the round made by ${half}`, async () => {
      const vector = file[half]!;
      expect(await revealed(vector)).toEqual(vector);
    });

    test(`seal11 the bundle of the round made by ${half} is checked`, async () => {
      const vector = file[half]!;
      const round: Round = { conference: vector.conference, round: vector.round, modulus: unhex(vector.modulus) };
      const bundle: Shown[] = vector.bundle.map((shown) => ({ answer: shown.answer, oneTimeKey: unhex(shown.one_time_key), signature: unhex(shown.signature) }));
      expect(await check(round, vector.entitled, vector.numbers, bundle)).toBeUndefined();
    });
  }

  test("seal1 blinding agrees with the published vector of RFC 9474", async () => {
    const rfc = JSON.parse(readFileSync(new URL("../../../protocol/vectors/rfc9474.json", import.meta.url), "utf8")) as Record<string, string>;
    const [n, message, salt] = [unhex(rfc.n!), unhex(rfc.msg!), unhex(rfc.salt!)];
    const modulus = BigInt(`0x${rfc.n!}`);
    const factor = invert(BigInt(`0x${rfc.inv!}`), modulus).toString(16).padStart(1024, "0");
    const { blinded, inverse } = await blind(n, message, salt, unhex(factor));
    expect(hex(inverse)).toBe(rfc.inv);
    expect(hex(blinded)).toBe(rfc.blinded_msg);
    expect((await encode(message, salt, n.length)).length).toBe(n.length);
  });
});

/** The inverse of `a` modulo `n`, by Euclid. */
function invert(a: bigint, n: bigint): bigint {
  let [old, now, oldFactor, factor] = [a, n, 1n, 0n];
  while (now !== 0n) [old, now, oldFactor, factor] = [now, old % now, factor, oldFactor - (old / now) * factor];
  return ((oldFactor % n) + n) % n;
}
