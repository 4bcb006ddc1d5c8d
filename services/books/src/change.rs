//! How books are added and changed: what both APIs do alike.

use emart_books_api::{Book, NewBook};

use crate::error::Error;
use crate::{Books, store};

impl Books {
    /// A new book, not kept yet.
    pub(crate) fn made(&self, new: NewBook) -> Book {
        let now = self.clock.now();
        let mut book = Book {
            id: 0,
            title: None,
            authors: Vec::new(),
            publisher: None,
            isbn: None,
            isbn_10: None,
            language: None,
            year: None,
            rating_hundredths: None,
            cover_url: None,
            description: None,
            published: false,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        fill(&mut book, new);
        book
    }

    /// Keeps a new book, which gets its number.
    pub(crate) async fn add(&self, mut book: Book) -> Result<Book, Error> {
        let write = self.db.write(move |tx| async move {
            let Some(id) = store::insert(&tx, &book).await? else { return Ok(None) };
            book.id = id;
            Ok::<_, emart_store::Error>(Some(book))
        });
        write.await?.ok_or(Error::IsbnTaken)
    }

    /// A book.
    pub(crate) async fn book(&self, id: i64) -> Result<Book, Error> {
        let book = self.db.read(|tx| async move { store::book(&tx, id).await }).await?;
        book.ok_or(Error::NotFound)
    }

    /// Changes a book; of two at once one comes after the other.
    pub(crate) async fn change<F>(&self, id: i64, change: F) -> Result<Book, Error>
    where
        F: FnOnce(&mut Book) -> Result<(), Error> + Send + 'static,
    {
        let now = self.clock.now();
        let write = self.db.write(move |tx| async move {
            let mut book = store::locked(&tx, id).await?.ok_or(Error::NotFound)?;
            change(&mut book)?;
            (book.version, book.updated_at) = (book.version + 1, now);
            store::update(&tx, &book).await?;
            Ok(book)
        });
        write.await.map_err(|error| match error {
            Error::Store(error) if error.is_unique_violation() => Error::IsbnTaken,
            error => error,
        })
    }

    /// Deletes a book; `false` when there is none.
    pub(crate) async fn delete(&self, id: i64) -> Result<bool, Error> {
        Ok(self.db.write(move |tx| async move { store::delete(&tx, id).await }).await?)
    }
}

/// Puts what is sent of a book in place of what it was.
pub(crate) fn fill(book: &mut Book, new: NewBook) {
    book.title = Some(new.title);
    book.authors = new.authors;
    book.publisher = new.publisher;
    book.isbn = new.isbn;
    book.isbn_10 = new.isbn.and_then(|isbn| isbn.ten());
    book.language = new.language;
    book.year = new.year;
    book.rating_hundredths = new.rating_hundredths;
    book.cover_url = new.cover_url;
    book.description = new.description;
    book.published = new.published;
}
