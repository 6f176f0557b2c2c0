//! Who and by when of an offered row.

use super::{Refused, bad_input, not_there, short};
use crate::meeting::{
    conference::Conference,
    sheet::{Doer, When},
};
use protocol::limits::DOERS;

pub(super) fn doers(conference: &Conference, who: &[Doer]) -> Result<Vec<Doer>, Refused> {
    if who.len() > DOERS {
        return bad_input("That is too many for one row. Please offer it in parts.");
    }
    who.iter()
        .map(|one| match one {
            Doer::Attendee(attendee) if !conference.people.contains_key(attendee) => {
                not_there("One of these people is not on the list of this conference.")
            }
            Doer::Attendee(attendee) => Ok(Doer::Attendee(*attendee)),
            Doer::Words(text) => short(text).map(Doer::Words),
        })
        .collect()
}

pub(super) fn by_when(when: &When) -> Result<When, Refused> {
    let text =
        |text: &Option<String>| text.as_deref().filter(|text| !text.trim().is_empty()).map(short).transpose();
    let date = text(&when.date)?;
    if date.as_ref().is_some_and(|date| date.parse::<jiff::civil::Date>().is_err()) {
        return bad_input("The date could not be read. Please choose it again, or say it in words.");
    }
    Ok(When { date, words: text(&when.words)? })
}
