//! Many books at once, for imports.

use axum::extract::State;
use emart_books_api::{BookBatch, NewBook, Outcome};
use emart_http::{Caller, Json, Permission};
use emart_store::Tx;
use emart_types::{Invalid, Timestamp};

use crate::change::fill;
use crate::domain::rules;
use crate::error::Error;
use crate::{Books, store};

const MOST: usize = 1000;

/// Adds books, or brings those up to date that are there, all in one transaction. Those that cannot be kept are said,
/// and the others kept. For staff.
pub(super) async fn put_batch(
    caller: Caller,
    State(books): State<Books>,
    Json(BookBatch { books: batch }): Json<BookBatch>,
) -> Result<Json<Vec<Outcome>>, Error> {
    caller.require(Permission::BooksWrite)?;
    if batch.len() > MOST {
        return Err(Invalid::field("/books", format!("must be at most {MOST}")).into());
    }
    let now = books.clock.now();
    let (db, state) = (books.db.clone(), books);
    let write = db.write(move |tx| async move {
        let mut outcomes = Vec::with_capacity(batch.len());
        for new in batch {
            outcomes.push(put(&tx, &state, new, now).await?);
        }
        Ok::<_, Error>(outcomes)
    });
    Ok(Json(write.await?))
}

async fn put(tx: &Tx, books: &Books, new: NewBook, now: Timestamp) -> Result<Outcome, Error> {
    let new = match rules::checked(new) {
        Ok(new) => new,
        Err(invalid) => return Ok(Outcome::Refused { reason: invalid.to_string() }),
    };
    let made = books.made(new.clone());
    let Some(mut book) = store::same(tx, &made).await? else {
        return Ok(match store::insert(tx, &made).await? {
            Some(_) => Outcome::Created,
            None => Outcome::Refused { reason: Error::IsbnTaken.to_string() },
        });
    };
    if rules::as_new(&book) == new {
        return Ok(Outcome::Unchanged);
    }
    fill(&mut book, new);
    (book.version, book.updated_at) = (book.version + 1, now);
    store::update(tx, &book).await?;
    Ok(Outcome::Updated)
}
