import { describe, expect, it } from "vitest";
import { pairsOf, partsOf, putRight } from "./places";

describe("correcting a name", () => {
  const pairs = pairsOf("Marek Zielinski", "Marek Zieliński");

  it("p21_only_the_parts_that_differ_are_put_right", () => {
    expect(pairs).toEqual([["Marek Zielinski", "Marek Zieliński"], ["Zielinski", "Zieliński"]]);
    expect(putRight("Mr Zielinski and Marek Zielinski", pairs)).toBe("Mr Zieliński and Marek Zieliński");
  });

  it("p21_a_name_inside_another_word_stays", () => {
    expect(putRight("Anna and Annabel", pairsOf("Anna", "Hanna"))).toBe("Hanna and Annabel");
    expect(putRight("Zielinskiego", pairs)).toBe("Zielinskiego");
  });

  it("p21_a_name_is_found_whole_first_and_last", () => {
    expect(partsOf("Ewa Nowicka")).toEqual(["Ewa Nowicka", "Ewa", "Nowicka"]);
    expect(pairsOf("Ewa", "Ewa")).toEqual([]);
  });
});
