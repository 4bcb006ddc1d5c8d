//! The rules of `/webapi/books`, and what its shape means for a book.

use emart_books_api::{Book, ClassicBook, PutClassicBook};

/// The longest text it takes, in characters.
const LONGEST: usize = 255;

/// Whether it can be kept.
pub(crate) fn fits(put: &PutClassicBook) -> bool {
    let texts = [&put.title, &put.description, &put.author, &put.publisher];
    texts.into_iter().flatten().all(|text| text.chars().count() <= LONGEST)
}

/// A book as it shows it.
pub(crate) fn shown(book: &Book) -> ClassicBook {
    ClassicBook {
        id: book.id,
        title: book.title.clone(),
        description: book.description.clone(),
        author: author(&book.authors),
        publisher: book.publisher.clone(),
        published: book.published,
    }
}

/// Puts all its fields in place of a book's; what it does not know of the book stays.
pub(crate) fn replace(book: &mut Book, put: PutClassicBook) {
    // A client that sends back the author it was shown has not made one of several.
    if put.author != author(&book.authors) {
        book.authors = put.author.into_iter().collect();
    }
    book.title = put.title;
    book.description = put.description;
    book.publisher = put.publisher;
    book.published = put.published.unwrap_or(false);
}

fn author(authors: &[String]) -> Option<String> {
    if authors.is_empty() { None } else { Some(authors.join(", ")) }
}
