//! Base 62 with digits in ASCII order (`0-9A-Za-z`), so that text of one length sorts as its number does.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Appends 160 bits, big-endian, as 27 digits with leading zeros.
pub(crate) fn push_random(out: &mut String, bits: &[u8; 20]) {
    let mut limbs = [0_u32; 5];
    for (limb, chunk) in limbs.iter_mut().zip(bits.chunks_exact(4)) {
        *limb = chunk.iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
    }
    push_digits::<27>(out, || divide(&mut limbs));
}

/// Appends 32 bits as 6 digits with leading zeros.
pub(crate) fn push_checksum(out: &mut String, mut number: u32) {
    push_digits::<6>(out, || {
        let digit = number % 62;
        number /= 62;
        digit
    });
}

/// Appends `N` digits that `next` gives least significant first.
fn push_digits<const N: usize>(out: &mut String, mut next: impl FnMut() -> u32) {
    let mut text = [b'0'; N];
    for place in text.iter_mut().rev() {
        *place = digit(next());
    }
    out.extend(text.into_iter().map(char::from));
    zeroize::Zeroize::zeroize(&mut text);
}

/// The digit for a number below 62.
pub(crate) fn digit(number: u32) -> u8 {
    DIGITS.get(number as usize).copied().unwrap_or(b'0')
}

/// Divides a big-endian number by 62 in place and gives the remainder.
fn divide(limbs: &mut [u32; 5]) -> u32 {
    let mut remainder = 0_u64;
    for limb in limbs {
        let number = remainder << 32 | u64::from(*limb);
        // Less than 2^32, because the remainder is less than the divisor.
        *limb = (number / 62) as u32;
        remainder = number % 62;
    }
    remainder as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(bits: [u8; 20]) -> String {
        let mut out = String::new();
        push_random(&mut out, &bits);
        out
    }

    #[test]
    fn encodes_known_numbers() {
        let mut one = [0; 20];
        one[19] = 1;
        let mut large = [0; 20];
        large[17..].copy_from_slice(&[1, 0, 0]);
        assert_eq!(random([0; 20]), "0".repeat(27));
        assert_eq!(random(one), format!("{}1", "0".repeat(26)));
        // 65,536 = 17 * 62^2 + 3 * 62 + 2
        assert_eq!(random(large), format!("{}H32", "0".repeat(24)));
    }

    #[test]
    fn pads_checksums() {
        let text = |number| {
            let mut out = String::new();
            push_checksum(&mut out, number);
            out
        };
        assert_eq!(text(0), "000000");
        assert_eq!(text(61), "00000z");
        assert_eq!(text(62), "000010");
        assert_eq!(text(u32::MAX), "4gfFC3");
    }

    proptest::proptest! {
        #[test]
        fn keeps_order(left: [u8; 20], right: [u8; 20]) {
            proptest::prop_assert_eq!(random(left).cmp(&random(right)), left.cmp(&right));
        }
    }
}
