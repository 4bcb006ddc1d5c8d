//! The faked books: number 1 is Emma, number 2 tries to be a script; nothing else is there.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::routing::{delete, get};
use emart_books_api::{Book, BookPatch, NewBook};
use emart_http::{Json, Page, Problem};
use http::{HeaderMap, StatusCode};

use super::{HOSTILE, Memory, Shop, at};

pub(super) fn books() -> Router<Arc<Memory>> {
    Router::new()
        .route("/api/v1/books", get(list).post(create))
        .route(
            "/api/v1/books/{id}",
            get(show).patch(change).delete(|| async { StatusCode::NO_CONTENT }),
        )
        .route("/webapi/books", delete(|| async { StatusCode::NO_CONTENT }))
}

fn book(id: i64, title: &str) -> Book {
    Book {
        id,
        title: Some(title.to_owned()),
        authors: vec!["Jane Austen".to_owned()],
        publisher: None,
        isbn: Some("9780141439587".parse().unwrap()),
        isbn_10: Some("0141439580".to_owned()),
        language: Some("en".to_owned()),
        year: Some(1815),
        rating_hundredths: Some(401),
        cover_url: None,
        description: Some(format!("Handsome, clever, and rich.\n\n{HOSTILE}")),
        published: id == 1,
        version: 7,
        created_at: at(),
        updated_at: at(),
    }
}

async fn list(State(shop): Shop, RawQuery(query): RawQuery) -> Json<Page<Book>> {
    *shop.books_asked.lock().unwrap() = query.unwrap_or_default();
    let items = vec![book(1, "Emma"), book(2, HOSTILE)];
    Json(Page { items, next_cursor: Some("later".to_owned()) })
}

async fn show(Path(id): Path<i64>) -> Result<Json<Book>, Problem> {
    match id {
        1 => Ok(Json(book(1, "Emma"))),
        2 => Ok(Json(book(2, HOSTILE))),
        _ => Err(Problem::not_found()),
    }
}

async fn create(Json(new): Json<NewBook>) -> (StatusCode, Json<Book>) {
    (StatusCode::CREATED, Json(book(3, &new.title)))
}

async fn change(headers: HeaderMap, Json(patch): Json<BookPatch>) -> Result<Json<Book>, Problem> {
    if headers["if-match"] != "\"7\"" {
        let status = StatusCode::PRECONDITION_FAILED;
        return Err(Problem::new(status, "precondition-failed", "It has changed"));
    }
    assert_eq!(patch.publisher, Some(None), "what was emptied is taken away");
    Ok(Json(book(1, &patch.title.unwrap_or_default())))
}
