import { expect, test } from "vitest";
import * as Y from "yjs";
import type { OpenDocument } from "../sync/document";
import { readName } from "../sync/names";
import { Lines } from "./lines";
import { offeredOf } from "./read";

test("doc5_who_offered_a_row_is_read_from_the_record_and_not_from_what_a_pen_wrote_beside_it", () => {
  const plan = new Y.Doc();
  const record = new Y.Doc();
  for (const id of ["offered", "forged"]) {
    const row = new Y.Map<unknown>([["order", "b0"], ["cells", new Y.Map()], ["from", "an-attendee"]]);
    plan.getMap("rows").set(id, row);
  }
  record.getMap("offered").set("offered", { author: "Ewa Nowicka" });
  const open = { doc: plan, parsed: readName("0w3ge1r70w3ge1r7/plan.all"), written: () => new Map(), mayWrite: false } as unknown as OpenDocument;
  const drawing = { me: "me", records: new Map(), offered: offeredOf([record]), roll: [], pen: null };
  const rows = new Lines().drawRows([open], drawing);
  expect(rows.map((row) => [row.id, row.from])).toEqual([["forged", null], ["offered", "Ewa Nowicka"]]);
});
