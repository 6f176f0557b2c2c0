import { describe, expect, it } from "vitest";
import { routeOf, wayOf } from "./route";

const ID = "0123456789abcdef";
const SECRET = "0f".repeat(32);

describe("route", () => {
  it("knows the pages", () => {
    expect(routeOf("/")).toEqual({ page: "join" });
    expect(routeOf("/join")).toEqual({ page: "join" });
    expect(routeOf("/set-up")).toEqual({ page: "set-up" });
    expect(routeOf("/gone")).toEqual({ page: "gone" });
    expect(routeOf("/wall")).toEqual({ page: "pairing" });
    for (const page of ["desk", "meet", "wall"]) expect(routeOf(`/${page}/${ID}`)).toEqual({ page, attendee: ID });
  });

  it("takes nothing else for a page", () => {
    for (const path of ["/desk", "/meet/x", `/meet/${ID.toUpperCase()}`, `/meet/${ID}/y`, `/join/${ID}`, "/api", `/gone/${ID}`]) {
      expect(routeOf(path), path).toEqual({ page: "unknown" });
    }
  });
});

describe("way in", () => {
  it("tells a personal link from a code", () => {
    expect(wayOf(`#${ID}.${SECRET}`)).toEqual({ is: "link", attendee: ID, secret: SECRET });
    expect(wayOf("#maple-river-47")).toEqual({ is: "code", code: "maple-river-47" });
    expect(wayOf("#maple%20river%2047")).toEqual({ is: "code", code: "maple river 47" });
  });

  it("p3: reads a broken link like none", () => {
    for (const fragment of ["", "#", `#${ID}.${SECRET.slice(1)}`, `#${ID}.${SECRET}.x`, `#x.${SECRET}`, "#%E0%A4%A", "#<b>"]) {
      expect(wayOf(fragment), fragment).toEqual({ is: "none" });
    }
  });
});
