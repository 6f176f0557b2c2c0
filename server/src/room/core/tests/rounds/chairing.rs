//! Who opens, closes and reveals a round, and whom it is for.

use super::*;

#[test]
fn seal17_f95_f101_p9_the_framework_says_whether_when_and_who() {
    let mut house = house();
    house.done(Role::Chair, Command::OpenPhase { phase: "mapping".into() });
    assert_eq!(house.refused(Role::Chair, open(1)), Refusal::NotNow);
    house.done(Role::CoChair, Command::OpenPhase { phase: "the-plan".into() });
    for role in [Role::SocialWorker, Role::Parent, Role::BusinessSupport] {
        assert_eq!(house.refused(role, open(2)), Refusal::NotYours);
    }
    let unknown = NewRound { child: ChildId::from_random([9; 10]), ..new(2) };
    assert_eq!(house.refused(Role::Chair, Command::OpenRound { new: unknown }), Refusal::NotThere);
    house.opens(3);
    assert_eq!(house.refused(Role::Chair, open(4)), Refusal::NotNow, "one round at a time");
    for role in [Role::Parent, Role::Chair, Role::Interpreter, Role::BusinessSupport] {
        let outcome = house.ask_note(role, 3, 9);
        assert!(matches!(outcome, Outcome::Refused { code: Refusal::NotYours, .. }), "{role:?}: {outcome:?}");
    }
}

#[test]
fn seal17_f100_a_framework_without_a_scale_has_no_rounds() {
    let mut conference = with(&SCALING);
    conference.framework.as_mut().map(Arc::make_mut).expect("it has one").scale = None;
    let mut house = house_of(conference);
    assert_eq!(house.refused(Role::Chair, open(1)), Refusal::NotThere);
    let choice = Some(FamilyChoice::Pad);
    house.done(Role::Chair, Command::FamilyChoice { attendee: id(Role::Parent), choice });
}

#[test]
fn f96_f97_a_worry_scale_keeps_its_own_direction_words_and_follow_up() {
    let worry = framework::parse("worry.toml", WORRY).expect("a right file");
    let mut conference = with(&SCALING);
    conference.phase = worry.phases[0].key.clone();
    conference.framework = Some(Arc::new(worry));
    let mut house = House::begin(31, conference);
    house.done(Role::Chair, Command::Convene);
    house.done(Role::Chair, Command::OpenPhase { phase: "worries".into() });
    house.plays(1, &some([3, 4, 4, 5, 5, 6]));
    let shown = house.shown(Role::Wall, 1);
    assert_eq!(shown["question"], "How worried are you about Kacper, from 0 to 10?");
    assert_eq!(shown["high_words"], "as worried as can be");
    let stage = json!(house.device(Role::Wall).copy(Kind::Stage).replica.values());
    let scale = &stage["framework"]["text"]["scale"];
    assert_eq!((&scale["about"], &scale["higher_is"]), (&json!("worry"), &json!("more worried")));
    assert_eq!(
        scale["then"],
        "What are the protective factors that mean you scale for example at a {middle} not a 10 today."
    );
}

#[test]
fn f98_end_words_are_the_rounds_own_and_stay_with_it() {
    let mut house = house();
    let words = |text: &str| Some(text.to_owned());
    let own = NewRound {
        question: words("How safe is Kacper tonight?"),
        low_words: words("not at all"),
        high_words: words("as safe as can be"),
        ..new(1)
    };
    house.done(Role::Chair, Command::OpenRound { new: own });
    let shown = house.shown(Role::Parent, 1);
    assert_eq!(shown["question"], "How safe is Kacper tonight?");
    assert_eq!(
        (&shown["low_words"], &shown["high_words"]),
        (&json!("not at all"), &json!("as safe as can be"))
    );
    let empty = NewRound { question: words(" "), ..new(2) };
    house.done(Role::Chair, Command::VoidRound { round: round(1) });
    assert_eq!(house.refused(Role::Chair, Command::OpenRound { new: empty }), Refusal::BadInput);
}

