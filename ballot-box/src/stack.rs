//! What arithmetic leaves on the stack. Libraries wipe what they put on the heap, if anything; a thread that has done with a
//! key may sleep on its traces for as long as the service runs.

/// More than making a key, signing or checking a ballot takes, and handing on what was signed.
const DEPTH: usize = 64 * 1024;

/// Does something, and writes zeros over what it has left below here.
pub fn wiped<T>(work: impl FnOnce() -> T) -> T {
    let done = apart(work);
    wipe();
    done
}

/// Lies where [`wipe`] lies afterwards.
#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
fn wipe() {
    core::hint::black_box([0_u8; DEPTH]);
}
