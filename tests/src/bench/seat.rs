//! One document open on one socket, in either framing.

use super::{
    client::{Client, PATIENCE},
    typing::number,
};
use anyhow::{Context, Result};
use protocol::lib0::Writer;
use std::{sync::Arc, time::Duration};

/// An update without anything in it.
const NOTHING: [u8; 2] = [0, 0];
/// The state vector of an empty copy.
pub const EMPTY: [u8; 1] = [0];

const SYNC: u8 = 0;
const AUTH: u8 = 2;
const SYNC_STATUS: u8 = 8;

/// What a server says that the load has to know.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard<'a> {
    /// The state vector of what the server has.
    Step1(&'a [u8]),
    /// All that this copy lacked.
    Step2(&'a [u8]),
    /// Fresh edits.
    Update(&'a [u8]),
    /// The document is open.
    Authenticated,
    /// The document stays closed.
    Denied,
    /// An update is kept, or will never be taken.
    Status(bool),
    /// Anything else.
    Other,
}

/// A socket with its document. The prefix stands before every message about it: in Hocuspocus framing the document's
/// name, in y-websocket framing nothing.
#[derive(Debug)]
pub struct Seat {
    /// The socket.
    pub client: Client,
    prefix: Arc<[u8]>,
}

impl Seat {
    /// Hocuspocus framing: shows the token and asks for all, as its provider does, without waiting.
    pub fn hocuspocus(client: Client, document: &str, token: &str, has: &[u8]) -> Result<Self> {
        let mut prefix = Writer::with_capacity(document.len() + 1);
        prefix.text(document);
        let prefix: Arc<[u8]> = prefix.finish().into();
        let mut auth = Writer::with_capacity(token.len() + 16);
        auth.number(u64::from(AUTH));
        auth.number(0);
        auth.text(token);
        auth.text("4.7.0");
        let mut seat = Self { client, prefix };
        seat.client.say(&[&seat.prefix, &auth.finish()])?;
        seat.ask_with(has)?;
        Ok(seat)
    }

    /// y-websocket framing: the address has said the document.
    pub fn y_websocket(client: Client, has: &[u8]) -> Result<Self> {
        let mut seat = Self { client, prefix: Arc::default() };
        seat.ask_with(has)?;
        Ok(seat)
    }

    /// A relay answers nothing.
    pub fn relayed(client: Client) -> Self {
        Self { client, prefix: Arc::default() }
    }

    /// Step 1 with an empty copy.
    pub fn ask(&mut self) -> Result<()> {
        self.ask_with(&EMPTY)
    }

    fn ask_with(&mut self, state_vector: &[u8]) -> Result<()> {
        Ok(self.client.say(&[&self.prefix, &head(0, state_vector), state_vector])?)
    }

    /// Answers a step 1.
    pub fn answer(&mut self, update: &[u8]) -> Result<()> {
        Ok(self.client.say(&[&self.prefix, &head(1, update), update])?)
    }

    /// Waits until everything has come, and answers the server's question: the update of the step 2.
    pub fn complete(&mut self) -> Result<Vec<u8>> {
        self.complete_within(PATIENCE)?.context("no step 2 came")
    }

    /// As [`Seat::complete`]; None: not within this time.
    pub fn complete_within(&mut self, patience: Duration) -> Result<Option<Vec<u8>>> {
        let mut is_asked = false;
        let prefix = self.prefix.clone();
        let all = self.client.wait("a step 2", patience, |message| match hear(&prefix, message) {
            Heard::Step1(_) => {
                is_asked = true;
                None
            }
            Heard::Step2(update) => Some(Ok(update.to_vec())),
            Heard::Denied => Some(Err(anyhow::anyhow!("the document is denied"))),
            _ => None,
        })?;
        let Some(all) = all.transpose()? else { return Ok(None) };
        if is_asked {
            self.answer(&NOTHING)?;
        }
        Ok(Some(all))
    }

    /// Sends an update.
    pub fn say(&mut self, update: &[u8]) -> Result<()> {
        Ok(self.client.say(&[&self.prefix, &head(2, update), update])?)
    }

    /// The masked frame of an update, at the end of `into`.
    pub fn write_update(&self, into: &mut Vec<u8>, update: &[u8]) {
        let head = head(2, update);
        super::client::write_frame(into, self.client.mask(), 2, &[&self.prefix, &head, update]);
    }

    /// What stands before every message.
    pub fn prefix(&self) -> Arc<[u8]> {
        self.prefix.clone()
    }
}

fn head(kind: u64, body: &[u8]) -> Vec<u8> {
    let mut head = Writer::with_capacity(8);
    head.number(u64::from(SYNC));
    head.number(kind);
    head.number(body.len() as u64);
    head.finish()
}

/// Reads one message.
pub fn hear<'a>(prefix: &[u8], message: &'a [u8]) -> Heard<'a> {
    let Some(body) = message.strip_prefix(prefix) else { return Heard::Other };
    match body {
        [SYNC, kind @ 0..=2, rest @ ..] => {
            let mut at = 0;
            let Some(length) = number(rest, &mut at) else { return Heard::Other };
            let Some(bytes) = rest.get(at..at + length as usize) else { return Heard::Other };
            match kind {
                0 => Heard::Step1(bytes),
                1 => Heard::Step2(bytes),
                _ => Heard::Update(bytes),
            }
        }
        [AUTH, 2, ..] if !prefix.is_empty() => Heard::Authenticated,
        [AUTH, 1, ..] if !prefix.is_empty() => Heard::Denied,
        [SYNC_STATUS, status, ..] if !prefix.is_empty() => Heard::Status(*status == 1),
        _ => Heard::Other,
    }
}
