import { describe, expect, it } from "vitest";
import "../../words/desk";
import type { Command } from "../../protocol/generated";
import { lastOf } from "./undo";

const line = (id: string, order: string) => ({ id, order, section: "worried", record: { kind: "offered" } });
const meeting = (lines: ReturnType<typeof line>[]) => ({
  note: (id: string) => lines.find((one) => one.id === id) ?? null,
  sections: () => lines,
  orderAfter: () => "z",
  desk: { offers: [{ id: "o", what: { kind: "note", section: "worried" } }] },
}) as never;

async function backOf(command: Command, before: ReturnType<typeof line>[], after = before): Promise<Command | null | undefined> {
  const lines = [...before];
  const last = lastOf(command, meeting(lines));
  if (!last?.back) return last === null ? undefined : null;
  lines.splice(0, lines.length, ...after);
  let sent: Command | null = null;
  await last.back(async (command) => { sent = command; return true; });
  return sent;
}

describe("undo my last, over acts", () => {
  it("p22_a_held_line_comes_back_to_its_place_and_a_released_one_goes_back", async () => {
    expect(await backOf({ do: "hold", note: "n", held: "h" }, [line("n", "a5")])).toMatchObject({ do: "release", held: "h", order: "a5" });
    expect(await backOf({ do: "release", held: "h", note: "n", order: "a" }, [])).toMatchObject({ do: "hold", note: "n" });
  });

  it("p22_a_note_written_up_and_a_quote_are_put_back", async () => {
    const accept: Command = { do: "accept", offer: "o", section: "worried", order: "b" };
    expect(await backOf(accept, [line("old", "a")], [line("old", "a"), line("new", "b")])).toEqual({ do: "put-back", note: "new" });
    expect(await backOf({ do: "quote", record: "r", note: "q", section: "worried", order: "a", words: "w", speaker: "s", replaces: null }, [])).toEqual({ do: "put-back", note: "q" });
  });

  it("p22_what_cannot_be_taken_back_is_known_and_never_silent", async () => {
    for (const command of [{ do: "read-back", record: "r" }, { do: "take-off", what: { kind: "note", note: "n" } }, { do: "decline", offer: "o" }, { do: "drop-held", held: "h" }] satisfies Command[]) {
      expect(await backOf(command, [])).toBeNull();
      expect(lastOf(command, meeting([]))?.what).not.toBe("");
    }
    expect(await backOf({ do: "pause" }, [])).toBeUndefined();
  });
});
