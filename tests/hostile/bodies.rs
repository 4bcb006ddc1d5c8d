//! Bodies that an operation must refuse, made from one that it takes.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::api::{Api, members};
use crate::values::{allows, chosen, nasty, text};

/// A body, and the statuses it may be answered with; any but a server error, if there are none.
pub(crate) struct Bad {
    pub(crate) what: String,
    pub(crate) body: Bytes,
    pub(crate) statuses: &'static [u16],
}

const NOT_JSON: &[u16] = &[400];
const NOT_THAT_JSON: &[u16] = &[400, 422];
/// 409 and 410: what it is about is looked at first, and is over.
const TOO_MUCH: &[u16] = &[400, 409, 410, 413, 422];
const ANY: &[u16] = &[];

/// A place in a body.
struct Spot<'a> {
    pointer: String,
    schema: &'a Value,
    required: bool,
}

/// Every bad body for a schema; `good` is a full one.
pub(crate) fn bad_bodies(api: &Api, schema: &Value, good: &Value) -> Vec<Bad> {
    let mut bad = no_json(&good.to_string());
    bad.push(Bad {
        what: "a property that there is not".to_owned(),
        body: with(good, "/nobody_knows_this", Some(json!(1))),
        statuses: ANY,
    });
    let mut spots = vec![Spot { pointer: String::new(), schema, required: false }];
    find_spots(api, "", schema, good, &mut spots);
    for spot in &spots {
        wrong_types(api, spot, good, &mut bad);
        just_outside(api, spot, good, &mut bad);
        too_much(api, spot, good, &mut bad);
        if spot.required {
            let what = format!("no {}", spot.pointer);
            bad.push(Bad { what, body: with(good, &spot.pointer, None), statuses: NOT_THAT_JSON });
        }
        for value in nasty() {
            let what = format!("{} is {value}", spot.pointer);
            let what = what.chars().take(80).collect();
            bad.push(Bad { what, body: with(good, &spot.pointer, Some(value)), statuses: ANY });
        }
    }
    bad
}

fn find_spots<'a>(
    api: &'a Api,
    at: &str,
    schema: &'a Value,
    value: &Value,
    spots: &mut Vec<Spot<'a>>,
) {
    let schema = chosen(api, schema);
    for (name, part) in members(&schema["properties"]) {
        let Some(value) = value.get(name) else { continue };
        let required =
            schema["required"].as_array().is_some_and(|all| all.iter().any(|r| r == name));
        let pointer = format!("{at}/{name}");
        find_spots(api, &pointer, part, value, spots);
        spots.push(Spot { pointer, schema: part, required });
    }
    if value.get(0).is_some() {
        let pointer = format!("{at}/0");
        find_spots(api, &pointer, &schema["items"], &value[0], spots);
        spots.push(Spot { pointer, schema: &schema["items"], required: false });
    }
}

/// The body with another value in one place, or none.
fn with(good: &Value, pointer: &str, value: Option<Value>) -> Bytes {
    let mut body = good.clone();
    match (pointer.rsplit_once('/'), value) {
        (None, value) => body = value.unwrap_or_default(),
        (Some((parent, name)), value) => match (body.pointer_mut(parent), value) {
            (Some(Value::Object(parent)), Some(value)) => {
                parent.insert(name.to_owned(), value);
            }
            (Some(Value::Object(parent)), None) => {
                parent.remove(name);
            }
            (Some(Value::Array(parent)), value) => parent[0] = value.unwrap_or_default(),
            _ => {}
        },
    }
    text(&body).into()
}

