//! What a command is answered.

use crate::document::DocumentName;
use serde::{Deserialize, Serialize};

/// The answer to a command, given once it is durable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Outcome {
    /// Done. Whoever wants to see it waits until each document's `meta.seq` has come this far.
    Done {
        /// Documents that changed.
        wait: Vec<Wait>,
    },
    /// A note was signed blind (`ask-note`).
    Signed {
        /// The signature of the blinded bytes, 512 hex digits.
        signed: String,
    },
    /// Not done.
    Refused {
        /// For programs.
        code: Refusal,
        /// For people: why, and what to do next.
        why: String,
    },
}

/// A document and how far it must have come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Wait {
    /// Which.
    pub document: DocumentName,
    /// Value of `meta.seq` in it.
    pub seq: u64,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// This role may not.
    NotYours,
    /// Not now: another phase, already convened, closed, paused.
    NotNow,
    /// The person, line, offer or section is not there.
    NotThere,
    /// Has been done already, by another command.
    Already,
    /// Words too long or empty, a bad code, too many people.
    BadInput,
    /// The store takes nothing at the moment; nothing was changed. Send it again.
    NotSaved,
}
