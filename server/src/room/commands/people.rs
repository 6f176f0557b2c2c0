//! Coming in, pens, names and going.

use super::{Context, Done, Edit, Refused, bad_input, desk_only, not_now, not_there, refused, short};
use crate::meeting::{
    attendee::{Attendee, Entrance},
    conference::Conference,
};
use protocol::{
    command::{Command, Person, Refusal, WayIn, Whose},
    id::AttendeeId,
    limits::{ATTENDEES, DEVICES},
    people::{Place, Role, Standing},
};

/// A person as set-up or the desk describes them.
pub(in crate::room) fn person(person: &Person) -> Result<Person, Refused> {
    if person.role == Role::Wall {
        return bad_input("A wall comes in by its code, not by a link.");
    }
    Ok(Person {
        name: short(&person.name)?,
        role: person.role,
        words: if person.words.trim().is_empty() { String::new() } else { short(&person.words)? },
        agency: person.agency.as_deref().map(short).transpose()?,
        place: person.place,
    })
}

/// A way in with its PIN already hashed.
pub(in crate::room) fn entrance(way_in: &WayIn, pin: Option<String>) -> Result<Entrance, Refused> {
    let hash = hex::decode(&way_in.secret_hash).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    match (hash, pin) {
        (Some(secret_hash), Some(pin)) => Ok(Entrance { secret_hash, pin, wrong: 0 }),
        _ => bad_input("The link or its PIN could not be read. A PIN has eight digits."),
    }
}

/// Business support hands out links, but not one that gives a co-chair's rights; and the chair's is the chair's alone,
/// who has more rights than a co-chair (P22).
fn only_leads_name_leads(conference: &Conference, context: &Context<'_>, role: Role) -> Result<(), Refused> {
    let me = conference.here(context.by).map(|me| me.person.role);
    let may = match role {
        Role::Chair => me == Some(Role::Chair),
        Role::CoChair => me.is_some_and(Role::leads),
        _ => true,
    };
    if may {
        Ok(())
    } else {
        refused(
            Refusal::NotYours,
            "Only the chair gives out a link for the chair, and the chairs one for a co-chair.",
        )
    }
}

fn someone(conference: &mut Conference, attendee: AttendeeId) -> Result<&mut Attendee, Refused> {
    match conference.people.get_mut(&attendee) {
        Some(who) => Ok(who),
        None => not_there("This person is not on the list of this conference."),
    }
}

fn not_a_wall(who: &Attendee) -> Result<(), Refused> {
    if who.person.role == Role::Wall {
        bad_input("A wall comes in by its code. Pair it again.")
    } else {
        Ok(())
    }
}

/// Coming back is a new admission (P5): devices that stayed to read "your part has ended" get nothing by it.
fn comes_back(who: &mut Attendee) {
    if who.standing == Standing::PartEnded {
        who.devices.retain(|one| one.waiting);
    }
}

