//! Leases: one holder at a time, whoever pauses or dies.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use emart_events::{Leases, Tasks};
use emart_store::{Db, Settings, vals};
use emart_testkit::{TestStore, stores};
use proptest::prelude::*;

use crate::line::TABLES;

/// Short, for those who wait for a lease's end.
const TIME: Duration = Duration::from_millis(300);
/// So long that no lease ends because the machine is busy.
const LONG: Duration = Duration::from_secs(600);

async fn open(settings: &Settings) -> Db {
    use emart_events::Host;
    let clock = emart_types::Clock::system();
    let host = Host::new(clock, emart_telemetry::Metrics::new(), settings.clone());
    host.open("consumer", TABLES).await.unwrap()
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), what).await.expect("it never came about")
}

#[tokio::test]
async fn a_lease_that_is_given_back_passes_on_and_one_that_is_held_does_not() {
    for store in stores().await {
        let (db, tasks) = (open(store.settings()).await, Tasks::default());
        let first = Leases::new(&db, LONG, &tasks);
        let second = Leases::new(&db, LONG, &tasks);
        let lease = soon(first.acquire("work")).await;
        let other = soon(second.acquire("other work")).await;
        assert!(tokio::time::timeout(TIME * 3, second.acquire("work")).await.is_err());
        assert!(lease.is_held() && other.is_held());
        db.write(move |tx| async move { lease.check(&tx).await.map(|()| drop(lease)) })
            .await
            .unwrap();
        assert!(soon(second.acquire("work")).await.is_held());
        tasks.stop().await;
    }
}

#[tokio::test]
async fn a_lease_passes_on_after_its_holder_has_died() {
    for store in stores().await {
        let (db, dying, tasks) = (open(store.settings()).await, Tasks::default(), Tasks::default());
        let lease = soon(Leases::new(&db, TIME * 4, &dying).acquire("work")).await;
        let living = Leases::new(&db, TIME * 4, &tasks);
        dying.stop().await;
        let died = Instant::now();
        let taken = soon(living.acquire("work")).await;
        assert!(died.elapsed() >= TIME * 2, "not before its time is over");
        assert!(taken.is_held() && !lease.is_held());
        soon(lease.lost()).await;
        let stale = lease.clone();
        db.write(move |tx| async move { stale.check(&tx).await })
            .await
            .expect_err("it is another's");
        db.write(move |tx| async move { taken.check(&tx).await }).await.unwrap();
        tasks.stop().await;
    }
}

#[tokio::test]
async fn leases_that_are_shared_are_shared_evenly_and_come_back_when_a_copy_goes() {
    let store = TestStore::postgres().await;
    let db = open(store.settings()).await;
    let count = |held: &Arc<AtomicUsize>| held.load(Ordering::SeqCst);
    let copy = || {
        let (tasks, held) = (Tasks::default(), Arc::new(AtomicUsize::new(0)));
        let leases = Leases::new(&db, TIME * 10, &tasks);
        for n in 0..24 {
            let (leases, held) = (leases.clone(), Arc::clone(&held));
            tasks.spawn("holder", async move {
                loop {
                    let lease = leases.acquire_shared(&format!("part {n}")).await;
                    held.fetch_add(1, Ordering::SeqCst);
                    lease.lost().await;
                    held.fetch_sub(1, Ordering::SeqCst);
                }
            });
        }
        (tasks, held)
    };
    let until = async |so: &dyn Fn() -> bool| {
        soon(async {
            while !so() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    };
    let (first, alone) = copy();
    until(&|| count(&alone) == 24).await;
    let (second, other) = copy();
    until(&|| count(&alone) + count(&other) == 24 && count(&other) > 4 && count(&alone) > 4).await;
    first.stop().await;
    until(&|| count(&other) == 24).await;
    second.stop().await;
}

#[tokio::test]
async fn a_task_that_panics_gives_its_lease_to_another_copy() {
    let store = TestStore::postgres().await;
    let (db, tasks) = (open(store.settings()).await, Tasks::default());
    let (ran, mut runs) = tokio::sync::mpsc::unbounded_channel();
    for copy in 0..2 {
        let ran = ran.clone();
        let leases = Leases::new(&db, LONG, &tasks);
        tasks.spawn_leased("work", &leases, move || {
            let ran = ran.clone();
            async move {
                ran.send(copy).unwrap();
                panic!("on purpose");
            }
        });
    }
    let mut copies = vec![soon(runs.recv()).await.unwrap()];
    while copies.len() < 20 && !(copies.contains(&0) && copies.contains(&1)) {
        copies.push(soon(runs.recv()).await.unwrap());
    }
    assert!(copies.contains(&0) && copies.contains(&1), "{copies:?}");
    tasks.stop().await;
}

/// For each time a copy held the lease: which copy, from when, until when it knew that it did.
type Held = Arc<Mutex<Vec<(usize, Instant, Instant)>>>;

/// A process of one thread, which holds still now and then with everything in it: timers, connections, the lease.
fn copy(number: usize, settings: &Settings, pauses: &[u64], held: &Held) {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap().block_on(async {
        let (db, tasks) = (open(settings).await, Tasks::default());
        let leases = Leases::new(&db, TIME, &tasks);
        for &pause in pauses {
            let lease = leases.acquire("work").await;
            let mut since = None;
            for turn in 0..10 {
                if turn == 5 {
                    // What looks after the lease has no chance to notice before it is asked again.
                    std::thread::sleep(Duration::from_millis(pause));
                }
                let now = Instant::now();
                if !lease.is_held() {
                    break;
                }
                let since = *since.get_or_insert(now);
                held.lock().unwrap().push((number, since, now));
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
        }
        // It dies with the lease, or without.
        std::mem::forget(leases.acquire("work").await);
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_lease_never_has_two_holders_whoever_pauses_for_how_long(
        pauses in prop::collection::vec(prop::collection::vec(prop_oneof![2 => Just(0), 3 => 0..900_u64], 4), 3),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let store = runtime.block_on(TestStore::postgres());
        let held = Held::default();
        std::thread::scope(|scope| {
            for (number, pauses) in pauses.iter().enumerate() {
                let (settings, held) = (store.settings().clone(), Arc::clone(&held));
                scope.spawn(move || copy(number, &settings, pauses, &held));
            }
        });
        let held = held.lock().unwrap().clone();
        prop_assert!((0..3).all(|copy| held.iter().any(|(holder, ..)| *holder == copy)));
        for (a, from, _) in &held {
            for (b, since, until) in &held {
                let both = a != b && since < from && from < until;
                prop_assert!(!both, "{a} and {b} at the same time");
            }
        }
        runtime.block_on(async {
            let db = open(store.settings()).await;
            let rows: i64 = db.one("SELECT count(*) FROM leases", vals![]).await.unwrap();
            assert_eq!(rows, 1);
            db.close().await;
        });
    }
}
