//! Whose words they are: who may offer them, who may take them off, who answers a row that names them.

use super::{Context, Done, Refused, desk_only, not_there, not_yours};
use crate::meeting::{attendee::Attendee, conference::Conference, sheet::Doer};
use protocol::{
    command::{Named, RowAnswer},
    id::{AttendeeId, ChildId, RowId},
    people::{Role, Standing},
};
use std::collections::BTreeSet;

/// Whose words somebody may offer: an attendee's if not their own, or a child's.
pub(super) fn may_offer(
    conference: &Conference,
    by: AttendeeId,
    me: &Attendee,
    on_behalf_of: Option<&Named>,
) -> Result<(Option<AttendeeId>, Option<ChildId>), Refused> {
    let role = me.person.role;
    match on_behalf_of {
        None if role.offers() || role.leads() => Ok((None, None)),
        None => not_yours("In your role you do not offer notes of your own."),
        Some(Named::Attendee { attendee }) if *attendee == by => may_offer(conference, by, me, None),
        Some(_) if !role.types_for_others() => not_yours("You can offer notes for yourself only."),
        Some(Named::Child { .. }) if role != Role::ChildAdvocate => not_yours(
            "A child’s words are offered by the child’s advocate. The desk writes them down as a quote.",
        ),
        Some(Named::Child { child }) if conference.unknown_children(&[*child]) => {
            not_there("This child is not on the list of this conference.")
        }
        Some(Named::Child { child }) => Ok((None, Some(*child))),
        Some(Named::Attendee { attendee }) => {
            // A young person who stays away has an advocate so that their words are there (P19).
            let away = |who: &Attendee| {
                role == Role::ChildAdvocate
                    && who.person.role == Role::YoungPerson
                    && who.standing != Standing::Out
            };
            let known = conference.people.get(attendee);
            if conference.here(*attendee).is_some() || known.is_some_and(away) {
                Ok((Some(*attendee), None))
            } else {
                not_there("The person you type for is not here at the moment.")
            }
        }
    }
}

/// The desk, or who alone wrote the words: nobody else has a letter in them. What the server wrote again `kept` the names
/// of its writers; what it wrote first are the words of `offerer`.
pub(super) fn own_or_desk(
    me: &Attendee,
    context: &Context<'_>,
    writers: Option<BTreeSet<Option<AttendeeId>>>,
    kept: Option<BTreeSet<Option<AttendeeId>>>,
    offerer: Option<AttendeeId>,
) -> Result<(), Refused> {
    let Some(writers) = writers.filter(|_| !me.person.role.has_desk()) else { return desk_only(me) };
    let server = kept.unwrap_or_else(|| BTreeSet::from([None]));
    let all: BTreeSet<_> = writers
        .into_iter()
        .flat_map(|writer| if writer.is_some() { BTreeSet::from([writer]) } else { server.clone() })
        .map(|writer| writer.or(offerer))
        .collect();
    match (all.len(), all.contains(&Some(context.by))) {
        (1, true) => Ok(()),
        (_, true) => not_yours("Others have words in it too. Ask the chair to take it off."),
        _ => not_yours("These are not your own words. Ask the chair to take them off."),
    }
}

/// An answer to one's own row. It reaches the desk alone.
pub(super) fn answer(
    conference: &mut Conference,
    context: &Context<'_>,
    row: RowId,
    answer: Option<RowAnswer>,
) -> Done {
    let names_me =
        context.sheets.row(row).is_some_and(|(_, row)| row.who.contains(&Doer::Attendee(context.by)));
    if !names_me {
        return not_there("This row of the plan does not name you any more.");
    }
    let answers = conference.answers.entry(row).or_default();
    match answer {
        Some(answer) => answers.insert(context.by, answer),
        None => answers.remove(&context.by),
    };
    conference.answers.retain(|_, answers| !answers.is_empty());
    Ok(Vec::new())
}
