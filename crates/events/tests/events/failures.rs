//! Events that cannot be handled, consumers that cannot take them, and what a person does about it.

use emart_events::{Consumer, Delivery, Host, Payload, Received, discard, parked, retry};
use emart_store::{Db, Tx, vals};
use emart_telemetry::Metrics;
use emart_testkit::stores;
use serde::{Deserialize, Serialize};

use crate::line::{Counted, Refused, TABLES, counted, lines, see, seen, still};

#[tokio::test]
async fn poison_is_parked_with_its_error_and_only_its_own_subject_waits() {
    for (line, _store) in lines().await {
        line.poison(true);
        for (subject, number) in [("a", 1), ("a", -2), ("a", 3), ("a", 4), ("b", 1), ("b", 2)] {
            line.emit(subject, number).await;
        }
        line.settle_after_all_tries().await;
        assert_eq!(line.seen_of("a").await, [1]);
        assert_eq!(line.seen_of("b").await, [1, 2]);
        let found = parked(&line.consumer).await.unwrap();
        assert_eq!((found.len(), found[0].tries, found[0].blocked), (1, 5, 2));
        assert_eq!(found[0].error, "it is poison");
        assert!(found[0].event.contains("\"specversion\":\"1.0\""));
    }
}

#[tokio::test]
async fn poison_among_many_is_undone_alone_and_tried_as_often_as_it_may_be() {
    for (line, _store) in lines().await {
        line.poison(true);
        let numbers = (1..=300).map(|n| if n % 50 == 0 { -n } else { n });
        line.emit_all(numbers.map(|n| counted(&format!("s{n}"), n)).collect()).await;
        line.settle_after_all_tries().await;
        let found = parked(&line.consumer).await.unwrap();
        assert_eq!(found.len(), 6);
        assert!(found.iter().all(|event| event.tries == 5 && event.blocked == 0));
        let seen = line.seen().await;
        assert_eq!(seen.len(), 294);
        assert!(seen.iter().all(|(_, number)| *number > 0));
    }
}

