//! What the reference pages show, read from a service's OpenAPI document.

use std::collections::BTreeMap;

use serde_json::Value;

use super::example::{example, kind, resolve};

/// A service.
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) operations: Vec<Operation>,
    pub(super) schemas: Vec<Schema>,
}

/// An operation.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    /// HTML, as are all descriptions.
    pub(super) summary: String,
    pub(super) description: String,
    pub(super) parameters: Vec<Member>,
    pub(super) body: Option<Body>,
    pub(super) responses: Vec<Answer>,
}

/// A parameter, or a member of an object.
pub(super) struct Member {
    pub(super) name: String,
    /// Where a parameter stands; empty for members.
    pub(super) place: String,
    pub(super) kind: Kind,
    pub(super) required: bool,
    pub(super) description: String,
    pub(super) limits: String,
}

/// The type of a value, and the schema to read on at.
pub(super) struct Kind {
    pub(super) text: String,
    pub(super) link: Option<String>,
}

/// What a request carries.
pub(super) struct Body {
    pub(super) content_type: String,
    pub(super) kind: Kind,
    pub(super) example: String,
}

/// One of the answers.
pub(super) struct Answer {
    pub(super) status: String,
    pub(super) description: String,
    pub(super) body: Option<Body>,
}

/// A named schema.
pub(super) struct Schema {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) kind: Kind,
    pub(super) limits: String,
    pub(super) members: Vec<Member>,
}

/// Reads a service's document.
pub(super) fn part(name: &'static str, document: &Value) -> Part {
    let empty = serde_json::Map::new();
    let paths = document.get("paths").and_then(Value::as_object).unwrap_or(&empty);
    let mut operations = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().unwrap_or(&empty) {
            if operation.get("operationId").is_some() {
                operations.push(read_operation(document, path, method, operation));
            }
        }
    }
    let schemas =
        document.pointer("/components/schemas").and_then(Value::as_object).unwrap_or(&empty);
    let schemas: BTreeMap<_, _> = schemas.iter().collect();
    let schemas =
        schemas.into_iter().map(|(name, schema)| read_schema(document, name, schema)).collect();
    Part { name, operations, schemas }
}

fn read_operation(document: &Value, path: &str, method: &str, operation: &Value) -> Operation {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let parameters = parameters.into_iter().flatten().map(|parameter| {
        let schema = parameter.get("schema").unwrap_or(&Value::Null);
        let required = parameter.get("required") == Some(&Value::Bool(true));
        let description = prose(parameter, "description");
        let place = text(parameter, "in");
        Member {
            place,
            description,
            ..member(document, &text(parameter, "name"), schema, required)
        }
    });
    let answers = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
    let answers = answers.map(|(status, answer)| Answer {
        status: status.clone(),
        description: prose(answer, "description"),
        body: body(document, answer),
    });
    Operation {
        id: text(operation, "operationId"),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: prose(operation, "summary"),
        description: prose(operation, "description"),
        parameters: parameters.collect(),
        body: operation.get("requestBody").and_then(|request| body(document, request)),
        responses: answers.collect(),
    }
}

fn body(document: &Value, of: &Value) -> Option<Body> {
    let (content_type, media) = of.get("content")?.as_object()?.iter().next()?;
    let schema = media.get("schema").unwrap_or(&Value::Null);
    let given = media.get("example").cloned();
    let sample = if content_type.ends_with("json") {
        let value = given.unwrap_or_else(|| example(document, schema));
        serde_json::to_string_pretty(&value).unwrap_or_default()
    } else {
        String::new()
    };
    Some(Body { content_type: content_type.clone(), kind: read_kind(schema), example: sample })
}

fn read_schema(document: &Value, name: &str, schema: &Value) -> Schema {
    let mut members = Vec::new();
    let parts = schema.get("allOf").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for part in std::iter::once(schema).chain(parts) {
        let required = part.get("required").and_then(Value::as_array);
        let is_required =
            |name: &str| required.is_some_and(|names| names.iter().any(|n| n == name));
        for (name, schema) in
            part.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            members.push(member(document, name, schema, is_required(name)));
        }
    }
    Schema {
        name: name.to_owned(),
        description: prose(schema, "description"),
        kind: read_kind(schema),
        limits: limits(schema),
        members,
    }
}

fn member(document: &Value, name: &str, schema: &Value, required: bool) -> Member {
    let own = prose(schema, "description");
    let description =
        if own.is_empty() { prose(resolve(document, schema), "description") } else { own };
    let (name, place) = (name.to_owned(), String::new());
    Member { name, place, kind: read_kind(schema), required, description, limits: limits(schema) }
}

fn read_kind(schema: &Value) -> Kind {
    if let Some(name) =
        schema.get("$ref").and_then(Value::as_str).and_then(|r| r.rsplit('/').next())
    {
        return Kind { text: name.to_owned(), link: Some(name.to_owned()) };
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(choices) = schema.get(key).and_then(Value::as_array) {
            let kinds: Vec<Kind> =
                choices.iter().map(read_kind).filter(|kind| !kind.text.is_empty()).collect();
            let link = kinds.iter().find_map(|kind| kind.link.clone());
            let texts: Vec<&str> = kinds.iter().map(|kind| kind.text.as_str()).collect();
            return Kind { text: texts.join(" or "), link };
        }
    }
    if kind(schema) == "array" {
        let items = read_kind(schema.get("items").unwrap_or(&Value::Null));
        return Kind { text: format!("list of {}", items.text), link: items.link };
    }
    let format = schema.get("format").and_then(Value::as_str);
    let nullable = schema.get("type").and_then(Value::as_array);
    let nullable = nullable.is_some_and(|kinds| kinds.iter().any(|kind| kind == "null"));
    let mut text = kind(schema).to_owned();
    if let Some(format) = format {
        text = format!("{text} ({format})");
    }
    if nullable {
        text.push_str(" or null");
    }
    Kind { text, link: None }
}

fn limits(schema: &Value) -> String {
    let words = [
        ("minLength", "at least", "characters"),
        ("maxLength", "at most", "characters"),
        ("minimum", "from", ""),
        ("maximum", "up to", ""),
        ("minItems", "at least", "entries"),
        ("maxItems", "at most", "entries"),
        ("default", "default", ""),
        ("pattern", "like", ""),
    ];
    let mut limits: Vec<String> = words
        .iter()
        .filter_map(|(key, before, after)| {
            let value = schema.get(key)?;
            let value = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
            Some(format!("{before} {value} {after}").trim_end().to_owned())
        })
        .collect();
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let values: Vec<String> = values
            .iter()
            .map(|value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned))
            .collect();
        limits.push(format!("one of {}", values.join(", ")));
    }
    limits.join(", ")
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A text as HTML: escaped, with what stands between backticks as code.
fn prose(value: &Value, key: &str) -> String {
    let text = text(value, key);
    let mut html = String::with_capacity(text.len());
    for (at, part) in text.split('`').enumerate() {
        let is_code = at % 2 == 1;
        html.push_str(if is_code { "<code>" } else { "" });
        for letter in part.chars() {
            match letter {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                other => html.push(other),
            }
        }
        html.push_str(if is_code { "</code>" } else { "" });
    }
    html
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn descriptions_are_text_and_not_markup() {
        let value = json!({ "description": "Send `a<b>` & \"c\"" });
        let html = "Send <code>a&lt;b&gt;</code> &amp; &quot;c&quot;";
        assert_eq!(prose(&value, "description"), html);
    }
}
