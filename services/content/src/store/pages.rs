//! The SQL of pages.

use emart_content_api::{Page, PageHead, PageId, PageState};
use emart_store::{Error, FromRow, Row, Tx, Val, vals};
use emart_types::Timestamp;

/// A row of `pages` without its text.
struct Head(PageHead);

impl FromRow for Head {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let id: String = row.get(0)?;
        let damaged = || Error::Database(format!("page {id} cannot be read"));
        let state = match row.get::<String>(3)?.as_str() {
            "draft" => PageState::Draft,
            "published" => PageState::Published,
            _ => return Err(damaged()),
        };
        Ok(Self(PageHead {
            handle: row.get(1)?,
            title: row.get(2)?,
            state,
            version: row.get(4)?,
            updated_at: Timestamp::from_millis(row.get(5)?),
            id: id.parse().map_err(|_| damaged())?,
        }))
    }
}

/// A row of `pages`.
struct Whole(Page);

impl FromRow for Whole {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self(Page {
            head: Head::from_row(row)?.0,
            body: row.get(6)?,
            seo_title: row.get(7)?,
            seo_description: row.get(8)?,
            created_at: Timestamp::from_millis(row.get(9)?),
        }))
    }
}

macro_rules! whole {
    ($rest:literal) => {
        concat!(
            "SELECT id, handle, title, state, version, updated_at, body, seo_title, seo_description, created_at \
             FROM pages ",
            $rest
        )
    };
}

/// Pages in the order they were added, after one.
pub(crate) async fn pages(
    tx: &Tx,
    only: Option<PageState>,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<PageHead>, Error> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let after = after.unwrap_or_default();
    let rows: Vec<Head> = match only {
        None => {
            let sql = "SELECT id, handle, title, state, version, updated_at FROM pages \
                       WHERE id > $1 ORDER BY id LIMIT $2";
            tx.all(sql, vals![after, limit]).await?
        }
        Some(state) => {
            let sql = "SELECT id, handle, title, state, version, updated_at FROM pages \
                       WHERE state = $3 AND id > $1 ORDER BY id LIMIT $2";
            tx.all(sql, vals![after, limit, state.as_str()]).await?
        }
    };
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// A page.
pub(crate) async fn page(tx: &Tx, id: &PageId) -> Result<Option<Page>, Error> {
    Ok(tx.opt::<Whole>(whole!("WHERE id = $1"), vals![id.as_str()]).await?.map(|row| row.0))
}

/// A page that nobody else changes until the transaction ends.
pub(crate) async fn locked(tx: &Tx, id: &PageId) -> Result<Option<Page>, Error> {
    let sql = whole!("WHERE id = $1 {{for_update}}");
    Ok(tx.opt::<Whole>(sql, vals![id.as_str()]).await?.map(|row| row.0))
}

/// A page by its address.
pub(crate) async fn by_handle(tx: &Tx, handle: &str) -> Result<Option<Page>, Error> {
    Ok(tx.opt::<Whole>(whole!("WHERE handle = $1"), vals![handle]).await?.map(|row| row.0))
}

/// Adds a page; `false` when another has its address.
pub(crate) async fn insert(tx: &Tx, page: &Page) -> Result<bool, Error> {
    let sql = "INSERT INTO pages (id, handle, title, body, state, seo_title, seo_description, version, updated_at, \
               created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
    let mut values = columns(page);
    values.push(page.created_at.as_millis().into());
    Ok(tx.exec(sql, &values).await? == 1)
}

/// Writes a page that is locked.
pub(crate) async fn update(tx: &Tx, page: &Page) -> Result<(), Error> {
    let sql = "UPDATE pages SET handle = $2, title = $3, body = $4, state = $5, seo_title = $6, seo_description = $7, \
               version = $8, updated_at = $9 WHERE id = $1";
    tx.exec(sql, &columns(page)).await.map(drop)
}

/// All columns but `created_at`.
fn columns(page: &Page) -> Vec<Val> {
    Vec::from(vals![
        page.head.id.as_str(),
        page.head.handle.as_str(),
        page.head.title.as_str(),
        page.body.as_str(),
        page.head.state.as_str(),
        page.seo_title.as_str(),
        page.seo_description.as_str(),
        page.head.version,
        page.head.updated_at.as_millis(),
    ])
}

/// Deletes a page.
pub(crate) async fn delete(tx: &Tx, id: &PageId) -> Result<(), Error> {
    tx.exec("DELETE FROM pages WHERE id = $1", vals![id.as_str()]).await.map(drop)
}

/// Whether everybody sees a page.
pub(crate) async fn is_published(tx: &Tx, handle: &str) -> Result<bool, Error> {
    let sql = "SELECT count(*) FROM pages WHERE handle = $1 AND state = 'published'";
    Ok(tx.one::<i64>(sql, vals![handle]).await? == 1)
}
