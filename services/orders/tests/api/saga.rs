//! The saga: whatever fails, and wherever the process dies, the books agree.

use std::time::Duration;

use emart_payments_api::PaymentState;

use crate::Shop;
use crate::neighbours::Fault;

/// Everything the saga asks of its neighbours on the way to an order.
pub(crate) const FORWARD: [&str; 8] =
    ["quote", "reserve", "slot", "promotions", "authorize", "commit", "capture", "consume"];
/// Those that come before the point of no return.
pub(crate) const BEFORE_PLACE: [&str; 5] = ["quote", "reserve", "slot", "promotions", "authorize"];

/// There is one order, and everybody's books say so.
pub(crate) async fn sold_once(shop: &Shop) {
    assert_eq!(shop.order_count().await, 1);
    let order = shop.newest_order().await.unwrap();
    assert_eq!((&order["state"], &order["number"]), (&"confirmed".into(), &1001.into()));
    let books = shop.near.books.lock().unwrap();
    assert_eq!(books.captures, 1, "{books:?}");
    assert_eq!(books.consumed.len(), 1, "{books:?}");
    assert_eq!(books.stock.values().collect::<Vec<_>>(), [&"committed"], "{books:?}");
    assert_eq!(books.slots.values().collect::<Vec<_>>(), [&true], "{books:?}");
    assert_eq!(books.claims.values().collect::<Vec<_>>(), [&true], "{books:?}");
    assert_eq!(books.payments.len(), 1);
}

/// There is no order, and nothing is left of the try.
pub(crate) async fn nothing_left(shop: &Shop) {
    assert_eq!(shop.order_count().await, 0);
    let books = shop.near.books.lock().unwrap();
    assert_eq!(books.captures, 0, "{books:?}");
    assert!(books.consumed.is_empty(), "{books:?}");
    assert!(books.stock.values().all(|state| *state == "released"), "{books:?}");
    assert!(books.slots.values().all(|booked| !booked), "{books:?}");
    assert!(books.claims.values().all(|claimed| !claimed), "{books:?}");
    let given_back = |state| matches!(state, PaymentState::Voided | PaymentState::Failed);
    assert!(books.payments.values().all(|payment| given_back(payment.state)), "{books:?}");
}

#[tokio::test]
async fn a_checkout_ends_with_one_order_that_everybody_knows() {
    for shop in Shop::both().await {
        let answer = shop.buy("k").await;
        assert_eq!(answer.expect(201)["order_number"], 1001);
        assert!(answer.headers["location"].to_str().unwrap().starts_with("/api/v1/orders/ord_"));
        sold_once(&shop).await;
    }
}

#[tokio::test]
async fn a_step_that_is_refused_undoes_all_before_it() {
    for step in BEFORE_PLACE {
        for shop in Shop::both().await {
            shop.near.fail(step, Fault::Refuse(409, "slot-full"));
            shop.ended("k").await.expect_problem(409, "slot-full");
            nothing_left(&shop).await;
        }
    }
}

#[tokio::test]
async fn a_step_that_fails_for_a_moment_is_tried_again_and_counts_once() {
    for step in FORWARD {
        for fault in [Fault::Before, Fault::After] {
            for shop in Shop::both().await {
                shop.near.fail(step, fault.clone());
                shop.buy("k").await;
                shop.ended("k").await.expect(201);
                sold_once(&shop).await;
            }
        }
    }
}

#[tokio::test]
async fn a_process_that_dies_at_a_step_is_followed_by_one_that_goes_on() {
    for step in FORWARD {
        for shop in Shop::both().await {
            shop.near.fail(step, Fault::After);
            shop.buy("k").await;
            let shop = shop.restart().await;
            shop.ended("k").await.expect(201);
            sold_once(&shop).await;
        }
    }
}

#[tokio::test]
async fn undoing_is_tried_again_until_everything_is_given_back() {
    for step in ["release", "release slot", "cancel"] {
        for fault in [Fault::Before, Fault::After] {
            for shop in Shop::both().await {
                shop.near.books.lock().unwrap().card = Some(PaymentState::Failed);
                shop.near.fail(step, fault.clone());
                shop.buy("k").await.expect_problem(402, "card-declined");
                shop.ended("k").await.expect_problem(402, "card-declined");
                nothing_left(&shop).await;
            }
        }
    }
}

#[tokio::test]
async fn an_order_whose_stock_was_lost_is_cancelled_and_not_paid() {
    for shop in Shop::both().await {
        shop.near.fail("commit", Fault::Before);
        shop.near.fail("capture", Fault::Before);
        shop.buy("k").await.expect(201);
        shop.near.fail("commit", Fault::Refuse(409, "reservation-released"));
        shop.clock.advance(Duration::from_secs(1000));
        shop.ended("k").await.expect(201);
        let order = shop.newest_order().await.unwrap();
        assert_eq!(
            (&order["state"], &order["payment"]["captured"]),
            (&"cancelled".into(), &false.into())
        );
        let books = shop.near.books.lock().unwrap();
        assert_eq!((books.captures, books.refunds), (0, 0));
        assert!(books.payments.values().all(|payment| payment.state == PaymentState::Voided));
        assert!(books.slots.values().all(|booked| !booked), "{books:?}");
        assert!(books.claims.values().all(|claimed| !claimed), "{books:?}");
    }
}

