//! Forms: their fields, what is wrong with them, and how amounts are read from them, exactly.

use emart_types::{Currency, Money, Rate, Timestamp};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::error::sentence;

/// One thing that is wrong with what a form sent.
#[derive(Debug, Clone)]
pub(crate) struct FormProblem {
    /// The field it stands beside; empty for the whole form.
    pub(crate) field: String,
    pub(crate) text: String,
}

impl FormProblem {
    pub(crate) fn whole(text: impl Into<String>) -> Self {
        Self { field: String::new(), text: text.into() }
    }
}

/// All that is wrong with what a form sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Problems(pub(crate) Vec<FormProblem>);

impl Problems {
    pub(crate) fn add(&mut self, field: &str, text: &str) {
        self.0.push(FormProblem { field: field.to_owned(), text: sentence(text) });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with a field.
    pub(crate) fn of(&self, field: &str) -> Option<&str> {
        let found = self.0.iter().find(|problem| problem.field == field);
        found.map(|problem| problem.text.as_str())
    }

    /// Gives what a service says about one of its fields to the form's field of another name.
    pub(crate) fn rename(mut self, theirs: &str, ours: &str) -> Self {
        for problem in &mut self.0 {
            if problem.field == theirs {
                ours.clone_into(&mut problem.field);
            }
        }
        self
    }
}

/// One entry of a list to choose from.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) on: bool,
}

impl Choice {
    pub(crate) fn new(value: &str, label: &str, on: bool) -> Self {
        Self { value: value.to_owned(), label: label.to_owned(), on }
    }
}

/// How a field looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    /// An `<input>` of the type that `Field::input` says.
    #[default]
    Input,
    Area,
    Select,
    /// A box to tick; its value is `true`.
    Check,
    /// Several boxes to tick, or several of which one is chosen.
    Checks,
    Radios,
}

impl Kind {
    pub(crate) fn is_area(self) -> bool {
        self == Self::Area
    }

    pub(crate) fn is_select(self) -> bool {
        self == Self::Select
    }

    pub(crate) fn is_check(self) -> bool {
        self == Self::Check
    }

    pub(crate) fn is_radios(self) -> bool {
        self == Self::Radios
    }

    /// Several boxes under one heading.
    pub(crate) fn is_group(self) -> bool {
        matches!(self, Self::Checks | Self::Radios)
    }
}

/// One field of a form, as `ui::field` prints it. What is not said stays empty; the builder's methods say it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) kind: Kind,
    /// The type of an `<input>`.
    pub(crate) input: &'static str,
    pub(crate) value: String,
    pub(crate) choices: Vec<Choice>,
    pub(crate) hint: String,
    pub(crate) error: Option<String>,
    pub(crate) optional: bool,
    /// Half as wide as the form, where there is room.
    pub(crate) half: bool,
    pub(crate) max: u32,
    pub(crate) rows: u32,
    pub(crate) autocomplete: &'static str,
    pub(crate) inputmode: &'static str,
    /// What stands before and after what is typed: a currency, a unit.
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) on: bool,
}

/// A line of text.
pub(crate) fn text(name: &str, label: &str, max: u32) -> Field {
    let (name, label) = (name.to_owned(), label.to_owned());
    Field { name, label, max, input: "text", autocomplete: "off", ..Field::default() }
}

/// An amount in a currency.
pub(crate) fn money(name: &str, label: &str, currency: Currency) -> Field {
    let field = text(name, label, 24).mode("decimal").half();
    Field { before: currency.symbol(), ..field }
}

/// A day, as `2026-11-30`.
pub(crate) fn date(name: &str, label: &str) -> Field {
    Field { input: "date", ..text(name, label, 10) }.half()
}

/// A whole number.
pub(crate) fn number(name: &str, label: &str) -> Field {
    text(name, label, 12).mode("numeric").half()
}

/// Several lines of text.
pub(crate) fn area(name: &str, label: &str, max: u32, rows: u32) -> Field {
    Field { kind: Kind::Area, rows, ..text(name, label, max) }
}

/// One of several.
pub(crate) fn select(name: &str, label: &str, choices: Vec<Choice>) -> Field {
    Field { kind: Kind::Select, choices, ..text(name, label, 0) }
}

/// Yes or no.
pub(crate) fn check(name: &str, label: &str, on: bool) -> Field {
    Field { kind: Kind::Check, on, optional: true, ..text(name, label, 0) }
}

/// Any of several, each a box under the same name.
pub(crate) fn checks(name: &str, label: &str, choices: Vec<Choice>) -> Field {
    Field { kind: Kind::Checks, choices, optional: true, ..text(name, label, 0) }
}

/// One of a few, all of them in sight.
pub(crate) fn radios(name: &str, label: &str, choices: Vec<Choice>) -> Field {
    Field { kind: Kind::Radios, choices, ..text(name, label, 0) }
}

