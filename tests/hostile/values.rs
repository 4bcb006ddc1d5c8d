//! Values out of schemas: some that are allowed, some that nobody should send.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Map, Value, json};

use crate::api::{Api, members};
use crate::pool::{Pool, unknown};

/// How much of what may be there is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Only what is required.
    Least,
    /// Everything.
    Full,
    /// As the dice fall.
    Random,
}

/// Makes values.
pub(crate) struct Maker<'a> {
    api: &'a Api,
    pub(crate) rng: StdRng,
    pub(crate) style: Style,
}

/// What JSON can say and a [`Value`] cannot hold: it stands in as a text, and is put in place at the end.
const RAW: [(&str, &str); 5] = [
    ("@huge@", "1000000000000000000000000000000"),
    ("@over@", "9223372036854775808"),
    ("@infinite@", "1e999"),
    ("@surrogate@", r#""\ud800""#),
    ("@deep@", ""),
];

/// The body's text.
pub(crate) fn text(body: &Value) -> String {
    RAW.iter().fold(body.to_string(), |text, (mark, raw)| {
        let mark = format!("\"{mark}\"");
        match *mark {
            _ if !text.contains(&mark) => text,
            _ if raw.is_empty() => text.replace(&mark, &deep()),
            _ => text.replace(&mark, raw),
        }
    })
}

/// Far deeper than any parser should follow.
fn deep() -> String {
    format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))
}

/// The schema a value is made by: the first that is not `null`, where there is a choice.
pub(crate) fn chosen<'a>(api: &'a Api, schema: &'a Value) -> &'a Value {
    let schema = api.resolve(schema);
    let alternatives = schema["oneOf"].as_array().into_iter().flatten();
    let first = alternatives.into_iter().find(|schema| schema["type"] != "null");
    first.map_or(schema, |schema| chosen(api, schema))
}

/// Whether a schema allows a type.
pub(crate) fn allows(api: &Api, schema: &Value, kind: &str) -> bool {
    let schema = api.resolve(schema);
    let mut alternatives = schema["oneOf"].as_array().into_iter().flatten();
    let listed = schema["type"].as_array().is_some_and(|types| types.iter().any(|t| t == kind));
    listed || schema["type"] == kind || alternatives.any(|schema| allows(api, schema, kind))
}

impl<'a> Maker<'a> {
    pub(crate) fn new(api: &'a Api, seed: u64, style: Style) -> Self {
        Self { api, rng: StdRng::seed_from_u64(seed), style }
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: u32) -> bool {
        self.rng.random_ratio(1, times)
    }

