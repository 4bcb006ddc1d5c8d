//! SIGKILL in the middle of everything, again and again: the books agree afterwards.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use emart_tests::{Client, Engine, Settings, Store};

use crate::audit::{check_the_books, settle};
use crate::{
    DECLINED_CARD, FAILED_CAPTURE_CARD, GOOD_CARD, LOST_ANSWER_CARD, LOST_QUESTION_CARD,
    SHORT_LEASES,
};

const PIECES: u32 = 100_000;
const ROUNDS: u64 = 8;
const SHOPPERS: usize = 6;
/// What shoppers pay with, in turn.
const CARDS: [&str; 6] = [
    GOOD_CARD,
    FAILED_CAPTURE_CARD,
    GOOD_CARD,
    LOST_ANSWER_CARD,
    DECLINED_CARD,
    LOST_QUESTION_CARD,
];
/// Payments of unknown outcome are looked up soon.
const SHORT_DOUBTS: Settings<'static> = &[
    ("EMART_PAYMENTS__PROVIDER_TIMEOUT_MS", "1000"),
    ("EMART_PAYMENTS__PENDING_SECONDS", "2"),
    ("EMART_PAYMENTS__RECONCILE_SECONDS", "1"),
];

/// Orders that were answered with 201: they must never be lost.
pub(crate) type Promised = Arc<Mutex<HashSet<String>>>;

/// medusajs/medusa#6016, dotnet-architecture/eShopOnContainers#1340: events were lost in a crash. medusajs/medusa#14205:
/// order numbers had gaps.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_killed_at_any_moment_loses_and_doubles_nothing() {
    killed_again_and_again(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_on_postgresql_that_is_killed_at_any_moment_loses_and_doubles_nothing() {
    killed_again_and_again(Engine::Postgres).await;
}

async fn killed_again_and_again(engine: Engine) {
    let settings = [SHORT_LEASES, SHORT_DOUBTS].concat();
    let mut store = Store::on(engine, PIECES, &settings).await.unwrap();
    let tea = store.tea().await.unwrap();
    let promised = Promised::default();
    for round in 0..ROUNDS {
        let shoppers: Vec<_> = (0..SHOPPERS)
            .map(|n| {
                let (addr, tea, promised) = (store.addr, tea.clone(), promised.clone());
                #[expect(clippy::disallowed_methods, reason = "it ends when the store is killed")]
                tokio::spawn(
                    async move { shop(addr, &tea, &format!("{round}-{n}"), &promised).await },
                )
            })
            .collect();
        if round % 2 == 0 {
            one_more(&promised).await;
        }
        // Another moment in each round, so that every step is met.
        tokio::time::sleep(Duration::from_millis(150 + round * 83 % 250)).await;
        store.kill_and_restart(&settings).await.unwrap();
        for shopper in shoppers {
            let _ = shopper.await;
        }
    }
    settle(&store).await;
    let orders = check_the_books(&store, PIECES).await.unwrap();
    let promised = promised.lock().unwrap();
    let lost: Vec<_> = promised.difference(&orders).collect();
    assert!(lost.is_empty(), "answered and lost: {lost:?}");
    assert!(promised.len() as u64 >= ROUNDS / 2, "hardly an order was answered: {promised:?}");
}

/// Waits until another order is answered, however slow the machine is just now.
async fn one_more(promised: &Promised) {
    let before = promised.lock().unwrap().len();
    for _ in 0..1000 {
        if promised.lock().unwrap().len() > before {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Buys until the store is gone.
pub(crate) async fn shop(
    addr: std::net::SocketAddr,
    tea: &str,
    name: &str,
    promised: &Promised,
) -> anyhow::Result<()> {
    let mut client = Client::connect(addr).await?;
    for n in 0.. {
        let cart = client.cart(tea, 1 + n % 3).await?;
        let card = CARDS[n as usize % CARDS.len()];
        let answer = client.buy(&cart, card, &format!("{name}-{n}")).await?;
        if answer.status == 201 {
            let id = answer.json()["order_id"].as_str().unwrap_or_default().to_owned();
            promised.lock().unwrap().insert(id);
        }
    }
    Ok(())
}
