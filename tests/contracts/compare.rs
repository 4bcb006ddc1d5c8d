//! What in today's contract breaks a client of a released one.

use std::collections::BTreeSet;

use serde_json::Value;

/// Which way a body goes: what may be sent may widen, what comes back may narrow.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Sent,
    Received,
}

/// What is broken, one line each.
pub(crate) fn broken(released: &Value, today: &Value) -> Vec<String> {
    let mut found = Found { released, today, seen: BTreeSet::new(), lines: Vec::new() };
    for (path, methods) in entries(&released["paths"]) {
        if today["paths"][path].is_null() {
            found.say(path, "is gone");
            continue;
        }
        for (method, operation) in entries(methods).filter(|(_, value)| value.is_object()) {
            let now = &today["paths"][path][method];
            let place = format!("{method} {path}");
            if now.is_null() {
                found.say(&place, "is gone");
            } else {
                found.operation(&place, operation, now);
            }
        }
    }
    found.lines
}

struct Found<'a> {
    released: &'a Value,
    today: &'a Value,
    /// Named schemas that were compared, by name and way: they may contain themselves.
    seen: BTreeSet<(String, bool)>,
    lines: Vec<String>,
}

impl<'a> Found<'a> {
    fn say(&mut self, place: &str, what: &str) {
        self.lines.push(format!("{place} {what}"));
    }

    fn operation(&mut self, place: &str, before: &'a Value, now: &'a Value) {
        for parameter in list(&now["parameters"]).filter(|parameter| parameter["required"] == true)
        {
            let same =
                |old: &&Value| old["name"] == parameter["name"] && old["in"] == parameter["in"];
            let required = list(&before["parameters"]).find(same);
            if required.is_none_or(|old| old["required"] != true) {
                self.say(place, &format!("now needs the parameter {}", parameter["name"]));
            }
        }
        for parameter in list(&before["parameters"]) {
            let same =
                |new: &&Value| new["name"] == parameter["name"] && new["in"] == parameter["in"];
            if list(&now["parameters"]).find(same).is_none() {
                self.say(place, &format!("no longer takes the parameter {}", parameter["name"]));
            }
        }
        self.bodies(
            place,
            Way::Sent,
            &before["requestBody"]["content"],
            &now["requestBody"]["content"],
        );
        for (status, response) in entries(&before["responses"]) {
            let answer = &now["responses"][status];
            if answer.is_null() {
                self.say(place, &format!("no longer answers {status}"));
            } else {
                self.bodies(place, Way::Received, &response["content"], &answer["content"]);
            }
        }
    }

    fn bodies(&mut self, place: &str, way: Way, before: &'a Value, now: &'a Value) {
        for (kind, body) in entries(before) {
            match &now[kind] {
                Value::Null => self.say(place, &format!("no longer speaks {kind}")),
                same => self.schema(place, way, &body["schema"], &same["schema"]),
            }
        }
    }

    fn schema(&mut self, place: &str, way: Way, before: &'a Value, now: &'a Value) {
        let name = before["$ref"].as_str();
        if let Some(name) = name
            && !self.seen.insert((name.to_owned(), way == Way::Sent))
        {
            return;
        }
        let place = &name
            .and_then(|name| name.rsplit('/').next())
            .map_or_else(|| place.to_owned(), str::to_owned);
        let (before, now) = (resolved(self.released, before), resolved(self.today, now));
        self.types(place, way, before, now);
        for (field, old) in entries(&before["properties"]) {
            match &now["properties"][field] {
                Value::Null => self.say(place, &format!("has no {field} any more")),
                new => self.schema(&format!("{place}.{field}"), way, old, new),
            }
        }
        let needed = |schema: &'a Value| {
            list(&schema["required"]).filter_map(Value::as_str).collect::<BTreeSet<_>>()
        };
        let (was, is) = (needed(before), needed(now));
        for field in if way == Way::Sent { is.difference(&was) } else { was.difference(&is) } {
            if !now["properties"][field].is_null() {
                let what = if way == Way::Sent {
                    "must now be sent"
                } else {
                    "need not come back any more"
                };
                self.say(&format!("{place}.{field}"), what);
            }
        }
        if !before["items"].is_null() {
            self.schema(&format!("{place}[]"), way, &before["items"], &now["items"]);
        }
    }

    fn types(&mut self, place: &str, way: Way, before: &Value, now: &Value) {
        let (was, is) = (words(&before["type"]), words(&now["type"]));
        let fits = match way {
            // What was taken is still taken.
            Way::Sent => was.is_subset(&is),
            // Nothing comes that did not come before.
            Way::Received => is.is_subset(&was),
        };
        if !fits && !is.is_empty() {
            self.say(place, &format!("was {was:?} and is {is:?}"));
        }
        let (could, can) = (words(&before["enum"]), words(&now["enum"]));
        if way == Way::Sent && !can.is_empty() && !could.is_subset(&can) {
            self.say(
                place,
                &format!("no longer takes {:?}", could.difference(&can).collect::<Vec<_>>()),
            );
        }
    }
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|path| path.strip_prefix('#')) {
        Some(path) => document.pointer(path).unwrap_or(&Value::Null),
        None => schema,
    }
}

fn words(value: &Value) -> BTreeSet<String> {
    match value {
        Value::String(word) => BTreeSet::from([word.clone()]),
        Value::Array(words) => {
            words.iter().map(|word| word.as_str().unwrap_or("null").to_owned()).collect()
        }
        _ => BTreeSet::new(),
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
