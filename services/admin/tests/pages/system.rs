//! How the services are, what they could not handle, and backups.

use emart_admin::Clients;
use emart_http::{Caller, Permission, Permissions, Role};
use emart_orders_api::Orders;
use http::StatusCode;

use super::{Browser, shop};

#[tokio::test]
async fn a_service_that_is_away_is_shown_as_away_and_the_others_as_they_are() {
    let mut admin = Browser::of_an_administrator();
    let seen = admin.open("/admin/system").await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(seen.body.contains("1 of 2"), "{}", seen.body);
    assert!(seen.body.contains(">Away<") && seen.body.contains(">Ready<"));
    assert!(seen.body.contains("1 parked"));
}

#[tokio::test]
async fn only_those_who_look_after_the_system_see_it() {
    let clerk = Caller::person(Role::Staff, "usr_3");
    let may = |set: Permissions| Browser::of(clerk.clone().allowed(set));
    let seen = may(Permissions::STAFF).open("/admin/system").await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    assert!(
        seen.body.contains("You may not do this") && !seen.body.contains("href=\"/admin/system\"")
    );
    let seen = may(Permissions::NONE.with(Permission::System)).open("/admin/system").await;
    assert_eq!(seen.status, StatusCode::OK);
}

#[tokio::test]
async fn a_parked_event_is_tried_again_at_once_and_given_up_only_after_a_question() {
    let mut admin = Browser::of_an_administrator();
    let seen = admin.open("/admin/system/events").await;
    assert!(seen.body.contains("the mail server said no &#60;script"), "{}", seen.body);
    assert!(seen.body.contains("Not asked, because away: cart"));
    let place = "/admin/system/events/notifications/evt_1";
    let seen = admin.post(&format!("{place}/retry"), "").await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/admin/system/events"));
    assert!(admin.open("/admin/system/events").await.body.contains("It is tried again"));
    let asked = admin.post(&format!("{place}/discard"), "").await;
    assert!(asked.body.contains("Give it up for good") && asked.body.contains("evt_1"));
    let seen = admin.post(&format!("{place}/discard"), "sure=yes").await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER);
    let seen = admin.post("/admin/system/events/notifications/evt_2/retry", "").await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER);
    assert!(admin.open("/admin/system/events").await.body.contains("not parked any more"));
    assert_eq!(admin.post("/admin/system/events/nobody/evt_1/retry", "").await.status, 404);
}

#[tokio::test]
async fn a_backup_is_made_once_at_a_time_and_then_in_the_list() {
    let mut admin = Browser::of_an_administrator();
    let seen = admin.open("/admin/system/backups").await;
    assert!(seen.body.contains("emart-2026-11-30T120000Z.tar.zst"), "{}", seen.body);
    assert!(seen.body.contains("3.4 MB"));
    assert_eq!(admin.post("/admin/system/backups", "").await.status, StatusCode::SEE_OTHER);
    assert!(admin.open("/admin/system/backups").await.body.contains("A backup is being made"));
    admin.post("/admin/system/backups", "").await;
    assert!(admin.open("/admin/system/backups").await.body.contains("being made already"));
}

#[tokio::test]
async fn a_saga_that_is_stuck_says_why_and_is_tried_now_after_a_question() {
    let orders = Orders(shop::peer("orders", shop::sagas::orders()));
    let clients = Clients { orders, ..shop::clients() };
    let mut admin = Browser::with(Caller::person(Role::Admin, "usr_1"), clients);
    let seen = admin.open("/admin/system/sagas").await;
    assert_eq!(seen.status, StatusCode::OK);
    assert!(seen.body.contains("the bank is away &#60;script"), "{}", seen.body);
    assert!(seen.body.contains("Refund of order 1001") && seen.body.contains("Money back"));
    assert!(seen.body.contains("/admin/orders/ord_00000000000000000000000001"));
    assert!(!seen.body.contains("/sagas/act_2/retry"), "what has ended is not tried again");
    let seen = admin.open("/admin/system/sagas?standing=given_up").await;
    assert!(!seen.body.contains("act_1") && seen.body.contains("Ask for it again on the order"));
    let asked = admin.post("/admin/system/sagas/act_1/retry", "").await;
    assert!(asked.body.contains("Try it now") && asked.body.contains("act_1"));
    let seen = admin.post("/admin/system/sagas/act_1/retry", "sure=yes").await;
    assert_eq!((seen.status, seen.location()), (StatusCode::SEE_OTHER, "/admin/system/sagas"));
    assert!(admin.open("/admin/system/sagas").await.body.contains("It is tried now."));
    admin.post("/admin/system/sagas/act_2/retry", "sure=yes").await;
    assert!(admin.open("/admin/system/sagas").await.body.contains("It has ended"));
    admin.post("/admin/system/sagas/act_3/retry", "sure=yes").await;
    assert!(admin.open("/admin/system/sagas").await.body.contains("It has ended meanwhile"));
}
