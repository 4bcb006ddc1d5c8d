//! Any schedule of failures: a checkout ends as one order or as nothing, never in between.

use emart_payments_api::PaymentState;
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::test_runner::{Config, TestRunner};

use crate::Shop;
use crate::neighbours::Fault;
use crate::saga::{nothing_left, sold_once};

const OPERATIONS: [&str; 12] = [
    "quote",
    "reserve",
    "slot",
    "promotions",
    "authorize",
    "commit",
    "capture",
    "consume",
    "release",
    "release slot",
    "release promotions",
    "cancel",
];

/// What happens on the way.
#[derive(Debug, Clone)]
struct Schedule {
    faults: Vec<(&'static str, Fault)>,
    declined: bool,
    /// The process ends after the first answer.
    dies: bool,
}

fn schedules() -> impl Strategy<Value = Schedule> {
    let operation = proptest::sample::select(&OPERATIONS[..]);
    let fault = prop_oneof![
        4 => Just(Fault::Before),
        4 => Just(Fault::After),
        1 => Just(Fault::Refuse(409, "out-of-stock")),
        1 => Just(Fault::Refuse(429, "too-many-requests")),
    ];
    let fault = (operation, fault).prop_map(|(operation, fault)| {
        // Nobody says no to giving something back, nor after the order is placed.
        let asked = OPERATIONS[..4].contains(&operation);
        let refused = matches!(fault, Fault::Refuse(409, _));
        (operation, if refused && !asked { Fault::Before } else { fault })
    });
    let faults = proptest::collection::vec(fault, 0..8);
    (faults, proptest::bool::weighted(0.3), proptest::bool::ANY)
        .prop_map(|(faults, declined, dies)| Schedule { faults, declined, dies })
}

#[test]
fn whatever_fails_in_whatever_order_there_is_one_order_or_nothing() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let run = |schedule: Schedule| {
        runtime.block_on(follow(schedule));
        Ok(())
    };
    runner.run(&schedules(), run).unwrap();
}

async fn follow(schedule: Schedule) {
    let mut shop = Shop::one().await;
    if schedule.declined {
        shop.near.books.lock().unwrap().card = Some(PaymentState::Failed);
    }
    for (operation, fault) in schedule.faults {
        shop.near.fail(operation, fault);
    }
    shop.buy("k").await;
    if schedule.dies {
        shop = shop.restart().await;
    }
    let answer = shop.ended("k").await;
    if answer.status == 201 {
        sold_once(&shop).await;
    } else {
        nothing_left(&shop).await;
    }
}
