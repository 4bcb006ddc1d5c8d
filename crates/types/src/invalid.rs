//! What is wrong with an input, field by field: what a form shows beside its fields.

use serde::{Deserialize, Serialize};

/// One field that will not do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldError {
    /// JSON Pointer (RFC 6901) into the body: `/lines/0/quantity`.
    pub pointer: String,
    /// What is wrong, for a person to read.
    pub detail: String,
}

/// All that is wrong with an input; collected, so that a person hears of everything at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.summary())]
pub struct Invalid(pub Vec<FieldError>);

impl Invalid {
    /// Nothing wrong so far.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// One field is wrong.
    #[must_use]
    pub fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let mut invalid = Self::new();
        invalid.push(pointer, detail);
        invalid
    }

    /// Notes that a field is wrong.
    pub fn push(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(FieldError { pointer: pointer.into(), detail: detail.into() });
    }

    /// Notes that a field is wrong unless `holds`.
    pub fn require(&mut self, holds: bool, pointer: &str, detail: &str) {
        if !holds {
            self.push(pointer, detail);
        }
    }

    /// `Ok` when nothing is wrong.
    pub fn finish(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }

    fn summary(&self) -> String {
        let fields: Vec<_> =
            self.0.iter().map(|f| format!("{}: {}", f.pointer, f.detail)).collect();
        fields.join("; ")
    }
}
