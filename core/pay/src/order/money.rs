//! An amount in a currency, exact.
use std::fmt;

/// An integer of a currency's smallest unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    /// In the smallest unit.
    pub amount: u64,
    /// ISO 4217.
    pub currency: String,
    /// How many decimals the unit has.
    pub exponent: u8,
}

impl Money {
    /// The number with its decimals and a point: `12.34`, `0.05`, `500`. Hosts write it in the user's language.
    #[must_use]
    pub fn decimal(&self) -> String {
        let digits = format!("{:0>width$}", self.amount, width = usize::from(self.exponent) + 1);
        let (whole, part) = digits.split_at(digits.len() - usize::from(self.exponent));
        if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
    }
}

impl fmt::Display for Money {
    /// `CNY 12.34`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.decimal())
    }
}

#[cfg(test)]
mod tests {
    use super::Money;

    #[test]
    fn decimals_are_those_of_the_currency() {
        let money = |amount, exponent| Money { amount, currency: "XTS".into(), exponent }.decimal();
        assert_eq!(money(1234, 2), "12.34");
        assert_eq!(money(5, 2), "0.05");
        assert_eq!(money(500, 0), "500");
        assert_eq!(money(1, 3), "0.001");
        assert_eq!(money((1 << 53) - 1, 2), "90071992547409.91");
    }
}
