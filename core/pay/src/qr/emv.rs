//! EMVCo's merchant-presented QR code (version 1.1): objects of a two-digit id, a two-digit length and a value.
//!
//! Lengths count characters, not bytes. Objects keep their order and unknown ones stay, so that what was read is written
//! again byte for byte.
use std::fmt;

/// Longest code, in characters.
const MAX_CODE: usize = 512;
/// Ids of the root: format, and checksum.
const FORMAT: u8 = 0;
const CRC: u8 = 63;

/// One object: an id of two digits and a value of 1 to 99 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// 0 to 99.
    pub id: u8,
    /// The value; of a template, objects again ([`Object::objects`]).
    pub value: String,
}

/// A merchant's code that keeps the rules. The checksum and the format's object are not among its objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emv {
    objects: Vec<Object>,
}

/// Why a text is no merchant's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EmvError {
    /// It does not begin as one: it is some other code.
    #[error("this is no merchant's payment code")]
    Other,
    /// Ids and lengths do not add up.
    #[error("the payment code is damaged: its parts do not add up")]
    Structure,
    /// The checksum is wrong.
    #[error("the payment code is damaged: its checksum is wrong")]
    Checksum,
    /// An object is missing, there twice, or breaks its rule.
    #[error("object {0:02} of the payment code is missing, there twice, or not acceptable")]
    Object(u8),
}

impl Object {
    /// An object.
    pub fn new(id: u8, value: impl Into<String>) -> Self {
        Self { id, value: value.into() }
    }

    /// A template of objects.
    #[must_use]
    pub fn template(id: u8, objects: &[Self]) -> Self {
        Self { id, value: objects.iter().map(ToString::to_string).collect() }
    }

    /// The objects of a template.
    ///
    /// # Errors
    /// `Structure`.
    pub fn objects(&self) -> Result<Vec<Self>, EmvError> {
        read(&self.value)
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}{:02}{}", self.id, self.value.chars().count(), self.value)
    }
}

impl Emv {
    /// A code of these objects, without format (00) and checksum (63).
    ///
    /// # Errors
    /// `Object`, `Structure`.
    pub fn new(objects: Vec<Object>) -> Result<Self, EmvError> {
        let code = Self { objects };
        code.check()?;
        Ok(code)
    }

    /// Reads a code. Spaces around it are ignored, as scanners add them.
    ///
    /// # Errors
    /// Any [`EmvError`].
    pub fn read(text: &str) -> Result<Self, EmvError> {
        let text = text.trim();
        if !text.starts_with("000201") {
            return Err(EmvError::Other);
        }
        let (signed, checksum) = text.split_at_checked(text.len() - 4).ok_or(EmvError::Checksum)?;
        let content = signed.strip_suffix("6304").ok_or(EmvError::Checksum)?;
        if !checksum.eq_ignore_ascii_case(&format!("{:04X}", crc(signed.as_bytes()))) {
            return Err(EmvError::Checksum);
        }
        Self::new(read(content.get(6..).ok_or(EmvError::Structure)?)?)
    }

    /// All objects but format and checksum, as they stand.
    #[must_use]
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// The value of an object.
    #[must_use]
    pub fn value(&self, id: u8) -> Option<&str> {
        self.objects.iter().find(|object| object.id == id).map(|object| object.value.as_str())
    }

    /// The merchant's accounts with payment networks: 02 to 51. From 26 on, each is a template whose object 00 says whose.
    pub fn accounts(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(|object| (2..=51).contains(&object.id))
    }

    /// The account that belongs to `network`, whose name stands in object 00 of its template.
    #[must_use]
    pub fn account(&self, network: &str) -> Option<Vec<Object>> {
        self.accounts().filter(|account| account.id >= 26).filter_map(|account| account.objects().ok()).find(
            |account| {
                account.iter().any(|object| object.id == 0 && object.value.eq_ignore_ascii_case(network))
            },
        )
    }

    /// True for a code that is for one payment (12), false for one that hangs on a wall (11, or nothing).
    #[must_use]
    pub fn is_dynamic(&self) -> bool {
        self.value(1) == Some("12")
    }

    /// Merchant category (ISO 18245), four digits.
    #[must_use]
    pub fn category(&self) -> &str {
        self.value(52).unwrap_or_default()
    }

    /// The currency's number (ISO 4217), three digits.
    #[must_use]
    pub fn currency(&self) -> &str {
        self.value(53).unwrap_or_default()
    }

    /// The amount as a decimal number; None if the user types it.
    #[must_use]
    pub fn amount(&self) -> Option<&str> {
        self.value(54)
    }

    /// The amount in the smallest unit of a currency with `exponent` decimals. None if there is none, or it has more
    /// decimals than the currency, or more than 53 bits.
    #[must_use]
    pub fn amount_in(&self, exponent: u8) -> Option<u64> {
        let (whole, part) = self.amount().map(|text| text.split_once('.').unwrap_or((text, "")))?;
        let part = part.trim_end_matches('0');
        let missing = usize::from(exponent).checked_sub(part.len())?;
        let amount = format!("{whole}{part}{}", "0".repeat(missing)).parse().ok()?;
        (amount <= crate::json::MAX_INTEGER).then_some(amount)
    }

