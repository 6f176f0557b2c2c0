// @vitest-environment happy-dom
import { createEncoder, toUint8Array, writeVarString, writeVarUint } from "lib0/encoding";
import { beforeEach, describe, expect, test } from "vitest";
import * as Y from "yjs";
import type { RoundState } from "../protocol/generated";
import { headOf } from "../sync/frames";
import { roundsOf } from "./read";
import { Rounds } from "./rounds.svelte";
import type { RoundView, Stage } from "./types";

const CONFERENCE = "c0nference000001";
const TIMING = { jitter: 2_000, drain: 3_000, count: 1_000, back: 10_000 };
const revealed = { numbers: { is: "too-few" as const }, without_number: 4, notes: 4, at: 1 };

/** Rounds as they stand in `proceedings`. */
function told(...all: [id: string, state: RoundState][]): RoundView[] {
  const doc = new Y.Doc();
  for (const [n, [id, state]] of all.entries()) {
    const key = state === "making" ? null : "ab".repeat(256);
    doc.getMap("rounds").set(id, {
      n, child: "k", question: "How safe is Kacper today?", low_words: "low", high_words: "high", minimum: 5, entitled: 9, state, key, timing: TIMING,
      revealed: state === "revealed" ? revealed : null,
    });
  }
  return roundsOf(doc);
}

const stage = (phase = "decision", section = "worries"): Stage => ({ phase, focus: { section, page: 1, follows: true } }) as Stage;

let rounds: Rounds;
beforeEach(() => {
  rounds = new Rounds();
});

const read = (all: RoundView[], where = stage()): string | null => {
  rounds.read(CONFERENCE, all, where, "decision");
  return rounds.shown?.id ?? null;
};

describe("rounds", () => {
  test("frame1 words beside a document are read from their frame", () => {
    const encoder = createEncoder();
    writeVarString(encoder, `${CONFERENCE}/proceedings.all`);
    writeVarUint(encoder, 5);
    writeVarString(encoder, '{"is":"count"}');
    expect(headOf(toUint8Array(encoder))).toEqual({ is: "stateless", document: `${CONFERENCE}/proceedings.all`, words: '{"is":"count"}' });
  });

  test("seal9 the count and the box come beside the documents; words of another kind are left alone", () => {
    rounds.hear('{"is":"count","round":"r1","epoch":"e1","notes":3}');
    rounds.hear('{"is":"weather"}');
    rounds.hear("not JSON");
    expect([...rounds.counts]).toEqual([["r1", { epoch: "e1", notes: 3 }]]);
    rounds.hear('{"is":"count","round":"r1","epoch":"e2","notes":0}');
    expect(rounds.counts.get("r1")).toEqual({ epoch: "e2", notes: 0 });
  });

  test("sto16 whether the disk takes anything comes beside the documents", () => {
    rounds.hear('{"is":"disk","takes":false}');
    expect(rounds.full).toBe(true);
    rounds.hear('{"is":"count","round":"r1","epoch":"e1","notes":3}');
    expect(rounds.full).toBe(true);
    rounds.hear('{"is":"disk","takes":true}');
    expect(rounds.full).toBe(false);
  });

  test("seal7 the notes are kept until the conference is closed, and no longer", () => {
    rounds.hear('{"is":"bundle","round":"r1","notes":[{"answer":3,"key":"aa","signature":"bb"}]}');
    expect(rounds.came.has("r1")).toBe(true);
    expect(rounds.bundle("r1")).toEqual([{ answer: 3, key: "aa", signature: "bb" }]);
    rounds.forget();
    expect(rounds.bundle("r1")).toBeNull();
    expect(rounds.came.size).toBe(0);
  });

  test("a round takes the place of the sheet once it has its key, until its numbers have been seen", () => {
    expect(read(told(["r1", "making"]))).toBeNull();
    expect(rounds.open).toBe(false);
    expect(read(told(["r1", "open"]))).toBe("r1");
    expect(rounds.open).toBe(true);
    expect(read(told(["r1", "closing"]))).toBe("r1");
    expect(read(told(["r1", "closed"]))).toBe("r1");
    expect(rounds.open).toBe(false);
    expect(read(told(["r1", "revealed"]))).toBe("r1");
    expect(read(told(["r1", "revealed"]), stage("decision", "plan"))).toBeNull();
    expect(read(told(["r1", "revealed"], ["r2", "open"]), stage("decision", "plan"))).toBe("r2");
  });

  test("what was shown goes with its phase, and a round that is given up goes at once", () => {
    expect(read(told(["r1", "revealed"]))).toBe("r1");
    expect(read(told(["r1", "revealed"]), stage("closing"))).toBeNull();
    expect(read(told(["r1", "revealed"], ["r2", "open"]))).toBe("r2");
    expect(read(told(["r1", "revealed"], ["r2", "void"]))).toBe("r1");
  });

  test("a round that has not changed keeps its identity", () => {
    read(told(["r1", "revealed"], ["r2", "open"]));
    const [first, second] = rounds.all;
    read(told(["r1", "revealed"], ["r2", "closing"]));
    expect(rounds.all[0]).toBe(first);
    expect(rounds.all[1]).not.toBe(second);
  });
});
