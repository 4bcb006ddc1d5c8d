//! What a book must be like to be kept, and how a patch changes one.

use emart_books_api::{Book, BookPatch, NewBook};
use emart_types::Invalid;
use url::Url;

/// Puts a new book in order: blanks around texts go, empty texts are none.
pub(crate) fn checked(mut new: NewBook) -> Result<NewBook, Invalid> {
    let mut invalid = Invalid::new();
    new.title = new.title.trim().to_owned();
    new.authors = new.authors.iter().map(|author| author.trim().to_owned()).collect();
    for text in [&mut new.publisher, &mut new.language, &mut new.cover_url, &mut new.description] {
        let trimmed = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        *text = trimmed.map(ToOwned::to_owned);
    }
    invalid.require(is_line(&new.title, 500), "/title", "must be 1 to 500 characters on one line");
    invalid.require(new.authors.len() <= 100, "/authors", "must be at most 100");
    for (at, author) in new.authors.iter().enumerate() {
        let detail = "must be 1 to 255 characters on one line";
        invalid.require(is_line(author, 255), &format!("/authors/{at}"), detail);
    }
    let publisher = new.publisher.as_ref().is_none_or(|text| is_line(text, 255));
    invalid.require(publisher, "/publisher", "must be at most 255 characters on one line");
    let language = new.language.as_ref().is_none_or(|tag| is_language(tag));
    invalid.require(language, "/language", "must be a language tag such as en or pt-BR");
    let year = new.year.is_none_or(|year| (-5000..=9999).contains(&year));
    invalid.require(year, "/year", "must be from -5000 to 9999");
    let rating = new.rating_hundredths.is_none_or(|rating| rating <= 500);
    invalid.require(rating, "/rating_hundredths", "must be from 0 to 500");
    let cover = new.cover_url.as_ref().is_none_or(|url| is_web_address(url));
    invalid.require(cover, "/cover_url", "must be an http or https address of at most 2000 bytes");
    let description = new.description.as_ref().is_none_or(|text| text.chars().count() <= 20_000);
    invalid.require(description, "/description", "must be at most 20000 characters");
    invalid.finish()?;
    Ok(new)
}

/// The book as a patch makes it; what cannot be kept is refused.
pub(crate) fn patched(book: &Book, patch: BookPatch) -> Result<NewBook, Invalid> {
    // One that has no title (/webapi/books allows it) must be given one here.
    let mut new = as_new(book);
    new.title = patch.title.unwrap_or(new.title);
    new.authors = patch.authors.unwrap_or(new.authors);
    new.publisher = patch.publisher.unwrap_or(new.publisher);
    new.isbn = patch.isbn.unwrap_or(new.isbn);
    new.language = patch.language.unwrap_or(new.language);
    new.year = patch.year.unwrap_or(new.year);
    new.rating_hundredths = patch.rating_hundredths.unwrap_or(new.rating_hundredths);
    new.cover_url = patch.cover_url.unwrap_or(new.cover_url);
    new.description = patch.description.unwrap_or(new.description);
    new.published = patch.published.unwrap_or(new.published);
    checked(new)
}

/// A book as it would have to be sent to be added.
pub(crate) fn as_new(book: &Book) -> NewBook {
    NewBook {
        title: book.title.clone().unwrap_or_default(),
        authors: book.authors.clone(),
        publisher: book.publisher.clone(),
        isbn: book.isbn,
        language: book.language.clone(),
        year: book.year,
        rating_hundredths: book.rating_hundredths,
        cover_url: book.cover_url.clone(),
        description: book.description.clone(),
        published: book.published,
    }
}

fn is_line(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// The form of BCP 47: subtags of letters and digits, the first of 2 to 8 letters.
fn is_language(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let first = subtags.next().unwrap_or_default();
    let is_subtag = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    tag.len() <= 35
        && (2..=8).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags.all(is_subtag)
}

fn is_web_address(text: &str) -> bool {
    let url = Url::parse(text).ok().filter(|_| text.len() <= 2000);
    url.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> NewBook {
        NewBook { title: " Emma ".to_owned(), ..NewBook::default() }
    }

    #[test]
    fn blanks_go_and_empty_texts_are_none() {
        let publisher = Some("  ".to_owned());
        let kept = checked(NewBook { publisher, ..book() }).unwrap();
        assert_eq!((kept.title.as_str(), kept.publisher), ("Emma", None));
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let wrong = NewBook {
            title: String::new(),
            authors: vec!["Jane Austen".to_owned(), "a\nb".to_owned()],
            publisher: Some("x".repeat(256)),
            language: Some("english language".to_owned()),
            year: Some(10_000),
            rating_hundredths: Some(501),
            cover_url: Some("javascript:alert(1)".to_owned()),
            description: Some("x".repeat(20_001)),
            ..NewBook::default()
        };
        let Invalid(errors) = checked(wrong).unwrap_err();
        let pointers: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
        let expected = [
            "/title",
            "/authors/1",
            "/publisher",
            "/language",
            "/year",
            "/rating_hundredths",
            "/cover_url",
            "/description",
        ];
        assert_eq!(pointers, expected);
    }

    #[test]
    fn languages_are_tags() {
        for (tag, good) in [
            ("en", true),
            ("pt-BR", true),
            ("eng", true),
            ("e", false),
            ("en_US", false),
            ("en-", false),
        ] {
            assert_eq!(is_language(tag), good, "{tag}");
        }
    }
}
