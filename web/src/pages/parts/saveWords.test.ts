import { expect, test } from "vitest";
import "../../words/parts";
import { saveWords } from "./saveWords";

test("sto16 while the disk takes nothing nobody who writes reads anything calmer, and all are told what becomes of their words", () => {
  for (const save of [{ is: "saved" }, { is: "waiting", changes: 3 }] as const) {
    expect(saveWords(save, false).more).toBeUndefined();
    const now = saveWords(save, true);
    expect([now.state, now.text]).toEqual(["waiting", "Not saved"]);
    expect(now.more).toContain("stays on this device and goes out by itself");
  }
  expect(saveWords({ is: "offline", changes: 3 }, true)).toEqual(saveWords({ is: "offline", changes: 3 }, false));
  expect(saveWords({ is: "read-only", why: "no-pen" }, true).text).toBe("You are reading: you have no pen");
});
