//! Hosts that were started: what their tasks do by themselves.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use emart_events::{Consumer, Delivery, Host, Received, parked, retry};
use emart_store::{Db, Tx};
use emart_telemetry::Metrics;
use emart_testkit::stores;
use emart_types::Clock;
use futures_util::future::join_all;
use tokio::sync::mpsc;

use crate::line::{Counted, Line, Refused, TABLES, counted, lines, see};

/// Gives the tasks their turns until it is so.
async fn until<Fut: Future<Output = bool>>(what: impl Fn() -> Fut) {
    let so = async {
        while !what().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), so).await.expect("it never came about");
}

/// A consumer that tells of everything it handles.
fn telling(name: &'static str, db: &Db) -> (Consumer, mpsc::UnboundedReceiver<i64>) {
    let (tell, told) = mpsc::unbounded_channel();
    let consumer = Consumer::new(name, db.clone()).on(move |tx: Tx, event: Received<Counted>| {
        let tell = tell.clone();
        async move {
            see(&tx, &event.payload).await?;
            let _ = tell.send(event.payload.number);
            Ok::<(), Refused>(())
        }
    });
    (consumer, told)
}

#[tokio::test]
async fn events_of_a_subject_stay_in_order_when_many_subjects_are_told_of_at_once() {
    for (line, _store) in lines().await {
        line.host.start();
        let subjects = (0..8).map(|s| {
            let line = &line;
            async move {
                for number in 0..25 {
                    line.emit(&format!("s{s}"), number).await;
                }
            }
        });
        join_all(subjects).await;
        line.settle().await;
        let mut numbers: HashMap<String, Vec<i64>> = HashMap::new();
        for (subject, number) in line.seen().await {
            numbers.entry(subject).or_default().push(number);
        }
        assert_eq!(numbers.len(), 8);
        assert!(numbers.values().all(|n| *n == (0..25).collect::<Vec<_>>()));
        line.host.stop().await;
    }
}

#[tokio::test]
async fn a_commit_is_enough_for_its_events_to_arrive() {
    for (line, _store) in lines().await {
        let other = line.host.open("other", TABLES).await.unwrap();
        let (consumer, mut told) = telling("other", &other);
        line.host.subscribe(consumer);
        line.host.start();
        let mut waited = Duration::ZERO;
        for number in 0..8 {
            // The relay has nothing left to do, so it waits.
            until(async || line.posted().await.is_empty()).await;
            let emitted = Instant::now();
            line.emit("a", number).await;
            assert_eq!(told.recv().await, Some(number));
            waited += emitted.elapsed();
        }
        // Were it the regular look into the outbox that finds them, each would take a second.
        assert!(waited < Duration::from_secs(4), "{waited:?}");
        line.host.stop().await;
    }
}

#[tokio::test]
async fn who_comes_after_the_start_is_looked_after_too() {
    for (line, _store) in lines().await {
        line.host.start();
        let late = line.host.open("late", TABLES).await.unwrap();
        let (consumer, mut told) = telling("late", &late);
        line.host.subscribe(consumer);
        let outbox = line.host.outbox("late", &late);
        late.write(move |tx| async move { outbox.emit(&tx, &counted("a", 7)).await })
            .await
            .unwrap();
        assert_eq!(told.recv().await, Some(7));
        until(async || line.seen_of("a").await == [7]).await;
        line.host.stop().await;
    }
}

#[tokio::test]
async fn a_stop_leaves_nothing_behind_that_was_handled_and_nothing_out_that_was_not() {
    for (line, store) in lines().await {
        let other = line.host.open("other", TABLES).await.unwrap();
        let (consumer, mut told) = telling("other", &other);
        line.host.subscribe(consumer);
        line.host.start();
        line.host.start();
        line.emit_all((0..2000).map(|n| counted(&format!("s{}", n % 10), n)).collect()).await;
        told.recv().await.unwrap();
        line.host.stop().await;
        let again = Line::open(store.settings(), line.world.clone()).await;
        let other = again.host.open("other", TABLES).await.unwrap();
        again.host.subscribe(telling("other", &other).0);
        again.settle().await;
        assert_eq!(again.seen().await.len(), 2000);
        assert_eq!(crate::line::seen(&other).await.len(), 2000);
    }
}

#[tokio::test]
async fn what_another_process_puts_back_in_line_is_found() {
    for store in stores().await {
        let delivery = Delivery {
            first_wait: Duration::from_millis(1),
            longest_wait: Duration::from_millis(1),
            ..Delivery::default()
        };
        let host = Host::new(Clock::system(), Metrics::new(), store.settings().clone());
        let host = host.with_delivery(delivery);
        let producer = host.open("producer", TABLES).await.unwrap();
        let consumer = host.open("consumer", TABLES).await.unwrap();
        let (tell, mut told) = mpsc::unbounded_channel();
        host.subscribe(Consumer::new("consumer", consumer).on(
            move |_: Tx, event: Received<Counted>| {
                let _ = tell.send(event.payload.number);
                async { Err::<(), _>(Refused("no".to_owned())) }
            },
        ));
        host.start();
        let outbox = host.outbox("producer", &producer);
        producer
            .write(move |tx| async move { outbox.emit(&tx, &counted("a", 1)).await })
            .await
            .unwrap();
        let elsewhere = store.settings().open("consumer", TABLES).await.unwrap();
        until(async || !parked(&elsewhere).await.unwrap().is_empty()).await;
        let id = parked(&elsewhere).await.unwrap()[0].event_id.clone();
        for _ in 0..5 {
            told.recv().await.unwrap();
        }
        assert!(retry(&elsewhere, &id).await.unwrap());
        assert_eq!(told.recv().await, Some(1), "a sixth try");
        host.stop().await;
    }
}

#[tokio::test]
async fn handled_events_are_forgotten_after_their_time_and_parked_ones_never() {
    for (line, _store) in lines().await {
        line.poison(true);
        line.emit_all((1..=2500).map(|n| counted(&format!("s{n}"), n)).collect()).await;
        line.emit("a", -1).await;
        line.settle_after_all_tries().await;
        line.world.clock.advance(Delivery::default().memory);
        line.emit("b", 1).await;
        line.settle().await;
        line.host.start();
        until(async || line.rows().await == 2).await;
        assert_eq!(parked(&line.consumer).await.unwrap().len(), 1);
        line.host.stop().await;
    }
}