    /// One of several.
    pub(crate) fn one_of<'b, T>(&mut self, several: &'b [T]) -> &'b T {
        several.choose(&mut self.rng).unwrap()
    }

    /// A value that a schema allows.
    pub(crate) fn value(&mut self, pool: &Pool, name: &str, schema: &Value) -> Value {
        if self.style == Style::Random && allows(self.api, schema, "null") && self.once_in(3) {
            return Value::Null;
        }
        let schema = match self.style {
            Style::Random => self.any_alternative(schema),
            Style::Least | Style::Full => chosen(self.api, schema).clone(),
        };
        if let Some(all) = schema["enum"].as_array() {
            return if self.style == Style::Random {
                self.one_of(all).clone()
            } else {
                all[0].clone()
            };
        }
        if allows(self.api, &schema, "object") {
            return self.object(pool, &schema);
        }
        if allows(self.api, &schema, "array") {
            let most = if self.style == Style::Random { self.rng.random_range(0..4) } else { 1 };
            return (0..most).map(|_| self.value(pool, name, &schema["items"])).collect();
        }
        if allows(self.api, &schema, "integer") {
            return self.integer(name, &schema);
        }
        if allows(self.api, &schema, "boolean") {
            return json!(self.style != Style::Random || self.rng.random());
        }
        json!(self.string(pool, name, &schema))
    }

    fn any_alternative(&mut self, schema: &Value) -> Value {
        let schema = self.api.resolve(schema);
        let alternatives = schema["oneOf"].as_array().into_iter().flatten();
        let real: Vec<&Value> = alternatives.filter(|schema| schema["type"] != "null").collect();
        match real.choose(&mut self.rng) {
            Some(schema) => self.api.resolve(schema).clone(),
            None => schema.clone(),
        }
    }

    fn object(&mut self, pool: &Pool, schema: &Value) -> Value {
        let required = schema["required"].as_array().into_iter().flatten().collect::<Vec<_>>();
        let mut object = Map::new();
        for (name, schema) in members(&schema["properties"]) {
            let wanted = match self.style {
                Style::Least => false,
                Style::Full => true,
                Style::Random => self.rng.random(),
            };
            if wanted || required.iter().any(|required| *required == name) {
                object.insert(name.clone(), self.value(pool, name, schema));
            }
        }
        Value::Object(object)
    }

    fn integer(&mut self, name: &str, schema: &Value) -> Value {
        let least = schema["minimum"].as_i64().unwrap_or(-1000);
        let most = schema["maximum"].as_i64().unwrap_or(1_000_000).max(least);
        match name {
            "exp_year" => json!(2040),
            _ if self.style == Style::Random => match self.rng.random_range(0..4) {
                0 => json!(least),
                1 => json!(most),
                2 => json!(self.rng.random_range(least..=most)),
                _ => json!(self.rng.random_range(least..=most.min(least.saturating_add(20)))),
            },
            _ => json!(1.clamp(least, most)),
        }
    }

    fn string(&mut self, pool: &Pool, name: &str, schema: &Value) -> String {
        if let Some(prefix) = schema["pattern"].as_str().and_then(id_prefix) {
            return self.known(pool, prefix).unwrap_or_else(|| unknown(prefix));
        }
        let word = match name {
            "currency" => Some("EUR"),
            "kind" => Some("welcome"),
            "country" | "countries" => Some("DE"),
            "email" => Some("mallory@example.com"),
            "postal_code" => Some("10115"),
            "password" | "new" | "current" => Some("a rather peculiar phrase"),
            _ => schema["example"].as_str(),
        };
        if let Some(word) = word {
            return word.to_owned();
        }
        let kind = match name {
            "cursor" => "next_cursor",
            "Cart-Token" | "cart_token" | "Order-Token" => "token",
            "delivery_date" => "date",
            "id_or_handle" => *self.one_of(&["handle", "prd"]),
            "id_or_slug" => *self.one_of(&["slug", "cat"]),
            name => name,
        };
        self.known(pool, kind).unwrap_or_else(|| self.word(schema))
    }

    fn word(&mut self, schema: &Value) -> String {
        let most = schema["maxLength"].as_u64().unwrap_or(20).min(20);
        let length = self.rng.random_range(1..=most);
        (0..length).map(|_| self.rng.random_range('a'..='z')).collect()
    }

    /// One that there is, if one is known.
    pub(crate) fn known(&mut self, pool: &Pool, kind: &str) -> Option<String> {
        match self.style {
            Style::Random => pool.known(kind).choose(&mut self.rng).cloned(),
            Style::Least | Style::Full => pool.known(kind).first().cloned(),
        }
    }
}

/// `crt` of `^crt_[…`.
pub(crate) fn id_prefix(pattern: &str) -> Option<&str> {
    let (prefix, _) = pattern.strip_prefix('^')?.split_once('_')?;
    (prefix.len() == 3).then_some(prefix)
}

/// Values that nobody should send, whatever is asked for.
pub(crate) fn nasty() -> Vec<Value> {
    let mut values: Vec<Value> = RAW.iter().map(|(mark, _)| json!(mark)).collect();
    values.extend([
        Value::Null,
        json!(true),
        json!(1.5),
        json!(-1),
        json!(0),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(u64::MAX),
        json!([]),
        json!({}),
        json!(""),
        json!(" \t\r\n "),
        json!("a\u{0}b"),
        json!("\u{7}\u{1b}[31m\u{7f}"),
        json!("\u{202e}txet\u{2066}\u{feff}"),
        json!("Z\u{336}\u{327}".repeat(300)),
        json!("'; DROP TABLE orders; --"),
        json!("<script>alert(1)</script>"),
        json!("{{7*7}}${7*7}%s%n"),
        json!("../../../etc/passwd"),
        json!("x".repeat(10_000)),
    ]);
    values
}

/// Parts of a path that nobody should send.
pub(crate) const NASTY_SEGMENTS: [&str; 22] = [
    "%00",
    "a%00b",
    "%01%1f%7f",
    "%0d%0aset-cookie:%20a=b",
    "%E2%80%AE%E2%81%A6",
    "%EF%BB%BF",
    "%",
    "%z",
    "%zz",
    "%ff%fe",
    "%c0%af",
    "%ed%a0%80",
    "..",
    "%2e%2e",
    "..%2f..%2fetc%2fpasswd",
    "..%5c..%5c",
    "%25%32%65",
    "'%20OR%201=1--",
    "-1",
    "99999999999999999999999999",
    "0195fdc1-7b0a-7cc3-98c4-dc0c0c07398f",
    ";jsessionid=1",
];
