//! What a person's device does, for simulations, load tests and vectors. The web app has the same in TypeScript
//! (`web/src/scale`), and `protocol/vectors/sealed.json` shows that they agree byte for byte.

use crate::{
    Answer, BALLOT_BYTES, KEY_BYTES, Round, Shown,
    ballot::write,
    key::{EXPONENT, PublicKey},
};
use alloc::{collections::BTreeSet, vec::Vec};
use blind_rsa_signatures::reexports::{
    crypto_bigint::{BoxedUint, NonZero, Resize},
    hmac_sha256::HKDF,
};
use core::fmt;
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha384};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A modulus as a precision.
const BITS: u32 = 8 * KEY_BYTES as u32;
/// Random bytes that become the blinding factor: 128 bits more than the modulus, so that the remainder is even.
const FACTOR_BYTES: usize = KEY_BYTES + 16;
/// A salt is as long as the hash.
const SALT_BYTES: usize = 48;

/// A device in one round. All it needs comes from a seed of 32 random bytes: after a reload the same seed gives the same
/// key and the same blinded message.
pub struct Device {
    round: Round,
    key: SigningKey,
    blinded: [u8; KEY_BYTES],
    unblind: Zeroizing<[u8; KEY_BYTES]>,
}

/// What the service answered is no signature of the blinded message under the round's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer is not signed with the key of this round")]
pub struct NotSigned;

/// A device whose note is signed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Token {
    #[zeroize(skip)]
    round: Round,
    #[zeroize(skip)] // erases itself
    key: SigningKey,
    signature: [u8; KEY_BYTES],
}

impl Device {
    /// The device with this seed. `None` once in 2¹⁰²⁴ seeds, where the factor has no inverse: draw another.
    pub fn new(round: Round, seed: &[u8; 32]) -> Option<Self> {
        let prk = Zeroizing::new(HKDF::extract(round.binding(), seed));
        let derive = |out: &mut [u8], info: &str| HKDF::expand(out, *prk, info);
        let mut key = Zeroizing::new([0; 32]);
        derive(&mut *key, "one-time key");
        let key = SigningKey::from_bytes(&key);
        let mut salt = Zeroizing::new([0; SALT_BYTES]);
        derive(&mut *salt, "salt");
        let mut factor = Zeroizing::new([0; FACTOR_BYTES]);
        derive(&mut *factor, "factor");
        let message = round.message(&key.verifying_key().to_bytes());
        let (blinded, unblind) = blind(round.key(), &message, &salt, &factor)?;
        Some(Self { round, key, blinded, unblind: Zeroizing::new(unblind) })
    }

    /// What it asks the service to sign.
    pub fn blinded(&self) -> &[u8; KEY_BYTES] {
        &self.blinded
    }

    /// Its one-time public key.
    pub fn one_time_key(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    /// Takes the blinding off and checks the signature under the round's key.
    ///
    /// # Errors
    /// [`NotSigned`].
    pub fn finalise(&self, signed: &[u8; KEY_BYTES]) -> Result<Token, NotSigned> {
        let n = modulus(self.round.key());
        let signature = number(signed).mul_mod(&number(&self.unblind), &n);
        let signature = bytes(&signature);
        let message = self.round.message(&self.one_time_key());
        if !self.round.key().verifies(&message, &signature) {
            return Err(NotSigned);
        }
        Ok(Token { round: self.round.clone(), key: self.key.clone(), signature })
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Device(…)")
    }
}

impl Token {
    /// The unblinded signature.
    pub fn signature(&self) -> &[u8; KEY_BYTES] {
        &self.signature
    }

