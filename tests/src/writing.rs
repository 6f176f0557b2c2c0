//! Writing into documents, as an author types.

use crate::{Attendee, Replica, attendee::newest, random::draw, socket::Socket};
use anyhow::{Context, Result, bail};
use protocol::{
    document::{Audience, Kind},
    frame::ClientMessage,
    id::{NoteId, RowId},
};

impl Attendee {
    /// Writes a new line on the board for everybody.
    ///
    /// # Errors
    /// The board was not opened.
    pub async fn type_note(&self, section: &str, words: &str) -> Result<NoteId> {
        let note = draw();
        self.edit(Kind::Board(Audience::All), |board| Ok(board.add_note(note, section, words))).await?;
        Ok(note)
    }

    /// Types at the end of a line, one letter an update.
    ///
    /// # Errors
    /// The line is not there.
    pub async fn type_into(&self, note: NoteId, words: &str) -> Result<()> {
        for letter in words.chars() {
            let letter = letter.to_string();
            self.edit(Kind::Board(Audience::All), |board| board.type_into(note, &letter)).await?;
        }
        Ok(())
    }

    /// Writes a new line on the board, or a new row of the plan, of an audience.
    ///
    /// # Errors
    /// The document was not opened, or people do not write it.
    pub async fn write(&self, kind: Kind, words: &str) -> Result<()> {
        self.edit(kind, |replica| match kind {
            Kind::Board(_) => Ok(replica.add_note(draw(), "worried", words)),
            Kind::Plan(_) => Ok(replica.add_row(draw(), &[("task", words)])),
            _ => bail!("{kind} is written by the service"),
        })
        .await
    }

    /// Strikes a line through.
    ///
    /// # Errors
    /// The line is not there.
    pub async fn strike(&self, note: NoteId) -> Result<()> {
        self.edit(Kind::Board(Audience::All), |board| board.set(note, "struck", true)).await
    }

    /// Writes a new row of the plan for everybody.
    ///
    /// # Errors
    /// The plan was not opened.
    pub async fn type_row(&self, cells: &[(&str, &str)]) -> Result<RowId> {
        let row = draw();
        self.edit(Kind::Plan(Audience::All), |plan| Ok(plan.add_row(row, cells))).await?;
        Ok(row)
    }

    /// Edits a document and sends the update, if there is a connection; otherwise the next one brings it.
    ///
    /// # Errors
    /// The document was not opened, or the edit failed.
    pub async fn edit(&self, kind: Kind, edit: impl FnOnce(&Replica) -> Result<Vec<u8>>) -> Result<()> {
        let (name, update, goes) = {
            let mut seen = self.shared.lock();
            let name = newest(&seen, kind).with_context(|| format!("{kind} was not opened"))?.name;
            let replica = seen.replicas.get_mut(&name).expect("it was just found");
            let update = edit(replica)?;
            let goes = replica.access().is_some() && self.socket.as_ref().is_some_and(Socket::is_open);
            if goes {
                replica.ledger.sent();
            } else {
                replica.ledger.kept();
            }
            (name, update, goes)
        };
        if goes {
            self.say(name, ClientMessage::Update(&update)).await;
        }
        self.shared.ring();
        Ok(())
    }
}
