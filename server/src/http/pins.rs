//! PINs: hashed slowly, a few at a time, and always once per try, so that time tells nobody whether a link exists.

use super::error::ApiError;
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{
        self,
        phc::{Output, PasswordHash, Salt},
    },
};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Argon2id with 19 MiB, two passes, one lane: OWASP's first choice for a server that does other things too. A PIN has
/// 10⁸ values and five tries, so the hash protects the file, not the door.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// What the hasher draws and makes: 16 and 32 bytes.
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
/// Hashes at the same time, so that a rush at the door leaves the rooms their cores and memory.
const AT_ONCE: usize = 2;
/// Tries that may wait for their hash: about three seconds' worth.
const WAITING: usize = 128;

/// Memory of one hash at a time; empty of PINs between two.
type Space = Vec<Block>;

/// Hashes and checks PINs.
#[derive(Debug)]
pub(super) struct Pins {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// Where hashes are worked out, for those who have their turn. Given back to the system's allocator after each, the 19 MiB
    /// would stay with it, and again for every thread that ever weighed a PIN: 400 MiB after a dozen people came.
    spaces: Arc<Mutex<Vec<Space>>>,
    /// A hash of nothing anybody knows: what a try at an unknown link is checked against.
    decoy: String,
}

/// Eight digits.
pub(super) fn is_pin(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("within Argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// PHC string of a hash made by [`hasher`].
fn phc(salt: &[u8], hash: &[u8]) -> password_hash::Result<String> {
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: hasher().params().try_into()?,
        salt: Some(Salt::new(salt)?),
        hash: Some(Output::new(hash)?),
    };
    Ok(hash.to_string())
}

fn hash_into(
    hash: &mut [u8],
    hasher: &Argon2<'_>,
    pin: &str,
    salt: &[u8],
    space: &mut Space,
) -> argon2::Result<()> {
    space.resize(hasher.params().block_count(), Block::default());
    hasher.hash_password_into_with_memory(pin.as_bytes(), salt, hash, space)
}

/// Whether the PIN gives this hash, by the algorithm and with the cost that the hash names.
fn fits(pin: &str, kept: &str, space: &mut Space) -> password_hash::Result<bool> {
    use password_hash::Error::{OutputSize, SaltInvalid};
    let kept = PasswordHash::new(kept)?;
    let (salt, hash) = (kept.salt.ok_or(SaltInvalid)?, kept.hash.ok_or(OutputSize)?);
    let version = kept.version.map(Version::try_from).transpose()?.unwrap_or_default();
    let hasher =
        Argon2::new(Algorithm::try_from(kept.algorithm.as_str())?, version, Params::try_from(&kept)?);
    let mut made = vec![0; hash.len()];
    hash_into(&mut made, &hasher, pin, &salt, space)?;
    // Compared in a time that does not depend on where they differ.
    Ok(Output::new(&made)? == hash)
}

impl Pins {
    /// Draws the decoy: no PIN is known to give it, and checking one against it is the same work as against a real hash.
    pub(super) fn new() -> Result<Self, ApiError> {
        let mut drawn = [0; SALT_BYTES + HASH_BYTES];
        getrandom::fill(&mut drawn).map_err(ApiError::internal)?;
        let (salt, hash) = drawn.split_at(SALT_BYTES);
        let decoy = phc(salt, hash).map_err(ApiError::internal)?;
        Ok(Self {
            running: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: Arc::new(Semaphore::new(WAITING)),
            spaces: Arc::default(),
            decoy,
        })
    }

    /// PHC string of a PIN.
    pub(super) async fn hash(&self, pin: &str) -> Result<String, ApiError> {
        let pin = pin.to_owned();
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(ApiError::internal)?;
        let hashed = self.slowly(move |space| {
            let mut hash = [0; HASH_BYTES];
            hash_into(&mut hash, &hasher(), &pin, &salt, space)?;
            phc(&salt, &hash)
        });
        hashed.await?.map_err(ApiError::internal)
    }

    /// Whether a PIN is right. Without a hash it never is, after the same work.
    pub(super) async fn is_right(&self, pin: &str, hash: Option<&str>) -> Result<bool, ApiError> {
        let (pin, kept) = (pin.to_owned(), hash.unwrap_or(&self.decoy).to_owned());
        let is_right = self.slowly(move |space| fits(&pin, &kept, space).unwrap_or(false));
        Ok(is_right.await? && hash.is_some())
    }

    async fn slowly<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Space) -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let place = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| ApiError::too_many())?;
        let turn = Arc::clone(&self.running).acquire_owned().await.map_err(ApiError::internal)?;
        let spaces = Arc::clone(&self.spaces);
        let in_a_space = move || {
            // A try is over when its hash is done, also where whoever made it has hung up.
            let _held = (place, turn);
            let lock = || spaces.lock().unwrap_or_else(PoisonError::into_inner);
            let mut space = lock().pop().unwrap_or_default();
            let outcome = work(&mut space);
            space.fill(Block::default());
            lock().push(space);
            outcome
        };
        tokio::task::spawn_blocking(in_a_space).await.map_err(ApiError::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    #[tokio::test]
    async fn p3_a_pin_fits_its_own_hash_alone_and_nothing_fits_no_hash() {
        let pins = Pins::new().expect("randomness");
        let hash = pins.hash("20461357").await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(pins.is_right("20461357", Some(&hash)).await.expect("checked"));
        assert!(!pins.is_right("20461358", Some(&hash)).await.expect("checked"));
        assert!(!pins.is_right("20461357", None).await.expect("checked"));
        assert!(!pins.is_right("20461357", Some("damaged")).await.expect("checked"));
    }

    #[tokio::test]
    async fn p3_a_pin_of_an_unknown_link_is_checked_against_a_hash_like_any_other() {
        let pins = Pins::new().expect("randomness");
        let real = pins.hash("20461357").await.expect("a hash");
        let shape = |text: &str| {
            let hash = PasswordHash::new(text).expect("a hash");
            let lengths = (hash.salt.map(|salt| salt.len()), hash.hash.map(|hash| hash.len()));
            (hash.algorithm, hash.version, hash.params, lengths)
        };
        assert_eq!(shape(&pins.decoy), shape(&real));
        assert_ne!(pins.decoy, Pins::new().expect("randomness").decoy);
    }

    #[tokio::test]
    async fn p3_the_memory_of_a_hash_serves_the_next_one_and_keeps_nothing_of_it() {
        let pins = Pins::new().expect("randomness");
        let hash = pins.hash("20461357").await.expect("a hash");
        for _ in 0..3 {
            assert!(pins.is_right("20461357", Some(&hash)).await.expect("checked"));
        }
        let spaces = pins.spaces.lock().expect("nobody panicked");
        let [space] = spaces.as_slice() else { panic!("{} spaces", spaces.len()) };
        assert_eq!(space.len(), MEMORY_KIB as usize);
        assert!(space.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
    }

    #[tokio::test]
    async fn lim7_a_try_whose_maker_has_hung_up_keeps_its_turn_until_its_hash_is_done() {
        let pins = Pins::new().expect("randomness");
        for _ in 0..4 * AT_ONCE {
            let hung_up = timeout(Duration::from_millis(1), pins.hash("20461357")).await;
            assert!(hung_up.is_err(), "a hash takes no longer than a millisecond");
        }
        pins.hash("20461357").await.expect("a hash");
        let spaces = pins.spaces.lock().expect("nobody panicked").len();
        assert!(spaces <= AT_ONCE, "{spaces} hashes at the same time");
    }

    #[test]
    fn p3_a_hash_that_another_program_made_fits_its_pin() {
        let kept = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21l$";
        assert!(fits("20461357", kept, &mut Space::new()).is_err(), "no hash");
        let theirs = argon2::PasswordHasher::hash_password(&Argon2::default(), b"20461357").expect("a hash");
        let fits = |pin| fits(pin, &theirs.to_string(), &mut Space::new()).expect("a hash");
        assert!(fits("20461357"));
        assert!(!fits("20461358"));
    }

    #[test]
    fn a_pin_has_eight_digits() {
        for (text, is) in [
            ("12345678", true),
            ("1234567", false),
            ("123456789", false),
            ("1234567a", false),
            ("١٢٣٤", false),
        ] {
            assert_eq!(is_pin(text), is, "{text}");
        }
    }

    #[tokio::test]
    async fn lim7_tries_beyond_the_waiting_places_are_told_to_wait() {
        let pins = Pins::new().expect("randomness");
        let _places = pins.waiting.acquire_many(WAITING as u32).await.expect("places");
        assert!(pins.hash("20461357").await.is_err());
    }
}
