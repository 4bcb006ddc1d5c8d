//! Adding a book (whoever is signed in), changing and taking away (staff). `books` has the last word on who may.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use emart_books_api::{Book, BookPatch, Isbn, NewBook};
use emart_http::{Form, Path, Permission};
use http::StatusCode;
use serde::Deserialize;

use super::stars;
use crate::Storefront;
use crate::error::Error;
use crate::forms::{field, problem};
use crate::frame::{self, Visitor};
use crate::pages::sign_in::input_problems;
use crate::view::{Field, FormProblem, Layout};

#[derive(Template)]
#[template(path = "book_form.html", whitespace = "minimize")]
struct Edit {
    layout: Layout,
    heading: &'static str,
    action: String,
    version: i64,
    problems: Vec<FormProblem>,
    fields: Vec<Field>,
    description: String,
    published: bool,
    /// Where to go without a change.
    back: String,
}

#[derive(Template)]
#[template(path = "book_delete.html", whitespace = "minimize")]
struct Delete {
    layout: Layout,
    heading: String,
    text: &'static str,
    action: String,
    button: &'static str,
    back: String,
}

/// A book as the form sends it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct BookForm {
    version: i64,
    title: String,
    /// Several with `;` between them.
    authors: String,
    publisher: String,
    isbn: String,
    language: String,
    year: String,
    rating: String,
    cover_url: String,
    description: String,
    published: Option<String>,
}

