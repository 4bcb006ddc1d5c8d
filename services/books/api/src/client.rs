//! How others call `books`.

use emart_mesh::{Call, CallError, Peer};

use crate::{BookBatch, Outcome};

/// A typed handle to `books`.
#[derive(Clone, Debug)]
pub struct Books(pub Peer);

impl Books {
    /// Adds books, or brings those up to date that are there; says of each what became of it.
    pub async fn put_books(&self, batch: &BookBatch) -> Result<Vec<Outcome>, CallError> {
        Call::post(&self.0, "/internal/books/batches").json(batch).send().await
    }
}
