//! What every service's OpenAPI document needs and nobody should have to write out: a description of each answer (OpenAPI
//! asks for one, `#[utoipa::path]` leaves it out), and the media type of problem documents.

use http::StatusCode;
use utoipa::openapi::path::PathItem;
use utoipa::openapi::{Content, OpenApi, RefOr, Response};

const PROBLEM: &str = "#/components/schemas/Problem";

/// Completes the answers of every operation.
pub(crate) fn complete_answers(openapi: &mut OpenApi) {
    for item in openapi.paths.paths.values_mut() {
        let PathItem { get, put, post, delete, options, head, patch, .. } = item;
        for operation in [get, put, post, delete, options, head, patch].into_iter().flatten() {
            for (status, answer) in &mut operation.responses.responses {
                if let RefOr::T(answer) = answer {
                    complete(status, answer);
                }
            }
        }
    }
}

fn complete(status: &str, answer: &mut Response) {
    if answer.description.is_empty() {
        words(status).clone_into(&mut answer.description);
    }
    let is_problem = answer.content.get("application/json").is_some_and(|content| {
        matches!(content, RefOr::T(Content { schema: Some(RefOr::Ref(to)), .. }) if to.ref_location == PROBLEM)
    });
    if is_problem && let Some(content) = answer.content.swap_remove("application/json") {
        answer.content.insert("application/problem+json".to_owned(), content);
    }
}

fn words(status: &str) -> &str {
    match status {
        "4XX" => "The request cannot be carried out; the problem says why",
        "5XX" => "The store cannot carry it out now; the problem says why",
        "default" => "Anything else",
        status => status
            .parse::<StatusCode>()
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or("An answer"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn answers_are_described_and_problems_called_by_their_type() {
        let content = json!({ "application/json": { "schema": { "$ref": PROBLEM } } });
        let mut openapi: OpenApi = serde_json::from_value(json!({
            "openapi": "3.1.0",
            "info": { "title": "sample", "version": "1" },
            "paths": { "/a": { "get": { "responses": {
                "201": { "description": "" }, "4XX": { "description": "", "content": content }
            } } } }
        }))
        .unwrap();
        complete_answers(&mut openapi);
        let json = serde_json::to_value(openapi).unwrap();
        let answers = &json["paths"]["/a"]["get"]["responses"];
        assert_eq!(answers["201"]["description"], "Created");
        assert!(answers["4XX"]["content"]["application/problem+json"]["schema"].is_object());
        assert!(answers["4XX"]["content"]["application/json"].is_null());
    }
}
