import { BlindRSA } from "@cloudflare/blindrsa-ts/lib/src/blindrsa.js";
import { verifyAsync } from "@noble/ed25519";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { beforeAll, describe, expect, test } from "vitest";
import { compare, type Bytes } from "./bytes";
import { check, type Shown } from "./check";
import { BALLOT_BYTES, Device } from "./device";
import { bindingOf, castOf, messageOf, wordsOf, type Answer, type Round } from "./round";

const signer = new BlindRSA({ name: "RSABSSA-SHA384-PSS-Deterministic", hash: "SHA-384", saltLength: 48, prepareType: 0, supportsRSARAW: false });
const names = { conference: "c0nference000001", round: "r0und00000000001" };

async function made(more: Partial<Round> = {}): Promise<{ round: Round; sign: (blinded: Bytes) => Promise<Bytes> }> {
  const pair = await BlindRSA.generateKey({ modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: "SHA-384" });
  const { n } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const modulus = new Uint8Array(Buffer.from(n!, "base64url"));
  return { round: { ...names, modulus, ...more }, sign: async (blinded) => new Uint8Array(await signer.blindSign(pair.privateKey, blinded)) };
}

const seed = (byte: number): Bytes => new Uint8Array(32).fill(byte);

let ours: Awaited<ReturnType<typeof made>>;
let others: Awaited<ReturnType<typeof made>>;
beforeAll(async () => {
  [ours, others] = await Promise.all([made(), made()]);
});

async function signed(byte: number): Promise<{ device: Device; signature: Bytes }> {
  const device = await Device.from(ours.round, seed(byte));
  return { device, signature: await device.finalise(await ours.sign(device.blinded)) };
}

/** A bundle as the service makes it: sorted by answer, then by m. */
async function bundleOf(said: Answer[]): Promise<{ bundle: Shown[]; devices: Device[]; numbers: number[] }> {
  const notes = await Promise.all(said.map(async (answer, n) => ({ answer, ...(await signed(n + 1)) })));
  notes.sort((a, b) => (a.answer ?? 255) - (b.answer ?? 255) || compare(a.device.message, b.device.message));
  const bundle = notes.map(({ answer, device, signature }) => ({ answer, oneTimeKey: device.oneTimeKey, signature }));
  return { bundle, devices: notes.map(({ device }) => device), numbers: notes.flatMap(({ answer }) => answer ?? []) };
}

describe("a device", () => {
  test("seal3 comes back from its seed with the same blinded bytes, and another seed or round gives others", async () => {
    const first = await Device.from(ours.round, seed(1));
    const again = await Device.from(ours.round, seed(1));
    expect(again.blinded).toEqual(first.blinded);
    expect(again.oneTimeKey).toEqual(first.oneTimeKey);
    expect((await Device.from(ours.round, seed(2))).blinded).not.toEqual(first.blinded);
    const next = await Device.from({ ...ours.round, round: "r0und00000000002" }, seed(1));
    expect(next.oneTimeKey).not.toEqual(first.oneTimeKey);
  });

  test("seal3 after a reload it finalises the signature it was given before", async () => {
    const before = await Device.from(ours.round, seed(3));
    const given = await ours.sign(before.blinded);
    const first = await before.finalise(given);
    const after = await Device.from(ours.round, seed(3));
    expect(await after.finalise(given)).toEqual(first);
    expect(await after.ballot(4, 9)).toEqual(await before.ballot(4, 9));
  });

  test("seal1 refuses what is signed with another key, changed, or not signed", async () => {
    const device = await Device.from(ours.round, seed(4));
    // Below the other key's modulus, whatever that is: a larger number is signed by nobody.
    const small = Uint8Array.from(device.blinded).fill(0, 0, 1);
    await expect(device.finalise(await others.sign(small))).rejects.toThrow();
    const changed = await ours.sign(device.blinded);
    changed[17]! ^= 1;
    await expect(device.finalise(changed)).rejects.toThrow();
    await expect(device.finalise(new Uint8Array(0))).rejects.toThrow();
    await expect(device.ballot(0, 5)).rejects.toThrow("nothing is signed yet");
  });

  test("seal4 casts ballots of one length, signed by its one-time key, whatever they say", async () => {
    const { device } = await signed(5);
    const binding = await bindingOf(ours.round);
    for (const answer of [0, 10, null] as const) {
      const ballot = await device.ballot(7, answer);
      expect(ballot.length).toBe(BALLOT_BYTES);
      expect(await verifyAsync(ballot.subarray(310, 374), castOf(binding, 7, answer), device.oneTimeKey, { zip215: false })).toBe(true);
      expect(ballot.subarray(374).every((byte) => byte === 0)).toBe(true);
    }
    for (const wrong of [11, -1, 2.5, Number.NaN]) await expect(device.ballot(0, wrong)).rejects.toThrow();
    await expect(device.ballot(2 ** 32, 1)).rejects.toThrow();
  });

  test("seal3 forgets", async () => {
    const { device } = await signed(6);
    device.forget();
    expect([...device.oneTimeKey, ...device.message, ...device.blinded].every((byte) => byte === 0)).toBe(true);
    await expect(device.ballot(0, 5)).rejects.toThrow();
  });

  test("seal10 shows other words for another key, conference or round", async () => {
    const words = (more: Partial<Round>): Promise<string[]> => wordsOf({ ...ours.round, ...more });
    const shown = await words({});
    expect(await words({})).toEqual(shown);
    for (const more of [{ modulus: others.round.modulus }, { round: "r0und00000000002" }, { conference: "c0nference000002" }]) expect(await words(more)).not.toEqual(shown);
    await expect(Device.from({ ...ours.round, round: "short" }, seed(1))).rejects.toThrow();
    await expect(Device.from({ ...ours.round, modulus: new Uint8Array(256) }, seed(1))).rejects.toThrow();
  });
});

