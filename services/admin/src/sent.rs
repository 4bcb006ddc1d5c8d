//! What a form sent, where its fields are as many as there are rows: pairs, in their order.

use axum::extract::{FromRequest, Request};
use emart_http::{Form, Problem};

/// The fields of a form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sent(pub(crate) Vec<(String, String)>);

impl Sent {
    /// A field's value, trimmed; empty when it was not sent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// The values of a field that may come more than once, trimmed.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let of_name =
            move |(key, value): &'a (String, String)| (key == name).then_some(value.trim());
        self.0.iter().filter_map(of_name)
    }

    /// Whether a field was sent at all.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// Whether a box was ticked.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.get(name) == "true"
    }

    /// Whether the person has seen what will happen and wants it.
    pub(crate) fn is_sure(&self) -> bool {
        self.get("sure") == "yes"
    }

    /// A field's value, if it says something.
    pub(crate) fn some(&self, name: &str) -> Option<String> {
        Some(self.get(name).to_owned()).filter(|value| !value.is_empty())
    }

    /// Everything but this field, which is sent anew with another value.
    pub(crate) fn with(&self, name: &str, value: &str) -> Vec<(String, String)> {
        let mut pairs: Vec<_> = self.0.iter().filter(|(key, _)| key != name).cloned().collect();
        pairs.push((name.to_owned(), value.to_owned()));
        pairs
    }
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Form(pairs) = Form::<Vec<(String, String)>>::from_request(request, state).await?;
        Ok(Self(pairs))
    }
}
