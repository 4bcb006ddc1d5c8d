//! Contracts only grow: whoever was written for a released contract can talk to today's service, so that copies of two
//! versions can stand side by side while one replaces the other.
//!
//! `tests/contracts/released/` holds each service's OpenAPI document as it was last released. What was promised there
//! must hold: paths and methods, what may be sent, what comes back. Adding is free.

mod compare;

use std::path::Path;

use serde_json::{Value, json};

use crate::compare::broken;

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path);
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_service_keeps_what_its_released_contract_promises() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut wrong = Vec::new();
    let mut compared = 0;
    for file in std::fs::read_dir(tests.join("contracts/released")).unwrap() {
        let file = file.unwrap().path();
        let service = file.file_stem().unwrap().to_str().unwrap();
        let today = read(&tests.join(format!("../services/{service}/openapi.json")));
        wrong.extend(
            broken(&read(&file), &today).into_iter().map(|what| format!("{service}: {what}")),
        );
        compared += 1;
    }
    assert!(compared >= 9, "only {compared} contracts were compared");
    assert!(wrong.is_empty(), "a released contract is broken:\n{}", wrong.join("\n"));
}

fn contract(change: impl FnOnce(&mut Value)) -> Value {
    let mut contract = json!({
        "paths": {"/things": {
            "get": {
                "parameters": [{"name": "limit", "in": "query", "required": false, "schema": {"type": "integer"}}],
                "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}},
            },
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewThing"}}}},
                "responses": {"201": {"content": {}}},
            },
        }},
        "components": {"schemas": {
            "Thing": {"type": "object", "required": ["id"], "properties": {
                "id": {"type": "string"},
                "state": {"type": "string", "enum": ["open", "closed"]},
            }},
            "NewThing": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": "string"},
                "note": {"type": ["string", "null"]},
            }},
        }},
    });
    change(&mut contract);
    contract
}

#[test]
fn growing_breaks_nothing() {
    let grown = contract(|contract| {
        contract["paths"]["/more"] = json!({"get": {"responses": {}}});
        contract["components"]["schemas"]["Thing"]["properties"]["colour"] =
            json!({"type": "string"});
        contract["components"]["schemas"]["NewThing"]["properties"]["colour"] =
            json!({"type": "string"});
        let more = json!({"name": "after", "in": "query", "required": false, "schema": {"type": "string"}});
        contract["paths"]["/things"]["get"]["parameters"].as_array_mut().unwrap().push(more);
    });
    assert_eq!(broken(&contract(|_| {}), &grown), Vec::<String>::new());
}

#[test]
fn what_breaks_a_client_is_found() {
    let things = |contract: &mut Value, change: fn(&mut Value)| {
        change(&mut contract["components"]["schemas"]);
    };
    let breaks: [fn(&mut Value); 7] = [
        |schemas| drop(schemas["Thing"]["properties"].as_object_mut().unwrap().remove("id")),
        |schemas| schemas["Thing"]["required"] = json!([]),
        |schemas| schemas["Thing"]["properties"]["id"]["type"] = json!("integer"),
        |schemas| schemas["Thing"]["properties"]["id"]["type"] = json!(["string", "null"]),
        |schemas| schemas["NewThing"]["required"] = json!(["name", "note"]),
        |schemas| drop(schemas["NewThing"]["properties"].as_object_mut().unwrap().remove("note")),
        |schemas| schemas["NewThing"]["properties"]["note"]["type"] = json!("string"),
    ];
    for (at, change) in breaks.into_iter().enumerate() {
        let today = contract(|contract| things(contract, change));
        assert_eq!(broken(&contract(|_| {}), &today).len(), 1, "change {at}");
    }
    let paths: [fn(&mut Value); 4] = [
        |paths| drop(paths.as_object_mut().unwrap().remove("/things")),
        |paths| drop(paths["/things"].as_object_mut().unwrap().remove("get")),
        |paths| paths["/things"]["get"]["parameters"][0]["required"] = json!(true),
        |paths| drop(paths["/things"]["post"]["responses"].as_object_mut().unwrap().remove("201")),
    ];
    for (at, change) in paths.into_iter().enumerate() {
        let today = contract(|contract| change(&mut contract["paths"]));
        assert_eq!(broken(&contract(|_| {}), &today).len(), 1, "path change {at}");
    }
}
