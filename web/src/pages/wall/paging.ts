/** Cuts a sheet into the pages of a wall. A wall never shrinks or scrolls its words: what does not fit waits. */

/** One line, row or strip heading as it stands on the unpaged sheet; lengths in pixels from the top of the list. */
export interface Piece {
  id: string;
  top: number;
  bottom: number;
  /** Height of one line of its text, for a piece that is taller than a page. */
  line: number;
  /** A heading never ends a page. */
  keepWithNext?: boolean;
}

/** What one page shows of the unpaged sheet. */
export interface Page {
  from: number;
  to: number;
}

/** A piece that is cut goes on with at least this many lines of its text on either page. */
const LEAST_LINES = 2;

/** Pages of at most `height` pixels. Breaks between pieces; inside a piece only if it, with its heading, is taller than a page. */
export function cutPages(pieces: readonly Piece[], height: number): Page[] {
  const first = pieces[0];
  if (!first || height <= 0) return [{ from: 0, to: 0 }];
  const room = height + 0.5;
  const tooTall = (at: number): boolean => {
    const piece = pieces[at];
    const before = pieces[at - 1];
    return piece !== undefined && piece.line > 0 && piece.bottom - (before?.keepWithNext ? before.top : piece.top) > room;
  };
  const pages: Page[] = [];
  let from = first.top;
  let end = from;
  pieces.forEach((piece, at) => {
    const next = pieces[at + 1];
    let wanted = piece.bottom;
    if (piece.keepWithNext && next) wanted = tooTall(at + 1) ? next.top + LEAST_LINES * next.line : next.bottom;
    else if (tooTall(at)) wanted = piece.top + LEAST_LINES * piece.line;
    if (wanted - from > room && piece.top > from && !pieces[at - 1]?.keepWithNext) {
      pages.push({ from, to: end });
      from = piece.top;
    }
    while (piece.bottom - from > room && piece.line > 0) {
      const start = Math.max(from, piece.top);
      const to = start + Math.max(1, Math.floor((from + room - start) / piece.line)) * piece.line;
      pages.push({ from, to });
      from = to;
    }
    end = piece.bottom;
  });
  pages.push({ from, to: end });
  return pages;
}

/** Page, from 0, on which a piece ends. */
export function pageOf(pages: readonly Page[], piece: Piece | undefined): number {
  if (!piece) return Math.max(0, pages.length - 1);
  const found = pages.findIndex((page) => piece.bottom <= page.to + 0.5);
  return found < 0 ? pages.length - 1 : found;
}

/** The page asked for, from 1; one past the end is the last. */
export function pageAsked(asked: number, pages: number): number {
  return Math.min(Math.max(1, Math.floor(asked) || 1), Math.max(1, pages));
}
