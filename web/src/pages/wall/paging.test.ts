import { describe, expect, it } from "vitest";
import { cutPages, pageAsked, pageOf, type Piece } from "./paging";
import { inches, letterHeight } from "./letter";

const stack = (...heights: number[]): Piece[] => {
  let top = 0;
  return heights.map((height, n) => {
    const piece = { id: String(n), top, bottom: top + height, line: 10 }
    top += height + 5;
    return piece;
  });
}

describe("the pages of a wall", () => {
  it("f28_a_sheet_that_fits_is_one_page", () => {
    expect(cutPages(stack(20, 20), 50)).toEqual([{ from: 0, to: 45 }]);
  });

  it("f28_a_line_that_does_not_fit_starts_the_next_page", () => {
    const pieces = stack(20, 20, 20);
    const pages = cutPages(pieces, 50);
    expect(pages).toEqual([{ from: 0, to: 45 }, { from: 50, to: 70 }]);
    expect(pageOf(pages, pieces[2])).toBe(1);
  });

  it("f28_a_line_taller_than_a_page_goes_on_between_two_lines_of_text", () => {
    const pages = cutPages(stack(20, 100), 47);
    expect(pages).toEqual([{ from: 0, to: 45 }, { from: 45, to: 85 }, { from: 85, to: 125 }]);
  });

  it("f28_a_strip_heading_never_ends_a_page", () => {
    const [a, heading, c] = stack(30, 10, 20);
    const pages = cutPages([a!, { ...heading!, keepWithNext: true }, c!], 50);
    expect(pages).toEqual([{ from: 0, to: 30 }, { from: 35, to: 70 }]);
  });

  it("f28_a_heading_never_stands_alone_over_a_long_statement", () => {
    const [heading, long] = stack(10, 100);
    expect(cutPages([{ ...heading!, keepWithNext: true }, long!], 50)).toEqual([{ from: 0, to: 45 }, { from: 45, to: 95 }, { from: 95, to: 115 }]);
    const [b, fits] = stack(10, 40);
    expect(cutPages([{ ...b!, keepWithNext: true }, fits!], 50)[0]).toEqual({ from: 0, to: 45 });
  });

  it("f28_no_page_is_higher_than_the_sheet_and_nothing_is_lost", () => {
    const pieces = stack(...Array.from({ length: 40 }, (_, n) => ((n * 37) % 9) * 10 + 10));
    const pages = cutPages(pieces, 60);
    for (const page of pages) expect(page.to - page.from).toBeLessThanOrEqual(60);
    for (const piece of pieces) {
      const seen = pages.reduce((sum, page) => sum + Math.max(0, Math.min(page.to, piece.bottom) - Math.max(page.from, piece.top)), 0);
      expect(seen).toBe(piece.bottom - piece.top);
    }
  });

  it("f28_a_page_past_the_end_is_the_last", () => {
    expect([pageAsked(9, 2), pageAsked(0, 2), pageAsked(2, 2)]).toEqual([2, 1, 2]);
  });
});

describe("the letters of a wall", () => {
  it("f28_letters_are_20_minutes_of_arc_at_the_last_chair", () => {
    expect(letterHeight({ height_mm: 685, distance_mm: 5000 })).toBeCloseTo(6.36, 1);
    expect(inches({ height_mm: 685, distance_mm: 5000 })).toBe(55);
  });

  it("f28_letters_stay_between_4_and_9_per_cent_of_the_height", () => {
    expect(letterHeight({ height_mm: 2000, distance_mm: 3000 })).toBe(4);
    expect(letterHeight({ height_mm: 400, distance_mm: 9000 })).toBe(9);
    expect(letterHeight({ height_mm: 0, distance_mm: 0 })).toBeCloseTo(6.36, 1);
  });
});
