//! PINs: hashed slowly, a few at a time, and always once per try, so that time tells nobody whether a link exists.

use super::error::ApiError;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{
        PasswordHasher, PasswordVerifier,
        phc::{Output, PasswordHash, Salt},
    },
};
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

/// Hashes and checks PINs.
#[derive(Debug)]
pub(super) struct Pins {
    running: Semaphore,
    waiting: Semaphore,
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

impl Pins {
    /// Draws the decoy: no PIN is known to give it, and checking one against it is the same work as against a real hash.
    pub(super) fn new() -> Result<Self, ApiError> {
        let mut drawn = [0; SALT_BYTES + HASH_BYTES];
        getrandom::fill(&mut drawn).map_err(ApiError::internal)?;
        let (salt, hash) = drawn.split_at(SALT_BYTES);
        let decoy = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: hasher().params().try_into().map_err(ApiError::internal)?,
            salt: Some(Salt::new(salt).map_err(ApiError::internal)?),
            hash: Some(Output::new(hash).map_err(ApiError::internal)?),
        };
        let decoy = decoy.to_string();
        Ok(Self { running: Semaphore::new(AT_ONCE), waiting: Semaphore::new(WAITING), decoy })
    }

    /// PHC string of a PIN.
    pub(super) async fn hash(&self, pin: &str) -> Result<String, ApiError> {
        let pin = pin.to_owned();
        let hashed = self.slowly(move || hasher().hash_password(pin.as_bytes()).map(|hash| hash.to_string()));
        hashed.await?.map_err(ApiError::internal)
    }

    /// Whether a PIN is right. Without a hash it never is, after the same work.
    pub(super) async fn is_right(&self, pin: &str, hash: Option<&str>) -> Result<bool, ApiError> {
        let (pin, kept) = (pin.to_owned(), hash.unwrap_or(&self.decoy).to_owned());
        let is_right = self.slowly(move || {
            let parsed = PasswordHash::new(&kept);
            parsed.is_ok_and(|parsed| hasher().verify_password(pin.as_bytes(), &parsed).is_ok())
        });
        Ok(is_right.await? && hash.is_some())
    }

    async fn slowly<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let _place = self.waiting.try_acquire().map_err(|_| ApiError::too_many())?;
        let _turn = self.running.acquire().await.map_err(ApiError::internal)?;
        tokio::task::spawn_blocking(work).await.map_err(ApiError::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