impl BookForm {
    fn of(book: &Book) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            version: book.version,
            title: text(&book.title),
            authors: book.authors.join("; "),
            publisher: text(&book.publisher),
            isbn: book.isbn.map(|isbn| isbn.to_string()).unwrap_or_default(),
            language: text(&book.language),
            year: book.year.map(|year| year.to_string()).unwrap_or_default(),
            rating: book.rating_hundredths.map(stars).unwrap_or_default(),
            cover_url: text(&book.cover_url),
            description: text(&book.description),
            published: book.published.then(|| "true".to_owned()),
        }
    }

    /// The book it describes; what cannot be read is said field by field.
    fn read(&self) -> Result<NewBook, Vec<FormProblem>> {
        let mut problems = Vec::new();
        if self.title.trim().is_empty() {
            problems.push(problem("title", "Enter a title"));
        }
        let isbn = some(&self.isbn).map(|text| text.parse::<Isbn>());
        if let Some(Err(error)) = &isbn {
            problems.push(problem("isbn", crate::error::sentence(&error.to_string())));
        }
        let year = some(&self.year).map(|text| text.parse::<i32>());
        if let Some(Err(_)) = &year {
            problems.push(problem("year", "Enter a year such as 1813, or -800."));
        }
        let rating = some(&self.rating).map(|text| hundredths(&text));
        if rating == Some(None) {
            problems.push(problem("rating", "Enter a number from 0 to 5 such as 4.34."));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let authors = self.authors.split(';').filter_map(some).collect();
        Ok(NewBook {
            title: self.title.trim().to_owned(),
            authors,
            publisher: some(&self.publisher),
            isbn: isbn.and_then(Result::ok),
            language: some(&self.language),
            year: year.and_then(Result::ok),
            rating_hundredths: rating.flatten(),
            cover_url: some(&self.cover_url),
            description: some(&self.description),
            published: self.published.is_some(),
        })
    }

    fn fields(&self, problems: &[FormProblem]) -> Vec<Field> {
        let optional = |field: Field, value: &str| field.value(value).optional(true);
        let fields = [
            field("title", "Title", 500).value(&self.title),
            optional(field("authors", "Authors", 2000), &self.authors)
                .hint("Several with a semicolon between them."),
            optional(field("publisher", "Publisher", 255), &self.publisher),
            optional(field("isbn", "ISBN", 20), &self.isbn)
                .half()
                .hint("10 or 13 digits, with or without hyphens."),
            optional(field("language", "Language", 35), &self.language)
                .half()
                .hint("A language tag such as en or pt-BR."),
            optional(field("year", "First published", 5), &self.year)
                .half()
                .hint("A year; before our era below 0."),
            optional(field("rating", "Rating", 4), &self.rating)
                .half()
                .hint("0 to 5, such as 4.34."),
            optional(field("cover_url", "Cover picture", 2000), &self.cover_url)
                .of("url", "off")
                .hint("An http or https address; for other clients, the shop draws its own."),
        ];
        fields.into_iter().map(|field| field.told(problems)).collect()
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// `4.34` as 434.
fn hundredths(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 1 || part.len() > 2 || !is_number(whole) || !is_number(part) {
        return None;
    }
    let found = whole.parse::<u32>().ok()? * 100 + format!("{part:0<2}").parse::<u32>().ok()?;
    (found <= 500).then_some(found)
}

/// `GET /books/new`
pub(crate) async fn add(
    State(storefront): State<Storefront>,
    visitor: Visitor,
) -> Result<Response, Error> {
    signed_in(&visitor, "/books/new")?;
    new_page(&storefront, &visitor, &BookForm::default(), Vec::new()).await
}

/// `POST /books/new`
pub(crate) async fn adding(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Form(form): Form<BookForm>,
) -> Result<Response, Error> {
    signed_in(&visitor, "/books/new")?;
    let problems = match form.read() {
        Ok(new) => match storefront.clients.books.create_book(&new).await {
            Ok(book) => return Ok(Redirect::to(&format!("/books/{}", book.id)).into_response()),
            Err(error) => input_problems(error, "")?,
        },
        Err(problems) => problems,
    };
    let page = new_page(&storefront, &visitor, &form, problems).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn new_page(
    storefront: &Storefront,
    visitor: &Visitor,
    form: &BookForm,
    problems: Vec<FormProblem>,
) -> Result<Response, Error> {
    let layout = storefront.private(visitor, "Add a book", "/books/new").await;
    page(layout, "Add a book", "/books/new".to_owned(), "/books".to_owned(), form, problems)
}

fn page(
    layout: Layout,
    heading: &'static str,
    action: String,
    back: String,
    form: &BookForm,
    problems: Vec<FormProblem>,
) -> Result<Response, Error> {
    frame::html(&Edit {
        layout,
        heading,
        action,
        version: form.version,
        fields: form.fields(&problems),
        description: form.description.clone(),
        published: form.published.is_some(),
        back,
        problems,
    })
}

/// `GET /books/{id}/edit`
pub(crate) async fn edit(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(id): Path<i64>,
) -> Result<Response, Error> {
    staff(&visitor, &format!("/books/{id}/edit"))?;
    let book = storefront.clients.books.book(id).await?;
    edit_page(&storefront, &visitor, id, &BookForm::of(&book), Vec::new()).await
}

/// `POST /books/{id}/edit`
pub(crate) async fn editing(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(id): Path<i64>,
    Form(form): Form<BookForm>,
) -> Result<Response, Error> {
    staff(&visitor, &format!("/books/{id}/edit"))?;
    let problems = match form.read() {
        Ok(new) => match storefront.clients.books.patch_book(id, form.version, &patch(new)).await {
            Ok(book) => return Ok(Redirect::to(&format!("/books/{}", book.id)).into_response()),
            Err(error) if error.problem().is_some_and(|problem| problem.status == 412) => {
                vec![problem(
                    "",
                    "Somebody else has changed this book meanwhile. Look at it again before you save.",
                )]
            }
            Err(error) => input_problems(error, "")?,
        },
        Err(problems) => problems,
    };
    let page = edit_page(&storefront, &visitor, id, &form, problems).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn edit_page(
    storefront: &Storefront,
    visitor: &Visitor,
    id: i64,
    form: &BookForm,
    problems: Vec<FormProblem>,
) -> Result<Response, Error> {
    let (action, back) = (format!("/books/{id}/edit"), format!("/books/{id}"));
    let layout = storefront.private(visitor, "Change a book", &action).await;
    page(layout, "Change a book", action, back, form, problems)
}

/// All fields of the form: one that was emptied is taken away.
fn patch(new: NewBook) -> BookPatch {
    BookPatch {
        title: Some(new.title),
        authors: Some(new.authors),
        publisher: Some(new.publisher),
        isbn: Some(new.isbn),
        language: Some(new.language),
        year: Some(new.year),
        rating_hundredths: Some(new.rating_hundredths),
        cover_url: Some(new.cover_url),
        description: Some(new.description),
        published: Some(new.published),
    }
}

/// `GET /books/{id}/delete`
pub(crate) async fn delete(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(id): Path<i64>,
) -> Result<Response, Error> {
    let action = format!("/books/{id}/delete");
    staff(&visitor, &action)?;
    let book = storefront.clients.books.book(id).await?;
    frame::html(&Delete {
        layout: storefront.private(&visitor, "Delete a book", &action).await,
        heading: format!("Delete “{}”?", book.title.unwrap_or_else(|| "Untitled".to_owned())),
        text: "It is gone from every list and cannot be brought back.",
        action,
        button: "Delete this book",
        back: format!("/books/{id}"),
    })
}

/// `POST /books/{id}/delete`
pub(crate) async fn deleting(
    State(storefront): State<Storefront>,
    visitor: Visitor,
    Path(id): Path<i64>,
) -> Result<Response, Error> {
    staff(&visitor, &format!("/books/{id}/delete"))?;
    let deleted = storefront.clients.books.delete_book(id).await;
    let is_gone = |error: &emart_mesh::CallError| {
        error.problem().is_some_and(|problem| problem.status == 404)
    };
    // Gone already is gone.
    deleted.or_else(|error| if is_gone(&error) { Ok(()) } else { Err(error) })?;
    Ok(Redirect::to("/books").into_response())
}

/// `GET /books/delete-all`
pub(crate) async fn delete_all(
    State(storefront): State<Storefront>,
    visitor: Visitor,
) -> Result<Response, Error> {
    staff(&visitor, "/books/delete-all")?;
    frame::html(&Delete {
        layout: storefront.private(&visitor, "Delete all books", "/books/delete-all").await,
        heading: "Delete all books?".to_owned(),
        text: "Every book goes, published or not, and none can be brought back.",
        action: "/books/delete-all".to_owned(),
        button: "Delete all books",
        back: "/books".to_owned(),
    })
}

/// `POST /books/delete-all`
pub(crate) async fn deleting_all(
    State(storefront): State<Storefront>,
    visitor: Visitor,
) -> Result<Response, Error> {
    staff(&visitor, "/books/delete-all")?;
    storefront.clients.books.delete_all().await?;
    Ok(Redirect::to("/books").into_response())
}

fn signed_in(visitor: &Visitor, path: &str) -> Result<(), Error> {
    visitor.caller.user_id().map(|_| ()).ok_or_else(|| Error::SignIn(path.to_owned()))
}

fn staff(visitor: &Visitor, path: &str) -> Result<(), Error> {
    signed_in(visitor, path)?;
    if visitor.caller.may(Permission::BooksWrite) { Ok(()) } else { Err(Error::Forbidden) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_said_field_by_field() {
        let form = BookForm {
            isbn: "12".to_owned(),
            year: "soon".to_owned(),
            rating: "6".to_owned(),
            ..BookForm::default()
        };
        let fields: Vec<String> =
            form.read().unwrap_err().into_iter().map(|problem| problem.field).collect();
        assert_eq!(fields, ["title", "isbn", "year", "rating"]);
    }

    #[test]
    fn a_rating_is_read_as_people_write_it() {
        for (text, is) in [
            ("4.34", Some(434)),
            ("4,3", Some(430)),
            ("5", Some(500)),
            ("0", Some(0)),
            ("5.01", None),
            ("4.345", None),
            ("-1", None),
            ("x", None),
            (".", None),
        ] {
            assert_eq!(hundredths(text), is, "{text}");
        }
    }
}
