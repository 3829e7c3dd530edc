//! Where cryptocurrency is received: addresses with a check sum of their own.

use sha2::{Digest, Sha256};

/// The digits of Base58: no 0, O, I, l.
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The digits of Bech32.
const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// How sure it is that a word is such an address; `None` where it is none. An Ethereum address has no check sum that all writers keep.
pub(super) fn likelihood(word: &str) -> Option<f64> {
    let hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match word.len() {
        26..=35 if word.starts_with(['1', '3']) => is_base58_check(word).then_some(0.97),
        42 if word.starts_with("0x") && hexadecimal(&word[2..]) && !super::placeholder::is_filler(&word[2..]) => Some(0.6),
        42 | 62 if word.starts_with("bc1") || word.starts_with("BC1") => is_bech32(&word.to_ascii_lowercase()).then_some(0.97),
        _ => None,
    }
}

fn is_base58_check(word: &str) -> bool {
    let mut bytes = [0_u8; 25];
    for letter in word.bytes() {
        let Some(digit) = BASE58.iter().position(|known| *known == letter) else { return false };
        let mut carry = u32::try_from(digit).unwrap_or_default();
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = (carry & 0xFF) as u8;
            carry >>= 8;
        }
        if carry != 0 {
            return false;
        }
    }
    let twice = Sha256::digest(Sha256::digest(&bytes[..21]));
    twice[..4] == bytes[21..]
}

/// After BIP 173 and BIP 350.
fn is_bech32(word: &str) -> bool {
    let mut sum: u32 = 1;
    let mut take = |value: u32| {
        let top = sum >> 25;
        sum = (sum & 0x01FF_FFFF) << 5 ^ value;
        for (bit, generator) in [0x3B6A_57B2_u32, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3].into_iter().enumerate() {
            if top >> bit & 1 == 1 {
                sum ^= generator;
            }
        }
    };
    // The human part, `bc`: high bits, zero, low bits.
    for value in [3, 3, 0, 2, 3] {
        take(value);
    }
    for letter in word.bytes().skip(3) {
        let Some(digit) = BECH32.iter().position(|known| *known == letter) else { return false };
        take(u32::try_from(digit).unwrap_or_default());
    }
    sum == 1 || sum == 0x2BC8_30A3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_sums_decide() {
        assert!(likelihood("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa").is_some());
        assert!(likelihood("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb").is_none());
        assert!(likelihood("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4").is_some());
        assert!(likelihood("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5").is_none());
        assert!(likelihood("0x52908400098527886e0f7030069857d2e4169ee7").is_some());
        assert!(likelihood("0x0000000000000000000000000000000000000000").is_none());
    }
}