pub(super) fn at_the_door(conference: &mut Conference, context: &mut Context<'_>, command: &Command) -> Done {
    match command {
        Command::Invite { attendee, person: new, way_in } => {
            if conference.people.contains_key(attendee) {
                return refused(Refusal::Already, "This person is on the list already.");
            }
            if conference.people.len() >= ATTENDEES {
                return bad_input("There are as many people on the list as a conference can hold.");
            }
            if new.role == Role::Chair {
                return bad_input("A conference has one chair. Choose co-chair for a second person.");
            }
            only_leads_name_leads(conference, context, new.role)?;
            let way_in =
                way_in.as_ref().map(|way_in| entrance(way_in, context.prepared.pin.take())).transpose()?;
            let n = conference.next_n();
            conference.people.insert(*attendee, Attendee::invited(person(new)?, n, way_in));
        }
        Command::Reissue { attendee, way_in } => {
            let role = someone(conference, *attendee)?.person.role;
            not_a_wall(someone(conference, *attendee)?)?;
            only_leads_name_leads(conference, context, role)?;
            let new = entrance(way_in, context.prepared.pin.take())?;
            let who = someone(conference, *attendee)?;
            who.way_in = Some(new);
            if who.standing != Standing::Here {
                who.devices.clear();
            }
            if matches!(
                who.standing,
                Standing::PartEnded | Standing::Out | Standing::Left | Standing::Waiting
            ) {
                who.standing = Standing::Invited;
            }
        }
        Command::Seat { attendee } => {
            let who = someone(conference, *attendee)?;
            if who.standing == Standing::Here {
                return refused(Refusal::Already, "This person is here already.");
            }
            not_a_wall(who)?;
            comes_back(who);
            who.standing = Standing::Here;
            who.person.place = Place::Room;
            who.away = false;
        }
        Command::Admit { attendee, device, person: known } => {
            let known = known.as_ref().map(person).transpose()?;
            if known.as_ref().is_some_and(|known| known.role.has_desk()) {
                return bad_input("Desk roles come in by a personal link.");
            }
            let who = someone(conference, *attendee)?;
            let waits = who
                .devices
                .iter()
                .filter(|one| one.waiting)
                .find(|one| device.is_none_or(|wanted| one.n == wanted));
            let Some(waits) = waits else {
                return not_there("Nobody waits at the door with this name any more.");
            };
            let admitted = waits.n;
            comes_back(who);
            for one in who.devices.iter_mut().filter(|one| one.n == admitted) {
                one.waiting = false;
            }
            who.standing = Standing::Here;
            // Where the desk expected them, on their first coming; where it says now.
            let expected = who.absence.is_none() && who.way_in.is_some();
            who.away = who.person.place == Place::Call && expected;
            if let Some(known) = known {
                who.away = known.place == Place::Call;
                who.pen &= known.role.may_hold_pen();
                who.person = known;
            }
        }
        Command::AdmitAs { attendee, becomes } => {
            let knocked = conference.people.get(attendee);
            let is_knock =
                knocked.is_some_and(|who| who.standing == Standing::Waiting && who.way_in.is_none());
            if !is_knock {
                return not_there("Nobody waits at the door with this name any more.");
            }
            let who = someone(conference, *becomes)?;
            not_a_wall(who)?;
            if who.person.role.has_desk() {
                return bad_input("Desk roles come in by a personal link.");
            }
            if who.devices.len() >= DEVICES {
                return not_now("They have as many devices here as one person can have.");
            }
            let Some(knocked) = conference.people.remove(attendee) else {
                return not_there("Nobody waits at the door with this name any more.");
            };
            let who = someone(conference, *becomes)?;
            comes_back(who);
            for device in knocked.devices {
                who.open_device(device.token, false, device.since);
            }
            if who.standing != Standing::Here {
                who.person.place = knocked.person.place;
            }
            who.standing = Standing::Here;
            who.away = false;
            conference.in_hand.became.insert(*attendee, *becomes);
        }
        Command::Eject { attendee } => {
            if *attendee == context.by {
                return bad_input("You cannot send yourself out. Choose leave.");
            }
            let who = someone(conference, *attendee)?;
            if who.person.role == Role::Chair {
                return refused(Refusal::NotYours, "The chair cannot be sent out.");
            }
            // Strangers who were never let in would fill the list of people for good.
            if who.standing == Standing::Waiting && who.way_in.is_none() {
                conference.people.remove(attendee);
            } else {
                who.goes(Standing::Out);
                who.away = true;
                who.way_in = None;
            }
        }
        Command::EndPart { attendee } => {
            let is_lead = conference.here(context.by).is_some_and(|me| me.person.role.leads());
            let who = someone(conference, *attendee)?;
            if who.person.role == Role::Chair {
                return refused(Refusal::NotYours, "The chair's part ends when the conference is closed.");
            }
            if who.person.role.leads() && !is_lead {
                return refused(Refusal::NotYours, "Only the chair ends a co-chair's part.");
            }
            who.goes(Standing::PartEnded);
            who.away = true;
        }
        Command::GivePen { attendee } => {
            let who = someone(conference, *attendee)?;
            if who.standing != Standing::Here {
                return not_now("This person is not here at the moment.");
            }
            if !who.person.role.may_hold_pen() {
                return refused(
                    Refusal::NotYours,
                    "An interpreter, an observer or a supporter does not hold a pen.",
                );
            }
            who.pen = true;
        }
        Command::TakePen { attendee } => {
            let who = someone(conference, *attendee)?;
            if !who.pen {
                return refused(Refusal::Already, "This person has no pen that could come back.");
            }
            who.pen = false;
        }
        Command::PairWall { attendee, name, screen, .. } => {
            let Some(token) = context.prepared.wall.take() else {
                return not_there("No screen shows this code. Look at the wall and type it again.");
            };
            if conference.people.contains_key(attendee) {
                return refused(Refusal::Already, "This screen is paired already.");
            }
            let wall = Person {
                name: short(name)?,
                role: Role::Wall,
                words: String::new(),
                agency: None,
                place: Place::Room,
            };
            let mut wall = Attendee::invited(wall, conference.next_n(), None);
            wall.standing = Standing::Here;
            wall.screen = Some(*screen);
            wall.open_device(token, false, context.now);
            conference.people.insert(*attendee, wall);
        }
        _ => unreachable!("dispatched by carry_out"),
    }
    Ok(Vec::new())
}

pub(super) fn leave(conference: &mut Conference, context: &Context<'_>) -> Done {
    let device = context.device;
    let who = someone(conference, context.by)?;
    who.devices.retain(|one| one.n != device);
    if who.devices.iter().all(|one| one.waiting) {
        who.goes(Standing::Left);
    }
    Ok(Vec::new())
}

pub(super) fn correct(
    conference: &mut Conference,
    context: &Context<'_>,
    me: &Attendee,
    command: &Command,
) -> Done {
    match command {
        Command::CorrectName { whose: Whose::Attendee { attendee }, name } => {
            if *attendee != context.by {
                desk_only(me)?;
            }
            let name = short(name)?;
            someone(conference, *attendee)?.rename(name);
        }
        Command::CorrectName { whose: Whose::Child { child, first_name }, name } => {
            desk_only(me)?;
            let (name, first_name) = (short(name)?, short(first_name)?);
            let Some(child) = conference.children.iter_mut().find(|one| one.id == *child) else {
                return not_there("This child is not on the list of this conference.");
            };
            child.first_name = first_name;
            child.name = name;
        }
        Command::Move { attendee, place } => {
            if *attendee != context.by {
                desk_only(me)?;
            }
            let who = someone(conference, *attendee)?;
            who.person.place = *place;
            match place {
                Place::Room => who.away = false,
                Place::Call if me.person.role.has_desk() => who.away = true,
                // Whoever sits in the room could else bring on the wall what is not theirs to read.
                Place::Call => {}
            }
        }
        _ => unreachable!("dispatched by carry_out"),
    }
    Ok(Vec::<Edit>::new())
}
