//! Updates of Yjs, encoding v1.

use super::order::{Section, in_order, needs_of};
use super::value::{pass_value, read_key};
use super::{
    Block, CLIENTS_EVER, DELETES_PER_UPDATE, Holds, Inside, NewType, Parent, Roots, ScanError, Span, Touched,
    TypeKind, clock_end, counted,
};
use crate::lib0::Reader;
use crate::limits::{BLOCKS_PER_UPDATE, CLIENTS_PER_UPDATE};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

const COLLECTED: u8 = 0;
const DELETED: u8 = 1;
const STRING: u8 = 4;
const TYPE: u8 = 7;
const ANY: u8 = 8;

const CONTENT: u8 = 0x1f;
const HAS_KEY: u8 = 0x20;
const HAS_RIGHT: u8 = 0x40;
const HAS_LEFT: u8 = 0x80;

/// How much one update may hold.
struct Bounds {
    clients: u64,
    blocks: u64,
    deleting_clients: u64,
    deletes: u64,
}

const UNBOUNDED: Bounds =
    Bounds { clients: u64::MAX, blocks: u64::MAX, deleting_clients: u64::MAX, deletes: u64::MAX };

/// Scans an update of a client (SPEC SCAN1–SCAN8).
pub fn scan_update(bytes: &[u8], roots: Roots) -> Result<Touched, ScanError> {
    let bounds = Bounds {
        clients: CLIENTS_PER_UPDATE,
        blocks: BLOCKS_PER_UPDATE,
        deleting_clients: CLIENTS_EVER,
        deletes: DELETES_PER_UPDATE,
    };
    scan(bytes, roots, &bounds)
}

/// Scans a whole document that the server itself stored: the same rules, without bounds on how much it holds, which
/// were kept when its parts came in.
pub fn scan_stored(bytes: &[u8]) -> Result<Touched, ScanError> {
    scan(bytes, Roots::Any, &UNBOUNDED)
}

/// Letters of a scanned update by client and clock: those whose clock is `wanted`. One that takes two UTF-16 units has
/// the clock of the first.
///
/// # Errors
/// Whatever scanning these bytes answers.
pub fn read_letters(
    bytes: &[u8],
    wanted: impl Fn(u64, u32) -> bool,
) -> Result<HashMap<(u64, u32), char>, ScanError> {
    let mut letters = HashMap::new();
    read_sections(&mut Reader::new(bytes), Roots::Any, &UNBOUNDED, &mut |client, clock, letter| {
        if wanted(client, clock) {
            letters.insert((client, clock), letter);
        }
    })?;
    Ok(letters)
}

fn scan(bytes: &[u8], roots: Roots, bounds: &Bounds) -> Result<Touched, ScanError> {
    let mut reader = Reader::new(bytes);
    let mut halves = Vec::new();
    let (mut blocks, sections) = read_sections(&mut reader, roots, bounds, &mut |client, clock, letter| {
        if letter.len_utf16() == 2 {
            halves.push((client, clock.saturating_add(1)));
        }
    })?;
    let deletes = read_deletes(&mut reader, bounds)?;
    reader.end("end of the update")?;
    mark_deleted(&mut blocks, &deletes);
    let needs = needs(&blocks, &sections, &deletes);
    let placed = in_order(&blocks, &sections)?;
    let types = placed.iter().filter_map(new_type).collect();
    Ok(Touched {
        blocks: sections.iter().map(|section| section.span).collect(),
        deletes,
        needs,
        types,
        placed,
        halves,
    })
}

/// `heard` hears every letter with its client and clock.
fn read_sections(
    reader: &mut Reader<'_>,
    roots: Roots,
    bounds: &Bounds,
    heard: &mut impl FnMut(u64, u32, char),
) -> Result<(Vec<Block>, Vec<Section>), ScanError> {
    // A section is at least a count, a client, a clock and a block of two bytes.
    let count = counted(reader.count(5, "sections of clients")?, bounds.clients, "clients")?;
    let mut sections = Vec::new();
    let mut seen = HashSet::new();
    let mut blocks = Vec::new();
    for _ in 0..count {
        let here = reader.count(2, "blocks of a client")?;
        counted(blocks.len() as u64 + here, bounds.blocks, "blocks")?;
        let client = reader.number("client")?;
        if here == 0 {
            return Err(ScanError::Empty("a client's section"));
        }
        if !seen.insert(client) {
            return Err(ScanError::Twice(client));
        }
        let start = clock_end(client, reader.number("first clock of a client")?)?;
        let first = blocks.len();
        let mut clock = start;
        for _ in 0..here {
            let block = read_block(reader, client, clock, roots, heard)?;
            clock = block.span.end;
            blocks.push(block);
        }
        sections.push(Section { span: Span { client, start, end: clock }, first, last: blocks.len() });
    }
    Ok((blocks, sections))
}

