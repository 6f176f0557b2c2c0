//! PRES6: the page that a wall says it shows.

use super::house::{House, conference};
use crate::room::core::Inbound;
use protocol::{document::Kind, people::Role, scan::AwarenessEntry};

const PEOPLE: [Role; 3] = [Role::Chair, Role::Parent, Role::Wall];

fn says(house: &mut House, role: Role, clock: u32, state: &str) {
    let document = house.name(Kind::Stage);
    let entries = vec![AwarenessEntry { client: 7, clock, state: Some(state.into()) }];
    house.device(role).up.push_back(Inbound::Awareness { document, entries });
    house.settle();
}

/// What the desk is told, by page and number of pages.
fn told(house: &House) -> Option<(u64, u64)> {
    let walls = house.core.documents[&Kind::Desk].document.map("walls");
    let wall = walls.values().next().expect("there is one wall");
    Some((wall["showing"]["page"].as_u64()?, wall["showing"]["of"].as_u64()?))
}

#[test]
fn pres6_the_desk_is_told_which_page_a_wall_shows_until_its_link_ends() {
    let mut house = House::begin(1, conference(&PEOPLE));
    house.settle();
    assert_eq!(told(&house), None);
    says(&mut house, Role::Wall, 1, r#"{"showing":{"section":"worried","page":2,"of":3}}"#);
    assert_eq!(told(&house), Some((2, 3)));
    let wall = house.of(Role::Wall);
    house.cut(wall);
    house.settle();
    assert_eq!(told(&house), None);
}

#[test]
fn pres6_nobody_else_says_it_and_nothing_impossible_is_told() {
    let mut house = House::begin(1, conference(&PEOPLE));
    house.settle();
    for who in [Role::Parent, Role::Chair] {
        says(&mut house, who, 1, r#"{"showing":{"section":"worried","page":1,"of":1}}"#);
    }
    for state in [
        r#"{"showing":{"section":"worried","page":0,"of":3}}"#,
        r#"{"showing":{"section":"worried","page":4,"of":3}}"#,
        r#"{"showing":{"section":"worried","page":1,"of":70000}}"#,
        &format!(r#"{{"showing":{{"section":"{}","page":1,"of":3}}}}"#, "w".repeat(65)),
        r#"{"showing":3}"#,
        r#"{"writing":"0123456789abcdef"}"#,
        "null",
    ] {
        says(&mut house, Role::Wall, 1, state);
        assert_eq!(told(&house), None, "{state}");
    }
}
