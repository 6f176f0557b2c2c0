//! A hostile vector as a document of the service is sent it, and the answer that is due to it. Most vectors stand beneath
//! roots that no board has (`a`, `t`, `q`): a board refuses them for that (SPEC SCAN6) before it reads what they are about.
//! So they are sent a second time, beneath the root that a board does have.

use crate::{
    attack::Reply,
    vectors::{self, Hostile, bytes},
};
use protocol::{
    document::{Audience, Kind},
    known::Known,
    lib0::{DecodeError, Reader, Writer},
    scan::{Roots, scan_update},
};
use std::ops::Range;

const BOARD: Kind = Kind::Board(Audience::All);
/// No vector writes under this client id.
const WRITER: u64 = 1_000_003;

/// What a board is sent before a vector, and takes: a text under a key of its root, then what the vector builds on. The one
/// vector that builds on letters beneath a foreign root (F13) has them in that text: as they stand no board takes them (SCAN6).
pub(crate) fn beginning(vector: &Hostile) -> Vec<Vec<u8>> {
    let text = [&[1, 1][..], &number(WRITER), &[0, 0x27], ROOT, &[1, b't', 2, 0]].concat();
    let rest = vector.after.iter().map(|update| on_a_board(&bytes(update)));
    std::iter::once(text).chain(rest).collect()
}

/// Bytes of a vector, and what a document says of them, as the vectors spell it.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) bytes: Vec<u8>,
    pub(crate) answer: String,
}

/// The vector as it stands. Where a board refuses that for its root alone, the same beneath the board's own root as well: the
/// last of them gets the answer that the vector declares.
pub(crate) fn on_board(vector: &Hostile) -> Vec<Form> {
    let declared = |bytes: Vec<u8>| Form { bytes, answer: vector.answer.clone() };
    let bytes = vector.bytes();
    if vector.kind != "update" || read_on_board(vector, &bytes) == vector.answer {
        return vec![declared(bytes)];
    }
    let moved = declared(on_a_board(&bytes));
    vec![Form { bytes, answer: "SCAN6".to_owned() }, moved]
}

/// The vector for a document that only the server writes: it takes nothing, so that what the vector builds on is not there.
pub(crate) fn on_stage(vector: &Hostile) -> Form {
    let bytes = vector.bytes();
    let answer = match vector.kind.as_str() {
        // Whose roots these are is no matter where nothing is taken.
        "update" => read(&bytes, Roots::Any, &Known::default()),
        _ => vector.answer.clone(),
    };
    Form { bytes, answer }
}

fn read_on_board(vector: &Hostile, update: &[u8]) -> String {
    let (roots, mut known) = (Roots::Only(BOARD.client_roots()), Known::default());
    for update in beginning(vector) {
        known.absorb(&scan_update(&update, roots).expect("a board takes it"));
    }
    read(update, roots, &known)
}

fn read(update: &[u8], roots: Roots, known: &Known) -> String {
    let answer = match scan_update(update, roots) {
        Ok(touched) => vectors::answer(known, &touched),
        Err(error) => error.rule(),
    };
    answer.to_owned()
}

/// What the service says of an edit, and for which reason it counts it as not taken.
pub(crate) fn due(answer: &str, is_named: bool, is_written_by_people: bool) -> (Reply, Option<&'static str>) {
    match answer {
        "news" | "gap" if !is_written_by_people => (Reply::Status(false), Some("rights")),
        // y-websocket is told nothing of what is kept: whoever asks something behind it is answered.
        "nothing" | "news" if is_named => (Reply::Status(true), None),
        "nothing" | "news" => (Reply::Answered, None),
        "gap" => (Reply::Asked, None),
        "too deep" | "misplaced" => (Reply::Status(false), Some("misplaced")),
        "halved" => (Reply::Status(false), Some("rights")),
        _ => (Reply::Status(false), Some("scanner")),
    }
}

/// A number as it stands in an update.
pub(crate) fn number(number: u64) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.number(number);
    writer.finish()
}

/// The root of a board as a parent.
const ROOT: &[u8] = b"\x01\x05notes";

const CONTENT: u8 = 0x1f;
const HAS_KEY: u8 = 0x20;
const HAS_RIGHT: u8 = 0x40;
const HAS_LEFT: u8 = 0x80;

/// The same update beneath the root of a board: letters of a root stand in the text of its [`beginning`], everything else
/// under a key. What cannot be read stays as it is, with all that follows.
fn on_a_board(update: &[u8]) -> Vec<u8> {
    let mut patches = Vec::new();
    // The vectors are what cannot be read.
    let _ = find_roots(&mut Reader::new(update), update, &mut patches);
    let (mut moved, mut from) = (Vec::with_capacity(update.len()), 0);
    for (place, instead) in patches {
        moved.extend_from_slice(&update[from..place.start]);
        moved.extend(instead);
        from = place.end;
    }
    moved.extend_from_slice(&update[from..]);
    moved
}

/// Finds where the blocks name roots, and what stands there on a board.
fn find_roots(
    reader: &mut Reader<'_>,
    update: &[u8],
    patches: &mut Vec<(Range<usize>, Vec<u8>)>,
) -> Result<(), DecodeError> {
    for _ in 0..reader.number("sections")? {
        let blocks = reader.number("blocks")?;
        reader.number("client")?;
        reader.number("clock")?;
        for _ in 0..blocks {
            let start = reader.position();
            let info = reader.byte("kind of block")?;
            for _ in 0..2 * (info & (HAS_LEFT | HAS_RIGHT)).count_ones() {
                reader.number("neighbour")?;
            }
            if info != 0 && info & (HAS_LEFT | HAS_RIGHT) == 0 {
                let parent = reader.position();
                if reader.number("kind of parent")? == 1 {
                    reader.text("root")?;
                    let place = start..reader.position();
                    let instead = match (info & CONTENT, info & HAS_KEY) {
                        (4, 0) => [&[info, 0][..], &number(WRITER), &[0]].concat(),
                        (_, 0) => [&[info | HAS_KEY][..], ROOT, &[1, b'k']].concat(),
                        _ => [&[info][..], ROOT].concat(),
                    };
                    let stands_there = update[parent..].starts_with(ROOT);
                    patches.extend((!stands_there).then_some((place, instead)));
                } else {
                    reader.number("client of a parent")?;
                    reader.number("clock of a parent")?;
                }
                if info & HAS_KEY != 0 {
                    reader.text("key")?;
                }
            }
            match info & CONTENT {
                4 => reader.buffer("letters").map(|_| ())?,
                0 | 1 | 7 => reader.number("length or shared type").map(|_| ())?,
                // What follows values stands in no vector that gets so far.
                _ => return Ok(()),
            }
        }
    }
    Ok(())
}

#[test]
fn scan6_every_hostile_edit_is_read_by_a_board_as_far_as_what_it_is_about() {
    let (mut wrong, mut moved) = (Vec::new(), 0);
    for vector in vectors::hostile().iter().filter(|vector| vector.kind == "update") {
        let forms = on_board(vector);
        moved += usize::from(forms.len() == 2);
        for form in forms {
            let answer = read_on_board(vector, &form.bytes);
            if answer != form.answer {
                wrong.push(format!("{} – {answer} instead of {}", vector.label(), form.answer));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(moved > 30, "{moved} vectors stand beneath another root");
}
