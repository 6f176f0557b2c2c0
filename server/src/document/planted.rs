//! Faults in taking an update in, for tests. No update is known that passes the scanner and does harm: so harm is planted
//! where yrs would do it, for whatever is written under these client ids.

use protocol::scan::Touched;
use std::time::Duration;

/// yrs panics when it has taken the update in by half.
pub(crate) const PANICS: u64 = (1 << 53) - 1;
/// yrs leaves a part of the update aside.
pub(crate) const LEFT_ASIDE: u64 = (1 << 53) - 2;
/// We panic ourselves when we look at what the update touches, where nothing but the room catches it.
pub(crate) const PANICS_BEFORE: u64 = (1 << 53) - 3;
/// yrs does not end: for a minute, or a test that waits for somebody to end it would not end either.
pub(crate) const NEVER_ENDS: u64 = (1 << 53) - 4;

fn is_of(touched: &Touched, client: u64) -> bool {
    touched.blocks.iter().any(|block| block.client == client)
}

/// Before anything is applied.
pub(super) fn before(touched: &Touched) {
    assert!(!is_of(touched, PANICS_BEFORE), "a planted fault");
}

/// When it is in the document. False: not all of it.
pub(super) fn within(touched: &Touched) -> bool {
    if is_of(touched, NEVER_ENDS) {
        std::thread::sleep(Duration::from_secs(60));
    }
    assert!(!is_of(touched, PANICS), "a planted fault");
    !is_of(touched, LEFT_ASIDE)
}
