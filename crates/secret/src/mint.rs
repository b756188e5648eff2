//! Making new tokens.

use rand::CryptoRng;
use zeroize::Zeroizing;

use crate::prefix::Prefix;
use crate::token::PlainToken;

/// A new token: the prefix, 160 bits from `random` in base 62, and the checksum.
#[must_use]
pub fn mint(prefix: &Prefix, random: &mut (impl CryptoRng + ?Sized)) -> PlainToken {
    let mut bits = Zeroizing::new([0; 20]);
    random.fill_bytes(bits.as_mut_slice());
    PlainToken::from_bits(prefix, &bits)
}
