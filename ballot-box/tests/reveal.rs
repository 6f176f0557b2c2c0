//! What a closed round tells.

mod rounds;

use ballot_box::{
    Answer, BALLOT_BYTES, Band, Minimum, Reveal, Tally, WORDS,
    device::{Tampered, check},
    may_show_again,
};
use proptest::prelude::*;
use rand::seq::SliceRandom;
use rounds::{Open, answers, says};

fn revealed(number: u32, entitled: usize, said: &[Answer]) -> (Open, Reveal) {
    let mut open = Open::new(number, 0, entitled);
    open.cast_all(said);
    let other = Open::new(number, 0, entitled).ballots;
    let reveal = std::mem::replace(&mut open.ballots, other).reveal(Minimum::default());
    (open, reveal)
}

#[test]
fn seal7_numbers_are_sorted_and_the_rest_is_counted() {
    let mut said = answers(&[9, 2, 6, 6, 3, 10]);
    said.insert(1, Answer::NOTHING);
    said.insert(4, Answer::NOTHING);
    let (_, reveal) = revealed(201, 9, &said);
    assert_eq!(reveal.tally, Tally::Each { numbers: vec![2, 3, 6, 6, 9, 10], middle_doubled: 12 });
    assert_eq!((reveal.without_number, reveal.notes, reveal.entitled), (2, 8, 9));
}

#[test]
fn f103_the_middle_of_an_even_count_lies_between_two() {
    let (_, reveal) = revealed(202, 6, &answers(&[1, 2, 4, 5, 9, 10]));
    assert!(matches!(reveal.tally, Tally::Each { middle_doubled: 9, .. }), "4½: {:?}", reveal.tally);
}

#[test]
fn seal8_three_or_fewer_with_a_number_tell_nothing() {
    for with in 0..=3 {
        let mut said = answers(&[0, 10, 5][..with]);
        said.resize(8, Answer::NOTHING);
        let (_, reveal) = revealed(210 + with as u32, 8, &said);
        assert_eq!(reveal.tally, Tally::TooFew);
        assert!(reveal.bundle.iter().all(|shown| shown.answer.is_none()), "nor does the bundle");
    }
}

#[test]
fn seal8_four_with_a_number_are_told_in_bands() {
    for (n, (said, counts, middle)) in [
        ([0, 3, 4, 10], [2, 1, 1], (Band::Low, Band::Middle)),
        ([4, 5, 6, 7], [0, 3, 1], (Band::Middle, Band::Middle)),
        ([1, 2, 8, 9], [2, 0, 2], (Band::Low, Band::High)),
    ]
    .into_iter()
    .enumerate()
    {
        let mut notes = answers(&said);
        notes.push(Answer::NOTHING);
        let (_, reveal) = revealed(220 + n as u32, 6, &notes);
        assert_eq!(reveal.tally, Tally::Bands { counts, middle });
        assert!(reveal.bundle.iter().all(|shown| shown.answer.is_none()), "the bundle tells no number");
    }
}

#[test]
fn seal8_the_minimum_may_be_raised_and_not_lowered() {
    assert!((0..5).all(|notes| Minimum::try_from(notes).is_err()));
    let raised = Minimum::try_from(7).expect("more than five");
    let with = |notes: usize| {
        let mut open = Open::new(230 + notes as u32, 0, 9);
        open.cast_all(&answers(&[5, 1, 9, 4, 4, 0, 10][..notes]));
        open.ballots.reveal(raised).tally
    };
    assert_eq!(with(6), Tally::Bands { counts: [2, 3, 1], middle: (Band::Middle, Band::Middle) });
    assert!(matches!(with(7), Tally::Each { .. }));
    assert_eq!(with(3), Tally::TooFew);
}

#[test]
fn seal16_a_group_that_changed_by_one_or_two_is_not_asked_again() {
    assert!(may_show_again(0, 0) && may_show_again(3, 0) && may_show_again(9, 0));
    assert!(!may_show_again(1, 0) && !may_show_again(2, 0));
}