#[test]
fn seal17_p16_of_the_family_only_who_chose_the_pad_is_entitled_and_never_the_family_alone() {
    let mut conference = with(&SCALING);
    // Also where a framework names the family: a number of theirs is never assumed.
    change_scale(&mut conference, |scale| scale.who.push(Role::Parent));
    let mut house = house_of(conference);
    let parent = id(Role::Parent);
    house.opens(1);
    assert_eq!(house.shown(Role::Chair, 1)["entitled"], 6);
    house.done(Role::Chair, Command::VoidRound { round: round(1) });
    for choice in [FamilyChoice::Aloud, FamilyChoice::No, FamilyChoice::Pad] {
        house.done(Role::BusinessSupport, Command::FamilyChoice { attendee: parent, choice: Some(choice) });
        assert_eq!(house.core.conference().may_scale(parent), choice == FamilyChoice::Pad);
    }
    let desk = json!(house.device(Role::Chair).copy(Kind::Desk).replica.values());
    assert_eq!(desk["family"], json!({ parent.to_string(): "pad" }));
    house.opens(2);
    assert_eq!(house.shown(Role::Chair, 2)["entitled"], 7);
    assert!(matches!(house.ask_note(Role::Parent, 2, 7), Outcome::Signed { .. }));
    assert_eq!(
        house.refused(Role::Parent, Command::FamilyChoice { attendee: parent, choice: None }),
        Refusal::NotYours
    );
    let police = Command::FamilyChoice { attendee: id(Role::Police), choice: Some(FamilyChoice::Pad) };
    assert_eq!(house.refused(Role::Chair, police), Refusal::NotThere);

    let mut alone = house_of(with(&[Role::Relative, Role::YoungPerson, Role::School]));
    for role in [Role::Parent, Role::Relative, Role::YoungPerson] {
        let choice = Some(FamilyChoice::Pad);
        alone.done(Role::Chair, Command::FamilyChoice { attendee: id(role), choice });
    }
    alone.opens(1);
    alone.done(Role::Chair, Command::VoidRound { round: round(1) });
    alone.done(Role::Chair, Command::EndPart { attendee: id(Role::School) });
    assert_eq!(alone.refused(Role::Chair, open(2)), Refusal::NotNow, "three are no group");
}

#[test]
fn seal17_p16_however_many_of_the_family_there_are_they_are_never_asked_alone() {
    let mut conference = with(&[Role::Relative, Role::YoungPerson, Role::School]);
    let another = conference.people[&id(Role::Relative)].clone();
    let other = AttendeeId::from_random([99; 10]);
    conference.people.insert(other, another);
    let mut house = house_of(conference);
    for attendee in [id(Role::Parent), id(Role::Relative), id(Role::YoungPerson), other] {
        let choice = Some(FamilyChoice::Pad);
        house.done(Role::Chair, Command::FamilyChoice { attendee, choice });
    }
    house.opens(1);
    assert_eq!(house.shown(Role::Chair, 1)["entitled"], 5);
    house.done(Role::Chair, Command::VoidRound { round: round(1) });
    house.done(Role::Chair, Command::EndPart { attendee: id(Role::School) });
    let why = house.does(Role::Chair, open(2));
    assert!(
        matches!(&why, Outcome::Refused { code: Refusal::NotNow, why } if why.contains("family alone")),
        "{why:?}"
    );
}

