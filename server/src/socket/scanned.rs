//! What a client says about an open document, scanned. Nothing that the scanner refuses reaches the room (SPEC SCAN).

use crate::room::core::Inbound;
use metrics::counter;
use protocol::{
    document::DocumentName,
    frame::ClientMessage,
    scan::{Roots, scan_awareness, scan_state_vector, scan_update},
};

/// What the scanner does not let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfit {
    /// A question that cannot be read.
    Question,
    /// An edit: it has its answer in its turn.
    Edit,
    /// Presence: dropped in silence, like all that is not passed on (SPEC PRES3).
    Presence,
}

/// For the room; none where the message is no matter of the room's.
pub(super) fn scanned(document: DocumentName, message: ClientMessage<'_>) -> Result<Option<Inbound>, Unfit> {
    Ok(Some(match message {
        ClientMessage::Step1(state_vector) => {
            scan_state_vector(state_vector).map_err(|_| Unfit::Question)?;
            Inbound::Step1 { document, state_vector: state_vector.to_vec() }
        }
        ClientMessage::Step2(update) | ClientMessage::Update(update) => {
            // A stock client answers our step 1 with all it has, in a document that it may only read too: whether any
            // of it is news is for the room to judge.
            let roots = match document.kind.is_server_written() {
                true => Roots::Any,
                false => Roots::Only(document.kind.client_roots()),
            };
            let touched = scan_update(update, roots).map_err(|error| {
                tracing::warn!(kind = kind_of(document), %error, bytes = update.len(), "update refused by the scanner");
                counter!("flipchart_refused_total", "why" => "scanner").increment(1);
                Unfit::Edit
            })?;
            let answers = matches!(message, ClientMessage::Step2(_));
            Inbound::Update { document, update: update.to_vec(), touched, answers }
        }
        ClientMessage::Awareness(entries) => {
            Inbound::Awareness { document, entries: scan_awareness(entries).map_err(|_| Unfit::Presence)? }
        }
        ClientMessage::QueryAwareness => Inbound::QueryAwareness { document },
        ClientMessage::Close => Inbound::Close { document },
        ClientMessage::Auth { .. } | ClientMessage::Stateless | ClientMessage::Pong => return Ok(None),
    }))
}

/// Counts a message by what it is, for the measures.
pub(super) fn count(message: ClientMessage<'_>) {
    let what = match message {
        ClientMessage::Step1(_) => "step1",
        ClientMessage::Step2(_) => "step2",
        ClientMessage::Update(_) => "update",
        ClientMessage::Awareness(_) | ClientMessage::QueryAwareness => "awareness",
        ClientMessage::Auth { .. } | ClientMessage::Close => "door",
        ClientMessage::Stateless | ClientMessage::Pong => "empty",
    };
    counter!("flipchart_messages_total", "what" => what).increment(1);
}

/// The kind without whose it is, for the log.
fn kind_of(document: DocumentName) -> &'static str {
    use protocol::document::Kind;
    match document.kind {
        Kind::Stage => "stage",
        Kind::Proceedings(_) => "proceedings",
        Kind::Record(_) => "record",
        Kind::Desk => "desk",
        Kind::Board(_) => "board",
        Kind::Plan(_) => "plan",
        Kind::Seat(_) => "seat",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{
        document::{Audience, Kind},
        id::ConferenceId,
    };

    fn board() -> DocumentName {
        DocumentName::new(ConferenceId::from_random([1; 10]), Kind::Board(Audience::All))
    }

    #[test]
    fn scan15_what_the_scanner_refuses_is_told_apart_by_what_it_is() {
        for (message, unfit) in [
            (ClientMessage::Step1(&[0xff]), Unfit::Question),
            (ClientMessage::Update(&[1]), Unfit::Edit),
            (ClientMessage::Step2(&[]), Unfit::Edit),
            (ClientMessage::Awareness(&[1, 1]), Unfit::Presence),
        ] {
            assert_eq!(scanned(board(), message).err(), Some(unfit));
        }
    }

    #[test]
    fn sync3_an_empty_step_two_of_a_stock_client_reaches_the_room() {
        let inbound = scanned(board(), ClientMessage::Step2(&[0, 0])).expect("an empty update is fine");
        assert!(matches!(inbound, Some(Inbound::Update { .. })));
    }

    #[test]
    fn sync6_a_step_two_is_told_apart_from_an_update() {
        for (message, is_step_two) in
            [(ClientMessage::Step2(&[0, 0]), true), (ClientMessage::Update(&[0, 0]), false)]
        {
            let inbound = scanned(board(), message).expect("an empty update is fine");
            assert!(matches!(inbound, Some(Inbound::Update { answers, .. }) if answers == is_step_two));
        }
    }

    #[test]
    fn right1_a_client_that_answers_a_server_written_document_with_its_content_is_not_cut_off() {
        // Client 5 sets key "a" of root "stage" to 1: what a reader's step 2 holds when the server wrote it.
        let update = [1, 1, 5, 0, 0x28, 1, 5, b's', b't', b'a', b'g', b'e', 1, b'a', 1, 0x7d, 1, 0];
        let stage = DocumentName { kind: Kind::Stage, ..board() };
        assert!(scanned(stage, ClientMessage::Step2(&update)).is_ok());
        assert!(matches!(scanned(board(), ClientMessage::Step2(&update)), Err(Unfit::Edit)));
    }
}
