// @vitest-environment happy-dom
// A line becomes a quote while somebody else writes in it.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { flushSync, mount, unmount } from "svelte";
import * as Y from "yjs";
import type { Command } from "../protocol/generated";
import "../words/pen";
import { House } from "../model/testing/house";
import { settled } from "../model/testing/furnished";
import QuoteDialog from "./QuoteDialog.svelte";

let house: House;
let end: () => void = () => undefined;

beforeEach(async () => {
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) { this.open = true; };
  house = await House.open();
});

afterEach(() => {
  end();
  house.close();
  document.body.replaceChildren();
});

test("sync15_whoever_makes_a_quote_of_a_line_reads_first_what_another_has_written_into_it", async () => {
  const { meeting, room } = house;
  const line = meeting.writeNote({ section: "worried", words: "I want him" }) ?? "";
  await settled();
  const sent: Command[] = [];
  const act = async (command: Command): Promise<boolean> => (sent.push(command), true);
  const dialog = mount(QuoteDialog, { target: document.body, props: { meeting, note: meeting.note(line), act, onclose: () => undefined } });
  end = () => void unmount(dialog);
  flushSync();
  const field = (name: RegExp): HTMLInputElement | HTMLTextAreaElement => {
    const label = [...document.querySelectorAll("label")].find((one) => name.test(one.textContent ?? ""));
    return document.getElementById(label?.htmlFor ?? "") as HTMLInputElement;
  };
  const speaker = field(/Who said it/);
  speaker.value = "Kacper";
  speaker.dispatchEvent(new Event("input", { bubbles: true }));
  const press = (): void => void document.querySelector("form")?.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));

  const text = (room.doc("board.all").getMap("notes").get(line) as Y.Map<unknown>).get("text") as Y.Text;
  text.insert(text.length, " to stop");
  await settled();
  press();
  flushSync();
  expect(sent).toEqual([]);
  expect(document.body.textContent).toContain("It reads now: I want him to stop");

  // What was typed here stays; the next press knows of the other's words.
  const said = field(/The words/);
  said.value = "I want him to stop";
  said.dispatchEvent(new Event("input", { bubbles: true }));
  press();
  await vi.waitUntil(() => sent.length === 1);
  expect(sent[0]).toMatchObject({ do: "quote", words: "I want him to stop", speaker: "Kacper", replaces: line, was: "I want him to stop" });
});
