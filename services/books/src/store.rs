//! The SQL of `books`, and only here.

use emart_books_api::{Book, Isbn};
use emart_store::{Error, FromRow, Row, Tx, Val, vals};
use emart_types::Timestamp;

use crate::domain::search::{folded, pattern};

/// A row of `books`.
struct BookRow(Book);

impl FromRow for BookRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, authors): (i64, String) = (row.get(0)?, row.get(2)?);
        let damaged = || Error::Database(format!("book {id} cannot be read"));
        let isbn: Option<String> = row.get(4)?;
        let isbn = isbn.map(|isbn| isbn.parse::<Isbn>().map_err(|_| damaged())).transpose()?;
        Ok(Self(Book {
            id,
            title: row.get(1)?,
            authors: serde_json::from_str(&authors).map_err(|_| damaged())?,
            publisher: row.get(3)?,
            isbn,
            isbn_10: isbn.and_then(|isbn| isbn.ten()),
            language: row.get(5)?,
            year: row.get(6)?,
            rating_hundredths: row.get(7)?,
            cover_url: row.get(8)?,
            description: row.get(9)?,
            published: row.get(10)?,
            version: row.get(11)?,
            created_at: Timestamp::from_millis(row.get(12)?),
            updated_at: Timestamp::from_millis(row.get(13)?),
        }))
    }
}

/// What every reading statement begins with.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, title, authors, publisher, isbn, language, year, rating_hundredths, cover_url, \
             description, published, version, created_at, updated_at FROM books ",
            $rest
        )
    };
}

/// Which books are wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// Those after this number.
    pub(crate) after: i64,
    pub(crate) title: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) isbn: Option<Isbn>,
    pub(crate) published: Option<bool>,
    /// At most so many.
    pub(crate) limit: Option<usize>,
}

/// Books in the order of their numbers.
pub(crate) async fn books(tx: &Tx, filter: &Filter) -> Result<Vec<Book>, Error> {
    let mut sql = String::from(select!("WHERE id > $1"));
    let mut values = vec![Val::from(filter.after)];
    let conditions = [
        ("title_folded LIKE $ ESCAPE '!'", filter.title.as_deref().map(pattern).map(Val::from)),
        ("authors_folded LIKE $ ESCAPE '!'", filter.author.as_deref().map(pattern).map(Val::from)),
        ("isbn = $", filter.isbn.map(|isbn| Val::from(isbn.as_str()))),
        ("published = $", filter.published.map(Val::from)),
    ];
    for (condition, value) in conditions {
        if let Some(value) = value {
            values.push(value);
            sql += &format!(" AND {}", condition.replace('$', &format!("${}", values.len())));
        }
    }
    sql += " ORDER BY id";
    if let Some(limit) = filter.limit {
        values.push(Val::from(i64::try_from(limit).unwrap_or(i64::MAX)));
        sql += &format!(" LIMIT ${}", values.len());
    }
    let rows = tx.all_dyn::<BookRow>(&sql, &values).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// A book.
pub(crate) async fn book(tx: &Tx, id: i64) -> Result<Option<Book>, Error> {
    Ok(tx.opt::<BookRow>(select!("WHERE id = $1"), vals![id]).await?.map(|row| row.0))
}

/// A book that nobody else changes until the transaction ends.
pub(crate) async fn locked(tx: &Tx, id: i64) -> Result<Option<Book>, Error> {
    let sql = select!("WHERE id = $1 {{for_update}}");
    Ok(tx.opt::<BookRow>(sql, vals![id]).await?.map(|row| row.0))
}

/// The book that another is: the one of its ISBN, or without one the one of its title and authors.
pub(crate) async fn same(tx: &Tx, book: &Book) -> Result<Option<Book>, Error> {
    let found = if let Some(isbn) = book.isbn {
        tx.opt::<BookRow>(select!("WHERE isbn = $1 {{for_update}}"), vals![isbn.as_str()]).await?
    } else {
        let sql = select!(
            "WHERE title = $1 AND authors = $2 AND isbn IS NULL ORDER BY id LIMIT 1 {{for_update}}"
        );
        tx.opt::<BookRow>(sql, vals![book.title.clone(), json(&book.authors)?]).await?
    };
    Ok(found.map(|row| row.0))
}

/// Adds a book and returns its number; `None` when another has its ISBN.
pub(crate) async fn insert(tx: &Tx, book: &Book) -> Result<Option<i64>, Error> {
    let sql = "INSERT INTO books (title, title_folded, authors, authors_folded, publisher, isbn, language, year, \
               rating_hundredths, cover_url, description, published, version, updated_at, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
               ON CONFLICT DO NOTHING RETURNING id";
    let mut values = columns(book)?;
    values.push(book.created_at.as_millis().into());
    Ok(tx.opt::<(i64,)>(sql, &values).await?.map(|(id,)| id))
}

/// Writes a book that is locked.
pub(crate) async fn update(tx: &Tx, book: &Book) -> Result<(), Error> {
    let sql = "UPDATE books SET title = $1, title_folded = $2, authors = $3, authors_folded = $4, publisher = $5, \
               isbn = $6, language = $7, year = $8, rating_hundredths = $9, cover_url = $10, description = $11, \
               published = $12, version = $13, updated_at = $14 WHERE id = $15";
    let mut values = columns(book)?;
    values.push(book.id.into());
    tx.exec(sql, &values).await.map(drop)
}

/// Deletes a book; `false` when there is none.
pub(crate) async fn delete(tx: &Tx, id: i64) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM books WHERE id = $1", vals![id]).await? == 1)
}

/// Deletes all books.
pub(crate) async fn delete_all(tx: &Tx) -> Result<u64, Error> {
    tx.exec("DELETE FROM books", vals![]).await
}

/// All columns but `id` and `created_at`.
fn columns(book: &Book) -> Result<Vec<Val>, Error> {
    Ok(Vec::from(vals![
        book.title.clone(),
        book.title.as_deref().map(folded),
        json(&book.authors)?,
        // A line each: no part of a name is found across two of them.
        folded(&book.authors.join("\n")),
        book.publisher.clone(),
        book.isbn.map(|isbn| isbn.as_str().to_owned()),
        book.language.clone(),
        book.year,
        book.rating_hundredths,
        book.cover_url.clone(),
        book.description.clone(),
        book.published,
        book.version,
        book.updated_at.as_millis(),
    ]))
}

fn json(authors: &[String]) -> Result<String, Error> {
    serde_json::to_string(authors).map_err(|error| Error::Database(error.to_string()))
}
