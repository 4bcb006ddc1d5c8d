//! Whatever happens in whatever order, and at once: nothing is sold twice, and everything adds up.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use emart_inventory_api::{ReservationState, StockItemId};
use emart_mesh::CallError;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use tokio::task::JoinSet;

use crate::{House, houses, reservation};

const ITEMS: usize = 3;
const CHECKOUTS: usize = 8;
const INITIAL: i64 = 12;

#[derive(Debug, Clone)]
enum Deed {
    Reserve(usize),
    Commit(usize),
    Release(usize),
    TimePasses(u64),
    Adjust(usize, i64),
}

/// What each checkout would buy, and what four hands do at once.
#[derive(Debug, Clone)]
struct Story {
    carts: Vec<Vec<(usize, u32)>>,
    hands: Vec<Vec<Deed>>,
}

/// A story that is told when it goes wrong.
struct Told(Story);

impl Drop for Told {
    #[expect(clippy::print_stderr, reason = "a story that went wrong must be told")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{:?}", self.0);
        }
    }
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (0..CHECKOUTS).prop_map(Deed::Reserve),
        3 => (0..CHECKOUTS).prop_map(Deed::Commit),
        2 => (0..CHECKOUTS).prop_map(Deed::Release),
        1 => (1u64..1200).prop_map(Deed::TimePasses),
        1 => ((0..ITEMS), -6i64..6).prop_map(|(item, delta)| Deed::Adjust(item, delta)),
    ]
}

fn story() -> impl Strategy<Value = Story> {
    let cart = prop::collection::vec((0..ITEMS, 1u32..5), 1..5);
    let carts = prop::collection::vec(cart, CHECKOUTS);
    let hands = prop::collection::vec(prop::collection::vec(deed(), 1..14), 4);
    (carts, hands).prop_map(|(carts, hands)| Story { carts, hands })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sold_twice_and_everything_adds_up_in_any_interleaving() {
    let mut runner = TestRunner::new(Config::default());
    for house in houses().await {
        for _ in 0..40 {
            let story = Told(story().new_tree(&mut runner).unwrap().current());
            play(&house, &story.0).await;
        }
    }
}

/// Keys and references are never used in two stories.
static SEQUENCE: AtomicU64 = AtomicU64::new(0);

async fn play(house: &House, story: &Story) {
    let number = SEQUENCE.fetch_add(1, Ordering::Relaxed);
    let mut items = Vec::new();
    for _ in 0..ITEMS {
        items.push(house.item(INITIAL).await);
    }
    let adjusted: [AtomicI64; ITEMS] = Default::default();
    let scene = std::sync::Arc::new((items.clone(), story.carts.clone(), adjusted));
    let mut set = JoinSet::new();
    for hand in story.hands.clone() {
        let (scene, inventory) = (scene.clone(), house.inventory.clone());
        let (api, clock) = (house.api.staff(), house.clock.clone());
        set.spawn(async move {
            let (items, carts, adjusted) = &*scene;
            for deed in hand {
                match deed {
                    Deed::Reserve(n) => {
                        let lines: Vec<_> =
                            carts[n].iter().map(|(i, q)| (&items[*i], *q)).collect();
                        let wanted = reservation(&format!("s{number}_{n}"), &lines);
                        expected(inventory.reserve(&wanted).await);
                    }
                    Deed::Commit(n) => expected(inventory.commit(&format!("s{number}_{n}")).await),
                    Deed::Release(n) => {
                        expected(inventory.release(&format!("s{number}_{n}")).await);
                    }
                    Deed::TimePasses(seconds) => clock.advance(Duration::from_secs(seconds)),
                    Deed::Adjust(item, delta) => {
                        let key = SEQUENCE.fetch_add(1, Ordering::Relaxed).to_string();
                        let path = format!("/api/v1/inventory/items/{}/adjustments", items[item]);
                        let api = api.header("idempotency-key", &key);
                        let answer = api.post(&path, json!({"delta": delta, "reason": "x"})).await;
                        assert!(matches!(answer.status, 200 | 409), "{answer:?}");
                        if answer.status == 200 {
                            adjusted[item].fetch_add(delta, Ordering::Relaxed);
                        }
                    }
                }
                for level in inventory.levels(items).await.unwrap() {
                    assert!(level.available >= 0 && level.reserved >= 0, "{level:?}");
                }
            }
        });
    }
    set.join_all().await;
    let sold = close(house, story, &items, number).await;
    for (item, id) in items.iter().enumerate() {
        let adjusted = scene.2[item].load(Ordering::Relaxed);
        let left = INITIAL + adjusted - sold.get(&item).copied().unwrap_or(0);
        assert_eq!(house.counts(id).await, (left, 0));
        let movements = house.movements(id).await;
        assert_eq!(movements.iter().map(|m| m.on_hand_delta).sum::<i64>(), left);
        assert_eq!(movements.iter().map(|m| m.reserved_delta).sum::<i64>(), 0);
    }
}

/// Gives up what is still held; answers how much of each item was sold.
async fn close(
    house: &House,
    story: &Story,
    items: &[StockItemId],
    number: u64,
) -> HashMap<usize, i64> {
    let mut sold = HashMap::new();
    for (n, cart) in story.carts.iter().enumerate() {
        let reference = format!("s{number}_{n}");
        match house.inventory.release(&reference).await {
            Ok(()) => continue,
            Err(error) => assert!(error.is("reservation-committed"), "{error:?}"),
        }
        let kept = house.inventory.commit(&reference).await.unwrap();
        assert_eq!(kept.state, ReservationState::Committed);
        let pieces: u32 = cart.iter().map(|(_, quantity)| quantity).sum();
        assert_eq!(kept.lines.iter().map(|line| line.quantity).sum::<u32>(), pieces);
        for line in kept.lines {
            let item = items.iter().position(|id| *id == line.item_id).unwrap();
            *sold.entry(item).or_default() += i64::from(line.quantity);
        }
    }
    sold
}

/// Refusals are part of the story, failures are not.
#[track_caller]
fn expected<T: std::fmt::Debug>(result: Result<T, CallError>) {
    let Err(error) = result else { return };
    let known = ["out-of-stock", "reservation-released", "reservation-committed", "not-found"];
    assert!(known.iter().any(|slug| error.is(slug)), "{error:?}");
}
