//! The fields of a form, in whichever form they came, and what the original calls empty.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;

/// What was sent.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    values: BTreeMap<String, Value>,
    /// The file of the field `imageUrl`.
    pub(crate) image: Option<Bytes>,
}

impl Fields {
    /// Of a JSON body: the fields of an object; there are none in anything else.
    pub(crate) fn of_json(value: Value) -> Self {
        let values = match value {
            Value::Object(fields) => fields.into_iter().collect(),
            _ => BTreeMap::new(),
        };
        Self { values, image: None }
    }

    /// Adds a text.
    pub(crate) fn put(&mut self, name: String, text: String) {
        self.values.insert(name, Value::String(text));
    }

    /// A field as a text; what is none, or only blanks, is empty.
    pub(crate) fn text(&self, name: &str) -> &str {
        let text = self.values.get(name).and_then(Value::as_str).unwrap_or_default();
        if text.trim().is_empty() { "" } else { text }
    }

    /// A field as a text, a number too.
    pub(crate) fn text_or_number(&self, name: &str) -> String {
        match self.values.get(name) {
            Some(Value::Number(number)) => number.to_string(),
            _ => self.text(name).to_owned(),
        }
    }

    /// Whether a field was sent at all.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// A field as it was sent.
    pub(crate) fn value(&self, name: &str) -> &Value {
        self.values.get(name).unwrap_or(&Value::Null)
    }

    /// Whether any text holds the character that databases cannot keep.
    pub(crate) fn has_nul(&self) -> bool {
        self.values.values().any(|value| value.as_str().is_some_and(|text| text.contains('\0')))
    }
}

/// Whether a field that was sent says nothing.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

/// Whether a text has so many characters and none that is no character.
pub(crate) fn fits(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// Texts by field, as the original tells them: a later one for the same field replaces an earlier one.
pub(crate) type Errors = BTreeMap<&'static str, String>;