    /// Country (ISO 3166-1), two letters.
    #[must_use]
    pub fn country(&self) -> &str {
        self.value(58).unwrap_or_default()
    }

    /// The merchant's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.value(59).unwrap_or_default()
    }

    /// The merchant's city.
    #[must_use]
    pub fn city(&self) -> &str {
        self.value(60).unwrap_or_default()
    }

    /// The merchant's name in the language that it is called in (template 64): language, name.
    #[must_use]
    pub fn local_name(&self) -> Option<(String, String)> {
        let objects = read(self.value(64)?).ok()?;
        let value = |id| objects.iter().find(|object| object.id == id).map(|object| object.value.clone());
        Some((value(0)?, value(1)?))
    }

    /// An object of the additional data (template 62): 01 bill number, 05 reference, 07 terminal, ….
    #[must_use]
    pub fn additional(&self, id: u8) -> Option<String> {
        let objects = read(self.value(62)?).ok()?;
        objects.into_iter().find(|object| object.id == id).map(|object| object.value)
    }

    fn check(&self) -> Result<(), EmvError> {
        for (at, object) in self.objects.iter().enumerate() {
            let twice = self.objects[..at].iter().any(|other| other.id == object.id);
            if twice || !fits(object) {
                return Err(EmvError::Object(object.id));
            }
        }
        for id in [52, 53, 58, 59, 60] {
            self.value(id).ok_or(EmvError::Object(id))?;
        }
        if self.accounts().next().is_none() {
            return Err(EmvError::Object(2));
        }
        // 55 says how a tip comes about, 56 and 57 how much.
        let tip = match self.value(55) {
            Some("02") => self.value(56).is_some() && self.value(57).is_none(),
            Some("03") => self.value(57).is_some() && self.value(56).is_none(),
            _ => true,
        };
        if !tip {
            return Err(EmvError::Object(55));
        }
        if self.to_string().chars().count() > MAX_CODE { Err(EmvError::Structure) } else { Ok(()) }
    }
}

impl fmt::Display for Emv {
    /// The whole code, with its checksum.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let objects: String = self.objects.iter().map(ToString::to_string).collect();
        let text = format!("000201{objects}6304");
        write!(f, "{text}{:04X}", crc(text.as_bytes()))
    }
}

/// The rule of each object that has one.
fn fits(object: &Object) -> bool {
    let value = object.value.as_str();
    let length = value.chars().count();
    let digits = |count: usize| length == count && value.bytes().all(|byte| byte.is_ascii_digit());
    if !(1..=99).contains(&length) || object.id > 99 {
        return false;
    }
    match object.id {
        FORMAT | CRC => false,
        1 => matches!(value, "11" | "12"),
        26..=51 => object.objects().is_ok_and(|objects| objects.first().is_some_and(|first| first.id == 0)),
        52 => digits(4),
        53 => digits(3),
        54 | 56 => is_decimal(value, 13),
        55 => matches!(value, "01" | "02" | "03"),
        57 => is_decimal(value, 5),
        58 => length == 2 && value.bytes().all(|byte| byte.is_ascii_alphabetic()),
        59 => length <= 25,
        60 => length <= 15,
        61 => length <= 10,
        62 | 64 | 80..=99 => object.objects().is_ok(),
        _ => true,
    }
}

/// Digits, and a point with digits or none behind it.
fn is_decimal(text: &str, most: usize) -> bool {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= most && !whole.is_empty() && digits(whole) && digits(part)
}

/// The objects that `text` is made of, each id once.
fn read(text: &str) -> Result<Vec<Object>, EmvError> {
    let mut objects: Vec<Object> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (id, after) = two_digits(rest)?;
        let (length, after) = two_digits(after)?;
        let end = after.char_indices().map(|(at, _)| at).chain([after.len()]).nth(length.into());
        let (value, after) = after.split_at(end.ok_or(EmvError::Structure)?);
        if length == 0 || objects.iter().any(|object| object.id == id) {
            return Err(EmvError::Object(id));
        }
        objects.push(Object::new(id, value));
        rest = after;
    }
    Ok(objects)
}

fn two_digits(text: &str) -> Result<(u8, &str), EmvError> {
    match text.as_bytes() {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', ..] => Ok(((tens - b'0') * 10 + (ones - b'0'), &text[2..])),
        _ => Err(EmvError::Structure),
    }
}

/// CRC-16/CCITT-FALSE (ISO/IEC 13239 as EMVCo uses it): polynomial 1021, from FFFF, not reflected.
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc: u16, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn checksum_of_the_catalogue() {
        assert_eq!(super::crc(b"123456789"), 0x29b1);
    }
}
