import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hashOf, isId, newId, newPin, newSecret, spell } from "./secrets";

describe("secrets", () => {
  it("spells ids as the service does", () => {
    expect(spell(new Uint8Array(10))).toBe("0000000000000000");
    expect(spell(new Uint8Array(10).fill(255))).toBe("zzzzzzzzzzzzzzzz");
    // 0x00443214c74254b635cf spells the alphabet's first sixteen letters.
    expect(spell(Uint8Array.from([0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf]))).toBe("0123456789abcdef");
  });

  it("draws ids that are ids, each another", () => {
    const ids = Array.from({ length: 500 }, newId);
    expect(ids.every(isId)).toBe(true);
    expect(new Set(ids).size).toBe(500);
    for (const text of ["", "0123456789abcde", "0123456789abcdei", "0123456789ABCDEF", "0123456789abcdefg"]) expect(isId(text), text).toBe(false);
  });

  it("hashes the 32 bytes of a secret, not its letters", async () => {
    const secret = newSecret();
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashOf(secret)).toBe(createHash("sha256").update(Buffer.from(secret, "hex")).digest("hex"));
  });

  it("gives every digit of a PIN the same chance", () => {
    const counts = new Array<number>(10).fill(0);
    let byte = -1;
    // Two full rounds of a byte: 2 × 250 usable draws = 62 PINs of 8 digits and 4 to spare.
    for (let n = 0; n < 62; n += 1) for (const digit of newPin(() => (byte = (byte + 1) % 256))) counts[Number(digit)]! += 1;
    expect(counts.reduce((a, b) => a + b)).toBe(496);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    expect(newPin()).toMatch(/^\d{8}$/);
  });
});
