//! A bad network under load: copies that do not answer, slow ones, services that cannot reach each other, a broker and a
//! database that are cut off. Shoppers get pages, or an honest "not now", in time; afterwards the books agree.

use std::time::{Duration, Instant};

use emart_tests::{Client, Fault, Line, Settings, Store};

use crate::SHORT_LEASES;
use crate::audit::{check_the_books, settle};
use crate::shoppers::{Seen, Shoppers};

const PIECES: u32 = 100_000;
const SHOPPERS: usize = 3;
/// A copy that hangs is found out soon.
const SHORT_TRIES: Settings<'static> = &[("EMART_MESH__TRY_TIMEOUT_MS", "1000")];
/// What the gateway lets a request take, and a little.
const DEADLINE: Duration = Duration::from_secs(33);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_swallows_calls_is_left_alone_until_it_answers_again() {
    let line = Line::To("payments");
    let (store, shoppers) = served(&[line]).await;
    store.line(line)[0].set(Fault::BlackHole);
    breakers(&store, "payments", |open| open > 0).await;
    shoppers.serve_more(20).await;
    store.line(line)[0].heal();
    breakers(&store, "payments", |open| open == 0).await;
    shoppers.serve_more(20).await;
    all_is_well(&store, shoppers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_service_makes_the_shop_slower_and_fails_no_request() {
    let line = Line::To("inventory");
    let (store, shoppers) = served(&[line]).await;
    store.line(line).iter().for_each(|copy| copy.set(Fault::Delay(Duration::from_millis(300))));
    shoppers.serve_more(30).await;
    store.line(line).iter().for_each(emart_tests::Proxy::heal);
    let seen = all_is_well(&store, shoppers).await;
    assert!(seen.bad.is_empty(), "{:?}\n{}", seen.bad, store.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_that_cannot_reach_payments_finish_when_they_can_again() {
    let line = Line::Between("orders", "payments");
    let (store, shoppers) = served(&[line]).await;
    store.line(line).iter().for_each(|copy| copy.set(Fault::BlackHole));
    breakers(&store, "payments", |open| open > 0).await;
    store.line(line).iter().for_each(emart_tests::Proxy::heal);
    breakers(&store, "payments", |open| open == 0).await;
    shoppers.serve_more(20).await;
    let seen = all_is_well(&store, shoppers).await;
    assert!(seen.bad.is_empty(), "{:?}\n{}", seen.bad, store.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_broker_the_shop_sells_on_and_what_it_has_to_tell_is_told_later() {
    let (store, shoppers) = served(&[Line::Nats]).await;
    let cut = Instant::now();
    store.line(Line::Nats)[0].set(Fault::Reset);
    while cut.elapsed() < Duration::from_secs(5) {
        shoppers.serve_more(5).await;
    }
    store.line(Line::Nats)[0].heal();
    shoppers.serve_more(10).await;
    let seen = all_is_well(&store, shoppers).await;
    assert!(seen.bad.is_empty(), "{:?}\n{}", seen.bad, store.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_to_the_database_that_are_cut_lose_nothing() {
    const CUT: &str = "SELECT CAST(pg_terminate_backend(pid) AS TEXT) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let (store, shoppers) = served(&[]).await;
    for _ in 0..5 {
        let cut = store.books().column("orders", CUT).await.unwrap();
        assert!(cut.len() > 10, "{cut:?}");
        shoppers.serve_more(5).await;
    }
    shoppers.serve_more(10).await;
    all_is_well(&store, shoppers).await;
}

/// First it is silent, as a server is whose machine has gone; then it refuses connections, as one does that starts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_cut_off_for_a_while_is_found_again() {
    let (store, shoppers) = served(&[Line::Postgres]).await;
    for fault in [Fault::BlackHole, Fault::Reset] {
        store.line(Line::Postgres)[0].set(fault);
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    store.line(Line::Postgres)[0].heal();
    shoppers.serve_more(20).await;
    all_is_well(&store, shoppers).await;
}

/// A store on this network, and shoppers in it.
async fn served(lines: &[Line]) -> (Store, Shoppers) {
    let settings = [SHORT_LEASES, SHORT_TRIES].concat();
    let store = Store::over(lines, PIECES, &settings).await.unwrap();
    let shoppers = Shoppers::enter(&store, SHOPPERS).await;
    shoppers.serve_more(15).await;
    (store, shoppers)
}

/// Sends the shoppers home. Nobody has waited past the deadline or seen anything but answers and "not now", and nothing
/// is lost or doubled.
async fn all_is_well(store: &Store, shoppers: Shoppers) -> Seen {
    let seen = shoppers.leave().await;

    assert!(seen.slowest < DEADLINE, "somebody waited {:?}", seen.slowest);
    for (_, bad) in &seen.bad {
        let not_now = [": 503", ": 504"].iter().any(|status| bad.contains(status));
        assert!(not_now, "{bad}\n{}", store.log());
    }
    store.ready().await.unwrap();
    settle(store).await;
    let orders = check_the_books(store, PIECES).await.unwrap();
    assert!(!seen.promised.is_empty() && seen.promised.is_subset(&orders), "an order is lost");
    seen
}

/// Waits until so many circuit breakers before a service are open, all its callers together.
async fn breakers(store: &Store, service: &str, enough: impl Fn(u32) -> bool) {
    let (until, mut open) = (Instant::now() + Duration::from_secs(60), 0);
    while Instant::now() < until {
        open = 0;
        for name in store.processes() {
            open += open_at(store, &name, service).await;
        }
        if enough(open) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{open} breakers before {service} are open\n{}", store.log());
}

async fn open_at(store: &Store, name: &str, service: &str) -> u32 {
    let addr = store.internal_addr(name).unwrap();
    let Ok(mut client) = Client::connect(addr).await else { return 0 };
    let Ok(metrics) = client.get("/metrics").await else { return 0 };
    let head = format!("emart_mesh_breakers_open{{peer=\"{service}\"}} ");
    let text = String::from_utf8_lossy(&metrics.body).into_owned();
    text.lines().find_map(|line| line.strip_prefix(&head)?.parse().ok()).unwrap_or_default()
}