fn read_block(
    reader: &mut Reader<'_>,
    client: u64,
    start: u32,
    roots: Roots,
    heard: &mut impl FnMut(u64, u32, char),
) -> Result<Block, ScanError> {
    let info = reader.byte("kind of block")?;
    let mut block = Block {
        span: Span { client, start, end: start },
        left: None,
        right: None,
        inside: None,
        key: None,
        holds: Holds::Collected,
        deleted: false,
    };
    let length = if info == COLLECTED {
        reader.number("length of a collected block")?
    } else {
        if ![DELETED, STRING, TYPE, ANY].contains(&(info & CONTENT)) {
            return Err(ScanError::Content(info & CONTENT));
        }
        if info & HAS_LEFT != 0 {
            block.left = Some(read_id(reader)?);
        }
        if info & HAS_RIGHT != 0 {
            block.right = Some(read_id(reader)?);
        }
        if let Some((client, clock)) = block.left
            && block.left == block.right
        {
            return Err(ScanError::Between { client, clock });
        }
        if info & (HAS_LEFT | HAS_RIGHT) == 0 {
            read_parent(reader, info & HAS_KEY != 0, roots, &mut block)?;
        }
        let (holds, length) = read_content(reader, info & CONTENT, |at, letter| {
            heard(client, start.saturating_add(at), letter);
        })?;
        block.holds = holds;
        length
    };
    if length == 0 {
        return Err(ScanError::Empty("a block"));
    }
    block.span.end = clock_end(client, u64::from(start).saturating_add(length))?;
    Ok(block)
}

/// A client and one of its clocks.
fn read_id(reader: &mut Reader<'_>) -> Result<(u64, u32), ScanError> {
    let client = reader.number("client of a neighbour or parent")?;
    let clock = reader.number("clock of a neighbour or parent")?;
    clock_end(client, clock.saturating_add(1))?;
    Ok((client, clock as u32))
}

fn read_parent(
    reader: &mut Reader<'_>,
    keyed: bool,
    roots: Roots,
    block: &mut Block,
) -> Result<(), ScanError> {
    let at = reader.position();
    block.inside = Some(match reader.number("kind of parent")? {
        1 => {
            let name = read_key(reader, "name of a root")?;
            if let Roots::Only(names) = roots
                && (!names.contains(&name) || !keyed)
            {
                return Err(ScanError::Root);
            }
            Inside::Root(hash(name))
        }
        0 => {
            let (client, clock) = read_id(reader)?;
            Inside::Of(client, clock)
        }
        other => return Ok(reader.unknown("kind of parent", at, other)?),
    });
    if keyed {
        block.key = Some(hash(read_key(reader, "key of a map")?));
    }
    Ok(())
}

/// What a block holds, and how many clocks that takes. `heard` hears its letters, each with its place.
fn read_content(
    reader: &mut Reader<'_>,
    kind: u8,
    mut heard: impl FnMut(u32, char),
) -> Result<(Holds, u64), ScanError> {
    match kind {
        DELETED => Ok((Holds::Deleted, reader.number("length of a deleted block")?)),
        // Yjs counts text in UTF-16 units.
        STRING => {
            let mut length = 0;
            for letter in reader.text("text")?.chars() {
                // A block is shorter than 2³⁰ units (SCAN3), or is refused for its end.
                heard(u32::try_from(length).unwrap_or(u32::MAX), letter);
                length += letter.len_utf16() as u64;
            }
            Ok((Holds::Words, length))
        }
        ANY => {
            let count = reader.count(1, "values")?;
            for _ in 0..count {
                pass_value(reader)?;
            }
            Ok((Holds::Values, count))
        }
        TYPE => {
            let kind = match reader.number("kind of shared type")? {
                0 => TypeKind::Array,
                1 => TypeKind::Map,
                2 => TypeKind::Text,
                other => return Err(ScanError::Type(other)),
            };
            Ok((Holds::Type(kind), 1))
        }
        other => Err(ScanError::Content(other)),
    }
}

