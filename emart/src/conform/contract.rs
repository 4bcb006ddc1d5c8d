//! What holds for every contract: each operation answers as its OpenAPI document says, whatever it is asked.

use serde_json::Value;

use super::asker::{Answer, Ask, Asker, Who};
use super::report::Report;
use super::{paging, schema};

/// An id that nothing has.
const UNKNOWN_NUMBER: &str = "999999999999";
const UNKNOWN_TEXT: &str = "conform-unknown";

/// A service's OpenAPI document, or a part of it.
pub(super) struct Contract {
    document: Value,
    operations: Vec<Operation>,
}

/// A method of a path.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) details: Value,
}

impl Contract {
    /// The operations whose paths begin so.
    pub(super) fn new(document: Value, prefix: &str) -> Self {
        let mut operations = Vec::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for (method, details) in item.as_object().into_iter().flatten() {
                if path.starts_with(prefix) && details["responses"].is_object() {
                    let (method, path) = (method.to_ascii_uppercase(), path.clone());
                    operations.push(Operation { method, path, details: details.clone() });
                }
            }
        }
        Self { document, operations }
    }

    pub(super) fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation of an `operationId`, where it is among those that are checked.
    pub(super) fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.details["operationId"] == id)
    }

    /// Whether an answer is one of those that the operation may give.
    pub(super) fn allows(&self, operation: &Operation, answer: &Answer) -> Result<(), String> {
        let status = answer.status.to_string();
        let responses = &operation.details["responses"];
        let class = format!("{}XX", &status[..1]);
        let names = [status.as_str(), class.as_str(), "default"];
        let Some(response) = names.into_iter().find_map(|name| responses.get(name)) else {
            return Err(format!("a status that is not documented: {}", answer.words()));
        };
        let Some(content) = response["content"].as_object().filter(|content| !content.is_empty())
        else {
            let empty = answer.body.is_empty();
            return if empty { Ok(()) } else { Err(format!("a body: {}", answer.words())) };
        };
        let Some(media) = content.get(answer.media_type()) else {
            return Err(format!("another media type: {}", answer.words()));
        };
        if !answer.media_type().ends_with("json") {
            return Ok(());
        }
        let body: Value = serde_json::from_slice(&answer.body)
            .map_err(|error| format!("no JSON ({error}): {}", answer.words()))?;
        schema::check(&self.document, &media["schema"], &body)
            .map_err(|error| format!("{status}, but {error}"))?;
        let is_problem = answer.media_type() == "application/problem+json";
        if is_problem && body["status"] != answer.status {
            return Err(format!("a problem that says another status: {}", answer.words()));
        }
        Ok(())
    }
}

impl Operation {
    /// Its path with ids that nothing has.
    pub(super) fn unknown_path(&self) -> String {
        let mut path = self.path.clone();
        for parameter in self.details["parameters"].as_array().into_iter().flatten() {
            if let (Some(name), "path") =
                (parameter["name"].as_str(), parameter["in"].as_str().unwrap_or_default())
            {
                let number = parameter["schema"]["type"] == "integer";
                let value = if number { UNKNOWN_NUMBER } else { UNKNOWN_TEXT };
                path = path.replace(&format!("{{{name}}}"), value);
            }
        }
        path
    }

    /// Whether its path names one thing.
    pub(super) fn names_something(&self) -> bool {
        self.path.contains('{')
    }

    /// Whether it takes this in its query.
    pub(super) fn takes(&self, name: &str) -> bool {
        let parameters = self.details["parameters"].as_array().into_iter().flatten();
        parameters
            .into_iter()
            .any(|parameter| parameter["name"] == name && parameter["in"] == "query")
    }

    fn takes_json(&self) -> bool {
        self.details["requestBody"]["content"].get("application/json").is_some()
    }
}

/// Checks every operation.
pub(super) async fn check(contract: &Contract, asker: &Asker, report: &mut Report) {
    for operation in contract.operations() {
        if operation.method == "GET" {
            reads(contract, operation, asker, report).await;
        }
        if operation.takes_json() {
            bad_bodies(contract, operation, asker, report).await;
        }
    }
    for operation in contract.operations().iter().filter(|operation| paging::is_paged(operation)) {
        paging::check(contract, operation, asker, report).await;
    }
    other_methods(contract, asker, report).await;
}

async fn reads(contract: &Contract, operation: &Operation, asker: &Asker, report: &mut Report) {
    let ask = Ask::new("GET", operation.unknown_path());
    let answer = asker.ask(ask).await;
    let allowed = answer.and_then(|answer| {
        contract.allows(operation, &answer)?;
        if operation.names_something() { answer.is(404) } else { Ok(()) }
    });
    let (check, expected) = if operation.names_something() {
        (format!("GET {} of an unknown id", operation.path), "404 as documented")
    } else {
        (format!("GET {}", operation.path), "a documented status and body")
    };
    report.add(check, expected, allowed);
}

/// What is sent, and how the line of the report calls it.
const BAD_BODIES: [(&str, &str, &str); 4] = [
    ("half a body", "application/json", "{\"title\":"),
    ("no body", "application/json", ""),
    ("a list", "application/json", "[]"),
    ("a body of another type", "text/plain", "title"),
];

async fn bad_bodies(
    contract: &Contract,
    operation: &Operation,
    asker: &Asker,
    report: &mut Report,
) {
    for (what, media_type, body) in BAD_BODIES {
        let ask = Ask::new(&operation.method, operation.unknown_path());
        let ask = ask.header("if-match", "*").header("idempotency-key", "conform-bad-body");
        let outcome = asker.ask(ask.body(media_type, body)).await.and_then(|answer| {
            contract.allows(operation, &answer)?;
            if (400..500).contains(&answer.status) { Ok(()) } else { Err(answer.words()) }
        });
        let check = format!("{} {} with {what}", operation.method, operation.path);
        report.add(check, "a documented 4xx", outcome);
    }
}

/// A path without an id is not asked to DELETE: who should refuse it, and does not, would lose everything.
async fn other_methods(contract: &Contract, asker: &Asker, report: &mut Report) {
    let mut seen: Vec<&str> = Vec::new();
    for operation in contract.operations() {
        if seen.contains(&operation.path.as_str()) {
            continue;
        }
        seen.push(&operation.path);
        let has = |method: &str| {
            contract.operations().iter().any(|o| o.path == operation.path && o.method == method)
        };
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            if has(method) || (method == "DELETE" && !operation.names_something()) {
                continue;
            }
            let ask = Ask::new(method, operation.unknown_path()).by(Who::Staff);
            let outcome = asker.ask(ask).await.and_then(|answer| {
                answer.is(405)?;
                let problem = answer.json();
                let whole = ["type", "title"].iter().all(|name| problem[*name].is_string());
                if answer.media_type() == "application/problem+json"
                    && whole
                    && problem["status"] == 405
                {
                    return Ok(());
                }
                Err(answer.words())
            });
            report.add(format!("{method} {}", operation.path), "405 as a problem", outcome);
        }
    }
}
