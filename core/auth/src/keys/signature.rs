//! ECDSA signatures on P-256: JOSE wants r and s side by side (RFC 7518 section 3.4), platforms give DER.
use crate::jose::JoseError;

/// r and s, 32 bytes each, big-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// From r and s side by side.
    ///
    /// # Errors
    /// `Signature` for any other length.
    pub fn from_raw(bytes: &[u8]) -> Result<Self, JoseError> {
        bytes.try_into().map(Self).map_err(|_| JoseError::Signature)
    }

    /// From DER, `SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279 section 2.2.3): what Keystore and Secure Enclave give.
    ///
    /// # Errors
    /// `Signature` for anything but the one shortest spelling of two positive numbers of at most 32 bytes.
    pub fn from_der(der: &[u8]) -> Result<Self, JoseError> {
        read_der(der).map(Self).ok_or(JoseError::Signature)
    }

    /// r and s side by side.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

fn read_der(der: &[u8]) -> Option<[u8; 64]> {
    // Two numbers of 33 bytes at most: every length fits in one byte.
    let [0x30, length, content @ ..] = der else { return None };
    if usize::from(*length) != content.len() {
        return None;
    }
    let (r, rest) = read_integer(content)?;
    let (s, rest) = read_integer(rest)?;
    if !rest.is_empty() {
        return None;
    }
    let mut raw = [0; 64];
    raw[32 - r.len()..32].copy_from_slice(r);
    raw[64 - s.len()..].copy_from_slice(s);
    Some(raw)
}

/// A positive number without its sign byte, and what follows.
fn read_integer(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let [0x02, length, rest @ ..] = bytes else { return None };
    let (number, rest) = rest.split_at_checked(usize::from(*length))?;
    let digits = match number {
        // A zero byte only where the next would look like a sign.
        [0, 0x80..=0xff, ..] => &number[1..],
        [0x01..=0x7f, ..] => number,
        _ => return None,
    };
    (digits.len() <= 32).then_some((digits, rest))
}

#[cfg(test)]
mod tests {
    use super::Signature;
    use proptest::prelude::*;

    fn write_der(raw: &[u8; 64]) -> Vec<u8> {
        let mut content = Vec::new();
        for number in raw.chunks(32) {
            let mut digits: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
            if digits.first().is_none_or(|first| *first >= 0x80) {
                digits.insert(0, 0);
            }
            content.extend([2, digits.len() as u8]);
            content.extend(digits);
        }
        [vec![0x30, content.len() as u8], content].concat()
    }

    proptest! {
        #[test]
        fn der_reads_back(raw in any::<[u8; 32]>(), zeros in 0usize..31) {
            let mut both = [1; 64];
            both[zeros..32].copy_from_slice(&raw[zeros..]);
            both[..zeros].fill(0);
            both[31] |= 1;
            let read = Signature::from_der(&write_der(&both)).unwrap();
            prop_assert_eq!(read.as_bytes(), &both);
        }

        #[test]
        fn what_is_accepted_has_one_spelling(bytes in prop::collection::vec(prop_oneof![Just(0u8), Just(2), Just(0x30), any::<u8>()], 0..80)) {
            if let Ok(signature) = Signature::from_der(&bytes) {
                prop_assert_eq!(write_der(signature.as_bytes()), bytes);
            }
        }
    }

    #[test]
    fn refuses_zero_negative_padded_and_long_numbers() {
        let good = write_der(&[0x81; 64]);
        assert!(Signature::from_der(&good).is_ok());
        assert!(Signature::from_der(&good[..good.len() - 1]).is_err());
        assert!(Signature::from_der(&[&good[..], &[0]].concat()).is_err());
        assert!(Signature::from_der(&[0x30, 6, 2, 1, 0, 2, 1, 1]).is_err(), "zero");
        assert!(Signature::from_der(&[0x30, 6, 2, 1, 0x80, 2, 1, 1]).is_err(), "negative");
        assert!(Signature::from_der(&[0x30, 7, 2, 2, 0, 1, 2, 1, 1]).is_err(), "padded");
        assert!(Signature::from_der(&[0x30, 6, 2, 1, 1, 2, 1, 1]).is_ok());
    }
}
