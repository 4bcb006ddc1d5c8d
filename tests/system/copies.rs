//! Copies of services come and go under load: told to stop one after the other, nobody notices; killed at random,
//! nothing is lost.

use std::time::{Duration, Instant};

use emart_tests::{Client, Engine, Store};

use crate::SHORT_LEASES;
use crate::audit::{check_the_books, settle};
use crate::shoppers::Shoppers;

const PIECES: u32 = 100_000;
const SHOPPERS: usize = 4;
/// How long copies are killed, one a second, in seconds; `EMART_TEST_KILLING_SECONDS` says otherwise.
/// `docs/promises.md` has the figures of two minutes.
const KILLING: u64 = 20;

/// Those that can be replaced while the others serve: the door itself has a load balancer before it, or a moment's pause.
fn replaceable(store: &Store) -> Vec<String> {
    store.processes().into_iter().filter(|name| !name.starts_with("gateway")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_of_every_service_fails_no_request() {
    let mut store = Store::on(Engine::Split, PIECES, SHORT_LEASES).await.unwrap();
    let shoppers = Shoppers::enter(&store, SHOPPERS).await;
    shoppers.serve_more(20).await;
    for name in replaceable(&store) {
        store.stop_one(&name).unwrap();
        store.start_one(&name, SHORT_LEASES).unwrap();
        store.ready_one(&name).await.unwrap();
        shoppers.serve_more(10).await;
    }
    let seen = shoppers.leave().await;
    assert!(
        seen.bad.is_empty(),
        "{} of {}: {:?}\n{}",
        seen.bad.len(),
        seen.good,
        seen.bad,
        store.log()
    );
    settle(&store).await;
    let orders = check_the_books(&store, PIECES).await.unwrap();
    assert!(!seen.promised.is_empty() && seen.promised.is_subset(&orders));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_that_are_killed_every_second_lose_and_double_nothing() {
    let mut store = Store::on(Engine::Split, PIECES, SHORT_LEASES).await.unwrap();
    let shoppers = Shoppers::enter(&store, SHOPPERS).await;
    shoppers.serve_more(20).await;
    let names = replaceable(&store);
    let seconds = killing_seconds();
    let (until, mut killed) = (Instant::now() + Duration::from_secs(seconds), 0);
    while Instant::now() < until {
        let victim = &names[rand::random_range(0..names.len())];
        store.kill_one(victim).unwrap();
        killed += 1;
        tokio::time::sleep(Duration::from_secs(1)).await;
        store.start_one(victim, SHORT_LEASES).unwrap();
    }
    let seen = shoppers.leave().await;
    store.ready().await.unwrap();
    settle(&store).await;
    let orders = check_the_books(&store, PIECES).await.unwrap();
    assert!(
        !seen.promised.is_empty() && seen.promised.is_subset(&orders),
        "an answered order is lost"
    );
    println!(
        "{killed} copies killed in {seconds} s, {} orders; {} good answers, {} bad; longest wait for an answer {} ms, \
         longest time without a good one {} ms: {:?}",
        orders.len(),
        seen.good,
        seen.bad.len(),
        seen.slowest.as_millis(),
        seen.drought.as_millis(),
        seen.bad
    );
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration file")]
fn killing_seconds() -> u64 {
    std::env::var("EMART_TEST_KILLING_SECONDS").map_or(KILLING, |text| text.parse().unwrap())
}

/// What a service says to others is nobody else's business, even on their own network.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_answers_no_call_that_is_not_signed() {
    let store = Store::on(Engine::Split, 5, &[]).await.unwrap();
    for name in store.processes() {
        let mut client = Client::connect(store.internal_addr(&name).unwrap()).await.unwrap();
        for headers in [
            &[("emart-caller", "service orders")][..],
            &[("emart-caller", "admin usr_1"), ("emart-service-token", "eyJhbGciOiJub25lIn0.e30.")],
        ] {
            for path in
                ["/api/v1/orders", "/api/v1/inventory/items", "/internal/identity/setup", "/"]
            {
                let answer = client.send("GET", path, headers, "").await.unwrap();
                assert_eq!(answer.status, 401, "{name} {path}: {:?}", answer.body);
                assert_eq!(answer.json()["type"], "/problems/unsigned-call");
            }
        }
        for path in ["/healthz", "/readyz", "/metrics"] {
            assert_eq!(client.get(path).await.unwrap().status, 200, "{name} {path}");
        }
    }
}