fn read_deletes(reader: &mut Reader<'_>, bounds: &Bounds) -> Result<Vec<Span>, ScanError> {
    let count = counted(reader.count(4, "clients of the delete set")?, bounds.deleting_clients, "clients")?;
    let mut seen = HashSet::new();
    let mut deletes = Vec::new();
    for _ in 0..count {
        let client = reader.number("client")?;
        let ranges = reader.count(2, "ranges of a client")?;
        counted(deletes.len() as u64 + ranges, bounds.deletes, "ranges of deletes")?;
        if ranges == 0 {
            return Err(ScanError::Empty("a client's deletes"));
        }
        if !seen.insert(client) {
            return Err(ScanError::Twice(client));
        }
        let mut from = 0;
        for _ in 0..ranges {
            let start = clock_end(client, reader.number("start of a range")?)?;
            let length = reader.number("length of a range")?;
            if length == 0 {
                return Err(ScanError::Empty("a range of deletes"));
            }
            if start < from {
                return Err(ScanError::Deletes(client));
            }
            let end = clock_end(client, u64::from(start).saturating_add(length))?;
            deletes.push(Span { client, start, end });
            from = end;
        }
    }
    Ok(deletes)
}

/// Finds the blocks of several values that the delete set covers whole.
fn mark_deleted(blocks: &mut [Block], deletes: &[Span]) {
    let clients: HashMap<u64, &[Span]> =
        deletes.chunk_by(|a, b| a.client == b.client).map(|ranges| (ranges[0].client, ranges)).collect();
    let several = blocks
        .iter_mut()
        .filter(|block| block.holds == Holds::Values && block.span.end - block.span.start > 1);
    for block in several {
        let Some(ranges) = clients.get(&block.span.client) else { continue };
        let after = ranges.partition_point(|range| range.start <= block.span.start);
        block.deleted = ranges[..after].last().is_some_and(|range| range.end >= block.span.end);
    }
}

/// Highest clock of each client that the update builds on or deletes and does not bring.
fn needs(blocks: &[Block], sections: &[Section], deletes: &[Span]) -> Vec<(u64, u32)> {
    let brought: HashMap<u64, Span> =
        sections.iter().map(|section| (section.span.client, section.span)).collect();
    let mut needs: HashMap<u64, u32> = HashMap::new();
    let mut need = |client: u64, clock: u32| {
        let highest = needs.entry(client).or_insert(clock);
        *highest = (*highest).max(clock);
    };
    for (client, clock) in blocks.iter().flat_map(needs_of) {
        if !brought.get(&client).is_some_and(|span| (span.start..span.end).contains(&clock)) {
            need(client, clock);
        }
    }
    for range in deletes {
        match brought.get(&range.client) {
            Some(span) if range.end > span.start && range.end <= span.end => {
                if range.start < span.start {
                    need(range.client, span.start - 1);
                }
            }
            _ => need(range.client, range.end - 1),
        }
    }
    let mut needs: Vec<(u64, u32)> = needs.into_iter().collect();
    needs.sort_unstable();
    needs
}

fn new_type(block: &Block) -> Option<NewType> {
    let Holds::Type(_) = block.holds else { return None };
    let parent = match (block.left.or(block.right), block.inside) {
        (Some((client, clock)), _) => Parent::Beside(client, clock),
        (None, Some(Inside::Of(client, clock))) => Parent::Of(client, clock),
        (None, _) => Parent::Root,
    };
    Some(NewType { client: block.span.client, clock: block.span.start, parent })
}

/// Names and keys are only ever compared; a keyed hash keeps what is remembered small and cannot be aimed at.
pub(crate) fn hash(name: &str) -> u64 {
    static STATE: OnceLock<RandomState> = OnceLock::new();
    STATE.get_or_init(RandomState::new).hash_one(name)
}
