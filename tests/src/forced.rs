//! Writing that no honest client would do, to see what the service makes of it.

use crate::{Attendee, Replica, Saved, draw};
use anyhow::Result;
use protocol::{
    document::{DocumentName, Kind},
    frame::ClientMessage,
};
use yrs::Map;

/// What came of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forced {
    /// Acknowledged as saved.
    Taken,
    /// Answered by a refusal.
    Refused,
    /// Not answered before a later message was.
    Unanswered,
}

impl Attendee {
    /// Sends words into a document whatever the service has said about it, from a copy of its own, and waits for the
    /// answer if the document is open here.
    ///
    /// # Errors
    /// No connection, or no answer in time.
    pub async fn force(&self, kind: Kind, words: &str) -> Result<Forced> {
        self.force_named(DocumentName::new(self.conference()?, kind), words).await
    }

    /// As [`Attendee::force`], for any name.
    ///
    /// # Errors
    /// No connection, or no answer in time.
    pub async fn force_named(&self, name: DocumentName, words: &str) -> Result<Forced> {
        let update = strange(name, words);
        let is_open = self.change(|seen| match seen.replicas.get_mut(&name) {
            Some(replica) if replica.access().is_some() => {
                replica.ledger.sent();
                true
            }
            _ => false,
        });
        self.say(name, ClientMessage::Update(&update)).await;
        if !is_open {
            return Ok(Forced::Unanswered);
        }
        self.see(&format!("an answer to an edit of {name}"), |seen| match seen.replicas[&name].saved() {
            Saved::All => Some(Forced::Taken),
            Saved::Refused => Some(Forced::Refused),
            Saved::NotYet(_) => None,
        })
        .await
    }
}

/// An edit that adds these words to a document, made by a client that has nothing of it.
fn strange(name: DocumentName, words: &str) -> Vec<u8> {
    let copy = Replica::new(name);
    match name.kind {
        Kind::Board(_) => copy.add_note(draw(), "worried", words),
        Kind::Plan(_) => copy.add_row(draw(), &[("task", words)]),
        _ => {
            let root = copy.doc.get_or_insert_map(match name.kind {
                Kind::Stage => "stage",
                Kind::Desk => "offers",
                Kind::Record(_) => "records",
                Kind::Proceedings(_) => "roll",
                _ => "seat",
            });
            copy.edit(|transaction| {
                root.insert(transaction, "forced", words);
            })
        }
    }
}
