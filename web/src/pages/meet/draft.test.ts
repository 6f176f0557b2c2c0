// @vitest-environment happy-dom
// What somebody types for the chair, while the form that they type it in goes and comes back.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { flushSync, mount, unmount } from "svelte";
import "../../words/pen";
import "../../words/meet";
import type { Meeting } from "../../model/meeting.svelte";
import { ME, settled } from "../../model/testing/furnished";
import { House } from "../../model/testing/house";
import type { OfferKind, Section } from "../../protocol/generated";
import type { Room } from "../../sync/testing/room";
import { offering } from "./later";
import MeetScreen from "./MeetScreen.svelte";

const SECTION = { key: "worried", label: "Worried", mark: "worry", widget: "notes" } as unknown as Section;
const phase = (key: string, offers: OfferKind[]): object => ({ key, label: key, section: "worried", asks: [], offers, writes: [], prompts: [] });
const WORDS = "what I have been wanting to say";

let house: House;
let room: Room;
let meeting: Meeting;
let page: HTMLElement;
let wide: boolean;
let end: () => void;

beforeEach(async () => {
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => setTimeout(run, 0));
  vi.stubGlobal("scrollTo", () => undefined);
  vi.stubGlobal("matchMedia", () => ({ matches: wide, addEventListener: () => undefined, removeEventListener: () => undefined }));
  house = await House.open();
  ({ room, meeting } = house);
  room.put("stage", "framework", { text: { key: "lbh", phases: [phase("worries", ["note"]), phase("talk", [])], sheets: [{ sections: [SECTION] }], plan: { label: "Plan", columns: [], fields: [] } } });
  house.seated("read");
  offering.ask();
  await vi.waitUntil(() => offering.now, { timeout: 10_000 });
  await settled();
  end = () => undefined;
  page = document.createElement("div");
  document.body.append(page);
});
afterEach(() => {
  end();
  house.close();
  page.remove();
  vi.unstubAllGlobals();
});

const drawn = async (): Promise<void> => {
  await settled();
  flushSync();
  await settled();
};
async function shown(isWide: boolean): Promise<void> {
  wide = isWide;
  const view = mount(MeetScreen, { target: page, props: { meeting, attendee: ME } });
  end = () => {
    end = () => undefined;
    void unmount(view);
  };
  await drawn();
}
const field = (): HTMLTextAreaElement | null => page.querySelector<HTMLTextAreaElement>("form.offer textarea");
async function typed(): Promise<void> {
  const area = field() as HTMLTextAreaElement;
  area.value = WORDS;
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  await drawn();
}
async function staged(values: Record<string, unknown>): Promise<void> {
  room.put("stage", "stage", values);
  await drawn();
}
async function press(words: string): Promise<void> {
  [...page.querySelectorAll("button")].find((one) => one.textContent?.includes(words))?.click();
  await drawn();
}

describe("a note being typed for the chair", () => {
  test("p6_outlives_a_pause_another_sheet_and_a_phase_that_takes_none", async () => {
    await shown(true);
    await typed();
    await staged({ paused: true });
    expect(field()).toBeNull();
    await staged({ paused: false });
    expect(field()?.value).toBe(WORDS);

    await press("whole plan");
    expect(field()).toBeNull();
    await press("Back to");
    expect(field()?.value).toBe(WORDS);

    await staged({ phase: "talk" });
    expect(field()).toBeNull();
    await staged({ phase: "worries" });
    expect(field()?.value).toBe(WORDS);
    // On this device nothing of it is kept.
    expect(JSON.stringify([{ ...localStorage }, { ...sessionStorage }])).not.toContain(WORDS);
  }, 15_000);

  test("p6_stays_in_its_dialog_on_a_phone_and_is_there_when_it_is_opened_again", async () => {
    await shown(false);
    await press("Offer a note");
    await typed();
    await staged({ phase: "talk" });
    expect(field()?.value).toBe(WORDS);
    await press("Close");
    expect(field()).toBeNull();
    await staged({ phase: "worries" });
    await press("Offer a note");
    expect(field()?.value).toBe(WORDS);
  }, 15_000);

  test("p6_goes_when_it_was_offered_and_with_the_screen_and_is_offered_once", async () => {
    let taken: () => void = () => undefined;
    vi.spyOn(meeting, "command").mockImplementation((command) => (house.sent.push(command), new Promise((resolve) => (taken = () => resolve({ is: "done", wait: [] })))));
    await shown(true);
    await typed();
    const send = async (): Promise<void> => {
      (field()?.form as HTMLFormElement).dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
      await drawn();
    };
    await send();
    await staged({ paused: true });
    await staged({ paused: false });
    // It is still on its way: nothing is offered twice.
    expect(field()?.value).toBe(WORDS);
    await send();
    expect(house.sent.map((one) => one.do)).toEqual(["offer"]);
    taken();
    await drawn();
    expect(field()?.value).toBe("");

    await typed();
    end();
    await shown(true);
    expect(field()?.value).toBe("");
  }, 15_000);
});