#[test]
fn p15_business_support_hands_in_for_somebody_without_a_device_and_for_nobody_else() {
    let mut conference = with(&SCALING);
    conference.people.get_mut(&id(Role::School)).expect("there").standing = Standing::Invited;
    let mut house = house_of(conference);
    house.done(Role::Chair, Command::EndPart { attendee: id(Role::School) });
    house.done(Role::BusinessSupport, Command::Seat { attendee: id(Role::School) });
    assert!(house.core.conference().people[&id(Role::School)].devices.is_empty());
    house.opens(1);
    let desk = json!(house.device(Role::BusinessSupport).copy(Kind::Desk).replica.values());
    assert_eq!(desk["slips"][round(1).to_string()], json!([id(Role::School)]));
    let blinded = hex::encode(house.device_of(Role::BusinessSupport, 1, 6).blinded());
    let of = |role| Command::AskNoteFor { round: round(1), attendee: id(role), blinded: blinded.clone() };
    assert_eq!(house.refused(Role::Chair, of(Role::School)), Refusal::NotYours, "the chair would know");
    assert_eq!(house.refused(Role::CoChair, of(Role::School)), Refusal::NotYours);
    assert_eq!(house.refused(Role::BusinessSupport, of(Role::Police)), Refusal::NotYours);
    let outcome = house.does(Role::BusinessSupport, of(Role::School));
    let token = house.finalised(Role::BusinessSupport, 1, 6, &outcome);
    house.casts(&token.ballot(0, says(Some(4))), 1);
    house.later(Timing::REAL.count);
    assert_eq!(house.counted(Role::Wall).1, 1);
}

#[test]
fn seal8_the_minimum_may_be_raised_and_never_lowered() {
    let mut house = house();
    let with = |minimum| Command::OpenRound { new: NewRound { minimum: Some(minimum), ..new(1) } };
    assert_eq!(house.refused(Role::Chair, with(4)), Refusal::BadInput);
    house.done(Role::Chair, with(7));
    house.make_keys();
    for (place, role) in SCALING.into_iter().enumerate() {
        let token = house.token(role, 1, place as u8 + 1);
        house.casts(&token.ballot(0, says(Some(place as u8))), 1);
    }
    house.closes(1);
    house.done(Role::Chair, Command::RevealRound { round: round(1) });
    let revealed = house.core.conference().rounds.all[&round(1)].revealed.clone().expect("revealed");
    assert_eq!(revealed.numbers, Numbers::Bands { counts: [4, 2, 0], middle: [Third::Low, Third::Low] });
}

#[test]
fn seal16_a_question_that_was_shown_is_not_asked_again_of_a_group_that_changed_by_one_or_two() {
    let mut house = house();
    house.plays(1, &some([1, 2, 3, 4, 5, 6]));
    house.opens(2);
    house.done(Role::Chair, Command::VoidRound { round: round(2) });
    for (n, goes) in [Role::Police, Role::School].into_iter().enumerate() {
        house.done(Role::Chair, Command::EndPart { attendee: id(goes) });
        let why = house.does(Role::Chair, open(3 + n as u8));
        assert!(
            matches!(&why, Outcome::Refused { code: Refusal::NotNow, why } if why.contains("difference")),
            "{why:?}"
        );
    }
    // In other words it is the same question.
    let other = NewRound { question: Some("How safe is Kacper?".into()), ..new(5) };
    assert_eq!(house.refused(Role::Chair, Command::OpenRound { new: other }), Refusal::NotNow);
    // One more family member: three have changed.
    let choice = Some(FamilyChoice::Pad);
    house.done(Role::Chair, Command::FamilyChoice { attendee: id(Role::Parent), choice });
    house.opens(6);
}

#[test]
fn seal16_nobody_is_admitted_where_the_difference_would_tell_their_number() {
    let mut house = house();
    house.plays(1, &some([1, 2, 3, 4, 5, 6]));
    house.opens(2);
    let parent = id(Role::Parent);
    let admit = |n| Command::AdmitToRound { round: round(n), attendee: parent };
    assert_eq!(house.refused(Role::Chair, admit(2)), Refusal::NotThere, "the parent was not asked");
    let choice = Some(FamilyChoice::Pad);
    house.done(Role::Chair, Command::FamilyChoice { attendee: parent, choice });
    assert_eq!(house.refused(Role::Chair, admit(2)), Refusal::NotNow);
}

