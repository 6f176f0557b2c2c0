//! Words that come too late for the line in which they were typed: the desk holds it meanwhile, and has them (SPEC SYNC15).

use super::Core;
use crate::meeting::{
    conference::{Held, Millis},
    vacated::{Late, TooMuch, Vacated},
};
use protocol::{
    document::Kind,
    id::HeldId,
    limits::WORDS_BYTES,
    scan::{Span, Touched, read_letters},
};
use rand::Rng;

/// For one text: its place among those that the desk emptied, the text as it is then, and words for the desk.
pub(super) type ForTheDesk = Vec<(usize, Vacated, String)>;

impl Core {
    /// What an edit that is news brings into lines whose words the desk has taken from this board.
    ///
    /// # Errors
    /// [`TooMuch`]: a line takes no more words.
    pub(super) fn late(
        &self,
        kind: Kind,
        update: &[u8],
        touched: &Touched,
        news: &[Span],
    ) -> Result<ForTheDesk, TooMuch> {
        let mut all = Vec::new();
        for (n, text) in self.conference.in_hand.vacated.iter().enumerate() {
            if text.board() != Some(kind) {
                continue;
            }
            let Some(Late { text, letters }) = text.late(touched, news)? else { continue };
            let words = words(update, &letters)?;
            let there = text.held.and_then(|held| self.conference.held.get(&held));
            let long = words.len() + there.map_or(0, |line| line.words.len());
            if long > WORDS_BYTES && !words.is_empty() {
                return Err(TooMuch);
            }
            all.push((n, text, words));
        }
        Ok(all)
    }

    /// The desk gets what came too late. Words are of now: whoever is out does not get them when the line is shown (P5).
    pub(super) fn bring_to_the_desk(&mut self, late: ForTheDesk, now: Millis) {
        if late.is_empty() {
            return;
        }
        for (n, mut text, words) in late {
            let here = text.held.and_then(|held| self.conference.held.get_mut(&held));
            match here {
                _ if words.is_empty() => {}
                Some(line) => {
                    line.words.push_str(&words);
                    line.time = now;
                }
                None => {
                    let mut random = [0; 10];
                    self.rng.fill_bytes(&mut random);
                    let held = HeldId::from_random(random);
                    let mut line = Held { words, time: now, ..text.line.clone() };
                    // Of a part: whoever it leaves out now.
                    let from = line.from.map(|(audience, _)| self.conference.without(audience));
                    line.without.extend(from.into_iter().flatten());
                    self.conference.held.insert(held, line);
                    text.held = Some(held);
                }
            }
            self.conference.in_hand.vacated[n] = text;
        }
        self.state_moved();
    }
}

fn words(update: &[u8], letters: &[(u64, u32)]) -> Result<String, TooMuch> {
    if letters.is_empty() {
        return Ok(String::new());
    }
    let mut wanted = letters.to_vec();
    wanted.sort_unstable();
    let is_wanted = |client, clock| wanted.binary_search(&(client, clock)).is_ok();
    // What was scanned can be read again; what could not would be no word that the desk takes.
    let read = read_letters(update, is_wanted).map_err(|_| TooMuch)?;
    Ok(letters.iter().filter_map(|letter| read.get(letter)).collect())
}
