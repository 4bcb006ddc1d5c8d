//! `/docs`: the API of all services as pages that need nothing from elsewhere, and as OpenAPI documents.

mod example;
mod merge;
mod reference;

use std::collections::HashMap;

use askama::Template;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use emart_http::Problem;
use http::{HeaderValue, header};
use serde_json::Value;

use self::reference::Part;
use crate::Answer;
use crate::config::Config;
use crate::door::Door;

const STYLES: &str = include_str!("../static/pages.css");
const SEARCH: &str = include_str!("../static/search.js");

/// Everything under `/docs`, made once, when it is first asked for.
pub(crate) struct Docs(HashMap<String, (&'static str, Bytes)>);

#[derive(Template)]
#[template(path = "docs_index.html")]
struct IndexPage<'a> {
    shop: &'a str,
    title: &'a str,
    parts: &'a [Part],
}

#[derive(Template)]
#[template(path = "docs_service.html")]
struct ServicePage<'a> {
    shop: &'a str,
    title: &'a str,
    part: &'a Part,
    parts: &'a [Part],
}

impl Door {
    pub(crate) fn docs_page(&self, path: &str) -> Answer {
        let docs = match self.docs.get() {
            Some(docs) => docs,
            None => {
                let docs = self.write_docs().map_err(|error| {
                    tracing::error!(%error, "the documentation could not be written");
                    Problem::internal()
                })?;
                self.docs.get_or_init(|| docs)
            }
        };
        let path = path.strip_suffix('/').unwrap_or(path);
        let found = docs.0.get(path).ok_or_else(Problem::not_found)?;
        let (content_type, body) = (HeaderValue::from_static(found.0), found.1.clone());
        let headers = [
            (header::CONTENT_TYPE, content_type),
            (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")),
        ];
        let response: Response = (headers, body).into_response();
        Ok(response)
    }

    fn write_docs(&self) -> anyhow::Result<Docs> {
        let services = self.services.iter().map(|service| &service.behind);
        let documents: Vec<(&'static str, Value)> = services
            .filter(|behind| !behind.openapi.paths.paths.is_empty())
            .map(|behind| Ok((behind.name, serde_json::to_value(&behind.openapi)?)))
            .collect::<anyhow::Result<_>>()?;
        write(&self.config, documents)
    }
}

fn write(config: &Config, documents: Vec<(&'static str, Value)>) -> anyhow::Result<Docs> {
    let mut pages = HashMap::new();
    let mut put = |path: String, content_type: &'static str, text: String| {
        pages.insert(path, (content_type, Bytes::from(text)));
    };
    let merged = merge::merge(config, &documents);
    put("/docs/openapi.json".to_owned(), "application/json", serde_json::to_string(&merged)?);
    let mut parts = Vec::new();
    for (name, document) in documents {
        let alone = merge::complete(config, name, document);
        parts.push(reference::part(name, &alone));
        put(format!("/docs/{name}.json"), "application/json", serde_json::to_string(&alone)?);
    }
    let shop = config.shop_name.as_str();
    let html = "text/html; charset=utf-8";
    let index = IndexPage { shop, title: "API reference", parts: &parts };
    put("/docs".to_owned(), html, index.render()?);
    for part in &parts {
        let page = ServicePage { shop, title: part.name, part, parts: &parts };
        put(format!("/docs/{}", part.name), html, page.render()?);
    }
    put("/docs/pages.css".to_owned(), "text/css; charset=utf-8", STYLES.to_owned());
    put("/docs/search.js".to_owned(), "text/javascript; charset=utf-8", SEARCH.to_owned());
    Ok(Docs(pages))
}
