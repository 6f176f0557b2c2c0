//! F48: the conference is convened once, and phases wait for it. P21: quotes are open until they are read back.

use super::house::{House, note};
use protocol::{
    command::{Command, Offered, Refusal},
    id::{OfferId, RecordId},
    people::Role,
};

fn offer() -> Command {
    let what = Offered::Note {
        section: None,
        words: "words".into(),
        label: None,
        source: None,
        children: Vec::new(),
    };
    Command::Offer { offer: OfferId::from_random([50; 10]), what, on_behalf_of: None, named: false }
}

#[test]
fn f48_phases_from_convening_on_wait_for_the_act_which_is_done_once() {
    let mut house = House::with(7, &[Role::Chair, Role::Parent]);
    let open = |phase: &str| Command::OpenPhase { phase: phase.into() };
    house.done(Role::Chair, open("reading-time"));
    assert_eq!(house.refused(Role::Chair, open("mapping")), Refusal::NotNow);
    assert_eq!(house.refused(Role::Chair, open("unknown")), Refusal::NotThere);
    assert_eq!(house.refused(Role::Parent, offer()), Refusal::NotNow);
    house.done(Role::Chair, Command::Convene);
    let convened = house.core.conference().convened.clone();
    house.now += 1;
    assert_eq!(house.refused(Role::Chair, Command::Convene), Refusal::Already);
    assert_eq!(house.core.conference().convened.clone(), convened);
    house.done(Role::Chair, open("mapping"));
    house.done(Role::Parent, offer());
}

#[test]
fn p21_a_quote_is_open_until_it_is_read_back() {
    let mut house = House::with(8, &[Role::Chair, Role::Parent]);
    let record = RecordId::from_random([1; 10]);
    let (section, order) = (String::from("views"), String::from("b0"));
    let quote = |words: &str| Command::Quote {
        record,
        note: note(1),
        section: section.clone(),
        order: order.clone(),
        words: words.into(),
        speaker: "Kacper".into(),
        replaces: None,
        was: None,
    };
    house.done(Role::Chair, quote("I want Marek to come home"));
    assert_eq!(house.refused(Role::Chair, quote("again")), Refusal::Already);
    house.done(Role::Chair, Command::Requote { record, words: "but the belt not".into() });
    house.done(Role::Chair, Command::ReadBack { record });
    let late = Command::Requote { record, words: "other words".into() };
    assert_eq!(house.refused(Role::Chair, late), Refusal::NotNow);
    assert!(house.device(Role::Parent).has_seen("but the belt not"));
    assert!(!house.device(Role::Parent).has_seen("other words"));
}
