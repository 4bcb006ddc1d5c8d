//! Who comes in, and what they see first.

use emart_http::{Caller, Permissions, Role};
use http::header::{ACCEPT, CONTENT_TYPE, REFERER};
use http::{Request, StatusCode};

use super::Browser;
use crate::shop::HOSTILE;

#[tokio::test]
async fn guests_sign_in_and_come_back_to_where_they_wanted_to_go() {
    let mut guest = Browser::of(Caller::guest());
    let seen = guest.open("/admin/orders?q=ada&state=paid").await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER);
    assert_eq!(seen.location(), "/sign-in?next=%2Fadmin%2Forders%3Fq%3Dada%26state%3Dpaid");
    let form = Request::post("/admin/orders/bulk").header(REFERER, "http://x/admin/orders?q=ada");
    let seen = guest.send(form.body("id=1".into()).unwrap()).await;
    assert_eq!(seen.location(), "/sign-in?next=%2Fadmin%2Forders%3Fq%3Dada");
    let script = Request::get("/admin").header(ACCEPT, "application/json");
    let seen = guest.send(script.body("".into()).unwrap()).await;
    assert_eq!(seen.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn customers_are_told_that_it_is_not_for_them() {
    let mut customer = Browser::of(Caller::person(Role::Customer, "usr_2"));
    let seen = customer.open("/admin").await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    assert!(seen.body.contains("This is for those who work here"));
    assert!(!seen.body.contains("/admin/orders"));
}

#[tokio::test]
async fn those_who_work_here_see_the_first_page_and_their_name_is_only_text() {
    let mut clerk = Browser::of(Caller::person(Role::Staff, "usr_3").allowed(Permissions::NONE));
    let seen = clerk.open("/admin").await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(seen.body.contains("aria-current=\"page\""));
    assert!(!seen.body.contains(HOSTILE) && seen.body.contains("Ada &#60;script"), "{}", seen.body);
}

#[tokio::test]
async fn what_is_not_there_is_a_page_for_people_and_a_problem_for_scripts() {
    let mut admin = Browser::of_an_administrator();
    let seen = admin.open("/admin/no/such/page").await;
    assert_eq!(
        (seen.status, seen.header(CONTENT_TYPE)),
        (StatusCode::NOT_FOUND, "text/html; charset=utf-8")
    );
    assert!(
        seen.body.contains("There is nothing here") && seen.body.contains("class=\"menu-list\"")
    );
    let script = Request::get("/admin/no/such/page").header(ACCEPT, "application/json");
    let seen = admin.send(script.body("".into()).unwrap()).await;
    assert_eq!(seen.header(CONTENT_TYPE), "application/problem+json");
    let seen = admin.post("/admin", "x=1").await;
    assert_eq!(seen.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_message_is_shown_once() {
    let mut admin = Browser::of_an_administrator();
    admin.cookies.push(("emart_flash".to_owned(), "gIt+is+saved.".to_owned()));
    assert!(admin.open("/admin").await.body.contains("It is saved."));
    assert!(!admin.open("/admin").await.body.contains("It is saved."));
}

#[tokio::test]
async fn browsers_keep_the_static_files() {
    let mut guest = Browser::of(Caller::person(Role::Customer, "usr_2"));
    let page = guest.open("/admin").await.body;
    let at = page.find("/admin/static/admin.").unwrap();
    let name = &page[at..at + page[at..].find('"').unwrap()];
    let seen = Browser::of(Caller::guest()).open(name).await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(seen.header(http::header::CACHE_CONTROL).contains("immutable"));
}
