//! BooksMart: the list of books, searched and narrowed, and a book's page. `manage` has what changes them.

pub(crate) mod manage;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use emart_books_api::{Book, BookQuery};
use emart_http::{Path, Permission};

use crate::Storefront;
use crate::error::Error;
use crate::frame::{self, Visitor};
use crate::view::{Detail, Layout};

/// How many colours the covers are drawn in (`4-pages.css`).
const COVERS: i64 = 6;
const PAGE: u32 = 24;

#[derive(Template)]
#[template(path = "books.html", whitespace = "minimize")]
pub(crate) struct List {
    pub(crate) layout: Layout,
    pub(crate) title: String,
    pub(crate) author: String,
    pub(crate) published: bool,
    pub(crate) books: Vec<Cover>,
    pub(crate) start: Option<String>,
    pub(crate) next: Option<String>,
    pub(crate) staff: bool,
}

/// A book on a shelf.
pub(crate) struct Cover {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) authors: String,
    pub(crate) rating: String,
    pub(crate) colour: i64,
}

#[derive(Template)]
#[template(path = "book.html", whitespace = "minimize")]
pub(crate) struct Page {
    pub(crate) layout: Layout,
    pub(crate) book: Cover,
    pub(crate) published: bool,
    pub(crate) details: Vec<Detail>,
    /// In paragraphs.
    pub(crate) description: Vec<String>,
    pub(crate) staff: bool,
}

/// `GET /books`
pub(crate) async fn list(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    RawQuery(raw): RawQuery,
) -> Result<Response, Error> {
    let asked = asked(raw.as_deref().unwrap_or_default());
    let page = storefront.clients.books.books(&written(&asked)).await?;
    let is_narrowed = asked.title.is_some() || asked.author.is_some() || asked.published.is_some();
    let mut layout = storefront.layout(&visitor, "Books", "/books").await;
    layout.private = is_narrowed || asked.cursor.is_some();
    let place = |cursor: Option<String>| {
        let query = written(&BookQuery { cursor, limit: None, ..asked.clone() });
        if query.is_empty() { "/books".to_owned() } else { format!("/books?{query}") }
    };
    let html = frame::html(&List {
        layout,
        start: asked.cursor.is_some().then(|| place(None)),
        next: page.next_cursor.map(|cursor| place(Some(cursor))),
        books: page.items.iter().map(cover).collect(),
        title: asked.title.unwrap_or_default(),
        author: asked.author.unwrap_or_default(),
        published: asked.published.unwrap_or_default(),
        staff: visitor.caller.may(Permission::BooksWrite),
    })?;
    Ok(frame::for_strangers(&visitor, html))
}

/// What is asked for; what makes no sense is left out, as an address may be old.
fn asked(raw: &str) -> BookQuery {
    let mut asked = BookQuery { limit: Some(PAGE), ..BookQuery::default() };
    for (key, value) in url::form_urlencoded::parse(raw.as_bytes()) {
        let text: String = value.trim().chars().take(200).collect();
        let text = Some(text).filter(|text| !text.is_empty() && !text.contains('\0'));
        match &*key {
            "title" => asked.title = text,
            "author" => asked.author = text,
            "published" => asked.published = (value == "true").then_some(true),
            "cursor" => asked.cursor = text,
            _ => {}
        }
    }
    asked
}

fn written(query: &BookQuery) -> String {
    serde_html_form::to_string(query).unwrap_or_default()
}

/// `GET /books/{id}`
pub(crate) async fn show(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(id): Path<i64>,
) -> Result<Response, Error> {
    let book = storefront.clients.books.book(id).await?;
    let shown = cover(&book);
    let mut layout =
        storefront.layout(&visitor, &shown.title, &format!("/books/{}", book.id)).await;
    let description = book.description.as_deref().unwrap_or_default();
    layout.description = description.chars().take(160).collect();
    let html = frame::html(&Page {
        layout,
        published: book.published,
        details: details(&book),
        description: description
            .lines()
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .map(str::to_owned)
            .collect(),
        book: shown,
        staff: visitor.caller.may(Permission::BooksWrite),
    })?;
    Ok(frame::for_strangers(&visitor, html))
}

fn cover(book: &Book) -> Cover {
    Cover {
        id: book.id,
        title: book.title.clone().unwrap_or_else(|| "Untitled".to_owned()),
        authors: book.authors.join(", "),
        rating: book.rating_hundredths.map(stars).unwrap_or_default(),
        colour: book.id.rem_euclid(COVERS),
    }
}

/// 434 as `4.34`.
fn stars(hundredths: u32) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn details(book: &Book) -> Vec<Detail> {
    let year = book.year.map(|year| {
        if year < 0 { format!("{} BCE", year.unsigned_abs()) } else { year.to_string() }
    });
    let all = [
        ("ISBN-13", book.isbn.map(|isbn| isbn.to_string())),
        ("ISBN-10", book.isbn_10.clone()),
        ("Publisher", book.publisher.clone()),
        ("First published", year),
        ("Language", book.language.clone()),
        ("Rating", book.rating_hundredths.map(|rating| format!("{} of 5", stars(rating)))),
    ];
    let told = all.into_iter().filter_map(|(label, value)| Some(Detail { label, value: value? }));
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_makes_no_sense_asks_for_less_not_for_an_error() {
        let all = asked("title=%20Emma%20&author=&published=maybe&limit=100000&x=y");
        assert_eq!(written(&all), "title=Emma&limit=24");
        assert_eq!(
            written(&asked("published=true&cursor=abc")),
            "published=true&limit=24&cursor=abc"
        );
    }

    #[test]
    fn a_rating_has_two_places() {
        assert_eq!(
            (stars(434), stars(500), stars(7)),
            ("4.34".into(), "5.00".into(), "0.07".into())
        );
    }
}