describe("a bundle", () => {
  test("seal11 is checked whole, and each finds its own note", async () => {
    const { bundle, devices, numbers } = await bundleOf([3, null, 7, 3, 10, 0]);
    expect(await check(ours.round, 6, numbers, bundle)).toBeUndefined();
    for (const [n, device] of devices.entries()) {
      const answer = bundle[n]!.answer!;
      expect(device.find(bundle, answer)).toBe("in");
      expect(device.find(bundle, answer === 9 ? 8 : 9)).toBe("other");
      expect(device.find(bundle.toSpliced(n, 1), answer)).toBe("missing");
    }
    expect((await Device.from(ours.round, seed(99))).find(bundle, 3)).toBe("missing");
  });

  test("seal11 without answers is checked for count and signatures, and the own note is found", async () => {
    const { bundle, devices } = await bundleOf([1, 5, 6, 9]);
    const bare = bundle.map(({ oneTimeKey, signature }) => ({ oneTimeKey, signature }));
    const messages = new Map(devices.map((device) => [device.oneTimeKey.join(), device.message]));
    bare.sort((a, b) => compare(messages.get(a.oneTimeKey.join())!, messages.get(b.oneTimeKey.join())!));
    expect(await check(ours.round, 4, [], bare)).toBeUndefined();
    expect(devices[2]!.find(bare, 6)).toBe("in");
  });

  test("seal11 that was tampered with is reported, each way by its name", async () => {
    const { bundle, numbers } = await bundleOf([2, 2, 4, 8, 9]);
    const changed = (place: number, more: Partial<Shown>): Shown[] => bundle.map((shown, n) => (n === place ? { ...shown, ...more } : shown));
    const flipped = bundle[1]!.signature.slice();
    flipped[200]! ^= 1;
    const look = (changedBundle: Shown[], entitled = 6): ReturnType<typeof check> => check(ours.round, entitled, numbers, changedBundle);
    expect(await look(bundle)).toBeUndefined();
    expect(await look(changed(1, { signature: flipped }))).toBe("unsigned");
    expect(await look(changed(1, { signature: new Uint8Array(0) }))).toBe("unsigned");
    expect(await look(changed(3, { oneTimeKey: seed(9) }))).toBe("unsigned");
    expect(await look(changed(3, bundle[2]!))).toBe("twice");
    expect(await look(bundle, 4)).toBe("too-many");
    expect(await look([bundle[1]!, bundle[0]!, ...bundle.slice(2)])).toBe("unsorted");
    expect(await look(changed(4, { answer: 10 }))).toBe("other-numbers");
    expect(await look(changed(4, { answer: null }))).toBe("other-numbers");
    expect(await look(bundle.slice(1))).toBe("other-numbers");
    expect(await check(others.round, 6, numbers, bundle)).toBe("unsigned");
  });

  test("seal1 the message has 49 bytes and begins with its version", async () => {
    const message = await messageOf(await bindingOf(ours.round), seed(1));
    expect(message.length).toBe(49);
    expect(Buffer.from(message.subarray(0, 9)).toString("latin1")).toBe("scale-v1\0");
  });
});

test("the worker travels in at most 20 kB and evaluates no text", { timeout: 60_000 }, async () => {
  const built = await build({
    configFile: false,
    logLevel: "silent",
    build: { write: false, target: "es2022", rollupOptions: { input: new URL("./worker.ts", import.meta.url).pathname } },
  });
  const [output] = [built].flat();
  if (!output || !("output" in output)) throw new Error("nothing was built");
  const code = output.output.map((chunk) => ("code" in chunk ? chunk.code : "")).join("\n");
  expect(code).toContain("one-time key");
  expect(code).not.toMatch(/\beval\(|new Function\(/);
  const size = gzipSync(code, { level: 9 }).length;
  console.log(`worker: ${size} bytes`);
  expect(size).toBeLessThanOrEqual(20_000);
});