#[tokio::test]
async fn a_retried_event_goes_first_and_those_behind_it_follow_in_order() {
    for (line, _store) in lines().await {
        line.poison(true);
        for number in [-1, 2, 3] {
            line.emit("a", number).await;
        }
        line.settle_after_all_tries().await;
        line.emit("a", 4).await;
        line.settle().await;
        assert!(line.seen().await.is_empty());
        let id = parked(&line.consumer).await.unwrap()[0].event_id.clone();
        line.poison(false);
        assert!(retry(&line.consumer, &id).await.unwrap());
        assert!(!retry(&line.consumer, &id).await.unwrap());
        line.settle().await;
        assert_eq!(line.seen_of("a").await, [-1, 2, 3, 4]);
        assert!(parked(&line.consumer).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_retried_event_that_fails_again_has_all_its_tries_and_is_parked_again() {
    for (line, _store) in lines().await {
        line.poison(true);
        line.emit_all(vec![counted("a", -1), counted("a", 2)]).await;
        line.settle_after_all_tries().await;
        let tried = line.tries();
        line.retry_all().await;
        line.settle_after_all_tries().await;
        assert_eq!(line.tries(), 2 * tried);
        assert_eq!(parked(&line.consumer).await.unwrap()[0].tries, 5);
        assert!(line.seen().await.is_empty());
    }
}

#[tokio::test]
async fn a_discarded_event_is_left_out_and_those_behind_it_follow() {
    for (line, _store) in lines().await {
        line.poison(true);
        for number in [-1, 2] {
            line.emit("a", number).await;
        }
        line.settle_after_all_tries().await;
        let id = parked(&line.consumer).await.unwrap()[0].event_id.clone();
        assert!(discard(&line.consumer, &id).await.unwrap());
        assert!(!discard(&line.consumer, &id).await.unwrap());
        line.settle().await;
        assert_eq!(line.seen_of("a").await, [2]);
    }
}

#[tokio::test]
async fn a_long_queue_behind_a_parked_event_is_worked_off_in_order() {
    for (line, _store) in lines().await {
        line.poison(true);
        let numbers = || std::iter::once(-1).chain(2..=500);
        line.emit_all(numbers().map(|n| counted("a", n)).collect()).await;
        line.settle_after_all_tries().await;
        assert_eq!(parked(&line.consumer).await.unwrap()[0].blocked, 499);
        line.poison(false);
        line.retry_all().await;
        line.settle().await;
        assert_eq!(line.seen_of("a").await, numbers().collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_passing_trouble_is_over_at_the_next_try() {
    for (line, _store) in lines().await {
        line.poison(true);
        for number in [-1, 2] {
            line.emit("a", number).await;
        }
        line.settle().await;
        assert_eq!(line.tries(), 1, "the next try is not due yet");
        line.poison(false);
        line.world.clock.advance(Delivery::default().first_wait);
        line.settle().await;
        assert_eq!(line.seen_of("a").await, [-1, 2]);
    }
}

#[tokio::test]
async fn how_often_is_tried_can_be_set() {
    for store in stores().await {
        let delivery = Delivery { tries: 1, ..Delivery::default() };
        let host =
            Host::new(still(), Metrics::new(), store.settings().clone()).with_delivery(delivery);
        let found = told_to(&host, |_: Tx, _: Received<Counted>| async {
            Err::<(), _>(Refused("never".to_owned()))
        })
        .await;
        assert_eq!(parked(&found).await.unwrap()[0].tries, 1);
    }
}

/// Another reading of the same events, which no payload fits.
#[derive(Debug, Serialize, Deserialize)]
struct Misread {
    surprise: String,
}

impl Payload for Misread {
    const TYPE: &'static str = Counted::TYPE;
    fn subject(&self) -> &str {
        &self.surprise
    }
}

#[tokio::test]
async fn data_that_cannot_be_read_is_parked_at_once() {
    for store in stores().await {
        let host = Host::new(still(), Metrics::new(), store.settings().clone());
        let consumer =
            told_to(&host, |_: Tx, _: Received<Misread>| async { Ok::<(), Refused>(()) }).await;
        let found = parked(&consumer).await.unwrap();
        assert_eq!((found.len(), found[0].tries), (1, 1));
        assert!(found[0].error.contains("surprise"), "{}", found[0].error);
    }
}

#[tokio::test]
async fn an_envelope_that_cannot_be_read_is_parked_as_it_is_and_holds_up_its_subject_only() {
    for (line, _store) in lines().await {
        line.emit_all(vec![counted("a", 1), counted("a", 2), counted("b", 1)]).await;
        let sql = "UPDATE outbox SET event = '{\"not\": an event' \
                   WHERE seq = (SELECT min(seq) FROM outbox)";
        line.producer.exec(sql, vals![]).await.unwrap();
        line.settle().await;
        assert_eq!(line.seen().await, [("b".to_owned(), 1)]);
        let found = parked(&line.consumer).await.unwrap();
        assert_eq!((found[0].event.as_str(), found[0].blocked), ("{\"not\": an event", 1));
        assert!(discard(&line.consumer, &found[0].event_id).await.unwrap());
        line.settle().await;
        assert_eq!(line.seen_of("a").await, [2]);
    }
}

#[tokio::test]
async fn an_event_kept_for_a_handler_that_is_gone_is_not_forgotten() {
    for (line, store) in lines().await {
        line.poison(true);
        line.emit("a", -1).await;
        line.settle().await;
        let host = Host::new(line.world.clock.clone(), Metrics::new(), store.settings().clone());
        let consumer = host.open("consumer", TABLES).await.unwrap();
        host.subscribe(Consumer::new("consumer", consumer.clone()));
        line.world.clock.advance(Delivery::default().first_wait);
        host.settle().await.unwrap();
        let found = parked(&consumer).await.unwrap();
        assert_eq!(found[0].error, "consumer no longer listens to producer.thing_counted.v1");
    }
}

#[tokio::test]
async fn a_handler_that_panics_is_tried_again_and_parked_like_any_other() {
    for store in stores().await {
        let clock = still();
        let host = Host::new(clock.clone(), Metrics::new(), store.settings().clone());
        let consumer = told_to(&host, |_: Tx, event: Received<Counted>| async move {
            assert!(event.payload.number > 5, "on purpose");
            Ok::<(), Refused>(())
        })
        .await;
        for _ in 0..5 {
            clock.advance(Delivery::default().longest_wait);
            host.settle().await.unwrap();
        }
        let found = parked(&consumer).await.unwrap();
        assert_eq!(found[0].tries, 5);
        assert!(found[0].error.contains("on purpose"), "{}", found[0].error);
    }
}

#[tokio::test]
async fn a_handler_that_hides_a_failed_statement_is_found_out() {
    for store in stores().await {
        let host = Host::new(still(), Metrics::new(), store.settings().clone());
        let hide = |tx: Tx, event: Received<Counted>| async move {
            let number = event.payload.number;
            see(&tx, &event.payload).await?;
            if number == 2 {
                let _ = tx.exec("INSERT INTO seen (subject) VALUES ($1)", vals!["a"]).await;
            }
            Ok::<(), Refused>(())
        };
        let producer = host.open("producer", TABLES).await.unwrap();
        let consumer = host.open("consumer", TABLES).await.unwrap();
        host.subscribe(Consumer::new("consumer", consumer.clone()).on(hide));
        let outbox = host.outbox("producer", &producer);
        for number in 1..=3 {
            let (outbox, event) = (outbox.clone(), counted(&format!("s{number}"), number));
            producer.write(move |tx| async move { outbox.emit(&tx, &event).await }).await.unwrap();
        }
        host.settle().await.unwrap();
        let numbers: Vec<i64> = seen(&consumer).await.into_iter().map(|(_, n)| n).collect();
        assert_eq!(numbers, [1, 3]);
        let sql = "SELECT subject FROM inbox WHERE state = 'pending'";
        let waits: Vec<String> = consumer.all(sql, vals![]).await.unwrap();
        assert_eq!(waits, ["s2"]);
    }
}

#[tokio::test]
async fn a_consumer_whose_database_is_in_trouble_holds_up_no_other_and_misses_nothing() {
    for (line, _store) in lines().await {
        let other = line.host.open("other", TABLES).await.unwrap();
        line.host.subscribe(
            Consumer::new("other", other.clone()).on(
                |tx: Tx, event: Received<Counted>| async move { see(&tx, &event.payload).await },
            ),
        );
        line.emit("a", 0).await;
        line.settle().await;
        line.consumer.exec("ALTER TABLE inbox RENAME TO elsewhere", vals![]).await.unwrap();
        line.emit_all((1..=700).map(|n| counted("a", n)).collect()).await;
        line.host.settle().await.expect_err("one of them cannot take events");
        let numbers =
            |seen: Vec<(String, i64)>| seen.into_iter().map(|(_, n)| n).collect::<Vec<_>>();
        assert_eq!(numbers(seen(&other).await), (0..=700).collect::<Vec<_>>());
        assert_eq!((line.seen().await.len(), line.posted().await.len()), (1, 700));
        line.consumer.exec("ALTER TABLE elsewhere RENAME TO inbox", vals![]).await.unwrap();
        line.settle().await;
        assert_eq!(numbers(line.seen().await), (0..=700).collect::<Vec<_>>());
        assert_eq!(numbers(seen(&other).await).len(), 701);
        assert!(line.posted().await.is_empty());
    }
}

/// Emits one event to a consumer with this handler, and settles.
async fn told_to<P, F, Fut>(host: &Host, handler: F) -> Db
where
    P: Payload,
    F: Fn(Tx, Received<P>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Refused>> + Send + 'static,
{
    let producer = host.open("producer", TABLES).await.unwrap();
    let consumer = host.open("consumer", TABLES).await.unwrap();
    host.subscribe(Consumer::new("consumer", consumer.clone()).on(handler));
    let outbox = host.outbox("producer", &producer);
    producer
        .write(move |tx| async move { outbox.emit(&tx, &counted("a", 1)).await })
        .await
        .unwrap();
    host.settle().await.unwrap();
    consumer
}
