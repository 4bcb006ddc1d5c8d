//! BooksMart's pages.

use emart_http::{Caller, Role};
use http::StatusCode;

use super::Browser;
use crate::shop::HOSTILE;

async fn clerk() -> Browser {
    Browser { caller: Caller::person(Role::Staff, "usr_2"), ..Browser::new().await }
}

#[tokio::test]
async fn everyone_sees_the_books_and_finds_one_by_title_and_author() {
    let mut browser = Browser::new().await;
    assert!(browser.open("/").await.body.contains("href=\"/books\""));
    let seen = browser.open("/books?title=em%26ma&author=austen&published=true").await;
    assert_eq!(
        *browser.shop.books_asked.lock().unwrap(),
        "title=em%26ma&author=austen&published=true&limit=24"
    );
    assert!(seen.body.contains("Emma") && seen.body.contains("4.01 of 5"));
    assert!(
        seen.body.contains("title=em%26ma&#38;author=austen&#38;published=true&#38;cursor=later"),
        "{}",
        seen.body
    );
    assert!(!seen.body.contains(HOSTILE) && !seen.body.contains("/books/new"));
    let seen = browser.open("/books?cursor=%00&published=perhaps").await;
    assert_eq!(
        (seen.status, browser.shop.books_asked.lock().unwrap().as_str()),
        (StatusCode::OK, "limit=24")
    );
}

#[tokio::test]
async fn a_book_has_a_page() {
    let mut browser = Browser::new().await;
    let seen = browser.open("/books/1").await;
    for text in
        ["Emma", "by Jane Austen", "9780141439587", "0141439580", "1815", "4.01 of 5", "Handsome"]
    {
        assert!(seen.body.contains(text), "{text}");
    }
    assert!(
        !seen.body.contains(HOSTILE)
            && !seen.body.contains("/edit")
            && !seen.body.contains("Not published")
    );
    assert!(browser.open("/books/2").await.body.contains("Not published"));
    for path in ["/books/3", "/books/x", "/books/99999999999999999999"] {
        assert!(browser.open(path).await.status.is_client_error(), "{path}");
    }
}

#[tokio::test]
async fn whoever_is_signed_in_adds_a_book_and_hears_what_is_wrong_with_it() {
    let mut guest = Browser::new().await;
    assert_eq!(guest.open("/books/new").await.location, "/sign-in?next=%2Fbooks%2Fnew");
    assert_eq!(guest.post("/books/new", "title=x").await.location, "/sign-in?next=%2Fbooks%2Fnew");
    let mut ada = Browser::of_ada().await;
    assert!(ada.open("/books").await.body.contains("/books/new"));
    let seen = ada.post("/books/new", "title=&isbn=123&year=x&rating=9&authors=A%3BB").await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in ["title-error", "isbn-error", "year-error", "rating-error", "value=\"A;B\""] {
        assert!(seen.body.contains(text), "{text}");
    }
    let added = ada.post("/books/new", "title=Emma&isbn=0141439580&year=1815&rating=4.01").await;
    assert_eq!((added.status, added.location.as_str()), (StatusCode::SEE_OTHER, "/books/3"));
}

#[tokio::test]
async fn only_staff_change_and_delete_books() {
    let mut ada = Browser::of_ada().await;
    for path in ["/books/1/edit", "/books/1/delete", "/books/delete-all"] {
        assert_eq!(ada.open(path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(ada.post(path, "title=x").await.status, StatusCode::FORBIDDEN, "{path}");
        assert!(
            Browser::new().await.post(path, "").await.location.starts_with("/sign-in"),
            "{path}"
        );
    }
    let mut clerk = clerk().await;
    let form = clerk.open("/books/1/edit").await;
    assert!(
        form.body.contains("value=\"Emma\"") && form.body.contains("name=\"version\" value=\"7\"")
    );
    let saved = clerk.post("/books/1/edit", "version=7&title=Emma&published=true").await;
    assert_eq!(saved.location, "/books/1");
    let stale = clerk.post("/books/1/edit", "version=6&title=Emma").await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stale.body.contains("Somebody else has changed this book"));
    assert!(clerk.open("/books/1/delete").await.body.contains("Delete “Emma”?"));
    assert_eq!(clerk.post("/books/1/delete", "").await.location, "/books");
    assert!(clerk.open("/books").await.body.contains("/books/delete-all"));
    assert_eq!(clerk.post("/books/delete-all", "").await.location, "/books");
}
