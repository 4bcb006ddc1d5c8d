//! The store's API as the running store describes it: a new operation is attacked without a line written here.

use emart_tests::Store;
use serde_json::Value;

/// The OpenAPI document of all services.
pub(crate) struct Api {
    document: Value,
    /// Every operation there is.
    pub(crate) operations: Vec<Operation>,
}

/// A method on a path.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    /// Its `operationId`.
    pub(crate) id: String,
    pub(crate) method: String,
    /// With `{…}` where its parameters stand.
    pub(crate) path: String,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
}

/// What an operation is told beside its body.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// `path`, `query` or `header`.
    pub(crate) place: String,
    pub(crate) required: bool,
    pub(crate) schema: Value,
}

/// What an operation is sent.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) content_type: String,
    pub(crate) schema: Value,
}

impl Operation {
    /// Its parameters in one place.
    pub(crate) fn parameters<'a>(&'a self, place: &'a str) -> impl Iterator<Item = &'a Parameter> {
        self.parameters.iter().filter(move |parameter| parameter.place == place)
    }

    /// The body, where it is JSON.
    pub(crate) fn json(&self) -> Option<&Body> {
        self.body.as_ref().filter(|body| body.content_type == "application/json")
    }
}

impl Api {
    /// What is in the form of this store.
    pub(crate) async fn of(store: &Store) -> anyhow::Result<Self> {
        let mut api = Self::whole(store).await?;
        // These keep the statuses and bodies of old: `emart conform books` and their services' own tests are about them.
        api.operations.retain(|operation| {
            !["/webapi", "/api/user", "/api/shop"].iter().any(|old| operation.path.starts_with(old))
        });
        Ok(api)
    }

    /// Asks the store.
    pub(crate) async fn whole(store: &Store) -> anyhow::Result<Self> {
        let answer = store.client().await?.get("/docs/openapi.json").await?;
        anyhow::ensure!(answer.status == 200, "the API's document: {}", answer.status);
        let document = answer.json();
        let mut operations = Vec::new();
        for (path, item) in members(&document["paths"]) {
            operations.extend(members(item).map(|(method, it)| operation(path, method, it)));
        }
        anyhow::ensure!(operations.len() > 50, "{} operations", operations.len());
        let api = Self { document, operations };
        api.check_references(&api.document);
        Ok(api)
    }

    /// The schema itself, where one is only named.
    pub(crate) fn resolve<'a>(&'a self, mut schema: &'a Value) -> &'a Value {
        while let Some(name) = schema["$ref"].as_str() {
            let found = self.document.pointer(name.trim_start_matches('#'));
            schema = found.unwrap_or_else(|| panic!("{name} is not in the document"));
        }
        schema
    }

    /// A document that names what it does not hold is of no use to who generates a client from it.
    fn check_references(&self, part: &Value) {
        match part {
            Value::Object(members) => {
                self.resolve(part);
                members.values().for_each(|member| self.check_references(member));
            }
            Value::Array(entries) => entries.iter().for_each(|entry| self.check_references(entry)),
            _ => {}
        }
    }
}

/// The members of an object; none of anything else.
pub(crate) fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn operation(path: &str, method: &str, it: &Value) -> Operation {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let parameters = it["parameters"].as_array().into_iter().flatten();
    let body = members(&it["requestBody"]["content"]).next();
    Operation {
        id: text(&it["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        parameters: parameters
            .map(|parameter| Parameter {
                name: text(&parameter["name"]),
                place: text(&parameter["in"]),
                required: parameter["required"] == true,
                schema: parameter["schema"].clone(),
            })
            .collect(),
        body: body.map(|(content_type, content)| Body {
            content_type: content_type.clone(),
            schema: content["schema"].clone(),
        }),
    }
}
