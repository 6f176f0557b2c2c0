//! What one document already holds, as far as a scanned update can be judged by it (SPEC SYNC4–SYNC7, SCAN9–SCAN10).
//!
//! Pure and cheap: judging a keystroke looks up a few ids, never the whole document.

use crate::limits::TYPE_DEPTH;
use crate::scan::{Block, Holds, Inside, Span, Touched, TypeKind, hash};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The list or map entry that a block is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Its type was deleted and its place forgotten.
    Forgotten,
    /// In a root type, under a key or in its list.
    Root(u64, Option<u64>),
    /// In a created type, under a key or in its list.
    Type((u64, u32), Option<u64>),
}

/// An entry of a map. Its key is known by its hash alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The created map; none = a root.
    pub map: Option<(u64, u32)>,
    key: u64,
}

impl Entry {
    /// Whether this is its key.
    pub fn is_under(&self, key: &str) -> bool {
        self.key == hash(key)
    }
}

impl Place {
    fn entry(self) -> Option<Entry> {
        match self {
            Self::Root(_, Some(key)) => Some(Entry { map: None, key }),
            Self::Type(map, Some(key)) => Some(Entry { map: Some(map), key }),
            _ => None,
        }
    }
}

/// A created type.
#[derive(Debug, Clone, Copy)]
struct Created {
    kind: TypeKind,
    depth: u8,
}

/// What is known of one client.
#[derive(Debug, Clone, Default)]
struct Held {
    /// One past its last clock.
    clock: u32,
    /// Deleted ranges, start → end, merged.
    deleted: BTreeMap<u32, u32>,
    /// Where its blocks are: each entry holds from its clock until the next entry's.
    places: Vec<(u32, Place)>,
    /// Clocks of the second halves of letters, ascending.
    halves: Vec<u32>,
}

impl Held {
    fn place(&self, clock: u32) -> Option<Place> {
        let after = self.places.partition_point(|(start, _)| *start <= clock);
        (clock < self.clock).then(|| self.places[..after].last().map(|(_, place)| *place)).flatten()
    }

    fn append(&mut self, end: u32, place: Place) {
        if self.places.last().is_none_or(|(_, last)| *last != place) {
            self.places.push((self.clock, place));
        }
        self.clock = end;
    }

    fn is_deleted(&self, clock: u32) -> bool {
        self.deleted.range(..=clock).next_back().is_some_and(|(_, end)| clock < *end)
    }

    fn delete(&mut self, mut start: u32, mut end: u32) {
        if let Some((&before, &until)) = self.deleted.range(..=start).next_back()
            && until >= start
        {
            start = before;
            end = end.max(until);
        }
        while let Some((&next, &until)) = self.deleted.range(start..=end).next() {
            self.deleted.remove(&next);
            end = end.max(until);
        }
        self.deleted.insert(start, end);
    }

    /// The parts of a range that are not deleted yet.
    fn not_deleted(&self, range: Span, news: &mut Vec<Span>) {
        let mut from = range.start;
        let before = self.deleted.range(..=range.start).next_back();
        let within = self.deleted.range(range.start..range.end);
        for (&start, &end) in before.into_iter().chain(within) {
            if start > from {
                news.push(Span { start: from, end: start, ..range });
            }
            from = from.max(end);
        }
        if from < range.end {
            news.push(Span { start: from, ..range });
        }
    }
}

/// What one document already holds.
#[derive(Debug, Clone, Default)]
pub struct Known {
    clients: HashMap<u64, Held>,
    types: HashMap<(u64, u32), Created>,
    /// Whether any letter here takes two UTF-16 units.
    has_halves: bool,
}

/// What an update is to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// Everything in it is here already.
    Nothing,
    /// It builds on something that is not here: ask for it.
    Gap,
    /// It would nest shared types deeper than [`TYPE_DEPTH`].
    TooDeep,
    /// It puts a block where it cannot be: beside blocks of two different places, inside something that is no shared
    /// type, a list into a map, or values into a text. No working client does.
    Misplaced,
    /// It writes between the two halves of a letter, or deletes one of them. Yjs puts others in their place, yrs does not.
    Halved,
    /// It brings this and nothing stands against it.
    News {
        /// Clocks that were not here.
        blocks: Vec<Span>,
        /// Deletes that were not here.
        deletes: Vec<Span>,
    },
}

/// Why a block has no place.
enum Refused {
    TooDeep,
    Misplaced,
}

/// Where the new blocks of one update go.
#[derive(Default)]
struct Placing {
    clients: HashMap<u64, Held>,
    types: HashMap<(u64, u32), Created>,
}

impl Known {
    /// One past the last clock of a client; 0 for a client that never wrote.
    pub fn clock(&self, client: u64) -> u32 {
        self.clients.get(&client).map_or(0, |held| held.clock)
    }