    /// A ballot. `seq` grows each time its person changes their mind; the highest counts.
    pub fn ballot(&self, seq: u32, answer: Answer) -> [u8; BALLOT_BYTES] {
        let own = self.key.sign(&self.round.cast(seq, answer)).to_bytes();
        let key = self.key.verifying_key().to_bytes();
        write(&self.round, &key, (seq, answer), &self.signature, &own)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// What is wrong with a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Tampered {
    /// A note is not signed with the round's key.
    #[error("a note is not signed with the key of this round")]
    Unsigned,
    /// A note is there twice.
    #[error("a note is there twice")]
    Twice,
    /// There are more notes than people who were entitled.
    #[error("there are more notes than people")]
    TooMany,
    /// Notes are not sorted.
    #[error("the notes are not in order")]
    Unsorted,
    /// The notes do not say what was shown.
    #[error("the notes and the numbers shown differ")]
    OtherNumbers,
}

/// Checks all that one browser can: signatures, that no note is there twice, count, order, and that the notes say the
/// numbers that stand on the screens. `numbers` are those shown one by one, and empty where they are not.
///
/// # Errors
/// [`Tampered`], the first fault found.
pub fn check(round: &Round, entitled: usize, numbers: &[u8], bundle: &[Shown]) -> Result<(), Tampered> {
    if bundle.len() > entitled {
        return Err(Tampered::TooMany);
    }
    let mut places = Vec::with_capacity(bundle.len());
    for shown in bundle {
        let message = round.message(&shown.one_time_key);
        if !round.key().verifies(&message, &shown.signature) {
            return Err(Tampered::Unsigned);
        }
        places.push((shown.answer, message));
    }
    let names: BTreeSet<_> = places.iter().map(|(_, message)| message).collect();
    if names.len() < places.len() {
        return Err(Tampered::Twice);
    }
    if !places.is_sorted() {
        return Err(Tampered::Unsorted);
    }
    let said: Vec<u8> = places.iter().filter_map(|(answer, _)| answer.and_then(Answer::number)).collect();
    if said == numbers { Ok(()) } else { Err(Tampered::OtherNumbers) }
}

/// RFC 9474, 4.2 with salt and factor given: the blinded message and the inverse of the factor.
fn blind(
    key: &PublicKey,
    message: &[u8],
    salt: &[u8; SALT_BYTES],
    factor: &[u8; FACTOR_BYTES],
) -> Option<([u8; KEY_BYTES], [u8; KEY_BYTES])> {
    let n = modulus(key);
    let encoded = number(&encode(message, salt));
    let factor = BoxedUint::from_be_slice(factor, 8 * FACTOR_BYTES as u32).ok()?;
    let wide = NonZero::new(n.as_ref().resize(8 * FACTOR_BYTES as u32)).into_option()?;
    let factor = factor.rem_vartime(&wide).resize(BITS);
    let inverse = factor.invert_mod(&n).into_option()?;
    Some((bytes(&encoded.mul_mod(&raise(&factor, &n), &n)), bytes(&inverse)))
}

/// `factor` to the power 65537: sixteen squares and one more factor.
fn raise(factor: &BoxedUint, n: &NonZero<BoxedUint>) -> BoxedUint {
    const { assert!(EXPONENT[0] == 1 && EXPONENT[1] == 0 && EXPONENT[2] == 1) };
    let mut power = factor.clone();
    for _ in 0..16 {
        power = power.mul_mod(&power, n);
    }
    power.mul_mod(factor, n)
}

/// EMSA-PSS (RFC 8017, 9.1.1) with SHA-384 for a modulus of 2048 bits.
fn encode(message: &[u8], salt: &[u8; SALT_BYTES]) -> [u8; KEY_BYTES] {
    const HASH: usize = 48;
    const MASKED: usize = KEY_BYTES - HASH - 1;
    let hash = Sha384::new().chain_update([0; 8]).chain_update(Sha384::digest(message));
    let hash = hash.chain_update(salt).finalize();
    let mut encoded = [0; KEY_BYTES];
    encoded[MASKED - SALT_BYTES - 1] = 1;
    encoded[MASKED - SALT_BYTES..MASKED].copy_from_slice(salt);
    for (n, block) in encoded[..MASKED].chunks_mut(HASH).enumerate() {
        let mask = Sha384::new().chain_update(hash).chain_update((n as u32).to_be_bytes()).finalize();
        block.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    }
    encoded[0] &= 0x7f;
    encoded[MASKED..KEY_BYTES - 1].copy_from_slice(&hash);
    encoded[KEY_BYTES - 1] = 0xbc;
    encoded
}

fn modulus(key: &PublicKey) -> NonZero<BoxedUint> {
    NonZero::new(number(key.modulus())).expect("a modulus is not zero")
}

fn number(bytes: &[u8; KEY_BYTES]) -> BoxedUint {
    BoxedUint::from_be_slice(bytes, BITS).expect("as many bits as bytes")
}

fn bytes(number: &BoxedUint) -> [u8; KEY_BYTES] {
    (*number.to_be_bytes()).try_into().expect("as many bytes as bits")
}
