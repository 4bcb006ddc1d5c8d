//! `/webapi/books`: the paths, statuses and bodies that its clients have always known, the empty ones too.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use emart_books_api::{Book, ClassicBook, ClassicError, NewBook, PutClassicBook};
use emart_http::{Caller, Json, Path, Permission, Problem, Query, Role};
use http::{StatusCode, Uri};
use serde::Deserialize;

use super::object::Object;
use crate::domain::classic;
use crate::error::Error;
use crate::store::Filter;
use crate::{Books, store};

/// What cannot be kept, and what cannot be deleted because it is not there.
const EXPECTATION_FAILED: StatusCode = StatusCode::EXPECTATION_FAILED;

/// Which books to list.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ClassicQuery {
    /// Part of the title, in any case, with or without accents.
    title: Option<String>,
}

/// All books, or those with a text in their title, in the order of their numbers. None are a 204.
#[utoipa::path(get, path = "/webapi/books", operation_id = "list_classic_books", tag = "webapi",
    params(ClassicQuery),
    responses((status = 200, body = [ClassicBook]), (status = 204), (status = 400, body = ClassicError)))]
pub(super) async fn list_classic_books(
    State(books): State<Books>,
    uri: Uri,
    query: Result<Query<ClassicQuery>, Problem>,
) -> Response {
    match query {
        Ok(Query(ClassicQuery { title })) => {
            books.classic_list(Filter { title, ..Filter::default() }).await
        }
        Err(problem) => refused(&books, &problem, &uri),
    }
}

/// The books that are published. None are a 204.
#[utoipa::path(get, path = "/webapi/books/published", operation_id = "list_published_classic_books",
    tag = "webapi", responses((status = 200, body = [ClassicBook]), (status = 204)))]
pub(super) async fn list_published_classic_books(State(books): State<Books>) -> Response {
    books.classic_list(Filter { published: Some(true), ..Filter::default() }).await
}

/// A book. What is no number is a 400.
#[utoipa::path(get, path = "/webapi/books/{id}", operation_id = "get_classic_book", tag = "webapi",
    params(("id" = i64, Path)),
    responses((status = 200, body = ClassicBook), (status = 400, body = ClassicError), (status = 404)))]
pub(super) async fn get_classic_book(
    State(books): State<Books>,
    uri: Uri,
    id: Result<Path<i64>, Problem>,
) -> Response {
    let Ok(Path(id)) = id else { return no_number(&books, &uri) };
    answer(books.book(id).await)
}

/// Adds a book, which is not published yet. For whoever is signed in. A text that is too long is a 417.
#[utoipa::path(post, path = "/webapi/books", operation_id = "create_classic_book", tag = "webapi",
    request_body = PutClassicBook,
    responses((status = 201, body = ClassicBook), (status = 400, body = ClassicError),
        (status = 401, body = Problem), (status = 413, body = ClassicError),
        (status = 415, body = ClassicError), (status = 417)))]
pub(super) async fn create_classic_book(
    caller: Caller,
    State(books): State<Books>,
    uri: Uri,
    body: Result<Object<PutClassicBook>, Problem>,
) -> Response {
    if !books.config.open_writes && caller.role() == Role::Guest {
        return Problem::unauthorized().into_response();
    }
    let put = match body {
        Ok(Object(put)) => PutClassicBook { published: None, ..put },
        Err(problem) => return refused(&books, &problem, &uri),
    };
    if !classic::fits(&put) {
        return EXPECTATION_FAILED.into_response();
    }
    let mut book = books.made(NewBook::default());
    classic::replace(&mut book, put);
    match books.add(book).await {
        Ok(book) => (StatusCode::CREATED, Json(classic::shown(&book))).into_response(),
        Err(error) => error.into_response(),
    }
}

