//! What one connection has sent and the service has not answered: the only truth about "saved".

/// How a document's edits stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// Every edit made here is durable.
    All,
    /// So many messages are on their way, or wait for a connection.
    NotYet(usize),
    /// An edit was refused; the document takes no more from this replica.
    Refused,
}

/// Messages of one document on one connection, matched first in, first out with SyncStatus.
#[derive(Debug, Default)]
pub struct Ledger {
    waiting: usize,
    /// Edits that no connection has carried yet; the next step 2 brings them all.
    unsent: usize,
    refused: bool,
}

impl Ledger {
    /// A step 2 or an update went out.
    pub fn sent(&mut self) {
        self.waiting += 1;
    }

    /// A step 2 went out, with everything the service lacked.
    pub fn sent_all(&mut self) {
        self.unsent = 0;
        self.waiting += 1;
    }

    /// An edit was made without a connection.
    pub fn kept(&mut self) {
        self.unsent += 1;
    }

    /// The service answered the oldest message. False: it answered more than was sent.
    pub fn answered(&mut self, saved: bool) -> bool {
        self.refused |= !saved;
        let expected = self.waiting > 0;
        self.waiting = self.waiting.saturating_sub(1);
        expected
    }

    /// The connection is gone: what was not answered has to go again.
    pub fn cut(&mut self) {
        self.unsent += self.waiting;
        self.waiting = 0;
    }

    /// How the edits stand.
    pub fn saved(&self) -> Saved {
        match self.waiting + self.unsent {
            _ if self.refused => Saved::Refused,
            0 => Saved::All,
            count => Saved::NotYet(count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_is_saved_when_it_is_answered() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.saved(), Saved::All);
        ledger.sent();
        ledger.sent();
        assert!(ledger.answered(true));
        assert_eq!(ledger.saved(), Saved::NotYet(1));
        assert!(ledger.answered(true));
        assert_eq!(ledger.saved(), Saved::All);
        assert!(!ledger.answered(true), "one answer too many is told");
    }

    #[test]
    fn a_cut_makes_unanswered_edits_unsent() {
        let mut ledger = Ledger::default();
        ledger.sent();
        ledger.cut();
        ledger.kept();
        assert_eq!(ledger.saved(), Saved::NotYet(2));
        ledger.sent_all();
        assert!(ledger.answered(true));
        assert_eq!(ledger.saved(), Saved::All);
    }

    #[test]
    fn a_refusal_stays() {
        let mut ledger = Ledger::default();
        ledger.sent();
        ledger.answered(false);
        assert_eq!(ledger.saved(), Saved::Refused);
    }
}