#[test]
fn seal16_what_is_asked_again_is_not_shown_while_a_note_is_missing() {
    let mut house = house();
    house.plays(1, &some([1, 2, 3, 4, 5, 6]));
    // The same group, and then somebody is sent out before they can hand in.
    house.opens(2);
    for (place, role) in SCALING.into_iter().enumerate().skip(1) {
        let token = house.token(role, 2, place as u8 + 1);
        house.casts(&token.ballot(0, says(Some(place as u8 + 1))), 2);
    }
    house.done(Role::Chair, Command::EndPart { attendee: id(SCALING[0]) });
    house.closes(2);
    let why = house.does(Role::Chair, Command::RevealRound { round: round(2) });
    assert!(
        matches!(&why, Outcome::Refused { code: Refusal::NotNow, why } if why.contains("difference")),
        "{why:?}"
    );
    assert!(house.shown(Role::Wall, 2)["revealed"].is_null());
    house.done(Role::Chair, Command::VoidRound { round: round(2) });
}

#[test]
fn seal16_where_a_note_was_missing_the_same_people_are_not_asked_again_unless_nothing_was_told() {
    let mut house = house();
    house.plays(1, &some([1, 2, 3, 4, 5, 6])[..5]);
    assert_eq!(house.refused(Role::Chair, open(2)), Refusal::NotNow, "the sixth would be the difference");
    let mut house = self::house();
    house.plays(1, &[Some(1), Some(2), Some(3)]);
    house.plays(2, &some([1, 2, 3, 4, 5, 6]));
    assert_eq!(house.state(2), RoundState::Revealed);
}

#[test]
fn seal16_what_is_asked_again_of_the_same_people_is_shown_when_all_have_handed_in() {
    let mut house = house();
    house.plays(1, &some([1, 2, 3, 4, 5, 6]));
    house.plays(2, &some([1, 2, 3, 4, 5, 7]));
    assert_eq!(house.state(2), RoundState::Revealed);
}

#[test]
fn seal2_who_is_admitted_while_the_round_is_open_is_one_more_for_all_to_see() {
    let mut house = house();
    house.opens(1);
    for (place, role) in SCALING.into_iter().enumerate() {
        house.token(role, 1, place as u8 + 1);
    }
    let parent = id(Role::Parent);
    let choice = Some(FamilyChoice::Pad);
    house.done(Role::Chair, Command::FamilyChoice { attendee: parent, choice });
    let admit = Command::AdmitToRound { round: round(1), attendee: parent };
    assert_eq!(house.refused(Role::BusinessSupport, admit.clone()), Refusal::NotYours);
    house.done(Role::CoChair, admit.clone());
    assert_eq!(house.shown(Role::Wall, 1)["entitled"], 7);
    // By name to the desk, as it was before the round was opened; to the others how many.
    let desk = json!(house.device(Role::Chair).copy(Kind::Desk).replica.values());
    let mut all: Vec<_> = SCALING.into_iter().chain([Role::Parent]).map(|role| json!(id(role))).collect();
    all.sort_by_key(Value::to_string);
    assert_eq!(desk["entitled"][round(1).to_string()], json!(all));
    let token = house.token(Role::Parent, 1, 7);
    house.casts(&token.ballot(0, says(Some(5))), 1);
    house.later(Timing::REAL.count);
    assert_eq!(house.counted(Role::Wall).1, 1);
    assert_eq!(house.refused(Role::Chair, admit.clone()), Refusal::Already);
    house.done(Role::Chair, Command::CloseRound { round: round(1) });
    assert_eq!(house.refused(Role::Chair, admit), Refusal::NotNow);
}

#[test]
fn f94_p22_only_the_chair_reveals_and_only_what_is_closed() {
    let mut house = house();
    house.opens(1);
    let reveal = || Command::RevealRound { round: round(1) };
    assert_eq!(house.refused(Role::Chair, reveal()), Refusal::NotNow);
    house.done(Role::CoChair, Command::CloseRound { round: round(1) });
    assert_eq!(house.refused(Role::Chair, reveal()), Refusal::NotNow, "notes are coming in");
    house.later(Timing::REAL.drain);
    assert_eq!(house.refused(Role::CoChair, reveal()), Refusal::NotYours);
    house.done(Role::Chair, reveal());
    assert_eq!(house.refused(Role::Chair, reveal()), Refusal::Already);
    assert_eq!(house.refused(Role::Chair, Command::VoidRound { round: round(1) }), Refusal::NotNow);
}