/// Replaces a book: what is not sent is `null` then, and not published. For staff.
#[utoipa::path(put, path = "/webapi/books/{id}", operation_id = "replace_classic_book", tag = "webapi",
    params(("id" = i64, Path)), request_body = PutClassicBook,
    responses((status = 200, body = ClassicBook), (status = 400, body = ClassicError),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404),
        (status = 413, body = ClassicError), (status = 415, body = ClassicError), (status = 417)))]
pub(super) async fn replace_classic_book(
    caller: Caller,
    State(books): State<Books>,
    uri: Uri,
    id: Result<Path<i64>, Problem>,
    body: Result<Object<PutClassicBook>, Problem>,
) -> Response {
    if let Err(problem) = books.may_change(&caller) {
        return problem.into_response();
    }
    let Ok(Path(id)) = id else { return no_number(&books, &uri) };
    let put = match body {
        Ok(Object(put)) if classic::fits(&put) => put,
        Ok(_) => return EXPECTATION_FAILED.into_response(),
        Err(problem) => return refused(&books, &problem, &uri),
    };
    let change = move |book: &mut Book| {
        classic::replace(book, put);
        Ok(())
    };
    answer(books.change(id, change).await)
}

/// Deletes a book; one that is not there is a 417. For staff.
#[utoipa::path(delete, path = "/webapi/books/{id}", operation_id = "delete_classic_book", tag = "webapi",
    params(("id" = i64, Path)),
    responses((status = 204), (status = 400, body = ClassicError), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 417)))]
pub(super) async fn delete_classic_book(
    caller: Caller,
    State(books): State<Books>,
    uri: Uri,
    id: Result<Path<i64>, Problem>,
) -> Response {
    if let Err(problem) = books.may_change(&caller) {
        return problem.into_response();
    }
    let Ok(Path(id)) = id else { return no_number(&books, &uri) };
    match books.delete(id).await {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => EXPECTATION_FAILED.into_response(),
        Err(error) => error.into_response(),
    }
}

/// Deletes all books. For staff.
#[utoipa::path(delete, path = "/webapi/books", operation_id = "delete_all_classic_books", tag = "webapi",
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(super) async fn delete_all_classic_books(
    caller: Caller,
    State(books): State<Books>,
) -> Result<StatusCode, Error> {
    books.may_change(&caller)?;
    books.db.write(|tx| async move { store::delete_all(&tx).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Books {
    async fn classic_list(&self, filter: Filter) -> Response {
        let read = self.db.read(|tx| async move { store::books(&tx, &filter).await });
        match read.await.map_err(Error::from) {
            Ok(books) if books.is_empty() => StatusCode::NO_CONTENT.into_response(),
            Ok(books) => Json(books.iter().map(classic::shown).collect::<Vec<_>>()).into_response(),
            Err(error) => error.into_response(),
        }
    }

    fn may_change(&self, caller: &Caller) -> Result<(), Problem> {
        if self.config.open_writes { Ok(()) } else { caller.require(Permission::BooksWrite) }
    }
}

fn answer(book: Result<Book, Error>) -> Response {
    match book {
        Ok(book) => Json(classic::shown(&book)).into_response(),
        Err(Error::NotFound) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => error.into_response(),
    }
}

fn no_number(books: &Books, uri: &Uri) -> Response {
    let status = StatusCode::BAD_REQUEST;
    refused(books, &Problem::new(status, "bad-query", "The number of a book is missing"), uri)
}

/// The problem in this API's own form. It knows no 422.
fn refused(books: &Books, problem: &Problem, uri: &Uri) -> Response {
    let status = match problem.status_code() {
        StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        status => status,
    };
    let error = ClassicError {
        timestamp: books.clock.now().to_string().replace('Z', "+00:00"),
        status: status.as_u16(),
        error: status.canonical_reason().unwrap_or_default().to_owned(),
        message: problem.detail.clone().unwrap_or_else(|| problem.title.clone()),
        path: uri.path().to_owned(),
    };
    (status, Json(error)).into_response()
}
