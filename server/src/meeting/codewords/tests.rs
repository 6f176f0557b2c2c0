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
