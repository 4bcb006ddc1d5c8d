//! The palette: what it finds for whom.

use emart_http::{Caller, Permissions, Role};
use http::StatusCode;

use super::Browser;

#[tokio::test]
async fn pages_and_deeds_are_found_by_the_beginnings_of_their_words() {
    let mut admin = Browser::of_an_administrator();
    let seen = admin.open("/admin/search/hits?q=sys").await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(seen.body.contains("data-href=\"/admin/system\""), "{}", seen.body);
    let seen = admin.open("/admin/search/hits?q=make+a+back").await;
    assert!(seen.body.contains("data-href=\"/admin/system/backups\""), "{}", seen.body);
    let seen = admin.open("/admin/search?q=%3Cb%3E%22nothing").await;
    assert!(seen.body.contains("Nothing is like that") && !seen.body.contains("<b>\"nothing"));
}

#[tokio::test]
async fn nobody_finds_what_they_may_not_see() {
    let clerk = Caller::person(Role::Staff, "usr_3").allowed(Permissions::NONE);
    let seen = Browser::of(clerk).open("/admin/search/hits?q=").await;
    assert!(seen.body.contains("/admin\"") && !seen.body.contains("/admin/system"));
}

#[tokio::test]
async fn services_that_are_away_find_nothing_and_break_nothing() {
    let seen = Browser::of_an_administrator().open("/admin/search?q=1042").await;
    assert_eq!(seen.status, StatusCode::OK);
}
