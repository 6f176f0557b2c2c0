//! The key of one round: RSABSSA-SHA384-PSS-Deterministic with 2048 bits (RFC 9474).

use crate::stack::wiped;
use alloc::vec::Vec;
use blind_rsa_signatures::{
    KeyPairSha384PSSDeterministic as Pair, PublicKeySha384PSSDeterministic as Public,
    SecretKeySha384PSSDeterministic as Secret, Signature,
};
use core::fmt;
use rsa::{BoxedUint, RsaPublicKey, rand_core::CryptoRng};
use zeroize::Zeroizing;

/// Bytes of a modulus, of a blinded message and of a signature. A key lives for minutes: 2048 bits are enough.
pub const KEY_BYTES: usize = 256;
/// The public exponent of every key, 65537.
pub(crate) const EXPONENT: [u8; 3] = [1, 0, 1];

/// Bytes that were read as a key and are none of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no RSA key of 2048 bits with the exponent 65537")]
pub struct NotAKey;

/// What everybody has of a round's key.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    n: [u8; KEY_BYTES],
    key: Public,
}

impl PublicKey {
    /// The key with this modulus, highest byte first.
    ///
    /// # Errors
    /// It has not 2048 bits, or is even.
    pub fn from_modulus(n: &[u8; KEY_BYTES]) -> Result<Self, NotAKey> {
        let modulus = BoxedUint::from_be_slice(n, 8 * KEY_BYTES as u32).map_err(|_| NotAKey)?;
        if n[0] & 0x80 == 0 || n[KEY_BYTES - 1] & 1 == 0 {
            return Err(NotAKey);
        }
        let key = RsaPublicKey::new(modulus, BoxedUint::from(65_537u32)).map_err(|_| NotAKey)?;
        Ok(Self { n: *n, key: Public::new(key) })
    }

    /// The modulus, highest byte first. Browsers take it with the exponent 65537 as a JWK of `alg` PS384; an SPKI would
    /// carry an object identifier that WebCrypto refuses.
    pub fn modulus(&self) -> &[u8; KEY_BYTES] {
        &self.n
    }

    /// True if `signature` is the round's signature of `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8; KEY_BYTES]) -> bool {
        self.key.verify(&Signature::new(signature.to_vec()), None, message).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(…)")
    }
}

/// The secret half. Erased from memory when it is dropped.
pub struct RoundKey {
    secret: Secret,
    public: PublicKey,
}

impl RoundKey {
    /// Makes a key; 30–80 ms in a release build. Whoever calls must not hold a room up with it.
    ///
    /// # Panics
    /// Never: the key has the size that the suite demands.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        wiped(|| {
            let pair = Pair::generate(rng, 8 * KEY_BYTES).expect("2048 bits are of the suite");
            Self::with(pair.sk).expect("a key just made is ours")
        })
    }

    /// The key as PKCS#8 DER. Whoever keeps it wraps it first.
    ///
    /// # Panics
    /// Never: every key of ours has an encoding.
    pub fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        wiped(|| Zeroizing::new(self.secret.to_der().expect("a key of ours has an encoding")))
    }

    /// The key that [`RoundKey::to_pkcs8`] gave out.
    ///
    /// # Errors
    /// These bytes are no such key.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, NotAKey> {
        wiped(|| Self::with(Secret::from_der(der).map_err(|_| NotAKey)?))
    }

    fn with(secret: Secret) -> Result<Self, NotAKey> {
        let public = secret.public_key().map_err(|_| NotAKey)?;
        let components = public.components();
        let n: [u8; KEY_BYTES] = components.n().try_into().map_err(|_| NotAKey)?;
        let public = PublicKey::from_modulus(&n)?;
        if public.key.as_ref() == secret.public_key().map_err(|_| NotAKey)?.as_ref() {
            Ok(Self { secret, public })
        } else {
            Err(NotAKey)
        }
    }

    /// What everybody has of it.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a blinded message; the same bytes have the same signature whatever `rng` gives, which only shields the
    /// computation (RUSTSEC-2023-0071). `None` if the bytes are no number below the modulus.
    pub(crate) fn sign<R: CryptoRng + ?Sized>(
        &self,
        rng: &mut R,
        blinded: &[u8; KEY_BYTES],
    ) -> Option<[u8; KEY_BYTES]> {
        wiped(|| self.secret.blind_sign_with_rng(rng, blinded).ok()?.0.try_into().ok())
    }
}

impl fmt::Debug for RoundKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoundKey(…)")
    }
}
