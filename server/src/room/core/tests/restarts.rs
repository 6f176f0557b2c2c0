//! The end of a simulated service and its next start: what the store kept is read again, and every device has lost its line.

use super::{
    durable::Durable,
    house::{House, conference_id},
};
use crate::{
    meeting::addresses::Addresses,
    room::core::{Core, Loaded, addresses, not_saved},
    store::{Kept, StoreError},
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

impl House {
    fn all_cut(&mut self) {
        for device in &mut self.devices {
            device.cut();
        }
        for (ask, _) in std::mem::take(&mut self.asked) {
            self.answers.insert(ask, not_saved());
        }
        self.told.lock().unwrap().clear();
        self.flying.clear();
        self.keys.clear();
    }

    /// The room as it was before.
    fn load(&mut self, quiet: bool) -> Core {
        self.durable = Durable::of(&self.kept());
        let state = self.durable.state.as_ref().expect("a conference is there");
        let found = addresses(&self.store, conference_id()).expect("by something it is found");
        assert_eq!(found, Addresses::of(state), "it is found by what it was found by before");
        let before = self.load_with(quiet, |_| None);
        assert!(self.core.conference().set_aside.is_empty(), "a whole document was set aside");
        self.no_acknowledged_edit_is_missing();
        before
    }

    /// Some documents are read as `instead` says.
    fn load_with(&mut self, quiet: bool, instead: impl Fn(&str) -> Option<Result<Kept, StoreError>>) -> Core {
        self.loads += 1;
        self.has_arrived();
        let each = |kept: Kept| (kept.document.clone(), instead(&kept.document).unwrap_or(Ok(kept)));
        let kept = self.kept().into_iter().map(each).collect();
        let rng = StdRng::seed_from_u64(self.rng.next_u64());
        let core = Core::load(conference_id(), Loaded { kept, rng, quiet, now: self.now });
        std::mem::replace(&mut self.core, core.expect("what is kept makes a room"))
    }

    /// What the shell does when the core asks to be loaded anew.
    pub(super) fn reload(&mut self) {
        self.reloads += 1;
        self.store.sync_all();
        if self.store.has_failed() {
            return;
        }
        for device in self.devices.iter_mut().filter(|device| device.conn.is_some()) {
            let conn = device.conn.expect("it was just asked");
            self.late.extend(device.up.drain(..).map(|message| (conn, Some(message))));
            self.late.push_back((conn, None));
        }
        self.all_cut();
        let before = self.load(true);
        self.core.takes_the_place_of(&before);
    }

    /// The power goes, and the service starts again.
    pub(crate) fn crash(&mut self, seed: u64) {
        self.store.crash(seed);
        self.late.clear();
        self.all_cut();
        self.load(false);
    }

    /// The service ends between two batches and starts again.
    pub(crate) fn restart(&mut self) {
        while self.sync() {}
        if self.store.has_failed() {
            let seed = self.rng.next_u64();
            return self.crash(seed);
        }
        self.late.clear();
        self.all_cut();
        self.load(false);
    }

    /// As [`Self::restart`]; some documents are read as `instead` says.
    pub(crate) fn restart_with(&mut self, instead: impl Fn(&str) -> Option<Result<Kept, StoreError>>) {
        while self.sync() {}
        self.all_cut();
        self.load_with(false, instead);
    }
}
