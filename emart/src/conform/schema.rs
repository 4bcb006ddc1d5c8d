//! Whether a JSON value is what a schema of our contracts says: the part of JSON Schema that they use.

use emart_types::Timestamp;
use serde_json::Value;

/// Says where the value is something else, and what was expected there.
pub(super) fn check(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    at(document, schema, value, "")
}

fn at(document: &Value, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
    let wrong = |expected: &str| {
        let shown: String = value.to_string().chars().take(60).collect();
        let place = if place.is_empty() { "the body" } else { place };
        Err(format!("{place} is {shown} where {expected} is expected"))
    };
    if let Some(reference) = schema["$ref"].as_str() {
        let named = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
        return match named {
            Some(schema) => at(document, schema, value, place),
            None => Err(format!("the contract has no {reference}")),
        };
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        return wrong(&schema["enum"].to_string());
    }
    if let Some(all) = schema["allOf"].as_array() {
        all.iter().try_for_each(|schema| at(document, schema, value, place))?;
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[choice].as_array() {
            let outcomes = choices.iter().map(|schema| at(document, schema, value, place));
            let mut failures = Vec::new();
            for outcome in outcomes {
                failures.extend(outcome.err());
            }
            if failures.len() == choices.len() {
                return Err(failures.pop().unwrap_or_else(|| format!("{place}: no choice")));
            }
        }
    }
    if !is_of_type(&schema["type"], value) {
        return wrong(&schema["type"].to_string());
    }
    match value {
        Value::Object(_) => object(document, schema, value, place),
        Value::Array(_) => array(document, schema, value, place),
        Value::String(text) => {
            let length = text.chars().count();
            if within(schema, "minLength", "maxLength", length as u64) && has_format(schema, text) {
                return Ok(());
            }
            wrong("a text of that length and format")
        }
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or_default();
            let least = schema["minimum"].as_f64().is_none_or(|least| number >= least);
            let most = schema["maximum"].as_f64().is_none_or(|most| number <= most);
            if least && most { Ok(()) } else { wrong("a number in its bounds") }
        }
        Value::Null | Value::Bool(_) => Ok(()),
    }
}

fn is_of_type(wanted: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    match wanted {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}

fn object(document: &Value, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            return Err(format!("{place}/{name} is missing"));
        }
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        let place = format!("{place}/{name}");
        match (schema["properties"].get(name), &schema["additionalProperties"]) {
            (Some(schema), _) => at(document, schema, value, &place)?,
            (None, Value::Bool(false)) => return Err(format!("{place} is in no contract")),
            (None, others @ Value::Object(_)) => at(document, others, value, &place)?,
            (None, _) => {}
        }
    }
    Ok(())
}

fn array(document: &Value, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    if !within(schema, "minItems", "maxItems", items.len() as u64) {
        return Err(format!("{place} has {} entries", items.len()));
    }
    let first = schema["prefixItems"].as_array().map(Vec::as_slice).unwrap_or_default();
    for (index, item) in items.iter().enumerate() {
        let schema = first.get(index).unwrap_or_else(|| &schema["items"]);
        match schema {
            Value::Bool(false) => return Err(format!("{place}/{index} is one too many")),
            schema => at(document, schema, item, &format!("{place}/{index}"))?,
        }
    }
    Ok(())
}

fn within(schema: &Value, least: &str, most: &str, count: u64) -> bool {
    schema[least].as_u64().is_none_or(|least| count >= least)
        && schema[most].as_u64().is_none_or(|most| count <= most)
}

fn has_format(schema: &Value, text: &str) -> bool {
    schema["format"] != "date-time" || text.parse::<Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_held_to_its_schema_and_the_place_is_named() {
        let document = json!({"components": {"schemas": {"Book": {
            "type": "object", "required": ["id", "title"], "additionalProperties": false,
            "properties": {
                "id": {"type": "integer", "minimum": 1},
                "title": {"type": ["string", "null"], "maxLength": 3},
                "kind": {"enum": ["a", "b"]},
                "at": {"type": "string", "format": "date-time"},
                "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 1},
                "same": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Book"}]},
            }
        }}}});
        let schema = json!({"$ref": "#/components/schemas/Book"});
        let check = |value: Value| check(&document, &schema, &value);
        check(json!({"id": 1, "title": null, "kind": "a", "tags": ["x"], "same": null})).unwrap();
        check(json!({"id": 1, "title": "abc", "at": "2026-01-01T00:00:00.000Z"})).unwrap();
        for (value, place) in [
            (json!([]), "the body"),
            (json!({"id": 1}), "/title is missing"),
            (json!({"id": 0, "title": null}), "/id"),
            (json!({"id": 1.5, "title": null}), "/id"),
            (json!({"id": 1, "title": "abcd"}), "/title"),
            (json!({"id": 1, "title": null, "x": 1}), "/x"),
            (json!({"id": 1, "title": null, "kind": "c"}), "/kind"),
            (json!({"id": 1, "title": null, "at": "yesterday"}), "/at"),
            (json!({"id": 1, "title": null, "tags": [1]}), "/tags/0"),
            (json!({"id": 1, "title": null, "tags": ["a", "b"]}), "/tags"),
            (json!({"id": 1, "title": null, "same": {"id": 1}}), "/same/title"),
        ] {
            let error = check(value.clone()).unwrap_err();
            assert!(error.contains(place), "{value}: {error}");
        }
    }
}