impl Field {
    pub(crate) fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    pub(crate) fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    pub(crate) fn half(mut self) -> Self {
        self.half = true;
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The type of its `<input>`: `email`, `password`, `url`, `file`, …
    pub(crate) fn input(mut self, kind: &'static str) -> Self {
        self.input = kind;
        self
    }

    pub(crate) fn autocomplete(mut self, what: &'static str) -> Self {
        self.autocomplete = what;
        self
    }

    pub(crate) fn mode(mut self, mode: &'static str) -> Self {
        self.inputmode = mode;
        self
    }

    pub(crate) fn after(mut self, unit: &str) -> Self {
        unit.clone_into(&mut self.after);
        self
    }

    /// Shows what is wrong with this field beside it.
    pub(crate) fn told(mut self, problems: &Problems) -> Self {
        self.error = problems.of(&self.name).map(ToOwned::to_owned);
        self
    }
}

/// An amount as a form shows it, to be read back by [`read_money`].
pub(crate) fn money_value(amount: Option<Money>) -> String {
    amount.map(Money::to_decimal).unwrap_or_default()
}

/// Reads an amount exactly; nothing typed is `None`, and what cannot be read is told beside the field.
pub(crate) fn read_money(
    field: &str,
    typed: &str,
    currency: Currency,
    problems: &mut Problems,
) -> Option<Money> {
    if typed.trim().is_empty() {
        return None;
    }
    match Money::parse(typed.trim(), currency) {
        Ok(amount) => Some(amount),
        Err(_) => {
            let like = Money::new(1999, currency).to_decimal();
            problems.add(field, &format!("Enter an amount such as {like}"));
            None
        }
    }
}

/// Reads a whole number; nothing typed is `None`, and what cannot be read is told beside the field.
pub(crate) fn read_number(field: &str, typed: &str, problems: &mut Problems) -> Option<i64> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let number = typed.parse().ok();
    if number.is_none() {
        problems.add(field, "Enter a whole number");
    }
    number
}

/// A share as a form shows it, in per cent: `12.5`.
pub(crate) fn percent_value(rate: Rate) -> String {
    let (whole, part) = (rate.0 / 10_000, rate.0 % 10_000);
    let text = format!("{whole}.{part:04}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Reads a share in per cent, exactly; nothing typed is `None`, and what cannot be read is told beside the field.
pub(crate) fn read_percent(field: &str, typed: &str, problems: &mut Problems) -> Option<Rate> {
    let typed = typed.trim().trim_end_matches('%').trim_end();
    if typed.is_empty() {
        return None;
    }
    let read = || {
        let (whole, part) = typed.split_once('.').unwrap_or((typed, ""));
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let fits =
            (1..=3).contains(&whole.len()) && part.len() <= 4 && digits(whole) && digits(part);
        let ppm: u32 = fits.then(|| format!("{whole}{part:0<4}"))?.parse().ok()?;
        (ppm <= 1_000_000).then_some(Rate(ppm))
    };
    let rate = read();
    if rate.is_none() {
        problems.add(field, "Enter per cent such as 19 or 12.5, at most 100");
    }
    rate
}

/// A moment as a form shows it, where the shop is: `2026-11-30T10:00`.
pub(crate) fn moment_value(at: Option<Timestamp>) -> String {
    let zoned = |at: Timestamp| at.to_jiff().to_zoned(TimeZone::system());
    at.map(|at| zoned(at).strftime("%Y-%m-%dT%H:%M").to_string()).unwrap_or_default()
}

/// Reads a moment; nothing typed is `None`, and what cannot be read is told beside the field.
pub(crate) fn read_moment(field: &str, typed: &str, problems: &mut Problems) -> Option<Timestamp> {
    if typed.trim().is_empty() {
        return None;
    }
    let read = typed.trim().parse::<DateTime>().ok();
    let at = read.and_then(|at| at.to_zoned(TimeZone::system()).ok());
    if at.is_none() {
        problems.add(field, "Enter a day and a time");
    }
    at.map(|at| at.timestamp().into())
}

/// Reads a day as the moment in which it ends; nothing typed is `None`.
pub(crate) fn read_day(field: &str, typed: &str, problems: &mut Problems) -> Option<Timestamp> {
    if typed.trim().is_empty() {
        return None;
    }
    let next = typed.trim().parse::<Date>().ok().and_then(|day| day.tomorrow().ok());
    let end = next.and_then(|day| day.to_zoned(TimeZone::system()).ok());
    if end.is_none() {
        problems.add(field, "Enter a day");
    }
    end.map(|end| end.timestamp().into())
}

/// What was typed, if anything was.
pub(crate) fn some(typed: &str) -> Option<String> {
    Some(typed.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_to_the_cent_or_refused() {
        let mut problems = Problems::default();
        let mut read = |typed| read_money("price", typed, Currency::EUR, &mut problems);
        assert_eq!(read(" 19.99 ").map(|m| m.amount_minor), Some(1999));
        assert_eq!(read("1,299").map(|m| m.amount_minor), Some(129_900));
        assert_eq!(read(""), None);
        assert_eq!(read("19.999"), None);
        assert_eq!(problems.of("price"), Some("Enter an amount such as 19.99."));
    }

    #[test]
    fn a_form_shows_an_amount_as_it_reads_it() {
        let amount = Money::new(-129_905, Currency::EUR);
        let mut problems = Problems::default();
        let again = read_money("x", &money_value(Some(amount)), Currency::EUR, &mut problems);
        assert_eq!((again, problems.is_empty()), (Some(amount), true));
    }
    #[test]
    fn shares_are_read_as_people_write_them_and_shown_so() {
        let mut problems = Problems::default();
        let mut read = |typed| read_percent("rate", typed, &mut problems).map(|rate| rate.0);
        assert_eq!(
            (read("19"), read("12.5 %"), read("0.0001")),
            (Some(190_000), Some(125_000), Some(1))
        );
        assert_eq!(
            (read("100"), read("101"), read("ten"), read("1.00001")),
            (Some(1_000_000), None, None, None)
        );
        for (ppm, text) in [(190_000, "19"), (125_000, "12.5"), (1, "0.0001"), (0, "0")] {
            assert_eq!(percent_value(Rate(ppm)), text);
        }
    }

    #[test]
    fn a_moment_is_shown_as_it_reads_it() {
        let at = Timestamp::from_millis(1_795_430_400_000);
        let mut problems = Problems::default();
        assert_eq!(read_moment("x", &moment_value(Some(at)), &mut problems), Some(at));
        assert!(read_moment("x", "soon", &mut problems).is_none() && !problems.is_empty());
    }
}
