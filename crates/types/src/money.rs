//! Money: integer minor units of one currency, arithmetic that fails rather than wraps, rounding that is named.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};

/// An ISO 4217 currency, written as its three letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

/// A text that is no ISO 4217 currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a currency of ISO 4217: {0}")]
pub struct CurrencyError(String);

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(iso_currency::Currency::EUR);
    /// The dollar of the United States.
    pub const USD: Self = Self(iso_currency::Currency::USD);

    /// Three capital letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimal digits a minor unit stands for: 2 for EUR, 0 for JPY, 3 for KWD.
    #[must_use]
    pub fn exponent(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }

    /// The sign people write: `€`.
    #[must_use]
    pub fn symbol(self) -> String {
        self.0.symbol().to_string()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        iso_currency::Currency::from_code(text)
            .map(Self)
            .ok_or_else(|| CurrencyError(text.chars().take(16).collect()))
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl utoipa::PartialSchema for Currency {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[A-Z]{3}$"))
            .description(Some("ISO 4217 currency code"))
            .into()
    }
}

impl utoipa::ToSchema for Currency {}

/// Why an amount could not be worked out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies met.
    #[error("{0} and {1} do not add up")]
    Mixed(Currency, Currency),
    /// The result does not fit 64 bits of minor units.
    #[error("the amount is too large")]
    Overflow,
    /// A text that is no amount of this currency.
    #[error("not an amount in {currency}: {text}")]
    Malformed {
        /// The currency it was read in.
        currency: Currency,
        /// The text, cut to 32 characters.
        text: String,
    },
}

/// An amount in minor units (cents for EUR, yen for JPY) of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units: 1999 is 19.99 EUR.
    #[schema(example = 1999)]
    pub amount_minor: i64,
    /// ISO 4217 code.
    #[schema(example = "EUR")]
    pub currency: Currency,
}

impl Money {
    /// This many minor units.
    #[must_use]
    pub const fn new(amount_minor: i64, currency: Currency) -> Self {
        Self { amount_minor, currency }
    }

    /// Nothing.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.amount_minor == 0
    }

    fn same(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::Mixed(self.currency, other.currency))
        }
    }

    /// The sum.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        let sum = self.amount_minor.checked_add(other.amount_minor).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(sum, self.currency))
    }

    /// The difference.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same(other)?;
        let rest = self.amount_minor.checked_sub(other.amount_minor).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(rest, self.currency))
    }

    /// So many times as much.
    pub fn checked_mul(self, times: u32) -> Result<Self, MoneyError> {
        let product =
            self.amount_minor.checked_mul(i64::from(times)).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(product, self.currency))
    }

    /// The sum of amounts; `currency` is that of the result even when there are none.
    pub fn sum(
        currency: Currency,
        amounts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::checked_add)
    }

    /// Splits the amount by weight; the parts always add up to the whole (largest remainder, first part
    /// first among equals). All weights zero splits evenly; no weights gives no parts.
    #[must_use]
    pub fn allocate(self, weights: &[u64]) -> Vec<Self> {
        allocate(self.amount_minor, weights)
            .into_iter()
            .map(|part| Self::new(part, self.currency))
            .collect()
    }

    /// Reads `19.99`, `1,299.00` or `19` as people and CSV files write it. More decimals than the currency has
    /// are accepted only when they are zeros: nothing is rounded silently.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        parse_minor(text.trim(), currency.exponent())
            .map(|minor| Self::new(minor, currency))
            .ok_or_else(|| MoneyError::Malformed {
                currency,
                text: text.chars().take(32).collect(),
            })
    }

    /// The amount as a plain decimal: `1299.00`. What [`Money::parse`] reads back.
    #[must_use]
    pub fn to_decimal(self) -> String {
        let digits = self.currency.exponent() as usize;
        let sign = if self.amount_minor < 0 { "-" } else { "" };
        let all = format!("{:0>width$}", self.amount_minor.unsigned_abs(), width = digits + 1);
        let (whole, part) = all.split_at(all.len() - digits);
        if digits == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
    }
}

/// For people: `€1,299.00`; a currency whose sign is its code gets a space: `CHF 12.00`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimal = Self::new(self.amount_minor, self.currency).to_decimal();
        let (sign, digits) = match decimal.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", decimal.as_str()),
        };
        let symbol = self.currency.symbol();
        let gap = if symbol.chars().all(char::is_alphabetic) { "\u{a0}" } else { "" };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        write!(f, "{sign}{symbol}{gap}")?;
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        if part.is_empty() { Ok(()) } else { write!(f, ".{part}") }
    }
}

fn parse_minor(text: &str, digits: u32) -> Option<i64> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let whole = ungroup(whole)?;
    let digits = digits as usize;
    if !part.bytes().all(|b| b.is_ascii_digit()) || (whole.is_empty() && part.is_empty()) {
        return None;
    }
    let (kept, beyond) = part.split_at(part.len().min(digits));
    if beyond.bytes().any(|b| b != b'0') {
        return None;
    }
    let minor: i64 = format!("{whole}{kept:0<digits$}").parse().ok()?;
    Some(if negative { -minor } else { minor })
}

