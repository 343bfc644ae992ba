//! As much DER (X.690) as it takes to find an RSA key and a serial number in what merchants configure.

/// An element's content and what follows it. `tag` must be the element's; lengths are the shortest.
pub(crate) fn take(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match *first {
        short @ 0..=0x7f => (usize::from(short), rest),
        0x81 => {
            let (length, rest) = rest.split_first()?;
            (usize::from(*length).checked_sub(0x80)? + 0x80, rest)
        }
        0x82 => {
            let (length, rest) = rest.split_first_chunk::<2>()?;
            (usize::from(u16::from_be_bytes(*length)).checked_sub(0x100)? + 0x100, rest)
        }
        _ => return None,
    };
    if *found != tag {
        return None;
    }
    rest.split_at_checked(length)
}

/// The content of the only element in `bytes`.
pub(crate) fn only(tag: u8, bytes: &[u8]) -> Option<&[u8]> {
    take(tag, bytes).filter(|(_, rest)| rest.is_empty()).map(|(content, _)| content)
}

/// A positive number without its sign byte, and what follows it.
pub(crate) fn positive(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (number, rest) = take(0x02, bytes)?;
    let digits = match number {
        [0, 0x80..=0xff, ..] => &number[1..],
        [0x01..=0x7f, ..] => number,
        _ => return None,
    };
    Some((digits, rest))
}

/// Modulus and exponent of a `SubjectPublicKeyInfo` that holds an RSA key (RFC 3279 section 2.3.1).
pub(crate) fn rsa_key(spki: &[u8]) -> Option<(&[u8], &[u8])> {
    const RSA: [u8; 13] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let (algorithm, rest) = take(0x30, only(0x30, spki)?)?;
    if algorithm != RSA {
        return None;
    }
    let key = only(0x30, only(0x03, rest)?.strip_prefix(&[0])?)?;
    let (modulus, rest) = positive(key)?;
    let (exponent, rest) = positive(rest)?;
    rest.is_empty().then_some((modulus, exponent))
}

/// Serial number and `SubjectPublicKeyInfo` of a certificate (RFC 5280 section 4.1). Its signature is not looked at: a
/// certificate is configured or downloaded over a signed answer, and stands here for its key.
pub(crate) fn certificate(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mut fields, _) = take(0x30, only(0x30, der)?)?;
    if let Some((_version, rest)) = take(0xa0, fields) {
        fields = rest;
    }
    let (serial, rest) = positive(fields)?;
    let mut rest = rest;
    // signature, issuer, validity, subject
    for _ in 0..4 {
        rest = take(0x30, rest)?.1;
    }
    let (_, after) = take(0x30, rest)?;
    Some((serial, &rest[..rest.len() - after.len()]))
}
