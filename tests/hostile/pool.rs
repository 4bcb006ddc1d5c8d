//! Ids and names found in answers, so that later requests are about things there are.

use std::collections::BTreeMap;

use serde_json::Value;

/// What else answers name things by.
const NAMES: [&str; 5] = ["handle", "slug", "date", "next_cursor", "token"];

/// No more of a kind: the newest are those there still are.
const MOST: usize = 50;

/// Ids by their prefix (`crt` for carts), other names by what they are called.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pool(BTreeMap<String, Vec<String>>);

impl Pool {
    /// Takes in every id and name that stands in an answer.
    pub(crate) fn learn(&mut self, answer: &Value) {
        match answer {
            Value::String(text) => {
                if let Some(prefix) = prefix(text) {
                    self.add(prefix, text);
                }
            }
            Value::Array(entries) => entries.iter().for_each(|entry| self.learn(entry)),
            Value::Object(members) => {
                for (name, member) in members {
                    match member {
                        Value::String(text) if NAMES.contains(&name.as_str()) => {
                            self.add(name, text);
                        }
                        _ => self.learn(member),
                    }
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, kind: &str, text: &str) {
        let known = self.0.entry(kind.to_owned()).or_default();
        if known.iter().any(|id| id == text) {
            return;
        }
        if known.len() == MOST {
            known.remove(0);
        }
        known.push(text.to_owned());
    }

    /// What is known of a kind.
    pub(crate) fn known(&self, kind: &str) -> &[String] {
        self.0.get(kind).map_or(&[], Vec::as_slice)
    }
}

/// The prefix of an id; none of any other text.
fn prefix(text: &str) -> Option<&str> {
    let (prefix, body) = text.split_once('_')?;
    let is_id = prefix.len() == 3 && body.len() == 26;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    (is_id && text.bytes().all(|b| b == b'_' || plain(b))).then_some(prefix)
}

/// An id of this kind that nothing has: of a time long gone.
pub(crate) fn unknown(prefix: &str) -> String {
    format!("{prefix}_00000000000000000000abcdef")
}
