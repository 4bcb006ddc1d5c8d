//! One OpenAPI document out of every service's. A schema's name that two services give to different things gets the
//! service's name before it in the second; so do operation ids.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::config::Config;

const SCHEMAS: &str = "#/components/schemas/";

/// The document of all services.
pub(super) fn merge(config: &Config, documents: &[(&'static str, Value)]) -> Value {
    let (mut paths, mut schemas, mut tags) = (Map::new(), Map::new(), Vec::new());
    let mut ids = HashSet::new();
    for (name, document) in documents {
        let mut document = document.clone();
        rename_clashes(name, &mut document, &schemas);
        for operation in operations(&mut document) {
            unique_id(name, operation, &mut ids);
        }
        take(&mut document, "/paths", &mut paths);
        take(&mut document, "/components/schemas", &mut schemas);
        tags.push(json!({ "name": name }));
    }
    let title = format!("{} API", config.shop_name);
    finish(
        config,
        &title,
        json!({ "paths": paths, "components": { "schemas": schemas }, "tags": tags }),
    )
}

/// The document of one service, with what it shares with the others.
pub(super) fn complete(config: &Config, name: &str, document: Value) -> Value {
    finish(config, &format!("{} API: {name}", config.shop_name), document)
}

fn finish(config: &Config, title: &str, mut document: Value) -> Value {
    document["openapi"] = json!("3.1.0");
    document["info"] = json!({ "title": title, "version": env!("CARGO_PKG_VERSION") });
    document["servers"] = json!([{ "url": config.public_url.trim_end_matches('/') }]);
    document["components"]["securitySchemes"] = json!({
        "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token from `POST /api/v1/identity/tokens`."
        }
    });
    // An empty requirement: much of the API is for guests too.
    document["security"] = json!([{}, { "token": [] }]);
    document
}

fn rename_clashes(service: &str, document: &mut Value, taken: &Map<String, Value>) {
    let Some(schemas) = document.pointer("/components/schemas").and_then(Value::as_object) else {
        return;
    };
    let clash = |(name, schema): (&String, &Value)| {
        let differs = taken.get(name).is_some_and(|other| other != schema);
        differs.then(|| (name.clone(), format!("{}{name}", capitalised(service))))
    };
    let renamed: Vec<(String, String)> = schemas.iter().filter_map(clash).collect();
    if renamed.is_empty() {
        return;
    }
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        for (old, new) in &renamed {
            if let Some(schema) = schemas.remove(old) {
                schemas.insert(new.clone(), schema);
            }
        }
    }
    point_to(document, &renamed);
}

fn point_to(value: &mut Value, renamed: &[(String, String)]) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match (key.as_str(), &mut *member) {
                    ("$ref", Value::String(target)) => {
                        let name = target.strip_prefix(SCHEMAS);
                        let new = renamed.iter().find(|(old, _)| Some(old.as_str()) == name);
                        if let Some((_, new)) = new {
                            *target = format!("{SCHEMAS}{new}");
                        }
                    }
                    _ => point_to(member, renamed),
                }
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| point_to(entry, renamed)),
        _ => {}
    }
}

fn unique_id(service: &str, operation: &mut Value, ids: &mut HashSet<String>) {
    let Some(Value::String(id)) = operation.get_mut("operationId") else { return };
    if ids.contains(id) {
        *id = format!("{service}_{id}");
    }
    ids.insert(id.clone());
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths.into_iter().flatten().filter_map(|(_, item)| item.as_object_mut());
    items.flatten().map(|(_, operation)| operation)
}

fn take(document: &mut Value, pointer: &str, into: &mut Map<String, Value>) {
    if let Some(Value::Object(members)) = document.pointer_mut(pointer).map(Value::take) {
        into.extend(members);
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(path: &str, id: &str, line: &Value) -> Value {
        json!({
            "paths": { path: { "get": { "operationId": id, "responses": { "200": {
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Line" } } } } } } } },
            "components": { "schemas": { "Line": line, "Money": { "type": "integer" } } }
        })
    }

    #[test]
    fn two_things_of_one_name_stay_two_things() {
        let documents = [
            ("cart", document("/a", "get", &json!({ "type": "string" }))),
            ("orders", document("/b", "get", &json!({ "type": "object" }))),
        ];
        let merged = merge(&Config::default(), &documents);
        let schemas = merged["components"]["schemas"].as_object().unwrap();
        assert_eq!(schemas.keys().collect::<Vec<_>>(), ["Line", "Money", "OrdersLine"]);
        let reference = "/paths/~1b/get/responses/200/content/application~1json/schema/$ref";
        assert_eq!(merged.pointer(reference).unwrap(), "#/components/schemas/OrdersLine");
        assert_eq!(merged["paths"]["/a"]["get"]["operationId"], "get");
        assert_eq!(merged["paths"]["/b"]["get"]["operationId"], "orders_get");
    }
}
