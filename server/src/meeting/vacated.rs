//! The text that a line had on its board before the desk took its words (SPEC SYNC15): whoever was typing in it, or was off
//! the line meanwhile, brings more of it, and no document shows that any more.

use super::conference::Held;
use protocol::{
    document::Kind,
    id::HeldId,
    limits::{VACATED_RUNS, WORDS_BYTES},
    scan::{Block, Holds, Inside, Span, Touched},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// See the module. Kept until the board begins its next edition, because edits of an edition before are not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vacated {
    /// The line on the desk that its words went to, while it waits there.
    pub held: Option<HeldId>,
    /// What stood beside the words, and no words.
    pub line: Held,
    /// Clocks that lie in it: client, start, end; ascending. The document itself forgets them with its next snapshot.
    clocks: Vec<(u64, u32, u32)>,
}

/// What an update brings into such a text.
#[derive(Debug, PartialEq, Eq)]
pub struct Late {
    /// The text with it.
    pub text: Vacated,
    /// Clocks of its letters, in the order in which they would stand there where they touch, those aside that it deletes
    /// itself.
    pub letters: Vec<(u64, u32)>,
}

/// More than the desk takes.
#[derive(Debug, PartialEq, Eq)]
pub struct TooMuch;

impl Vacated {
    /// A text with these clocks in it, whose words are on the desk, or are written elsewhere.
    pub fn new(held: Option<HeldId>, line: Held, clocks: &[Span]) -> Self {
        let line = Held { words: String::new(), ..line };
        let mut text = Self { held, line, clocks: Vec::new() };
        clocks.iter().for_each(|span| text.add(*span));
        text
    }

    /// Where it stood; the desk holds nothing that stood nowhere.
    pub fn board(&self) -> Option<Kind> {
        self.line.from.map(|(audience, _)| Kind::Board(audience))
    }

    /// Of how many runs of clocks it is made.
    pub fn runs(&self) -> usize {
        self.clocks.len()
    }

    /// What an update brings into it, of which these clocks are news; none if nothing.
    ///
    /// # Errors
    /// [`TooMuch`]: more letters than a line takes, or more blocks or runs of clocks than are kept.
    pub fn late(&self, touched: &Touched, news: &[Span]) -> Result<Option<Late>, TooMuch> {
        if !touched.placed.iter().any(|block| self.takes(block)) {
            return Ok(None);
        }
        let begins: BTreeMap<u64, u32> = news.iter().map(|span| (span.client, span.start)).collect();
        let mut text = self.clone();
        let (mut letters, mut blocks) = (Vec::new(), 0);
        for block in &touched.placed {
            let Some(begin) = begins.get(&block.span.client) else { continue };
            let new = Span { start: block.span.start.max(*begin), ..block.span };
            if new.start >= new.end || !text.takes(block) {
                continue;
            }
            text.add(new);
            if block.holds == Holds::Words {
                blocks += 1;
                let of = |id: Option<(u64, u32)>| letters.iter().rposition(|letter| Some(*letter) == id);
                let place = of(block.left).map(|left| left + 1).or_else(|| of(block.right));
                let place = place.unwrap_or(letters.len());
                // Checked before they are counted out: a block may say that it holds a thousand times as many.
                if (new.end - new.start) as usize > WORDS_BYTES - letters.len() {
                    return Err(TooMuch);
                }
                letters.splice(place..place, (new.start..new.end).map(|clock| (new.client, clock)));
            }
            // Each block is looked for among the letters before it.
            if text.runs().max(blocks) > VACATED_RUNS {
                return Err(TooMuch);
            }
        }
        let deletes: BTreeMap<_, _> =
            touched.deletes.iter().map(|span| ((span.client, span.start), (span.client, span.end))).collect();
        letters.retain(|letter| deletes.range(..=*letter).next_back().is_none_or(|(_, end)| *end <= *letter));
        Ok((text != *self).then_some(Late { text, letters }))
    }

    /// Whether a block lies in it: beside what lies there, or as its first.
    fn takes(&self, block: &Block) -> bool {
        let inside = match block.inside {
            Some(Inside::Of(client, clock)) => Some((client, clock)),
            _ => None,
        };
        [block.left, block.right, inside].into_iter().flatten().any(|id| self.has(id))
    }

    fn has(&self, (client, clock): (u64, u32)) -> bool {
        let before = self.clocks.partition_point(|(of, start, _)| (*of, *start) <= (client, clock));
        self.clocks[..before].last().is_some_and(|(of, _, end)| *of == client && clock < *end)
    }

    /// News of a client come after all that it wrote before.
    fn add(&mut self, span: Span) {
        let before = self.clocks.partition_point(|(of, start, _)| (*of, *start) <= (span.client, span.start));
        match self.clocks[..before].last_mut() {
            Some((of, _, end)) if *of == span.client && *end == span.start => *end = span.end,
            _ => self.clocks.insert(before, (span.client, span.start, span.end)),
        }
    }
}
