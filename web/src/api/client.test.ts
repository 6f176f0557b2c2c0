import { afterEach, describe, expect, it, vi } from "vitest";
import { command, door, enter, openConference } from "./client";

function answering(response: () => Response) {
  const fetched = vi.fn(async (_path: string, _init: RequestInit) => response());
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

afterEach(() => vi.unstubAllGlobals());

describe("client", () => {
  it("marks what changes something, and sends cookies to its own origin only", async () => {
    const fetched = answering(() => new Response('{"attendee":"a","page":"meet","standing":"waiting"}'));
    await enter({ attendee: "a", secret: "s", pin: "1" });
    await door("a");
    const [post, get] = fetched.mock.calls.map(([, init]) => init);
    expect(post?.headers).toMatchObject({ "X-Flipchart": "1", "Content-Type": "application/json" });
    expect(get?.headers).not.toHaveProperty("X-Flipchart");
    expect(post).toMatchObject({ credentials: "same-origin", cache: "no-store", redirect: "error" });
  });

  it("shows the set-up key to the service in a header, never in an address", async () => {
    const fetched = answering(() => new Response("", { status: 201 }));
    expect(await openConference("key", {} as never)).toEqual({ is: "done", body: undefined });
    const [path, init] = fetched.mock.calls[0]!;
    expect(path).toBe("/api/conferences");
    expect(init.headers).toMatchObject({ Authorization: "Bearer key" });
  });

  it("hands a refusal on in plain words", async () => {
    answering(() => new Response('{"code":"no-way-in","message":"Please phone the number on your letter."}', { status: 403 }));
    expect(await door("a")).toEqual({ is: "refused", status: 403, code: "no-way-in", message: "Please phone the number on your letter." });
  });

  it("takes a proxy's page, half a body and a broken network for lost, so that it is sent again", async () => {
    for (const response of [() => new Response("<h1>Bad gateway</h1>", { status: 502 }), () => new Response('{"is":"do'), () => { throw new TypeError("network"); }]) {
      answering(response);
      expect(await command("a", { id: "i", command: { do: "leave" } })).toEqual({ is: "lost" });
    }
  });
});
