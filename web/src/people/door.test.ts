import { describe, expect, it } from "vitest";
import { places, type Place } from "./door";

const waits = (...names: string[]): { key: string; one: string }[] => names.map((name) => ({ key: name, one: name }));
const shown = (all: Place<string>[]): string[] => all.map(({ key, gone }) => (gone ? `(${key})` : key));

describe("those at the door", () => {
  it("p3_who_comes_is_put_last_wherever_the_list_of_people_has_them", () => {
    const first = places([], waits("Farrow", "Marsh"));
    expect(shown(places(first, waits("Ewa", "Farrow", "Marsh")))).toEqual(["Farrow", "Marsh", "Ewa"]);
  });

  it("p3_the_place_of_somebody_who_went_stays_empty_and_nobody_moves_into_it", () => {
    const first = places([], waits("Ewa", "Farrow", "Marsh"));
    expect(shown(places(first, waits("Ewa", "Marsh")))).toEqual(["Ewa", "(Farrow)", "Marsh"]);
  });

  it("p3_who_comes_back_before_the_place_is_given_up_stands_there_again", () => {
    const first = places(places([], waits("Ewa", "Farrow")), waits("Farrow"));
    expect(shown(places(first, waits("Ewa", "Farrow")))).toEqual(["Ewa", "Farrow"]);
  });
});
