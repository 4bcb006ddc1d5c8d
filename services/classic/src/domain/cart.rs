//! Where a cart stands, in the original's four words, and what moves it.

use emart_types::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// The most of one thing.
const MOST: u64 = 999;

/// Where a cart stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// Nothing was bought yet, and nothing is being chosen.
    New,
    /// Things are being chosen.
    Open,
    /// An order is being made.
    Pending,
    /// It was ordered.
    Closed,
}

impl Status {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::Pending => "pending",
            Self::Closed => "closed",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let all = [Self::New, Self::Open, Self::Pending, Self::Closed];
        all.into_iter().find(|status| status.as_str() == text)
    }
}

/// A cart's standing, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) status: Status,
    /// When somebody last began to choose.
    pub(crate) created: Option<Timestamp>,
}

impl Standing {
    /// Of somebody who has never had a cart here.
    pub(crate) const NEW: Self = Self { status: Status::New, created: None };

    /// As it is shown: a cart that was filled in the storefront is open, whatever was noted here.
    pub(crate) fn shown(self, filled_at: Option<Timestamp>) -> Self {
        match (self.status, filled_at) {
            (Status::New | Status::Closed, Some(at)) => {
                Self { status: Status::Open, created: Some(at) }
            }
            _ => self,
        }
    }

    /// After something was put in; `None` when nothing changes.
    pub(crate) fn filled(self, now: Timestamp) -> Option<Self> {
        (self.status != Status::Open).then_some(Self { status: Status::Open, created: Some(now) })
    }

    /// Somewhere else, begun when it was begun.
    pub(crate) const fn at(self, status: Status) -> Self {
        Self { status, ..self }
    }
}

/// How many, as a number or a text of one: whole, from one upwards.
pub(crate) fn quantity(value: &Value) -> Option<u32> {
    let number = match value {
        Value::Number(number) => whole(number),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| (1..=MOST).contains(number)).and_then(|n| u32::try_from(n).ok())
}

/// `2` and `2.0` are the same number.
fn whole(number: &serde_json::Number) -> Option<u64> {
    let text = number.to_string();
    number.as_u64().or_else(|| text.strip_suffix(".0")?.parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn an_add_opens_what_was_not_open_and_says_when() {
        let open = Standing { status: Status::Open, created: Some(at(1)) };
        for status in [Status::New, Status::Pending, Status::Closed] {
            let after = open.at(status).filled(at(5)).unwrap();
            assert_eq!(after, Standing { status: Status::Open, created: Some(at(5)) });
        }
        assert_eq!(open.filled(at(5)), None);
    }

    #[test]
    fn what_was_put_in_elsewhere_opens_a_new_or_closed_cart() {
        assert_eq!(Standing::NEW.shown(Some(at(7))).status, Status::Open);
        assert_eq!(Standing::NEW.shown(None).status, Status::New);
        assert_eq!(Standing::NEW.at(Status::Pending).shown(Some(at(7))).status, Status::Pending);
    }

    #[test]
    fn quantities_are_whole_and_at_least_one() {
        for (value, expected) in
            [(json!(2), 2), (json!("3"), 3), (json!(2.0), 2), (json!(999), 999)]
        {
            assert_eq!(quantity(&value), Some(expected), "{value}");
        }
        let bad = [
            json!(0),
            json!(-1),
            json!(1.5),
            json!("abc"),
            json!(null),
            json!(1000),
            json!([2]),
            json!(1e300),
        ];
        for value in bad {
            assert_eq!(quantity(&value), None, "{value}");
        }
    }
}
