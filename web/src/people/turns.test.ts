import { describe, expect, it } from "vitest";
import type { Desk, Expected } from "../model/types";
import { inTurn, moved, unheard } from "./turns";

const person = (id: string, n: number, role: Expected["role"], more: Partial<Expected> = {}): Expected => ({
  id, n, role, name: id, words: "", agency: null, place: "room", family: role === "parent", pen: false, standing: "here", device: false, link: false, locked: false, away: false, devices: [], ...more,
});
const people = [person("chair", 0, "chair"), person("mother", 1, "parent"), person("police", 2, "police"), person("worker", 3, "social-worker"), person("watches", 4, "observer"), person("late", 5, "school", { standing: "invited" })];
const desk = (speaking: string[], spoke: string[] = []): Desk => ({ people, hand: { speaking, spoke } }) as unknown as Desk;
const ids = (all: Expected[]): string[] => all.map((one) => one.id);

describe("who speaks", () => {
  it("f49_the_social_worker_is_the_first_until_the_chair_orders_it", () => {
    expect(ids(inTurn(desk([]), "chair"))).toEqual(["worker", "mother", "police"]);
    expect(ids(inTurn(desk(["police", "mother"]), "chair"))).toEqual(["police", "mother", "worker"]);
  });

  it("f35_p22_the_chair_sees_who_has_not_been_heard_by_her_own_presses", () => {
    expect(ids(unheard(desk([], ["worker"]), "chair"))).toEqual(["mother", "police"]);
  });

  it("p15_somebody_is_moved_one_place_and_nobody_is_lost", () => {
    const order = inTurn(desk([]), "chair");
    expect(moved(order, "mother", -1)).toEqual(["mother", "worker", "police"]);
    expect(moved(order, "worker", -1)).toEqual(["worker", "mother", "police"]);
    expect(moved(order, "nobody", 1)).toEqual(["worker", "mother", "police"]);
  });
});
