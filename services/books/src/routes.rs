//! All routes of `books`.

mod batches;
mod books;
mod classic;
mod object;

use axum::routing::post;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Books;

pub(crate) fn routes(state: Books) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(books::list_books, books::create_book))
        .routes(routes!(books::get_book, books::patch_book, books::delete_book))
        .routes(routes!(
            classic::list_classic_books,
            classic::create_classic_book,
            classic::delete_all_classic_books
        ))
        .routes(routes!(classic::list_published_classic_books))
        .routes(routes!(
            classic::get_classic_book,
            classic::replace_classic_book,
            classic::delete_classic_book
        ))
        .route("/internal/books/batches", post(batches::put_batch))
        .with_state(state)
}