/// Takes out thousands commas, refusing any that stand elsewhere (`1,5` is not fifteen).
fn ungroup(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let grouped = whole.contains(',');
    let well_formed = (!grouped || (1..=3).contains(&first.len())) && groups.all(|g| g.len() == 3);
    let plain: String = whole.chars().filter(|c| *c != ',').collect();
    (well_formed && plain.bytes().all(|b| b.is_ascii_digit())).then_some(plain)
}

/// Splits `total` by weight so that the parts add up to it exactly: each part is rounded towards zero and
/// the units left over go to the largest remainders.
#[must_use]
pub fn allocate(total: i64, weights: &[u64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|w| i128::from(*w)).sum();
    let even = sum == 0;
    let sum = if even { i128::try_from(weights.len()).unwrap_or(i128::MAX) } else { sum };
    let share = |w: &u64| i128::from(total) * if even { 1 } else { i128::from(*w) };
    let mut parts: Vec<i128> = weights.iter().map(|w| share(w) / sum).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse((share(&weights[*i]) % sum).abs()));
    let left = i128::from(total) - parts.iter().sum::<i128>();
    let unit = left.signum();
    for i in order.into_iter().take(usize::try_from(left.abs()).unwrap_or(usize::MAX)) {
        parts[i] += unit;
    }
    parts.into_iter().map(|p| i64::try_from(p).unwrap_or(i64::MAX)).collect()
}

/// A rate in parts per million: 190 000 is 19 %. Rounds half away from zero, as tax offices do ("kaufmännisch").
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(transparent)]
pub struct Rate(pub u32);

impl Rate {
    const ONE: i128 = 1_000_000;

    /// The rate of an amount that does not contain it: 19 % of 100.00 is 19.00.
    pub fn of(self, net: Money) -> Result<Money, MoneyError> {
        let minor = rounded(i128::from(net.amount_minor) * i128::from(self.0), Self::ONE)?;
        Ok(Money::new(minor, net.currency))
    }

    /// The rate inside an amount that contains it: in 119.00 at 19 % there are 19.00.
    pub fn within(self, gross: Money) -> Result<Money, MoneyError> {
        let rate = i128::from(self.0);
        let minor = rounded(i128::from(gross.amount_minor) * rate, Self::ONE + rate)?;
        Ok(Money::new(minor, gross.currency))
    }
}

/// `numerator / denominator`, half away from zero.
fn rounded(numerator: i128, denominator: i128) -> Result<i64, MoneyError> {
    let half = denominator / 2 * numerator.signum();
    i64::try_from((numerator + half) / denominator).map_err(|_| MoneyError::Overflow)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    #[test]
    fn amounts_read_as_people_write_them() {
        assert_eq!(eur(129_900).to_string(), "€1,299.00");
        assert_eq!(eur(-5).to_string(), "-€0.05");
        assert_eq!(Money::new(1500, "JPY".parse().unwrap()).to_string(), "¥1,500");
    }

    #[test]
    fn decimals_are_read_without_rounding() {
        for (text, minor) in [("19.99", 1999), ("19", 1900), ("1,299.5", 129_950), ("0.990", 99)] {
            assert_eq!(Money::parse(text, Currency::EUR), Ok(eur(minor)), "{text}");
        }
        for text in ["", ".", "1.999", "1,5", "12,34.5", "€5", "1e3", "99999999999999999999"] {
            assert!(Money::parse(text, Currency::EUR).is_err(), "{text}");
        }
    }

    #[test]
    fn currencies_do_not_mix_and_sums_do_not_wrap() {
        assert!(matches!(
            eur(1).checked_add(Money::new(1, Currency::USD)),
            Err(MoneyError::Mixed(..))
        ));
        assert_eq!(eur(i64::MAX).checked_add(eur(1)), Err(MoneyError::Overflow));
        assert_eq!(eur(i64::MAX).checked_mul(2), Err(MoneyError::Overflow));
    }

    #[test]
    fn tax_rounds_half_away_from_zero() {
        assert_eq!(Rate(190_000).of(eur(10_000)), Ok(eur(1900)));
        assert_eq!(Rate(190_000).within(eur(11_900)), Ok(eur(1900)));
        assert_eq!(Rate(50_000).of(eur(10)), Ok(eur(1)));
        assert_eq!(Rate(50_000).of(eur(-10)), Ok(eur(-1)));
    }

    proptest! {
        #[test]
        fn parts_always_add_up(total in any::<i32>(), weights in prop::collection::vec(0u64..1_000_000, 1..40)) {
            let parts = allocate(i64::from(total), &weights);
            prop_assert_eq!(parts.iter().sum::<i64>(), i64::from(total));
            prop_assert_eq!(parts.len(), weights.len());
        }

        #[test]
        fn a_decimal_reads_back_as_it_was(minor in -1_000_000_000_000i64..1_000_000_000_000) {
            prop_assert_eq!(Money::parse(&eur(minor).to_decimal(), Currency::EUR), Ok(eur(minor)));
        }

        #[test]
        fn tax_within_is_the_tax_of_the_rest(gross in 0i64..10_000_000, rate in 0u32..500_000) {
            let gross = eur(gross);
            let tax = Rate(rate).within(gross).unwrap();
            let net = gross.checked_sub(tax).unwrap();
            let again = Rate(rate).of(net).unwrap();
            prop_assert!((again.amount_minor - tax.amount_minor).abs() <= 1);
        }
    }
}
