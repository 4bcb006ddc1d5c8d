//! How others call `books`.

use emart_http::Page;
use emart_mesh::{Call, CallError, Peer};

use crate::{Book, BookBatch, BookPatch, NewBook, Outcome};

/// A typed handle to `books`.
#[derive(Clone, Debug)]
pub struct Books(pub Peer);

impl Books {
    /// A page of books.
    /// `query` is a [`crate::BookQuery`] as addresses carry it.
    pub async fn books(&self, query: &str) -> Result<Page<Book>, CallError> {
        Call::get(&self.0, "/api/v1/books").query(query).send().await
    }

    /// One book.
    pub async fn book(&self, id: i64) -> Result<Book, CallError> {
        Call::get(&self.0, format!("/api/v1/books/{id}")).send().await
    }

    /// Adds a book, for someone who is signed in.
    pub async fn create_book(&self, new: &NewBook) -> Result<Book, CallError> {
        Call::post(&self.0, "/api/v1/books").json(new).send().await
    }

    /// Changes a book that is still of this version, for staff.
    pub async fn patch_book(
        &self,
        id: i64,
        version: i64,
        patch: &BookPatch,
    ) -> Result<Book, CallError> {
        Call::patch(&self.0, format!("/api/v1/books/{id}"))
            .header("if-match", &format!("\"{version}\""))
            .json(patch)
            .send()
            .await
    }

    /// Takes a book away, for staff.
    pub async fn delete_book(&self, id: i64) -> Result<(), CallError> {
        Call::delete(&self.0, format!("/api/v1/books/{id}")).done().await
    }

    /// Takes all books away, for staff.
    pub async fn delete_all(&self) -> Result<(), CallError> {
        Call::delete(&self.0, "/webapi/books").done().await
    }

    /// Adds books, or brings those up to date that are there; says of each what became of it.
    pub async fn put_books(&self, batch: &BookBatch) -> Result<Vec<Outcome>, CallError> {
        Call::post(&self.0, "/internal/books/batches").json(batch).send().await
    }
}