    /// Judges an update. Known blocks and deletes are taken away first.
    pub fn judge(&self, touched: &Touched) -> Judgement {
        let mut blocks = Vec::new();
        for span in &touched.blocks {
            let clock = self.clock(span.client);
            if span.start > clock {
                return Judgement::Gap;
            }
            if span.end > clock {
                blocks.push(Span { start: clock, ..*span });
            }
        }
        if touched.needs.iter().any(|&(client, clock)| clock >= self.clock(client)) {
            return Judgement::Gap;
        }
        let mut deletes = Vec::new();
        for range in &touched.deletes {
            match self.clients.get(&range.client) {
                Some(held) => held.not_deleted(*range, &mut deletes),
                None => deletes.push(*range),
            }
        }
        if blocks.is_empty() && deletes.is_empty() {
            return Judgement::Nothing;
        }
        let mut placing = Placing::default();
        for block in &touched.placed {
            match self.place_new(&mut placing, block) {
                Ok(()) => {}
                Err(Refused::TooDeep) => return Judgement::TooDeep,
                Err(Refused::Misplaced) => return Judgement::Misplaced,
            }
        }
        if self.halves_a_letter(touched) { Judgement::Halved } else { Judgement::News { blocks, deletes } }
    }

    /// Whether the news of an update parts the two halves of a letter: of one that is here, or of its own.
    fn halves_a_letter(&self, touched: &Touched) -> bool {
        if !self.has_halves && touched.halves.is_empty() {
            return false;
        }
        let own: HashSet<(u64, u32)> = touched.halves.iter().copied().collect();
        let is_half = |client: u64, clock: u32| {
            own.contains(&(client, clock))
                || self.clients.get(&client).is_some_and(|held| held.halves.binary_search(&clock).is_ok())
        };
        // Blocks that are here already count too: yjs parts what they name as neighbours before it looks for them.
        let parts = |block: &Block| {
            let here = self.clock(block.span.client);
            let goes_on = block.span.start < here && here < block.span.end;
            (goes_on && is_half(block.span.client, here))
                || block.left.is_some_and(|(client, clock)| is_half(client, clock.saturating_add(1)))
                || block.right.is_some_and(|(client, clock)| is_half(client, clock))
        };
        let cut =
            |range: &Span, clock: u32| is_half(range.client, clock) && !self.has_deleted(range.client, clock);
        touched.placed.iter().any(parts)
            || touched.deletes.iter().any(|range| cut(range, range.start) || cut(range, range.end))
    }

    /// Whether both halves of the letter whose second half this is are deleted.
    fn has_deleted(&self, client: u64, half: u32) -> bool {
        let both = |held: &Held| held.is_deleted(half - 1) && held.is_deleted(half);
        self.clients.get(&client).is_some_and(both)
    }

    /// Entries of maps that the news of an update writes. The update has been judged as news.
    pub fn writes(&self, touched: &Touched) -> Vec<Entry> {
        let mut placing = Placing::default();
        let mut entries = Vec::new();
        for block in &touched.placed {
            let is_new = block.span.end > self.clock(block.span.client);
            if let (true, Ok(place)) = (is_new, self.place(&placing, block)) {
                entries.extend(place.entry());
            }
            // What comes later in the update may build on it; that it can was judged before.
            let _ = self.place_new(&mut placing, block);
        }
        entries
    }

    /// Entries of maps of which deletes that are news take something away.
    pub fn deletes(&self, deletes: &[Span]) -> Vec<Entry> {
        let mut entries = Vec::new();
        for range in deletes {
            let Some(held) = self.clients.get(&range.client) else { continue };
            let before = held.places.partition_point(|(start, _)| *start <= range.start).saturating_sub(1);
            let within = held.places[before..].iter().take_while(|(start, _)| *start < range.end);
            entries.extend(within.filter_map(|(_, place)| place.entry()));
        }
        entries
    }

    /// Clocks that lie in the list or text of a created type, ascending.
    pub fn inside(&self, created: (u64, u32)) -> Vec<Span> {
        let mut spans = Vec::new();
        for (&client, held) in &self.clients {
            for (n, &(start, place)) in held.places.iter().enumerate() {
                if place == Place::Type(created, None) {
                    let end = held.places.get(n + 1).map_or(held.clock, |(next, _)| *next);
                    spans.push(Span { client, start, end });
                }
            }
        }
        spans.sort_unstable();
        spans
    }

    /// Remembers an update that was applied. It must have been judged as news by this very state, or be the whole
    /// stored document that this state begins with.
    pub fn absorb(&mut self, touched: &Touched) {
        let mut placing = Placing::default();
        let mut emptied = Vec::new();
        for block in &touched.placed {
            let new = Span { start: block.span.start.max(self.clock(block.span.client)), ..block.span };
            if new.start < new.end && matches!(block.holds, Holds::Collected | Holds::Deleted) {
                emptied.push(new);
            }
            if self.place_new(&mut placing, block).is_err() {
                placing.append(self, block.span, Place::Forgotten);
            }
        }
        for (client, new) in placing.clients {
            let held = self.clients.entry(client).or_default();
            held.clock = new.clock;
            for (start, place) in new.places {
                if held.places.last().is_none_or(|(_, last)| *last != place) {
                    held.places.push((start, place));
                }
            }
        }
        self.has_halves |= !touched.halves.is_empty();
        for &(client, clock) in &touched.halves {
            let held = self.clients.entry(client).or_default();
            if held.halves.last().is_none_or(|last| *last < clock) {
                held.halves.push(clock);
            }
        }
        self.types.extend(placing.types);
        self.absorb_deleted(emptied.into_iter().chain(touched.deletes.iter().copied()));
    }

