//! Puts the blocks of an update in an order in which each comes after those it builds on.

use super::{Block, Inside, ScanError, Span};
use std::collections::HashMap;

/// Blocks of one client, ascending and without a hole.
pub struct Section {
    /// All clocks of the section.
    pub span: Span,
    /// Where its blocks begin in the list of all blocks.
    pub first: usize,
    /// One past its last block in that list.
    pub last: usize,
}

/// What each block of the update builds on.
pub fn needs_of(block: &Block) -> impl Iterator<Item = (u64, u32)> {
    let inside = match block.inside {
        Some(Inside::Of(client, clock)) => Some((client, clock)),
        _ => None,
    };
    [block.left, block.right, inside].into_iter().flatten()
}

/// A section that is read as far as its blocks can be placed.
#[derive(Clone, Default)]
struct Progress {
    next: usize,
    /// Sections that wait until this one has passed a clock.
    waiting: Vec<(u32, usize)>,
}

/// The blocks in order. Ids outside the update do not wait; a block that names its own client's future, or a circle,
/// is refused (SPEC SCAN7).
pub fn in_order(blocks: &[Block], sections: &[Section]) -> Result<Vec<Block>, ScanError> {
    let by_client: HashMap<u64, usize> =
        sections.iter().enumerate().map(|(n, section)| (section.span.client, n)).collect();
    let mut progress: Vec<Progress> =
        sections.iter().map(|section| Progress { next: section.first, waiting: Vec::new() }).collect();
    let mut ordered = Vec::with_capacity(blocks.len());
    let mut ready: Vec<usize> = (0..sections.len()).rev().collect();
    while let Some(n) = ready.pop() {
        let section = &sections[n];
        'blocks: while progress[n].next < section.last {
            let block = &blocks[progress[n].next];
            for (client, clock) in needs_of(block) {
                if client == section.span.client {
                    if clock >= block.span.start {
                        return Err(ScanError::Forward { client, clock });
                    }
                    continue;
                }
                let Some(&other) = by_client.get(&client) else { continue };
                let span = sections[other].span;
                let reached =
                    blocks.get(progress[other].next).filter(|_| progress[other].next < sections[other].last);
                let reached = reached.map_or(span.end, |block| block.span.start);
                if clock >= reached && clock < span.end {
                    progress[other].waiting.push((clock, n));
                    break 'blocks;
                }
            }
            ordered.push(*block);
            progress[n].next += 1;
            let end = block.span.end;
            progress[n].waiting.retain(|&(clock, waiter)| {
                let still = clock >= end;
                if !still {
                    ready.push(waiter);
                }
                still
            });
        }
    }
    if ordered.len() == blocks.len() { Ok(ordered) } else { Err(ScanError::Circle) }
}
