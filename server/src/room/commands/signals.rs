//! Quiet signals to the desk (P6): a hand, a break, "I can't talk safely now".

use super::{Context, Done, desk_only, not_yours};
use crate::meeting::{attendee::Attendee, conference::Conference};
use protocol::{
    command::{Ask, Command},
    people::Role,
};

pub(super) fn ask(
    conference: &mut Conference,
    context: &Context<'_>,
    me: &Attendee,
    command: &Command,
) -> Done {
    match command {
        Command::Ask { what } => {
            if *what == Ask::Interpreting && me.person.role != Role::Interpreter {
                return not_yours("Only the interpreter can say this.");
            }
            if let Some(who) = conference.people.get_mut(&context.by) {
                who.asks.entry(*what).or_insert(context.now);
            }
        }
        Command::Unask { attendee, what } => {
            if *attendee != context.by {
                desk_only(me)?;
            }
            if let Some(who) = conference.people.get_mut(attendee) {
                who.asks.remove(what);
            }
        }
        _ => unreachable!("dispatched by carry_out"),
    }
    Ok(Vec::new())
}
