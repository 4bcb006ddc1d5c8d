//! What others may know of `books`: its bodies, its client.

#![warn(missing_docs)]

mod client;
mod isbn;

pub use client::Books;
pub use isbn::{Isbn, IsbnError};

use emart_types::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Book {
    /// Its number in this store: 1, 2, 3, …
    pub id: i64,
    /// Its title; `null` only where `/webapi/books` was given none.
    #[schema(required)]
    pub title: Option<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Who published it.
    #[schema(required)]
    pub publisher: Option<String>,
    /// Its number in the world; one book has it.
    #[schema(required)]
    pub isbn: Option<Isbn>,
    /// The same as ten digits, where there is one.
    #[schema(required)]
    pub isbn_10: Option<String>,
    /// What it is written in (BCP 47): `en`, `pt-BR`.
    #[schema(required)]
    pub language: Option<String>,
    /// The year it first came out; before our era below 0.
    #[schema(required)]
    pub year: Option<i32>,
    /// What readers think of it: 434 is 4.34 of 5.
    #[schema(required)]
    pub rating_hundredths: Option<u32>,
    /// A picture of its cover.
    #[schema(required)]
    pub cover_url: Option<String>,
    /// What it is about.
    #[schema(required)]
    pub description: Option<String>,
    /// Whether it is shown among those published.
    pub published: bool,
    /// Counts the changes; also the ETag.
    pub version: i64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// Adds a book.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBook {
    /// Its title.
    #[schema(min_length = 1, max_length = 500)]
    pub title: String,
    /// Who wrote it; at most 100.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub authors: Vec<String>,
    /// Who published it.
    #[serde(default)]
    #[schema(max_length = 255)]
    pub publisher: Option<String>,
    /// Its number in the world.
    #[serde(default)]
    pub isbn: Option<Isbn>,
    /// What it is written in (BCP 47): `en`, `pt-BR`.
    #[serde(default)]
    #[schema(max_length = 35)]
    pub language: Option<String>,
    /// The year it first came out; before our era below 0.
    #[serde(default)]
    #[schema(minimum = -5000, maximum = 9999)]
    pub year: Option<i32>,
    /// What readers think of it: 434 is 4.34 of 5.
    #[serde(default)]
    #[schema(maximum = 500)]
    pub rating_hundredths: Option<u32>,
    /// A picture of its cover: an http or https address.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub cover_url: Option<String>,
    /// What it is about.
    #[serde(default)]
    #[schema(max_length = 20_000)]
    pub description: Option<String>,
    /// Whether it is shown among those published.
    #[serde(default)]
    pub published: bool,
}

/// Changes what is named of a book; `null` takes a value away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookPatch {
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 500)]
    pub title: Option<String>,
    /// Who wrote it; at most 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 100)]
    pub authors: Option<Vec<String>>,
    /// Who published it.
    #[serde(default, deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 255)]
    pub publisher: Option<Option<String>>,
    /// Its number in the world.
    #[serde(default, deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Isbn>)]
    pub isbn: Option<Option<Isbn>>,
    /// What it is written in (BCP 47).
    #[serde(default, deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 35)]
    pub language: Option<Option<String>>,
    /// The year it first came out.
    #[serde(default, deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i32>, minimum = -5000, maximum = 9999)]
    pub year: Option<Option<i32>>,
    /// What readers think of it: 434 is 4.34 of 5.
    #[serde(default, deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u32>, maximum = 500)]
    pub rating_hundredths: Option<Option<u32>>,
    /// A picture of its cover.
    #[serde(default, deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 2000)]
    pub cover_url: Option<Option<String>>,
    /// What it is about.
    #[serde(default, deserialize_with = "named", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 20_000)]
    pub description: Option<Option<String>>,
    /// Whether it is shown among those published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<bool>,
}

/// A field that is there: `null` is a value too.
fn named<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// Which books to list; all conditions hold together.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BookQuery {
    /// Part of the title, in any case, with or without accents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(max_length = 200)]
    pub title: Option<String>,
    /// Part of an author's name, in any case, with or without accents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(max_length = 200)]
    pub author: Option<String>,
    /// Exactly this number, of 10 or 13 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isbn: Option<String>,
    /// Only those published, or only the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<bool>,
    /// How many entries a page holds: 1 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// A book as `/webapi/books` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClassicBook {
    /// Its number.
    pub id: i64,
    /// Its title.
    #[schema(required)]
    pub title: Option<String>,
    /// What it is about.
    #[schema(required)]
    pub description: Option<String>,
    /// Who wrote it; several with `, ` between them.
    #[schema(required)]
    pub author: Option<String>,
    /// Who published it.
    #[schema(required)]
    pub publisher: Option<String>,
    /// Whether it is published.
    pub published: bool,
}

/// A book as `/webapi/books` takes it. What is missing is `null`; unknown fields are ignored. A text of more than 255
/// characters gets a 417.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PutClassicBook {
    /// Its title.
    #[schema(max_length = 255)]
    pub title: Option<String>,
    /// What it is about.
    #[schema(max_length = 255)]
    pub description: Option<String>,
    /// Who wrote it.
    #[schema(max_length = 255)]
    pub author: Option<String>,
    /// Who published it.
    #[schema(max_length = 255)]
    pub publisher: Option<String>,
    /// Whether it is published; a new book never is.
    #[schema(value_type = bool)]
    pub published: Option<bool>,
}

/// An error as `/webapi/books` says it: the form of Spring Boot 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClassicError {
    /// When.
    pub timestamp: String,
    /// The HTTP status.
    pub status: u16,
    /// The status in words.
    pub error: String,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub path: String,
}

/// Books to add, or to bring up to date: many at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookBatch {
    /// At most 1,000.
    pub books: Vec<NewBook>,
}

/// What became of a book of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// It is new.
    Created,
    /// It was there and is another now.
    Updated,
    /// It was there, the same.
    Unchanged,
    /// It cannot be kept.
    Refused {
        /// Why not.
        reason: String,
    },
}
