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

/** Pages of at most `height` pixels. Breaks between pieces; inside a piece only if it is taller than a page. */
export function cutPages(pieces: readonly Piece[], height: number): Page[] {
  const first = pieces[0];
  if (!first || height <= 0) return [{ from: 0, to: 0 }];
  const pages: Page[] = [];
  let from = first.top;
  let end = from;
  pieces.forEach((piece, at) => {
    const next = pieces[at + 1];
    const wanted = piece.keepWithNext && next ? Math.min(next.bottom, next.top + next.line) : piece.bottom;
    if (wanted - from > height + 0.5 && piece.top > from) {
      pages.push({ from, to: end });
      from = piece.top;
    }
    while (piece.bottom - from > height + 0.5 && piece.line > 0) {
      const to = from + Math.max(1, Math.floor((height + 0.5) / piece.line)) * piece.line;
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
