//! Pages of SQLite's files, with what is sealed in them wiped: <https://sqlite.org/fileformat2.html>.

use super::masks::{Of, wipe};
use anyhow::{Context as _, Result, ensure};
use std::{collections::BTreeMap, ops::Range};

/// The write-ahead log begins with so many bytes, and each page in it.
const HEADER: usize = 32;
const FRAME: usize = 24;

/// Pages by their numbers, from 1.
type Pages = BTreeMap<u32, Vec<u8>>;

/// A database file, all of it but what is sealed.
pub(super) fn database(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut pages = split(bytes)?;
    wipe_sealed(&mut pages)?;
    Ok(pages.into_values().flatten().collect())
}

/// A write-ahead log over the database file that lies beside it, all of it but what is sealed and what is drawn. Its end
/// may hold frames of before it was begun anew; they are looked at like the others.
pub(super) fn log(database: &[u8], log: &[u8]) -> Result<Vec<u8>> {
    let mut pages = split(database)?;
    let Some((header, mut rest)) = log.split_at_checked(HEADER) else { return Ok(Vec::new()) };
    let mut masked = header.to_vec();
    wipe(Of::WalHeader, &mut masked);
    let size = pages.values().next().context("an empty database")?.len();
    let mut commit = Vec::new();
    while let Some((frame, after)) = rest.split_at_checked(FRAME + size) {
        rest = after;
        let (head, page) = frame.split_at(FRAME);
        let number = u32_at(head, 0);
        pages.insert(number, page.to_vec());
        commit.push((head.to_vec(), number));
        if u32_at(head, 4) != 0 {
            let mut wiped = pages.clone();
            wipe_sealed(&mut wiped)?;
            for (mut head, number) in commit.drain(..) {
                wipe(Of::WalFrame, &mut head);
                masked.extend(head);
                masked.extend(&wiped[&number]);
            }
        }
    }
    ensure!(commit.is_empty() && rest.is_empty(), "a commit in the log is not whole");
    Ok(masked)
}

fn split(bytes: &[u8]) -> Result<Pages> {
    ensure!(bytes.starts_with(b"SQLite format 3\0") && bytes[20] == 0, "no database of ours");
    let size = match usize::from(u16_at(bytes, 16)) {
        1 => 65_536,
        size => size,
    };
    Ok((1..).zip(bytes.chunks(size).map(<[u8]>::to_vec)).collect())
}

fn wipe_sealed(pages: &mut Pages) -> Result<()> {
    let numbers: Vec<u32> = pages.keys().copied().collect();
    // What overflows is found from the page on which a row begins.
    let mut wiped = Vec::new();
    for number in numbers {
        let Some(Rows { head, rows }) = rows(number, &pages[&number]) else { continue };
        let mut used = vec![head];
        for (begin, record) in rows {
            let (places, end) = sealed(pages, number, record)?;
            wiped.extend(places);
            used.push(begin..end);
        }
        wiped.extend(gaps(&pages[&number], used).into_iter().map(|gap| (Of::Remains, number, gap)));
    }
    for (of, number, range) in wiped {
        wipe(of, &mut pages.get_mut(&number).context("a page beyond the end")?[range]);
    }
    Ok(())
}

/// A page of a table without row ids.
struct Rows {
    /// What says where its rows are.
    head: Range<usize>,
    /// Where each begins, and where its record does.
    rows: Vec<(usize, usize)>,
}

/// None on pages of other kinds.
fn rows(number: u32, page: &[u8]) -> Option<Rows> {
    let begin = if number == 1 { 100 } else { 0 };
    let (array, before) = match page[begin] {
        0x0a => (begin + 8, 0),
        0x02 => (begin + 12, 4),
        _ => return None,
    };
    let count = usize::from(u16_at(page, begin + 3));
    let row = |n: usize| {
        let at = usize::from(u16_at(page, array + 2 * n));
        (at, at + before)
    };
    Some(Rows { head: 0..array + 2 * count, rows: (0..count).map(row).collect() })
}

/// What is between rows, but for the four bytes with which SQLite links free places.
fn gaps(page: &[u8], mut used: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut free = usize::from(u16_at(page, 1));
    while free != 0 {
        used.push(free..free + 4);
        free = usize::from(u16_at(page, free));
    }
    used.push(page.len()..page.len());
    used.sort_by_key(|range| range.start);
    let mut gaps = Vec::new();
    let mut end = 0;
    for range in used {
        if range.start > end {
            gaps.push(end..range.start);
        }
        end = end.max(range.end);
    }
    gaps
}

/// Something to be wiped: on which page, and where.
type Place = (Of, u32, Range<usize>);

/// Where a row's last column is, if it is a blob, and where the row ends on its page.
fn sealed(pages: &Pages, number: u32, cell: usize) -> Result<(Vec<Place>, usize)> {
    let page = &pages[&number];
    let usable = page.len();
    let (length, begin) = varint(page, cell)?;
    let (most, least) = ((usable - 12) * 64 / 255 - 23, (usable - 12) * 32 / 255 - 23);
    let local = match length {
        length if length <= most => length,
        length => {
            Some(least + (length - least) % (usable - 4)).filter(|local| *local <= most).unwrap_or(least)
        }
    };
    // A number of four bytes says where it goes on.
    let end = begin + local + if local < length { 4 } else { 0 };
    let (header, mut at) = varint(page, begin)?;
    let mut last = 0;
    while at < begin + header {
        (last, at) = varint(page, at)?;
    }
    if last < 12 || last % 2 == 1 {
        return Ok((Vec::new(), end));
    }
    let from = length - (last - 12) / 2;
    ensure!(from <= local, "a row goes on elsewhere before its sealed column begins");
    let mut places = vec![(Of::Sealed, number, begin + from..begin + local)];
    let (mut done, mut next) = (local, u32_at(page, (begin + local).min(usable - 4)));
    while done < length {
        let page = pages.get(&next).context("a row that goes on beyond the end")?;
        let here = (length - done).min(usable - 4);
        places.push((Of::Sealed, next, 4..4 + here));
        places.push((Of::Remains, next, 4 + here..usable));
        (done, next) = (done + here, u32_at(page, 0));
    }
    Ok((places, end))
}

fn varint(bytes: &[u8], mut at: usize) -> Result<(usize, usize)> {
    let mut value = 0;
    for _ in 0..8 {
        let byte = *bytes.get(at).context("a number beyond the page")?;
        at += 1;
        value = value << 7 | usize::from(byte & 0x7f);
        if byte < 0x80 {
            return Ok((value, at));
        }
    }
    anyhow::bail!("a number of nine bytes")
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