#[test]
fn seal15_a_practice_conference_waits_less_and_says_so() {
    let mut conference = with(&SCALING);
    conference.practice = true;
    let mut house = house_of(conference);
    house.opens(1);
    let timing = house.shown(Role::School, 1)["timing"].clone();
    assert_eq!(timing, json!({ "jitter": 2_000, "drain": 3_000, "count": 1_000, "back": 10_000 }));
    let seat = json!(house.device(Role::School).copy(Kind::Seat(id(Role::School))).replica.values());
    assert_eq!(seat["rounds"], json!({ round(1).to_string(): true }), "its device knows that it is asked");
    let seat = json!(house.device(Role::Parent).copy(Kind::Seat(id(Role::Parent))).replica.values());
    assert!(seat["rounds"].is_null());
}

#[test]
fn seal15_a_clock_that_is_put_right_gives_a_closing_round_no_more_time_and_no_less() {
    const HOUR: u64 = 3_600_000;
    for clock in [|now: &mut u64| *now -= HOUR, |now: &mut u64| *now += HOUR] {
        let mut house = house();
        house.now += 2 * HOUR;
        house.opens(1);
        house.later(0);
        clock(&mut house.now);
        house.done(Role::Chair, Command::CloseRound { round: round(1) });
        house.later(1_000);
        clock(&mut house.now);
        house.later(0);
        house.later(Timing::REAL.drain - 1_001);
        assert_eq!(house.state(1), RoundState::Closing);
        house.later(1);
        assert_eq!(house.state(1), RoundState::Closed);
    }
}

#[test]
fn seal15_sto16_a_closing_round_has_its_time_when_the_disk_takes_again() {
    let mut house = house();
    house.opens(1);
    house.done(Role::Chair, Command::CloseRound { round: round(1) });
    house.restart();
    house.relink();
    house.settle();
    house.core.hold();
    house.now += 10 * Timing::REAL.back;
    house.core.go_on(house.now);
    house.settle();
    house.later(Timing::REAL.back - 1_000);
    assert_eq!(house.state(1), RoundState::Closing);
    house.later(1_000);
    assert_eq!(house.state(1), RoundState::Closed);
}

#[test]
fn seal15_a_device_that_is_slow_is_waited_for_and_one_that_is_gone_no_longer_than_the_service() {
    let practice = || {
        let mut conference = with(&SCALING);
        conference.practice = true;
        let mut house = house_of(conference);
        house.opens(1);
        let tokens = [Role::School, Role::Police].map(|role| house.token(role, 1, role as u8 + 1));
        house.casts(&tokens[0].ballot(0, says(Some(4))), 1);
        house.done(Role::Chair, Command::CloseRound { round: round(1) });
        house.later(Timing::PRACTICE.drain);
        assert_eq!(house.state(1), RoundState::Closing, "of two signatures one note is in");
        (house, tokens)
    };
    let (mut house, [_, slow]) = practice();
    house.casts(&slow.ballot(0, says(None)), 1);
    house.later(0);
    assert_eq!(house.state(1), RoundState::Closed, "nobody else is waited for");
    let (mut house, _) = practice();
    house.later(Timing::PRACTICE.back - Timing::PRACTICE.drain);
    assert_eq!(house.state(1), RoundState::Closed);
    // After a restart everybody has this time to come back, and no more.
    let (mut house, _) = practice();
    house.restart();
    house.relink();
    house.settle();
    house.later(Timing::PRACTICE.back - 1);
    assert_eq!(house.state(1), RoundState::Closing);
    house.later(1);
    assert_eq!(house.state(1), RoundState::Closed);
}