/// The process was away for long just after the money was taken, and the stock went to somebody else.
#[tokio::test]
async fn an_order_whose_stock_was_lost_after_it_was_paid_is_cancelled_and_refunded() {
    for shop in Shop::both().await {
        shop.near.fail("commit", Fault::Before);
        shop.buy("k").await.expect(201);
        shop.near.fail("commit", Fault::Refuse(409, "reservation-released"));
        shop.clock.advance(Duration::from_secs(1000));
        let shop = shop.restart().await;
        shop.ended("k").await.expect(201);
        assert_eq!(shop.newest_order().await.unwrap()["state"], "cancelled");
        let books = shop.near.books.lock().unwrap();
        assert_eq!((books.captures, books.refunds), (1, 1));
    }
}

#[tokio::test]
async fn what_is_away_for_long_ends_the_checkout_and_gives_everything_back() {
    for shop in Shop::both().await {
        shop.near.books.lock().unwrap().card = Some(PaymentState::Pending);
        shop.buy("k").await.expect(202);
        shop.ended("k").await.expect_problem(503, "unavailable");
        nothing_left(&shop).await;
    }
}

#[tokio::test]
async fn a_payment_that_nobody_confirms_is_given_up_in_time() {
    for shop in Shop::both().await {
        shop.near.books.lock().unwrap().card = Some(PaymentState::RequiresAction);
        let waiting = shop.buy("k").await.expect(202);
        assert_eq!(
            (&waiting["state"], &waiting["action_path"]),
            (&"requires_action".into(), &"/bank".into())
        );
        shop.clock.advance(Duration::from_secs(1000));
        shop.ended("k").await.expect_problem(402, "authentication-expired");
        nothing_left(&shop).await;
    }
}

/// A driver that was thought dead wakes up when another has ended the checkout: it changes nothing.
#[tokio::test]
async fn of_two_copies_with_the_same_checkout_one_counts() {
    for step in &FORWARD[1..] {
        for shop in Shop::both().await {
            let gate = shop.near.hold(step);
            let slept = async {
                gate.reached().await;
                shop.clock.advance(Duration::from_secs(31));
                let (_, host) = shop.copy().await;
                until_settled(&shop).await;
                gate.open();
                host
            };
            let (answer, host) = tokio::join!(shop.buy("k"), slept);
            answer.expect(201);
            sold_once(&shop).await;
            host.stop().await;
        }
    }
}

/// The same when the other has turned back meanwhile: what arrives late is refused or given back.
#[tokio::test]
async fn a_step_that_arrives_after_it_was_undone_leaves_nothing_behind() {
    for step in &BEFORE_PLACE[1..] {
        for shop in Shop::both().await {
            let gate = shop.near.hold(step);
            shop.near.fail(step, Fault::Refuse(409, "out-of-stock"));
            let slept = async {
                gate.reached().await;
                shop.clock.advance(Duration::from_secs(31));
                let (api, host) = shop.copy().await;
                let again = api.header("idempotency-key", "k");
                while again.post("/api/v1/checkouts", shop.body()).await.status == 202 {
                    tokio::task::yield_now().await;
                }
                while shop.near.is_holding() {
                    tokio::task::yield_now().await;
                }
                gate.open();
                host
            };
            let (answer, host) = tokio::join!(shop.buy("k"), slept);
            answer.expect_problem(409, "out-of-stock");
            nothing_left(&shop).await;
            host.stop().await;
        }
    }
}

/// The claim on the stock ran out and comes back just while the order is being called off: inventory has the last word.
#[tokio::test]
async fn an_order_is_called_off_only_when_its_stock_cannot_be_sold_any_more() {
    for shop in Shop::both().await {
        // The first driver hears that the claim is gone; a second one sells it all the same.
        shop.near.fail("commit", Fault::Refuse(409, "reservation-released"));
        let gate = shop.near.hold("release");
        let slept = async {
            gate.reached().await;
            shop.clock.advance(Duration::from_secs(31));
            let (_, host) = shop.copy().await;
            until_settled(&shop).await;
            gate.open();
            host
        };
        let (answer, host) = tokio::join!(shop.buy("k"), slept);
        answer.expect(201);
        sold_once(&shop).await;
        host.stop().await;
    }
}

#[tokio::test]
async fn money_that_cannot_be_taken_for_long_is_seen_and_taken_in_the_end() {
    for shop in Shop::both().await {
        for _ in 0..7 {
            shop.near.fail("capture", Fault::Before);
        }
        shop.buy("k").await.expect(201);
        shop.ended("k").await.expect(201);
        sold_once(&shop).await;
        let order = shop.newest_order().await.unwrap();
        let kinds: Vec<_> =
            order["timeline"].as_array().unwrap().iter().map(|e| &e["kind"]).collect();
        assert_eq!(kinds, ["placed", "delayed", "payment_captured", "confirmed"]);
    }
}

#[tokio::test]
async fn a_neighbour_that_is_too_busy_has_not_said_no() {
    for step in BEFORE_PLACE {
        for shop in Shop::both().await {
            shop.near.fail(step, Fault::Refuse(429, "too-many-requests"));
            shop.near.fail(step, Fault::Refuse(429, "too-many-requests"));
            shop.buy("k").await.expect(202);
            shop.ended("k").await.expect(201);
            sold_once(&shop).await;
        }
    }
}

/// Waits until the newest order is neither missing nor under way.
async fn until_settled(shop: &Shop) {
    loop {
        let order = shop.newest_order().await;
        if order.is_some_and(|order| order["state"] != "placed") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