    /// Remembers what an applied update deleted besides its own delete set: the loser of two writes to one key, and
    /// everything inside a deleted type. The room takes it from the transaction that applied the update.
    pub fn absorb_deleted(&mut self, deleted: impl IntoIterator<Item = Span>) {
        for range in deleted {
            if let Some(held) = self.clients.get_mut(&range.client)
                && range.start < range.end.min(held.clock)
            {
                held.delete(range.start, range.end.min(held.clock));
            }
        }
    }

    /// Places the part of a block that is new, if any is.
    fn place_new(&self, placing: &mut Placing, block: &Block) -> Result<(), Refused> {
        let clock = self.clock(block.span.client);
        if block.span.end <= clock {
            return Ok(());
        }
        let place = self.place(placing, block)?;
        if block.span.start < clock {
            // Only the end of it is new: it goes on where its beginning is. Behind a collected beginning Yjs finds no
            // list to go on in and stops with an error.
            let begun = self.clients.get(&block.span.client).and_then(|held| held.place(clock - 1));
            if block.holds != Holds::Collected && begun.is_some_and(|begun| begun != place) {
                return Err(Refused::Misplaced);
            }
        }
        // The newest write to a key stands last, so nothing is ever written before another; yrs would read the key
        // back from its store without it.
        let keyed = matches!(place, Place::Root(_, Some(_)) | Place::Type(_, Some(_)));
        let words_in_root = block.holds == Holds::Words && matches!(place, Place::Root(_, Some(_)));
        // A key holds one value. yrs keeps the others alive inside a type that is freed, unless they are deleted at once,
        // as those are that an undo keeps.
        let several = block.holds == Holds::Values && block.span.end - block.span.start.max(clock) > 1;
        if words_in_root || (keyed && (block.right.is_some() || (several && !block.deleted))) {
            return Err(Refused::Misplaced);
        }
        let depth = match place {
            Place::Forgotten => 0,
            Place::Root(..) => 1,
            Place::Type(id, _) => {
                let created = self.created(placing, id).ok_or(Refused::Misplaced)?;
                let fits = match block.holds {
                    Holds::Words => created.kind == TypeKind::Text,
                    Holds::Values | Holds::Type(_) => created.kind != TypeKind::Text,
                    Holds::Collected | Holds::Deleted => true,
                };
                if keyed != (created.kind == TypeKind::Map) || !fits {
                    return Err(Refused::Misplaced);
                }
                created.depth + 1
            }
        };
        if let Holds::Type(kind) = block.holds
            && place != Place::Forgotten
        {
            if depth > TYPE_DEPTH {
                return Err(Refused::TooDeep);
            }
            placing.types.insert((block.span.client, block.span.start), Created { kind, depth });
        }
        placing.append(self, block.span, place);
        Ok(())
    }

    fn place(&self, placing: &Placing, block: &Block) -> Result<Place, Refused> {
        if block.holds == Holds::Collected {
            return Ok(Place::Forgotten);
        }
        let at = |id| self.place_of(placing, id).ok_or(Refused::Misplaced);
        match (block.left, block.right) {
            (Some(left), Some(right)) => {
                let (left, right) = (at(left)?, at(right)?);
                if left == right { Ok(left) } else { Err(Refused::Misplaced) }
            }
            (Some(beside), None) | (None, Some(beside)) => at(beside),
            (None, None) => match block.inside {
                Some(Inside::Root(name)) => Ok(Place::Root(name, block.key)),
                Some(Inside::Of(client, clock)) => {
                    let id = (client, clock);
                    if self.created(placing, id).is_some() {
                        return Ok(Place::Type(id, block.key));
                    }
                    // A type that was deleted and collected before this server was started.
                    let gone = self.clients.get(&client).is_some_and(|held| held.is_deleted(clock));
                    if gone || at(id)? == Place::Forgotten {
                        Ok(Place::Forgotten)
                    } else {
                        Err(Refused::Misplaced)
                    }
                }
                None => Ok(Place::Forgotten),
            },
        }
    }

    fn created(&self, placing: &Placing, id: (u64, u32)) -> Option<Created> {
        placing.types.get(&id).or_else(|| self.types.get(&id)).copied()
    }

    fn place_of(&self, placing: &Placing, (client, clock): (u64, u32)) -> Option<Place> {
        let known = self.clients.get(&client).and_then(|held| held.place(clock));
        known.or_else(|| placing.clients.get(&client).and_then(|held| held.place(clock)))
    }
}

impl Placing {
    fn append(&mut self, known: &Known, span: Span, place: Place) {
        let fresh = || Held { clock: known.clock(span.client), ..Held::default() };
        self.clients.entry(span.client).or_insert_with(fresh).append(span.end, place);
    }
}
