//! The API reference: complete, self-contained, true to what the services say.

use std::collections::HashSet;

use serde_json::Value;

use crate::shop::Shop;

fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match (key.as_str(), member) {
                    ("$ref", Value::String(target)) => found.push(target),
                    _ => references(member, found),
                }
            }
        }
        Value::Array(entries) => entries.iter().for_each(|entry| references(entry, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_operation_of_every_service_has_its_place() {
    let shop = Shop::open().await;
    let index = shop.get("/docs", &[]).await;
    assert_eq!((index.status, index.header("content-type")), (200, "text/html; charset=utf-8"));
    for (service, id, path) in [
        ("catalog", "get_thing", "/api/v1/catalog/things/{id}"),
        ("cart", "create_thing", "/api/v1/carts/things"),
    ] {
        assert!(index.text().contains(&format!("href=\"/docs/{service}#{id}\"")), "{id}");
        let page = shop.get(&format!("/docs/{service}"), &[]).await;
        let text = page.text();
        for part in [
            &format!("id=\"{id}\""),
            path,
            "Teapot",
            "id=\"schema-Thing\"",
            "What it is called.",
            "at most 20 characters",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}

#[tokio::test]
async fn the_pages_need_nothing_from_elsewhere_and_nothing_inline() {
    let shop = Shop::open().await;
    for path in ["/docs", "/docs/", "/docs/catalog"] {
        let page = shop.get(path, &[]).await;
        assert_eq!(page.status, 200, "{path}");
        for forbidden in
            ["<style", " style=", "<script>", " onclick", "src=\"http", "stylesheet\" href=\"http"]
        {
            assert!(!page.text().contains(forbidden), "{path}: {forbidden}");
        }
    }
    for (path, content_type) in [
        ("/docs/pages.css", "text/css; charset=utf-8"),
        ("/docs/search.js", "text/javascript; charset=utf-8"),
    ] {
        assert_eq!(shop.get(path, &[]).await.header("content-type"), content_type);
    }
}

#[tokio::test]
async fn the_documents_are_openapi_3_1_that_holds_together() {
    let shop = Shop::open().await;
    for path in ["/docs/openapi.json", "/docs/catalog.json", "/docs/cart.json"] {
        let document: Value = shop.get(path, &[]).await.json();
        assert_eq!(document["openapi"], "3.1.0", "{path}");
        assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(!found.is_empty());
        for target in found {
            let pointer = target.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{path}: {target}");
        }
        let mut ids = HashSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for operation in item.as_object().unwrap().values() {
                assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{path}");
                assert!(!operation["responses"].as_object().unwrap().is_empty());
            }
        }
    }
    let all: Value = shop.get("/docs/openapi.json", &[]).await.json();
    assert_eq!(all["paths"].as_object().unwrap().len(), 2);
    assert_eq!(all["components"]["securitySchemes"]["token"]["scheme"], "bearer");
}
