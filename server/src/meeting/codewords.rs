//! Codes that people read from a letter or a screen and type: the room's code and a wall's pairing code.

use std::{fmt, str::FromStr};

/// The words of room codes: short, everyday and harmless; none of family, body, harm or courts; any two differ in at
/// least three letters. One byte chooses one.
const WORDS: [&str; 256] = [
    "acorn",
    "almond",
    "alpine",
    "anchor",
    "apricot",
    "armchair",
    "artist",
    "atlas",
    "avocado",
    "backpack",
    "badger",
    "bakery",
    "balcony",
    "balloon",
    "bamboo",
    "barley",
    "basket",
    "beacon",
    "beetroot",
    "bicycle",
    "blackbird",
    "blossom",
    "bluebell",
    "bookcase",
    "bookmark",
    "boulder",
    "bracelet",
    "bracken",
    "breeze",
    "bridge",
    "bugle",
    "bulldozer",
    "butterfly",
    "button",
    "cabbage",
    "cactus",
    "calendar",
    "camera",
    "candle",
    "canvas",
    "canyon",
    "caravan",
    "cardigan",
    "carrot",
    "celery",
    "chestnut",
    "chimney",
    "cinema",
    "clipboard",
    "clover",
    "coffee",
    "compass",
    "copper",
    "coral",
    "cornfield",
    "cottage",
    "cricket",
    "cucumber",
    "curtain",
    "cushion",
    "daffodil",
    "dandelion",
    "daylight",
    "denim",
    "diamond",
    "dolphin",
    "domino",
    "doorbell",
    "doorway",
    "dragonfly",
    "driftwood",
    "drizzle",
    "easel",
    "echo",
    "eclipse",
    "elephant",
    "envelope",
    "evergreen",
    "farmhouse",
    "feather",
    "fennel",
    "fiddle",
    "flagpole",
    "flamingo",
    "flowerpot",
    "forest",
    "forklift",
    "fountain",
    "galaxy",
    "garden",
    "garland",
    "garlic",
    "gateway",
    "gazebo",
    "giraffe",
    "glacier",
    "glider",
    "goldfish",
    "gondola",
    "granite",
    "grape",
    "guitar",
    "hammock",
    "harbour",
    "harmonica",
    "harvest",
    "haystack",
    "hedgehog",
    "hillside",
    "honey",
    "horizon",
    "houseboat",
    "iceberg",
    "indigo",
    "island",
    "jelly",
    "jigsaw",
    "jumper",
    "kettle",
    "keyboard",
    "kitchen",
    "kiwi",
    "koala",
    "ladybird",
    "lagoon",
    "landscape",
    "lantern",
    "lavender",
    "lentil",
    "lettuce",
    "library",
    "lilac",
    "limestone",
    "linen",
    "lobster",
    "locket",
    "magnet",
    "mailbox",
    "mango",
    "maple",
    "marigold",
    "marmalade",
    "meadow",
    "mint",
    "mirror",
    "mitten",
    "monsoon",
    "moonlight",
    "mosaic",
    "mudguard",
    "mulberry",
    "museum",
    "mustard",
    "napkin",
    "nectar",
    "newspaper",
    "noodle",
    "notebook",
    "nutmeg",
    "oatmeal",
    "ocean",
    "omelette",
    "onion",
    "orange",
    "orbit",
    "orchard",
    "otter",
    "pancake",
    "panda",
    "papaya",
    "paper",
    "parcel",
    "pasture",
    "peacock",
    "pebble",
    "petal",
    "piano",
    "picnic",
    "pineapple",
    "pinecone",
    "planet",
    "postcard",
    "primrose",
    "printer",
    "propeller",
    "pudding",
    "puffin",
    "pumpkin",
    "puzzle",
    "pyramid",
    "rabbit",
    "radio",
    "rainbow",
    "raincoat",
    "ribbon",
    "river",
    "rooftop",
    "rucksack",
    "saffron",
    "sailboat",
    "sandwich",
    "sapling",
    "sardine",
    "saucepan",
    "saucer",
    "scooter",
    "seagull",
    "seashell",
    "shoelace",
    "skylark",
    "snowdrop",
    "snowman",
    "sofa",
    "sparrow",
    "spinach",
    "sponge",
    "spoon",
    "spruce",
    "squirrel",
    "stapler",
    "starfish",
    "stencil",
    "sugar",
    "suitcase",
    "sundial",
    "sunshine",
    "sweater",
    "teacup",
    "teapot",
    "thimble",
    "timber",
    "tomato",
    "toolbox",
    "topaz",
    "tractor",
    "trumpet",
    "tugboat",
    "tulip",
    "turtle",
    "umbrella",
    "velvet",
    "village",
    "volcano",
    "waffle",
    "walnut",
    "wardrobe",
    "weekend",
    "wheel",
    "whistle",
    "windmill",
    "window",
    "wizard",
    "woodland",
    "workshop",
    "yellow",
    "zigzag",
];

