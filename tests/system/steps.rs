//! SIGKILL at each step of a checkout: it is finished, or given up, after the next start, and asking again under the
//! same key tells which.

use std::time::Duration;

use emart_tests::{Answer, Engine, Settings, Store};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};

use crate::audit::{check_the_books, settle};
use crate::{DECLINED_CARD, GOOD_CARD, SHORT_LEASES, refunds};

const PIECES: u32 = 20;

/// Where a checkout that works out can be stopped (`services/orders/src/checkout/pause.rs`).
const FORWARD: [&str; 10] = [
    "quote",
    "reserve",
    "slot",
    "promotions",
    "authorize",
    "place",
    "commit",
    "capture",
    "consume",
    "complete",
];
/// Where one whose card is declined can.
const BACKWARD: [&str; 6] =
    ["undo-authorize", "undo-promotions", "undo-slot", "undo-reserve", "undo-quote", "fail"];

#[test]
fn every_place_where_a_checkout_can_be_stopped_is_tried() {
    let source = include_str!("../../services/orders/src/checkout/pause.rs");
    let (_, places) = source.split_once("PLACES: [&str; 19] = [").unwrap();
    let (places, _) = places.split_once(']').unwrap();
    let places: Vec<&str> = places.split('"').skip(1).step_by(2).collect();
    assert_eq!(places, [&FORWARD[..], &BACKWARD, &refunds::PLACES].concat());
}

/// medusajs/medusa#13301, saleor/saleor#12652: captured twice, or paid and no order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkout_that_is_killed_at_any_step_is_one_paid_order_in_the_end() {
    each(Engine::Sqlite, &FORWARD, GOOD_CARD, 201).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_checkout_that_is_killed_while_it_is_undone_leaves_nothing_behind() {
    each(Engine::Sqlite, &BACKWARD, DECLINED_CARD, 402).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkout_on_postgresql_that_is_killed_at_any_step_is_one_paid_order_in_the_end() {
    each(Engine::Postgres, &FORWARD, GOOD_CARD, 201).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_checkout_on_postgresql_that_is_killed_while_it_is_undone_leaves_nothing_behind()
{
    each(Engine::Postgres, &BACKWARD, DECLINED_CARD, 402).await;
}

/// The same where every service is in processes of its own: those of `orders` die, and the others stay.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_split_checkout_whose_driver_is_killed_at_any_step_is_one_paid_order_or_nothing() {
    let mut store = Store::on(Engine::Split, PIECES, SHORT_LEASES).await.unwrap();
    let tea = store.tea().await.unwrap();
    let mut bought = 0;
    let forward = FORWARD.map(|place| (place, GOOD_CARD, 201));
    for (place, number, status) in
        forward.into_iter().chain(BACKWARD.map(|place| (place, DECLINED_CARD, 402)))
    {
        let pause = [SHORT_LEASES, &[("EMART_ORDERS__PAUSE_BEFORE_STEP", place)]].concat();
        replace_orders(&mut store, &pause).await.unwrap();
        let mut client = store.client().await.unwrap();
        let cart = client.cart(&tea, 1).await.unwrap();
        let card = client.card(number).await.unwrap();
        let before = stops(&store);
        tokio::select! {
            answer = client.pay(&cart, &card, place) => panic!("{place} did not stop: {answer:?}"),
            stopped = stands_still(&store, before) => stopped.unwrap(),
        }
        replace_orders(&mut store, SHORT_LEASES).await.unwrap();
        settle(&store).await;
        let again = store.client().await.unwrap().pay(&cart, &card, place).await.unwrap();
        assert_eq!(again.status, status, "{place}: {again:?}");
        bought += usize::from(status == 201);
    }
    assert_eq!(check_the_books(&store, PIECES).await.unwrap().len(), bought);
}

async fn replace_orders(store: &mut Store, settings: Settings<'_>) -> anyhow::Result<()> {
    for copy in ["orders-1", "orders-2"] {
        store.kill_one(copy)?;
        store.start_one(copy, settings)?;
        store.ready_one(copy).await?;
    }
    store.ready().await
}

async fn each(engine: Engine, places: &[&str], card: &str, status: u16) {
    let killed = stream::iter(places).map(|place| async move {
        killed_at(engine, place, card, status)
            .await
            .map_err(|error| error.context(place.to_string()))
    });
    killed.buffer_unordered(3).try_collect::<Vec<()>>().await.unwrap();
}

async fn killed_at(engine: Engine, place: &str, number: &str, status: u16) -> anyhow::Result<()> {
    let pause = [SHORT_LEASES, &[("EMART_ORDERS__PAUSE_BEFORE_STEP", place)]].concat();
    let mut store = Store::on(engine, PIECES, &pause).await?;
    let tea = store.tea().await?;
    let mut client = store.client().await?;
    let cart = client.cart(&tea, 2).await?;
    let card = client.card(number).await?;
    {
        let asked = client.pay(&cart, &card, "the-one-key");
        tokio::select! {
            answer = asked => anyhow::bail!("it did not stop: {answer:?}"),
            stopped = stands_still(&store, 0) => stopped?,
        }
    }
    store.kill_and_restart(SHORT_LEASES).await?;
    let mut client = store.client().await?;
    let first = client.pay(&cart, &card, "the-one-key").await?;
    settle(&store).await;
    let again = client.pay(&cart, &card, "the-one-key").await?;
    anyhow::ensure!(again.status == status, "answered {again:?}");
    // 202: it was still under way.
    let same = first.status == 202 || told(&first) == told(&again);
    anyhow::ensure!(same, "answered {first:?}, then {again:?}");
    let orders: Vec<String> = check_the_books(&store, PIECES).await?.into_iter().collect();
    let bought = again.json()["order_id"].as_str().map(ToOwned::to_owned);
    anyhow::ensure!(orders == Vec::from_iter(bought), "there are {orders:?}, answered {again:?}");
    // What was bought is out of the cart, and nothing else is.
    let left = client.cart_again(&cart).await?;
    anyhow::ensure!(left["lines"] == json!([]) || orders.is_empty(), "still in the cart: {left}");
    anyhow::ensure!(left["lines"] == cart["lines"] || !orders.is_empty(), "lost: {left}");
    Ok(())
}

/// An answer but for the id of its request.
pub(crate) fn told(answer: &Answer) -> (u16, Value) {
    let mut body = answer.json();
    if let Some(problem) = body.as_object_mut() {
        problem.remove("instance");
    }
    (answer.status, body)
}

/// How often a checkout was stopped so far.
fn stops(store: &Store) -> usize {
    store.log().matches("a checkout stands still").count()
}

pub(crate) async fn stands_still(store: &Store, before: usize) -> anyhow::Result<()> {
    for _ in 0..600 {
        if stops(store) > before {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    anyhow::bail!("no checkout came to this step:\n{}", store.log())
}
