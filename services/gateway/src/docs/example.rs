//! An example of what a schema describes, made from the schema.

use serde_json::{Map, Value, json};

/// Deeper than this, and schemas that hold themselves, end in `{}` or `[]`.
const DEPTH: usize = 6;

/// The schema that a reference points to, or the schema itself.
pub(super) fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let target =
        schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
    target.and_then(|pointer| document.pointer(pointer)).unwrap_or(schema)
}

/// An example.
pub(super) fn example(document: &Value, schema: &Value) -> Value {
    make(document, schema, DEPTH)
}

fn make(document: &Value, schema: &Value, depth: usize) -> Value {
    let schema = resolve(document, schema);
    let given = ["example", "const", "default"].into_iter().find_map(|key| schema.get(key));
    let listed = ["examples", "enum"].into_iter().find_map(|key| schema.get(key)?.get(0));
    if let Some(value) = given.or(listed) {
        return value.clone();
    }
    if let Some(all) = schema.get("allOf").and_then(Value::as_array) {
        let mut members = Map::new();
        for part in all {
            if let Value::Object(more) = make(document, part, depth) {
                members.extend(more);
            }
        }
        return Value::Object(members);
    }
    for key in ["oneOf", "anyOf"] {
        let choices = schema.get(key).and_then(Value::as_array);
        let is_null = |choice: &&Value| choice.get("type").and_then(Value::as_str) == Some("null");
        if let Some(choice) = choices.and_then(|choices| choices.iter().find(|c| !is_null(c))) {
            return make(document, choice, depth);
        }
    }
    match kind(schema) {
        "object" => object(document, schema, depth),
        "array" if depth == 0 => json!([]),
        "array" => schema
            .get("items")
            .map_or_else(|| json!([]), |items| json!([make(document, items, depth - 1)])),
        "string" => text(schema),
        "integer" => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        "number" => json!(1.5),
        "boolean" => json!(true),
        _ => Value::Null,
    }
}

fn object(document: &Value, schema: &Value, depth: usize) -> Value {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return json!({});
    };
    if depth == 0 {
        return json!({});
    }
    let members =
        properties.iter().map(|(name, member)| (name.clone(), make(document, member, depth - 1)));
    Value::Object(members.collect())
}

fn text(schema: &Value) -> Value {
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    let pattern = schema.get("pattern").and_then(Value::as_str).unwrap_or_default();
    let prefix = pattern
        .strip_prefix('^')
        .and_then(|rest| rest.split_once("_[0-9"))
        .map(|(prefix, _)| prefix);
    match (format, prefix) {
        (_, Some(prefix)) => json!(format!("{prefix}_01kax4n2v0e3m8s7k9q5r6t7w8")),
        ("date-time", _) => json!("2026-01-31T12:00:00.000Z"),
        ("date", _) => json!("2026-01-31"),
        ("email", _) => json!("ada@example.com"),
        ("password", _) => json!("correct horse battery"),
        ("uri" | "url", _) => json!("https://shop.example/"),
        ("binary", _) => json!("(bytes)"),
        _ => json!("text"),
    }
}

/// The type of a schema; of several, the first that is not `null`.
pub(super) fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null")
        }
        _ if schema.get("properties").is_some() => "object",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_follows_references_and_ends_where_a_schema_holds_itself() {
        let document = json!({ "components": { "schemas": {
            "Node": { "type": "object", "properties": {
                "id": { "type": "string", "pattern": "^cat_[0-9a-h]{26}$" },
                "name": { "type": ["string", "null"], "example": "Tea" },
                "children": { "type": "array", "items": { "$ref": "#/components/schemas/Node" } },
            } }
        } } });
        let made = example(&document, &json!({ "$ref": "#/components/schemas/Node" }));
        assert_eq!(made["name"], "Tea");
        assert!(made["id"].as_str().unwrap().starts_with("cat_"));
        assert_eq!(made["children"][0]["name"], "Tea");
    }
}