/// Letters of pairing codes: Crockford's base 32, which has no I, L, O and U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The code of a room, `maple-river-47`: two words and two digits, about 22 bits. It lets somebody knock and no more;
/// tries are limited per address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomCode {
    words: [u8; 2],
    number: u8,
}

/// A text that was read as a room code and is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has two words and two digits, like maple-river-47; please look at it again")]
pub struct NotARoomCode;

impl RoomCode {
    /// The code that four random bytes choose. The words differ, and the number is 10–99: no zero to be left out when
    /// it is said aloud.
    pub fn from_random(bytes: [u8; 4]) -> Self {
        let [first, second, high, low] = bytes;
        let second = if second == first { second.wrapping_add(1) } else { second };
        let number = 10 + u16::from_be_bytes([high, low]) % 90;
        Self { words: [first, second], number: number as u8 }
    }
}

impl fmt::Display for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.words.map(|n| WORDS[usize::from(n)]);
        write!(f, "{first}-{second}-{:02}", self.number)
    }
}

impl fmt::Debug for RoomCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoomCode(…)") // a log must not open a door
    }
}

impl FromStr for RoomCode {
    type Err = NotARoomCode;

    /// Reads what people make of it: "Maple River 47", "maple–river 4 7". The words need a gap between them.
    fn from_str(text: &str) -> Result<Self, NotARoomCode> {
        let text = text.to_lowercase();
        let mut words = text.split(|c: char| !c.is_ascii_lowercase()).filter(|word| !word.is_empty());
        let mut word = || -> Result<u8, NotARoomCode> {
            let n = WORDS.binary_search(&words.next().ok_or(NotARoomCode)?).map_err(|_| NotARoomCode)?;
            u8::try_from(n).map_err(|_| NotARoomCode)
        };
        let found = [word()?, word()?];
        if words.next().is_some() || found[0] == found[1] {
            return Err(NotARoomCode);
        }
        let last_letter = text.rfind(|c: char| c.is_ascii_lowercase()).ok_or(NotARoomCode)?;
        let (before, after) = text.split_at(last_letter + 1);
        let digits: String = after.chars().filter(char::is_ascii_digit).collect();
        let clean = |c: char| c.is_ascii_alphanumeric() || c.is_whitespace() || is_mark(c);
        if before.contains(|c: char| c.is_ascii_digit()) || digits.len() != 2 || !text.chars().all(clean) {
            return Err(NotARoomCode);
        }
        let number = digits.parse().map_err(|_| NotARoomCode)?;
        if number < 10 { Err(NotARoomCode) } else { Ok(Self { words: found, number }) }
    }
}

/// What a wall shows so that the chair can pair it: 40 random bits, for five minutes, once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PairingCode([u8; 8]);

/// A text that was read as a pairing code and is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a wall's code has 8 letters and digits, in two groups of four; please look at the wall again")]
pub struct NotAPairingCode;

impl PairingCode {
    /// The code spelled by five random bytes.
    pub fn from_random(bytes: [u8; 5]) -> Self {
        let bits = bytes.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        Self(std::array::from_fn(|n| LETTERS[(bits >> (35 - 5 * n) & 31) as usize]))
    }

    /// The eight characters without a gap, in capitals.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a pairing code is ASCII")
    }
}

impl fmt::Display for PairingCode {
    /// Two groups: `7K3M Q9XP`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.as_str().split_at(4);
        write!(f, "{first} {second}")
    }
}

impl fmt::Debug for PairingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PairingCode(…)") // a log must not open a door
    }
}

impl FromStr for PairingCode {
    type Err = NotAPairingCode;

    /// Capital or small, with or without gaps; the letter O is read as 0, I and L as 1.
    fn from_str(text: &str) -> Result<Self, NotAPairingCode> {
        let mut letters = [0; 8];
        let mut n = 0;
        for c in text.chars().filter(|c| !c.is_whitespace() && !is_mark(*c)) {
            let letter = match c.to_ascii_uppercase() {
                'O' => b'0',
                'I' | 'L' => b'1',
                c => u8::try_from(c).map_err(|_| NotAPairingCode)?,
            };
            if !LETTERS.contains(&letter) {
                return Err(NotAPairingCode);
            }
            *letters.get_mut(n).ok_or(NotAPairingCode)? = letter;
            n += 1;
        }
        if n == letters.len() { Ok(Self(letters)) } else { Err(NotAPairingCode) }
    }
}

