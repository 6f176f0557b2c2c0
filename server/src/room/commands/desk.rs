//! The chair's acts: phases, convening, walls, pause, recording, close.

use super::{Context, Done, bad_input, desk_only, leads, not_now, not_there, not_yours, refused, short};
use crate::meeting::{
    attendee::Attendee,
    conference::{Conference, Convened},
};
use protocol::{
    command::{Command, Focus, Refusal},
    people::{Role, Standing},
};

/// Keys of a focus that are no section of a framework.
const SPECIAL: [&str; 2] = ["plan", WAY_IN];
/// Stands for no sheet: the wall shows how people come in.
const WAY_IN: &str = "join";

pub(super) fn chairing(
    conference: &mut Conference,
    context: &Context<'_>,
    me: &Attendee,
    command: &Command,
) -> Done {
    match command {
        Command::Recording { .. } => desk_only(me)?,
        _ => leads(me)?,
    }
    match command {
        Command::OpenPhase { phase } => open_phase(conference, phase)?,
        Command::Convene => {
            if conference.convened.is_some() {
                return refused(Refusal::Already, "The conference has been convened already.");
            }
            let here = conference
                .people
                .iter()
                .filter(|(_, who)| who.standing == Standing::Here && who.person.role != Role::Wall);
            let present = here.map(|(id, _)| *id).collect();
            conference.convened = Some(Convened { at: context.now, present });
            if let Some(phase) = conference.framework().phases.iter().find(|phase| phase.convenes) {
                let key = phase.key.clone();
                open_phase(conference, &key)?;
            }
        }
        Command::Focus { focus } => {
            if !SPECIAL.contains(&focus.section.as_str()) && !conference.has_section(&focus.section) {
                return not_there("There is no such section on the sheets of this framework.");
            }
            if focus.page == 0 {
                return bad_input("Pages are counted from 1.");
            }
            conference.focus = focus.clone();
            if focus.section == WAY_IN {
                conference.prompt = None;
            }
        }
        Command::ShowPrompt { prompt } => {
            let prompts = conference.open_phase().map_or(0, |phase| phase.prompts.len());
            if prompt.is_some_and(|place| place as usize >= prompts) {
                return not_there("This phase has no such question.");
            }
            conference.prompt = *prompt;
            // The way in covers the sheets, and a question that nobody sees was not shown: the wall turns to the phase.
            let section = conference.open_phase().and_then(|phase| phase.section.clone());
            if let (Some(_), WAY_IN, Some(section)) = (prompt, conference.focus.section.as_str(), section) {
                conference.focus = Focus { section, page: 1, follows: true };
            }
        }
        Command::Pause => {
            if conference.paused {
                return refused(Refusal::Already, "The screens are paused already.");
            }
            conference.paused = true;
        }
        Command::Resume => {
            if !conference.paused {
                return refused(Refusal::Already, "The screens are not paused.");
            }
            conference.paused = false;
        }
        Command::Recording { kept } => {
            conference.recording = kept.as_deref().map(short).transpose()?;
        }
        Command::Close => {
            if me.person.role != Role::Chair {
                return not_yours("Closing is the chair's own act.");
            }
            conference.closed = true;
            conference.void_rounds();
            conference.paused = false;
            for who in conference.people.values_mut() {
                if !who.person.role.has_desk() {
                    // Whose part had ended before is not told that the others have gone as well (P5).
                    who.goes(if who.standing == Standing::Here {
                        Standing::Closed
                    } else {
                        Standing::PartEnded
                    });
                    who.way_in = None;
                }
            }
        }
        _ => unreachable!("dispatched by carry_out"),
    }
    Ok(Vec::new())
}

/// Opens a phase. The phases before the convening one are open beforehand; the others need the act (F48).
fn open_phase(conference: &mut Conference, key: &str) -> Result<(), super::Refused> {
    let phases = &conference.framework().phases;
    let Some(place) = phases.iter().position(|phase| phase.key == key) else {
        return not_there("This framework has no such phase.");
    };
    let convening = phases.iter().position(|phase| phase.convenes).unwrap_or(0);
    if place >= convening && conference.convened.is_none() {
        return not_now("Convene the conference first.");
    }
    let section = phases[place].section.clone();
    conference.phase = key.to_owned();
    conference.prompt = None;
    if let Some(section) = section {
        conference.focus = Focus { section, page: 1, follows: true };
    }
    Ok(())
}
