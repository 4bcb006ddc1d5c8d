//! A row of the file as a book.

use csv::StringRecord;
use emart_books_api::{Isbn, NewBook};

use super::isbn;

/// Names of the columns, the better ones first.
const NAMES: [(Field, &[&str]); 11] = [
    (Field::Title, &["title"]),
    (Field::Authors, &["authors", "author"]),
    (Field::Isbn, &["isbn", "isbn10", "isbn_10"]),
    (Field::Isbn13, &["isbn13", "isbn_13"]),
    (Field::Publisher, &["publisher"]),
    (Field::Language, &["language", "language_code"]),
    (Field::Year, &["year", "original_publication_year", "publication_year"]),
    (Field::Rating, &["rating", "average_rating"]),
    (Field::Cover, &["cover_url", "image_url"]),
    (Field::Description, &["description"]),
    (Field::Published, &["published"]),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Title,
    Authors,
    Isbn,
    Isbn13,
    Publisher,
    Language,
    Year,
    Rating,
    Cover,
    Description,
    Published,
}

/// Where each field stands.
pub(super) struct Columns(Vec<(Field, usize)>);

impl Columns {
    /// Finds them in the first line.
    pub(super) fn find(head: &StringRecord) -> Self {
        let place = |names: &[&str]| {
            let is = |name: &str| head.iter().position(|h| h.trim().eq_ignore_ascii_case(name));
            names.iter().find_map(|name| is(name))
        };
        Self(NAMES.iter().filter_map(|(field, names)| Some((*field, place(names)?))).collect())
    }

    pub(super) fn has_title(&self) -> bool {
        self.0.iter().any(|(field, _)| *field == Field::Title)
    }

    /// The book but for its ISBN; what of it cannot be read is said, and left out.
    pub(super) fn book(&self, row: &StringRecord, said: &mut dyn FnMut(String)) -> NewBook {
        let text = |field| Some(self.text(row, field)).filter(|text| !text.is_empty());
        let owned = |field| text(field).map(ToOwned::to_owned);
        let authors = self.text(row, Field::Authors).split(',').map(str::trim);
        let mut left_out = |what: &str, value: &str| {
            said(format!("the {what} {value} cannot be read and is left out"));
        };
        let year = text(Field::Year).and_then(|value| {
            let year = value.strip_suffix(".0").unwrap_or(value).parse().ok();
            year.or_else(|| {
                left_out("year", value);
                None
            })
        });
        let rating_hundredths = text(Field::Rating).and_then(|value| {
            let rating = hundredths(value);
            rating.or_else(|| {
                left_out("rating", value);
                None
            })
        });
        NewBook {
            title: self.text(row, Field::Title).to_owned(),
            authors: authors.filter(|author| !author.is_empty()).map(ToOwned::to_owned).collect(),
            publisher: owned(Field::Publisher),
            isbn: None,
            language: owned(Field::Language),
            year,
            rating_hundredths,
            cover_url: owned(Field::Cover),
            description: owned(Field::Description),
            published: ["true", "1", "yes"]
                .contains(&&*self.text(row, Field::Published).to_ascii_lowercase()),
        }
    }

    /// Its ISBN, and whether it had to be repaired; `None` when the row has none.
    pub(super) fn isbn(&self, row: &StringRecord) -> Option<Result<(Isbn, bool), String>> {
        isbn::read(self.text(row, Field::Isbn), self.text(row, Field::Isbn13))
    }

    fn text<'a>(&self, row: &'a StringRecord, wanted: Field) -> &'a str {
        let place = self.0.iter().find(|(field, _)| *field == wanted);
        place.and_then(|(_, at)| row.get(*at)).unwrap_or_default().trim()
    }
}

/// `4.34` as 434; digits after the second do not count.
fn hundredths(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = format!("{part:0<2.2}");
    whole.parse::<u32>().ok()?.checked_mul(100)?.checked_add(part.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings_are_hundredths() {
        for (text, rating) in
            [("4.34", Some(434)), ("4.3", Some(430)), ("4", Some(400)), ("4.349", Some(434))]
        {
            assert_eq!(hundredths(text), rating, "{text}");
        }
        for text in ["", "x", "4.x", "-1", "99999999999"] {
            assert_eq!(hundredths(text), None, "{text}");
        }
    }
}
