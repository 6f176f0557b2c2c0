//! Keystrokes as a page makes them: real updates, made before the measurement, in the shape of a board.

use yrs::{Doc, Map, MapPrelim, OffsetKind, Options, Text, TextPrelim, TextRef, Transact, block::ClientID};

/// What is typed, again and again.
const WORDS: &str = "Kacper was seen at school with three bruises on his left arm. He said that he fell. ";

/// One keystroke in so many replaces the letter before it, where a writer revises.
const WORD: usize = 12;
/// After so many the caret goes elsewhere.
const LINE: usize = 40;

/// Updates of one writer, behind one another.
#[derive(Debug)]
pub struct Typing {
    /// Client id of the writer.
    pub client: u32,
    /// The update that puts the writer's line on the board.
    pub line: Vec<u8>,
    /// Clock of the first keystroke.
    pub first: u32,
    bytes: Vec<u8>,
    ends: Vec<u32>,
    doc: Doc,
    text: TextRef,
    /// Where the next letter comes, where the writer goes back to what they wrote.
    caret: Option<u32>,
}

impl Typing {
    /// The writer with this number, who has a line and no keystroke yet. A client id of Yjs has 32 random bits.
    pub fn of(number: u32) -> Self {
        let client = 0x8000_0000 | number.wrapping_mul(0x0001_9661).wrapping_add(7) & 0x7fff_ffff;
        Self::new(client, &format!("{client:016x}"))
    }

    /// A writer with a line of their own and no keystroke yet.
    pub fn new(client: u32, line: &str) -> Self {
        let mut options = Options::with_client_id(ClientID::new(u64::from(client)));
        options.offset_kind = OffsetKind::Utf16;
        let doc = Doc::with_options(options);
        let notes = doc.get_or_insert_map("notes");
        let (text, update) = {
            let mut transaction = doc.transact_mut();
            let note: MapPrelim = [("section", "worries"), ("order", "a00000")].into_iter().collect();
            let note = notes.insert(&mut transaction, line, note);
            let text = note.insert(&mut transaction, "text", TextPrelim::new(""));
            (text, transaction.encode_update_v1())
        };
        // The map, its two values, its text.
        Self { client, line: update, first: 4, bytes: Vec::new(), ends: Vec::new(), doc, text, caret: None }
    }

    /// From now on the caret goes back now and then, and some letters are typed over.
    pub fn revise(&mut self) {
        self.caret = Some(self.ends.len() as u32);
    }

    /// Types more, until there are so many keystrokes.
    pub fn until(&mut self, keystrokes: usize) {
        let words = WORDS.as_bytes();
        for number in self.ends.len()..keystrokes {
            let mut transaction = self.doc.transact_mut();
            let letter = char::from(words[number % words.len()]);
            let mut at = number as u32;
            if let Some(caret) = &mut self.caret {
                let length = self.text.len(&transaction);
                if number % WORD == WORD - 1 && *caret > 0 {
                    *caret -= 1;
                    self.text.remove_range(&mut transaction, *caret, 1);
                } else if number % LINE == LINE - 1 {
                    *caret = (number as u32).wrapping_mul(0x9e37_79b1) % (length + 1);
                }
                at = *caret;
                *caret += 1;
            }
            self.text.insert(&mut transaction, at, letter.encode_utf8(&mut [0; 4]));
            self.bytes.extend_from_slice(&transaction.encode_update_v1());
            self.ends.push(self.bytes.len() as u32);
        }
    }

    /// Keystrokes so far.
    pub fn typed(&self) -> usize {
        self.ends.len()
    }

    /// The update of one keystroke.
    pub fn keystroke(&self, number: usize) -> &[u8] {
        let start = if number == 0 { 0 } else { self.ends[number - 1] as usize };
        &self.bytes[start..self.ends[number] as usize]
    }
}

