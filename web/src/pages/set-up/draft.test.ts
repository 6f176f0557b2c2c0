import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { addressOf, type Draft, pageHolds, seal, startInWords } from "./draft";

const person = { words: "mother", agency: "", place: "room" as const };
const draft: Draft = {
  framework: "lbh", title: "Initial conference", starts: "2026-12-14T10:00",
  children: [{ id: "c".repeat(16), name: "Kacper Nowicki", firstName: "Kacper" }],
  people: [
    { ...person, id: "a".repeat(16), name: "Ewa", role: "parent", device: true, agency: "left over" },
    { ...person, id: "b".repeat(16), name: "Marek", role: "parent", device: false },
    { ...person, id: "d".repeat(16), name: "Ruth", role: "chair", device: true },
  ],
  screen: { height_mm: 685, distance_mm: 5000 }, mirrored: true, hidden: [], practice: false,
};

describe("set-up", () => {
  it("sends hashes and PINs, and keeps the secrets in the browser", async () => {
    const { body, links } = await seal(draft);
    const text = JSON.stringify(body);
    for (const link of links) {
      expect(text).not.toContain(link.secret);
      const sent = body.people.find(({ attendee }) => attendee === link.attendee)?.way_in;
      expect(sent).toEqual({ secret_hash: createHash("sha256").update(Buffer.from(link.secret, "hex")).digest("hex"), pin: link.pin });
    }
  });

  it("p15: makes no link for a person without a device; the chair's comes first", async () => {
    const { body, links } = await seal(draft);
    expect(links.map(({ name }) => name)).toEqual(["Ruth", "Ewa"]);
    expect(body.people.map(({ person: { name }, way_in }) => [name, way_in === null])).toEqual([["Ewa", false], ["Marek", true], ["Ruth", false]]);
    expect(body.people[0]?.person.agency).toBeNull();
  });

  it("writes links with the secret behind the #, where no server sees it", async () => {
    const link = (await seal(draft)).links[0]!;
    const url = new URL(addressOf(link, "https://flipchart.example"));
    expect(url.pathname + url.search).toBe("/join");
    expect(url.hash).toBe(`#${link.attendee}.${link.secret}`);
  });

  it("knows how much a page of the wall holds", () => {
    expect(pageHolds({ height_mm: 685, distance_mm: 5000 })).toEqual({ lines: 8, letters: 50, small: false });
    expect(pageHolds({ height_mm: 934, distance_mm: 5000 }).lines).toBeGreaterThan(11);
    expect(pageHolds({ height_mm: 535, distance_mm: 8000 }).small).toBe(true);
  });

  it("shows the start as typed, wherever the browser stands", () => {
    expect(startInWords("2026-12-14T10:00")).toBe("Mon 14 Dec 2026, 10:00");
    expect(startInWords("")).toBe("");
  });
});
