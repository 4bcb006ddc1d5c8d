//! `/api/v1/books`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_books_api::{Book, BookPatch, BookQuery, NewBook};
use emart_http::{
    Caller, ETag, IfMatch, Json, Page, PageQuery, Path, Permission, Problem, Query, SignedIn,
};
use http::{HeaderMap, StatusCode, header};

use super::object::Object;
use crate::change::fill;
use crate::domain::rules;
use crate::error::Error;
use crate::store::Filter;
use crate::{Books, store};

const PATH: &str = "/api/v1/books";
/// The longest text that is looked for, in characters.
const LONGEST: usize = 200;

/// Books in the order of their numbers, a page at a time.
#[utoipa::path(get, path = "/api/v1/books", operation_id = "list_books", tag = "books", params(BookQuery),
    responses((status = 200, body = Page<Book>), (status = "4XX", body = Problem)))]
pub(super) async fn list_books(
    State(books): State<Books>,
    Query(query): Query<BookQuery>,
) -> Result<Json<Page<Book>>, Error> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let limit = page.limit()?;
    let bad = |detail: String| {
        let title = "The query is not valid";
        Problem::new(StatusCode::BAD_REQUEST, "bad-query", title).detail(detail)
    };
    for (name, text) in [("title", &query.title), ("author", &query.author)] {
        if text.as_ref().is_some_and(|text| text.chars().count() > LONGEST) {
            return Err(bad(format!("{name}: must be at most {LONGEST} characters")).into());
        }
    }
    let isbn = query.isbn.as_deref().map(str::parse).transpose();
    let filter = Filter {
        after: page.after()?.unwrap_or_default(),
        title: query.title,
        author: query.author,
        isbn: isbn.map_err(|error| bad(format!("isbn: {error}")))?,
        published: query.published,
        limit: Some(limit + 1),
    };
    let rows = books.db.read(|tx| async move { store::books(&tx, &filter).await }).await?;
    Ok(Json(Page::from_rows(rows, limit, |book| book.id)))
}

/// A book.
#[utoipa::path(get, path = "/api/v1/books/{id}", operation_id = "get_book", tag = "books",
    params(("id" = i64, Path)),
    responses((status = 200, body = Book), (status = 304), (status = "4XX", body = Problem)))]
pub(super) async fn get_book(
    State(books): State<Books>,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let book = books.book(id).await?;
    let tag = ETag::new(book.version);
    if tag.is_known_to(&headers) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag.header())]).into_response());
    }
    Ok(tagged(StatusCode::OK, book))
}

/// Adds a book. For whoever is signed in.
#[utoipa::path(post, path = "/api/v1/books", operation_id = "create_book", tag = "books",
    request_body = NewBook,
    responses((status = 201, body = Book), (status = "4XX", body = Problem)))]
pub(super) async fn create_book(
    _: SignedIn,
    State(books): State<Books>,
    Object(new): Object<NewBook>,
) -> Result<Response, Error> {
    let book = books.add(books.made(rules::checked(new)?)).await?;
    let location = [(header::LOCATION, format!("{PATH}/{}", book.id))];
    Ok((location, tagged(StatusCode::CREATED, book)).into_response())
}

/// Changes what is named of a book, which is the version that `If-Match` names. For staff.
#[utoipa::path(patch, path = "/api/v1/books/{id}", operation_id = "patch_book", tag = "books",
    params(("id" = i64, Path), ("If-Match" = String, Header)), request_body = BookPatch,
    responses((status = 200, body = Book), (status = "4XX", body = Problem)))]
pub(super) async fn patch_book(
    caller: Caller,
    State(books): State<Books>,
    Path(id): Path<i64>,
    if_match: Result<IfMatch, Problem>,
    Object(patch): Object<BookPatch>,
) -> Result<Response, Error> {
    caller.require(Permission::BooksWrite)?;
    let if_match = if_match?;
    let change = move |book: &mut Book| {
        if_match.check(&ETag::new(book.version))?;
        let new = rules::patched(book, patch)?;
        fill(book, new);
        Ok(())
    };
    Ok(tagged(StatusCode::OK, books.change(id, change).await?))
}

/// Deletes a book. For staff.
#[utoipa::path(delete, path = "/api/v1/books/{id}", operation_id = "delete_book", tag = "books",
    params(("id" = i64, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn delete_book(
    caller: Caller,
    State(books): State<Books>,
    Path(id): Path<i64>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::BooksWrite)?;
    if books.delete(id).await? { Ok(StatusCode::NO_CONTENT) } else { Err(Error::NotFound) }
}

fn tagged(status: StatusCode, book: Book) -> Response {
    let tag = [(header::ETAG, ETag::new(book.version).header())];
    (status, tag, Json(book)).into_response()
}