/// Marks that people and their keyboards put between the parts of a code.
fn is_mark(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '–' | '—' | '_' | '.' | ',')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters to change, add or leave out to make one word of the other.
    fn distance(one: &str, other: &str) -> usize {
        let mut row: Vec<usize> = (0..=other.len()).collect();
        for (n, a) in one.bytes().enumerate() {
            let mut corner = row[0];
            row[0] = n + 1;
            for (m, b) in other.bytes().enumerate() {
                let best = (corner + usize::from(a != b)).min(row[m] + 1).min(row[m + 1] + 1);
                corner = row[m + 1];
                row[m + 1] = best;
            }
        }
        row[other.len()]
    }

    #[test]
    fn p3_no_two_words_of_room_codes_are_taken_for_each_other() {
        for (n, one) in WORDS.iter().enumerate() {
            assert!((4..=10).contains(&one.len()) && one.bytes().all(|c| c.is_ascii_lowercase()), "{one}");
            for other in &WORDS[..n] {
                assert!(other < one, "the list is searched in its order: {other} before {one}");
                assert!(distance(one, other) >= 3, "{one} and {other}");
            }
        }
    }

    #[test]
    fn p3_a_room_code_survives_its_text() {
        for first in 0..=255 {
            let code = RoomCode::from_random([first, first.wrapping_mul(7), first, 251]);
            assert_eq!(code.to_string().parse(), Ok(code), "{code}");
        }
    }

    #[test]
    fn p3_a_room_code_never_says_a_word_twice_and_always_has_two_digits() {
        for n in 0..=255 {
            let code = RoomCode::from_random([n, n, n, n]).to_string();
            let parts: Vec<_> = code.split('-').collect();
            assert_ne!(parts[0], parts[1]);
            assert!(parts[2].parse::<u8>().is_ok_and(|number| (10..=99).contains(&number)), "{code}");
        }
    }

    #[test]
    fn p3_a_room_code_is_read_as_people_write_it() {
        let code: RoomCode = "maple-river-47".parse().unwrap();
        assert_eq!(code.to_string(), "maple-river-47");
        for text in [
            "Maple River 47",
            " MAPLE  river47 ",
            "maple–river–47.",
            "Maple, River, 4 7",
            "maple_river_47",
            "maple\nriver\n47",
        ] {
            assert_eq!(text.parse(), Ok(code), "{text}");
        }
    }

    #[test]
    fn p3_what_is_no_room_code_is_refused() {
        for text in [
            "",
            "maple-47",
            "maple-river",
            "maple-river-4",
            "maple-river-07",
            "maple-river-471",
            "4-maple-river-7",
            "maple-river-lemon-47",
            "maple-maple-47",
            "maple-xyzzy-47",
            "mapleriver-47",
            "maple/river/47",
            "maple-rivér-47",
        ] {
            assert_eq!(text.parse::<RoomCode>(), Err(NotARoomCode), "{text}");
        }
    }

    #[test]
    fn f28_a_pairing_code_survives_its_text_and_shows_two_groups() {
        let code = PairingCode::from_random([0, 0x44, 0x32, 0x14, 0xc7]);
        assert_eq!(code.as_str(), "01234567");
        assert_eq!(code.to_string(), "0123 4567");
        assert_eq!(PairingCode::from_random([255; 5]).to_string(), "ZZZZ ZZZZ");
        for n in 0..=255u8 {
            let code = PairingCode::from_random([n, n.wrapping_mul(3), n.wrapping_mul(5), 99, !n]);
            assert_eq!(code.to_string().parse(), Ok(code));
        }
    }

    #[test]
    fn f28_a_pairing_code_is_read_as_people_write_it() {
        let code: PairingCode = "10AB 10YZ".parse().unwrap();
        for text in ["10ab10yz", "lOab-iOyz", " IOAB–loyz ", "1 0 a b 1 0 y z"] {
            assert_eq!(text.parse(), Ok(code), "{text}");
        }
        for text in ["", "10AB 10Y", "10AB 10YZ 1", "10AB 10YU", "10AB/10YZ", "10AB 10Yé"] {
            assert_eq!(text.parse::<PairingCode>(), Err(NotAPairingCode), "{text}");
        }
    }

    #[test]
    fn p3_a_log_never_shows_a_code() {
        let shown = format!("{:?} {:?}", RoomCode::from_random([1; 4]), PairingCode::from_random([1; 5]));
        assert_eq!(shown, "RoomCode(…) PairingCode(…)");
    }
}