#[test]
fn seal16_shown_again_is_only_what_no_choice_of_missing_notes_would_bring_down_to_one_or_two() {
    // Those asked first, and then: `left` of them are not, and `came` others are.
    let first = 0b1_1111_u32;
    for (left, came) in [(0, 0), (1, 0), (1, 1), (2, 1), (0, 3), (3, 1), (3, 2), (3, 3)] {
        let then = (first >> left << left) | (((1 << came) - 1) << 5);
        let part = |of: u32, missing: u32| {
            (0..1_u32 << 8)
                .filter(move |some| some & of == *some && some.count_ones() + missing == of.count_ones())
        };
        for (before, now) in [(0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (2, 1)] {
            let told = part(first, before)
                .flat_map(|one| part(then, now).map(move |other| (one ^ other).count_ones()))
                .any(|changed| changed == 1 || changed == 2);
            let may = may_show_again(left + came, (before + now) as usize);
            assert!(!may || !told, "{left} left, {came} came, {before} and {now} missing");
            // Of the same people it is exactly so.
            assert!(left + came > 0 || may != told, "{before} and {now} missing");
        }
    }
}

#[test]
fn seal11_a_bundle_is_checked_and_each_way_of_tampering_is_found() {
    let said = answers(&[3, 3, 5, 7, 9]);
    let (mut open, reveal) = revealed(240, 6, &said);
    let numbers = [3, 3, 5, 7, 9];
    let look = |bundle: &[_]| check(&open.round, 6, &numbers, bundle);
    assert_eq!(look(&reveal.bundle), Ok(()));
    let tampered = |change: &dyn Fn(&mut Vec<ballot_box::Shown>)| {
        let mut bundle = reveal.bundle.clone();
        change(&mut bundle);
        look(&bundle)
    };
    assert_eq!(tampered(&|b| b[0].signature[9] ^= 1), Err(Tampered::Unsigned));
    assert_eq!(tampered(&|b| b[1].one_time_key[0] ^= 1), Err(Tampered::Unsigned));
    assert_eq!(tampered(&|b| b[2] = b[3].clone()), Err(Tampered::Twice));
    assert_eq!(tampered(&|b| b.swap(1, 2)), Err(Tampered::Unsorted));
    assert_eq!(tampered(&|b| b[4].answer = Some(says(10))), Err(Tampered::OtherNumbers));
    assert_eq!(tampered(&|b| b.truncate(4)), Err(Tampered::OtherNumbers));
    assert_eq!(check(&open.round, 4, &numbers, &reveal.bundle), Err(Tampered::TooMany));
    let stranger = Open::new(241, 1, 6);
    assert_eq!(check(&stranger.round, 6, &numbers, &reveal.bundle), Err(Tampered::Unsigned));
    // An added note is signed as only an operator could, and found by its number.
    let token = open.token();
    let device = Open::new(240, 0, 6);
    let mut ballots = device.ballots;
    ballots.cast(&token.ballot(0, says(10)));
    let mut bundle = reveal.bundle.clone();
    bundle.extend(ballots.reveal(Minimum::default()).bundle);
    assert_ne!(check(&open.round, 6, &numbers, &bundle), Ok(()));
}

#[test]
fn seal7_what_is_told_is_the_same_whatever_order_notes_came_in() {
    let mut open = Open::new(250, 0, 8);
    let bodies = open.cast_all(&answers(&[5, 0, 0, 9, 4, 4, 10, 1]));
    let fresh = |open: &mut Open| ballot_box::BallotBox::new(&mut open.rng, open.round.clone(), 8);
    let fresh_box = fresh(&mut open);
    let first = std::mem::replace(&mut open.ballots, fresh_box).reveal(Minimum::default());
    for _ in 0..100 {
        let mut order = bodies.clone();
        order.shuffle(&mut open.rng);
        let mut ballots = fresh(&mut open);
        order.iter().for_each(|body| ballots.cast(body));
        assert_eq!(ballots.reveal(Minimum::default()), first);
    }
}

/// Notes of each round below.
const NOTES: usize = 5;

/// How much places of a round go with the order of arrival: least where they lie against it, most where they lie in it.
fn in_order(places: &[usize; NOTES]) -> usize {
    places.iter().enumerate().map(|(came, place)| came * place).sum()
}

/// How often chance alone leads as far from the middle as these places do, over rounds whose notes came in an order that
/// is drawn again and again.
fn permuted(rounds: &[[usize; NOTES]], rng: &mut impl rand::Rng) -> f64 {
    const DRAWS: usize = 4_000;
    // The middle of all orders: every note in the middle place.
    let middle = rounds.len() * NOTES * (NOTES - 1) * (NOTES - 1) / 4;
    let far = rounds.iter().map(in_order).sum::<usize>().abs_diff(middle);
    let mut drawn: Vec<[usize; NOTES]> = rounds.to_vec();
    let as_far = (0..DRAWS).filter(|_| {
        drawn.iter_mut().for_each(|places| places.shuffle(rng));
        drawn.iter().map(in_order).sum::<usize>().abs_diff(middle) >= far
    });
    as_far.count() as f64 / DRAWS as f64
}

/// 1,000 reveals: the place of a note in the bundle, and among the sorted numbers, has nothing to do with when it came.
#[test]
fn seal7_over_a_thousand_reveals_places_say_nothing_about_the_order_of_arrival() {
    let mut rng = rounds::rng(7);
    let mut places = Vec::new();
    for round in 0..1_000 {
        let mut open = Open::new(10_000 + round, 0, NOTES);
        let said: [u8; NOTES] = std::array::from_fn(|_| rng.random_range(0..=10));
        let bodies = open.cast_all(&answers(&said));
        let Reveal { bundle, tally, .. } = open.ballots.reveal(Minimum::default());
        let place = |body: &[u8; BALLOT_BYTES]| {
            bundle.iter().position(|shown| shown.one_time_key == body[17..49]).expect("it is in")
        };
        let of_round: [usize; NOTES] = std::array::from_fn(|came| place(&bodies[came]));
        let Tally::Each { numbers, .. } = tally else { panic!("each is shown: {tally:?}") };
        assert!((0..NOTES).all(|came| numbers[of_round[came]] == said[came]));
        places.push(of_round);
    }
    let chance = permuted(&places, &mut rng);
    assert!(chance > 0.001, "{chance}");
    // One round in ten that is told in the order of arrival is found.
    let told: [usize; NOTES] = std::array::from_fn(|came| came);
    places.iter_mut().step_by(10).for_each(|of_round| *of_round = told);
    let chance = permuted(&places, &mut rng);
    assert!(chance <= 0.001, "the test shows nothing: {chance}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whoever says what and in whatever order: all that is told follows from the sorted answers.
    #[test]
    fn seal7_seal8_all_that_is_told_follows_from_the_sorted_answers(
        said in proptest::collection::vec(prop_oneof![3 => 0..=10u8, 1 => Just(255)], 0..9),
        absent in 0..3usize,
    ) {
        let entitled = said.len() + absent;
        let notes: Vec<Answer> = said.iter().map(|byte| Answer::try_from(*byte).expect("valid")).collect();
        let (open, reveal) = revealed(300, entitled, &notes);
        let mut with: Vec<u8> = said.iter().copied().filter(|byte| *byte <= 10).collect();
        with.sort_unstable();
        prop_assert_eq!(reveal.notes, said.len());
        prop_assert_eq!(reveal.without_number, said.len() - with.len());
        prop_assert_eq!(reveal.bundle.len(), said.len());
        let shown = match &reveal.tally {
            Tally::TooFew => { prop_assert!(with.len() < 4); vec![] }
            Tally::Bands { counts, .. } => {
                prop_assert_eq!(with.len(), 4);
                prop_assert_eq!(counts.iter().sum::<usize>(), 4);
                vec![]
            }
            Tally::Each { numbers, middle_doubled } => {
                prop_assert!(with.len() >= 5);
                prop_assert_eq!(numbers, &with);
                let below = with.iter().filter(|n| 2 * **n < *middle_doubled).count();
                let above = with.iter().filter(|n| 2 * **n > *middle_doubled).count();
                prop_assert!(below <= with.len() / 2 && above <= with.len() / 2);
                with
            }
        };
        prop_assert_eq!(check(&open.round, entitled, &shown, &reveal.bundle), Ok(()));
    }
}

#[test]
fn seal10_the_words_are_256() {
    assert_eq!(WORDS.len(), 256);
}