fn wrong_types(api: &Api, spot: &Spot<'_>, good: &Value, bad: &mut Vec<Bad>) {
    let others = [
        ("null", Value::Null),
        ("boolean", json!(true)),
        ("integer", json!(1)),
        ("number", json!(1.5)),
        ("string", json!("x")),
        ("array", json!(["x"])),
        ("object", json!({"x": 1})),
    ];
    for (kind, value) in others {
        // An absent optional part may be said to be null.
        let is_wrong = !allows(api, spot.schema, kind) && (spot.required || kind != "null");
        if is_wrong {
            // The parser takes an object's members without their names, too. No more comes in that way.
            let by_place = kind == "array" && allows(api, spot.schema, "object");
            let statuses = if by_place { ANY } else { NOT_THAT_JSON };
            let what = format!("{} is of the type {kind}", spot.pointer);
            let body = with(good, &spot.pointer, Some(value));
            bad.push(Bad { what, body, statuses });
        }
    }
}

/// One more, and one less, than the document allows.
fn just_outside(api: &Api, spot: &Spot<'_>, good: &Value, bad: &mut Vec<Bad>) {
    let schema = chosen(api, spot.schema);
    let length = |name: &str| schema[name].as_u64().and_then(|length| usize::try_from(length).ok());
    let text = |length: usize| json!("x".repeat(length));
    let outside = [
        schema["maximum"].as_i64().and_then(|most| most.checked_add(1)).map(|n| json!(n)),
        schema["minimum"].as_i64().and_then(|least| least.checked_sub(1)).map(|n| json!(n)),
        length("maxLength").map(|most| text(most + 1)),
        length("minLength").and_then(|least| least.checked_sub(1)).map(text),
        schema["enum"].is_array().then(|| json!("none of these")),
    ];
    for value in outside.into_iter().flatten() {
        let what = format!("{} is just outside: {value:.30}", spot.pointer);
        let body = with(good, &spot.pointer, Some(value));
        bad.push(Bad { what, body, statuses: TOO_MUCH });
    }
}

fn too_much(api: &Api, spot: &Spot<'_>, good: &Value, bad: &mut Vec<Bad>) {
    let mut refused = |what: &str, value: Value| {
        let what = format!("{} is {what}", spot.pointer);
        let body = with(good, &spot.pointer, Some(value));
        bad.push(Bad { what, body, statuses: TOO_MUCH });
    };
    refused("10^30", json!("@huge@"));
    refused("deeply nested", json!("@deep@"));
    if allows(api, spot.schema, "string") {
        refused("a million characters long", json!("x".repeat(1_000_000)));
        refused("a text with U+0000", json!("a\u{0}b"));
        refused("half a character", json!("@surrogate@"));
    } else {
        refused("just over 64 bits", json!("@over@"));
    }
    if allows(api, spot.schema, "array") {
        refused("a hundred thousand numbers", json!(vec![0; 100_000]));
        let entry = good.pointer(&spot.pointer).and_then(|array| array.get(0));
        let entry = entry.cloned().unwrap_or_default();
        // As many as the limit of a body leaves room for.
        let room = 900_000 / (entry.to_string().len() + 1);
        refused("very many good entries", json!(vec![entry; room]));
    }
}

fn no_json(good: &str) -> Vec<Bad> {
    let bodies: [(&str, Vec<u8>); 9] = [
        ("nothing", Vec::new()),
        ("an open brace", b"{".to_vec()),
        ("half of it", good.as_bytes()[..good.len() / 2].to_vec()),
        ("something after it", format!("{good} x").into_bytes()),
        ("XML", b"<a/>".to_vec()),
        ("not UTF-8", b"{\"\xff\xfe\": \"\xc0\xaf\"}".to_vec()),
        ("control characters", b"{\"a\": \"\x01\x02\"}".to_vec()),
        ("backslashes without end", [b"\"", "\\".repeat(1_000_000).as_bytes()].concat()),
        ("nested without end", "{\"a\":".repeat(150_000).into_bytes()),
    ];
    let bad = |(what, body): (&str, Vec<u8>)| Bad {
        what: what.to_owned(),
        // What a parser meets first: a name that there is not, or what is wrong behind it.
        statuses: if body.starts_with(b"{\"") { NOT_THAT_JSON } else { NOT_JSON },
        body: body.into(),
    };
    bodies.into_iter().map(bad).collect()
}
