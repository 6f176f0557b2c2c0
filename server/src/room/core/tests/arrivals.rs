//! Which words have come to the room, and who was here then: what is on its way is not written yet (P5).

use super::{device::words_in, house::House};
use crate::{
    room::core::{ConnId, Inbound},
    store::Kept,
};
use protocol::id::AttendeeId;
use std::collections::BTreeSet;

impl House {
    /// A message comes to the room.
    pub(crate) fn receive(&mut self, conn: ConnId, message: Inbound) {
        let words = match &message {
            Inbound::Update { document, update, .. } => {
                let words: BTreeSet<u32> = words_in(update).difference(&self.arrived).copied().collect();
                (!words.is_empty()).then_some((document.kind, words))
            }
            _ => None,
        };
        let people = &self.core.conference().people;
        let here = words
            .as_ref()
            .map(|_| people.keys().copied().filter(|of| self.core.conference().here(*of).is_some()));
        let here: BTreeSet<AttendeeId> = here.into_iter().flatten().collect();
        self.core.receive(conn, message, self.now);
        if let Some((kind, words)) = words
            && let Some(live) = self.core.documents.get(&kind)
        {
            let holds = words_in(&live.document.state());
            let taken: BTreeSet<u32> = words.intersection(&holds).copied().collect();
            self.arrived.extend(&taken);
            self.came.push((taken, here));
        }
        self.effects();
    }

    /// The room is about to be loaded: it has what is kept.
    pub(super) fn has_arrived(&mut self) {
        let bytes = |kept: &Kept| {
            let rows = kept.rows.iter().flat_map(|row| words_in(&row.bytes));
            rows.chain(kept.snapshot.iter().flat_map(|(_, state)| words_in(state))).collect::<Vec<u32>>()
        };
        self.arrived = self.kept().iter().flat_map(bytes).collect();
    }
}