/// The clocks that an update brings, client by client: a fast way for what keystrokes look like, alone or merged, and
/// the product's own scanner for all else.
pub fn brings(update: &[u8], mut each: impl FnMut(u32, u32, u32)) {
    if keystrokes(update, &mut each).is_none()
        && let Ok(touched) = protocol::scan::scan_stored(update)
    {
        for span in &touched.blocks {
            // The load draws small ids; others are not its own.
            if let Ok(client) = u32::try_from(span.client) {
                each(client, span.start, span.end);
            }
        }
    }
}

/// None: something else than letters with a neighbour. What was read until then stands; hearing it twice does no harm.
fn keystrokes(update: &[u8], each: &mut impl FnMut(u32, u32, u32)) -> Option<()> {
    let mut at = 0;
    for _ in 0..number(update, &mut at)? {
        let blocks = number(update, &mut at)?;
        let client = number(update, &mut at)?;
        let mut clock = number(update, &mut at)?;
        for _ in 0..blocks {
            let info = *update.get(at)?;
            at += 1;
            if info & 0x1f != 4 || info & 0xc0 == 0 {
                return None;
            }
            for _ in 0..(info >> 7) + (info >> 6 & 1) {
                number(update, &mut at)?;
                number(update, &mut at)?;
            }
            let letters = number(update, &mut at)?;
            at += letters as usize;
            each(client, clock, clock + letters);
            clock += letters;
        }
    }
    Some(())
}

/// A number of lib0.
pub fn number(bytes: &[u8], at: &mut usize) -> Option<u32> {
    let (mut value, mut shift) = (0u32, 0);
    loop {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(value);
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yrs::{GetString, Update, updates::decoder::Decode};

    fn heard(update: &[u8]) -> Vec<(u32, u32, u32)> {
        let mut heard = Vec::new();
        brings(update, |client, start, end| heard.push((client, start, end)));
        heard
    }

    #[test]
    fn each_keystroke_brings_the_next_clock_alone_and_merged() {
        let mut typing = Typing::new(3_000_000_007, "0123456789abcdef");
        typing.until(300);
        assert_eq!(heard(&typing.line), [(3_000_000_007, 0, 4)]);
        for (number, clock) in (0..300).zip(4..) {
            assert_eq!(heard(typing.keystroke(number)).last(), Some(&(3_000_000_007, clock, clock + 1)));
        }
        let several = (1..9).map(|number| Update::decode_v1(typing.keystroke(number)).expect("an update"));
        let merged = Update::merge_updates(several).encode_v1();
        assert_eq!(heard(&merged).last().map(|last| last.2), Some(13));
    }

    #[test]
    fn who_revises_brings_one_clock_by_each_keystroke_and_has_fewer_letters() {
        let mut typing = Typing::new(7, "0123456789abcdef");
        typing.revise();
        typing.until(600);
        for (number, clock) in (0..600).zip(4..) {
            assert_eq!(heard(typing.keystroke(number)), [(7, clock, clock + 1)]);
        }
        let doc = &typing.doc;
        let text = typing.text.get_string(&doc.transact());
        assert_eq!(text.len(), 600 - 600 / WORD);
        assert!(!WORDS.repeat(8).starts_with(&text), "it was typed from the first letter to the last");
    }

    #[test]
    fn another_copy_reads_what_was_typed() {
        let mut typing = Typing::new(7, "0123456789abcdef");
        typing.until(20);
        let doc = Doc::new();
        let apply = |update: &[u8]| {
            doc.transact_mut().apply_update(Update::decode_v1(update).expect("an update")).expect("applied");
        };
        apply(&typing.line);
        (0..20).for_each(|number| apply(typing.keystroke(number)));
        let notes = doc.get_or_insert_map("notes");
        let transaction = doc.transact();
        let Some(yrs::Out::YMap(line)) = notes.get(&transaction, "0123456789abcdef") else {
            panic!("no line")
        };
        let Some(yrs::Out::YText(text)) = line.get(&transaction, "text") else { panic!("no text") };
        assert_eq!(text.get_string(&transaction), WORDS[..20]);
    }

    use yrs::updates::encoder::Encode;
}
