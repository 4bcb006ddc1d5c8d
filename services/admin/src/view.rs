//! Small things that templates print: plain texts, already worded.

use serde_json::Value;

use crate::words;

/// A way somewhere.
#[derive(Clone)]
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) label: String,
}

/// How something stands, as a colour. The words beside it say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Good,
    Info,
    Warn,
    Bad,
}

impl Tone {
    /// The end of a class name.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

/// A state in a word or two.
#[derive(Debug, Clone)]
pub(crate) struct Badge {
    pub(crate) text: String,
    pub(crate) tone: Tone,
}

impl Badge {
    pub(crate) fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { text: text.into(), tone }
    }
}

/// A page among others of the same thing.
pub(crate) struct Tab {
    pub(crate) href: String,
    pub(crate) label: String,
    /// How many there are behind it, if that is worth saying.
    pub(crate) count: Option<u64>,
    pub(crate) here: bool,
}

impl Tab {
    pub(crate) fn new(href: &str, label: &str, here: bool) -> Self {
        Self { href: href.to_owned(), label: label.to_owned(), count: None, here }
    }
}

/// A number that stands out, with what it was before.
pub(crate) struct Figure {
    pub(crate) label: String,
    pub(crate) value: String,
    /// In a few words: `12 % more than the week before`.
    pub(crate) note: String,
    pub(crate) tone: Tone,
    /// Where it comes from.
    pub(crate) href: String,
}

/// A label with its value.
pub(crate) struct Detail {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) href: String,
}

impl Detail {
    pub(crate) fn new(label: &str, value: impl Into<String>) -> Self {
        Self { label: label.to_owned(), value: value.into(), href: String::new() }
    }

    /// The value leads somewhere.
    pub(crate) fn to(mut self, href: impl Into<String>) -> Self {
        self.href = href.into();
        self
    }
}

/// Something that happened, the latest first.
pub(crate) struct Happening {
    /// `30 Nov, 14:05`
    pub(crate) at: String,
    pub(crate) text: String,
    /// Who did it, or what else there is to say.
    pub(crate) note: String,
    pub(crate) tone: Tone,
    pub(crate) href: String,
}

/// A field that is different on two sides.
pub(crate) struct Difference {
    pub(crate) field: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// What differs between two states of something, as an audit record has them.
pub(crate) fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let fields = |state: &Value| state.as_object().cloned().unwrap_or_default();
    let (before, after) = (fields(before), fields(after));
    let mut fields: Vec<&String> = before.keys().collect();
    fields.extend(after.keys().filter(|field| !before.contains_key(*field)));
    let one = |field: &String| Difference {
        field: words::label(field),
        before: before.get(field).map(shown).unwrap_or_default(),
        after: after.get(field).map(shown).unwrap_or_default(),
    };
    fields.into_iter().filter(|field| before.get(*field) != after.get(*field)).map(one).collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(yes) => if *yes { "Yes" } else { "No" }.to_owned(),
        Value::Number(number) => number.to_string(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_shown() {
        let (before, after) =
            (json!({"title": "Tea", "price": 5}), json!({"title": "Tea", "on_sale": true}));
        let found = differences(&before, &after);
        let found: Vec<_> = found.iter().map(|d| (&*d.field, &*d.before, &*d.after)).collect();
        assert_eq!(found, [("Price", "5", ""), ("On sale", "", "Yes")]);
    }
}
