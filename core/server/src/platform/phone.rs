//! Phone numbers, as hosts give them (E.164) and as WeChat hands them on.

use serde::Serialize;

/// Country codes of one and two digits (ITU-T E.164, list of assigned codes); all others have three.
const SHORT: &[&str] = &[
    "1", "7", "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47",
    "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66",
    "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
];

/// `phone_info`, without the watermark.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PhoneInfo {
    /// As the user writes it: without the country's code at home (China), with it elsewhere.
    pub phone_number: String,
    /// Without the country's code.
    pub pure_phone_number: String,
    /// Without `+`.
    pub country_code: String,
}

impl PhoneInfo {
    /// From `+8613800138000`; none if it is no such number.
    #[must_use]
    pub fn read(number: &str) -> Option<Self> {
        if !is_e164(number) {
            return None;
        }
        let digits = &number[1..];
        let code = SHORT.iter().find(|code| digits.starts_with(**code)).map_or(3, |code| code.len());
        let (country, pure) = digits.split_at(code);
        let shown = if country == "86" { pure.to_owned() } else { format!("+{digits}") };
        Some(Self {
            phone_number: shown,
            pure_phone_number: pure.to_owned(),
            country_code: country.to_owned(),
        })
    }
}

/// `+`, then 8 to 15 digits, the first of them not 0.
#[must_use]
pub fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_the_country_from_the_number() {
        for (number, country, pure) in [
            ("+8613800138000", "86", "13800138000"),
            ("+12025550123", "1", "2025550123"),
            ("+85251234567", "852", "51234567"),
            ("+4915112345678", "49", "15112345678"),
        ] {
            let info = PhoneInfo::read(number).unwrap();
            assert_eq!((info.country_code.as_str(), info.pure_phone_number.as_str()), (country, pure));
        }
        assert_eq!(PhoneInfo::read("+8613800138000").unwrap().phone_number, "13800138000");
        for wrong in ["13800138000", "+0123456789", "+123", "+86 138", "+1234567890123456", "", "+é2345678"]
        {
            assert!(PhoneInfo::read(wrong).is_none(), "{wrong}");
        }
    }
}
