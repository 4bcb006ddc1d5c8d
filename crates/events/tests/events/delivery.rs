//! Events that nothing is wrong with.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use emart_events::{Consumer, Event, Received};
use emart_http::Context;
use emart_store::{Error, Tx, vals};
use emart_telemetry::TraceContext;
use emart_testkit::TestStore;

use crate::line::{Counted, Line, Refused, TABLES, World, counted, lines, see, seen, still};

#[tokio::test]
async fn an_event_is_handled_once() {
    for (line, _store) in lines().await {
        line.emit("a", 1).await;
        line.settle().await;
        line.settle().await;
        assert_eq!(line.seen().await, [("a".to_owned(), 1)]);
        assert!(line.posted().await.is_empty());
    }
}

#[tokio::test]
async fn what_was_rolled_back_is_never_told() {
    for (line, _store) in lines().await {
        let outbox = line.outbox.clone();
        let rolled_back: Result<(), Error> = line
            .producer
            .write(move |tx| async move {
                outbox.emit(&tx, &counted("a", 1)).await?;
                Err(Error::NotFound)
            })
            .await;
        assert!(rolled_back.is_err());
        line.settle().await;
        assert!(line.seen().await.is_empty());
    }
}

#[tokio::test]
async fn an_event_is_a_cloud_event_in_the_trace_of_its_request_and_so_is_what_follows_from_it() {
    for (line, _store) in lines().await {
        let follower = line.host.open("follower", TABLES).await.unwrap();
        let (outbox, traces) =
            (line.host.outbox("follower", &follower), Arc::new(Mutex::new(Vec::new())));
        let (told, traced) = (outbox.clone(), traces.clone());
        line.host.subscribe(Consumer::new("follower", follower.clone()).on(
            move |tx: Tx, event: Received<Counted>| {
                let (outbox, traces) = (told.clone(), traced.clone());
                async move {
                    traces
                        .lock()
                        .unwrap()
                        .push(TraceContext::current().map(TraceContext::trace_id));
                    if event.source == "producer" {
                        outbox.emit(&tx, &event.payload).await?;
                    }
                    Ok::<(), Refused>(())
                }
            },
        ));
        let context = Context::default();
        let trace = context.trace().trace_id();
        context.scope(line.emit("a", 1)).await;
        let event: Event = serde_json::from_str(&line.posted().await[0].3).unwrap();
        assert_eq!((event.specversion.as_str(), event.source.as_str()), ("1.0", "producer"));
        assert_eq!(
            (event.kind.as_str(), event.subject.as_str()),
            ("producer.thing_counted.v1", "a")
        );
        assert_eq!(event.data.get(), r#"{"subject":"a","number":1}"#);
        assert!(event.id.as_str().starts_with("evt_"));
        assert_eq!(event.time.to_string(), "2027-01-15T08:00:00.000Z");
        line.settle().await;
        assert_eq!(*traces.lock().unwrap(), [Some(trace.clone()), Some(trace)]);
        line.emit("a", 2).await;
        line.settle().await;
        assert_eq!(traces.lock().unwrap()[2..], [None, None], "nobody asked for these");
    }
}

#[tokio::test]
async fn events_that_come_twice_count_once() {
    for (line, _store) in lines().await {
        line.poison(true);
        line.emit_all((0..200).map(|n| counted(&format!("s{}", n % 7), n - 3)).collect()).await;
        let posted = line.posted().await;
        line.settle().await;
        let (seen, held) = (line.seen().await, line.held().await);
        assert!(held > 3, "some wait");
        line.post_again(&posted).await;
        line.settle().await;
        assert_eq!((line.seen().await, line.held().await), (seen, held));
        line.poison(false);
        line.settle_after_all_tries().await;
        line.post_again(&posted).await;
        line.settle().await;
        assert_eq!((line.seen().await.len(), line.held().await), (200, 0));
    }
}

#[tokio::test]
async fn every_consumer_is_told_of_what_it_listens_to() {
    for (line, _store) in lines().await {
        let other = line.host.open("other", TABLES).await.unwrap();
        line.host.subscribe(
            Consumer::new("other", other.clone()).on(
                |tx: Tx, event: Received<Counted>| async move { see(&tx, &event.payload).await },
            ),
        );
        let deaf = line.host.open("deaf", TABLES).await.unwrap();
        line.host.subscribe(Consumer::new("deaf", deaf.clone()));
        line.emit("a", 1).await;
        line.settle().await;
        assert_eq!((line.seen().await.len(), seen(&other).await.len()), (1, 1));
        let told = deaf.one::<i64>("SELECT count(*) FROM inbox", vals![]).await.unwrap();
        assert_eq!(told, 0);
    }
}

#[tokio::test]
async fn what_was_on_its_way_when_a_process_ended_arrives_after_it_starts_again() {
    for (line, store) in lines().await {
        line.emit_all((0..50).map(|n| counted("a", n)).collect()).await;
        line.host.stop().await;
        let again = Line::open(store.settings(), line.world.clone()).await;
        again.settle().await;
        assert_eq!(again.seen_of("a").await, (0..50).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_transaction_that_commits_after_one_with_later_numbers_is_not_passed_over() {
    // SQLite has one writer: there it cannot happen.
    let store = TestStore::postgres().await;
    let line = Line::open(store.settings(), World::new(still())).await;
    line.emit_all((1..=3).map(|n| counted("a", n)).collect()).await;
    let posted = line.posted().await;
    let sql = "DELETE FROM outbox WHERE id = $1";
    line.producer.exec(sql, vals![posted[0].0.as_str()]).await.unwrap();
    line.settle().await;
    assert_eq!(line.seen_of("a").await, [2, 3]);
    let (id, kind, subject, event) = &posted[0];
    let sql = "INSERT INTO outbox (seq, id, type, subject, event, emitted_at) \
               VALUES (1, $1, $2, $3, $4, 0)";
    let values = vals![id.as_str(), kind.as_str(), subject.as_str(), event.as_str()];
    line.producer.exec(sql, values).await.unwrap();
    line.settle().await;
    assert_eq!(line.seen_of("a").await, [2, 3, 1]);
}

#[tokio::test]
async fn ten_thousand_events_flow_each_handled_once_and_in_order() {
    for (line, _store) in lines().await {
        line.emit_all((0..10_000).map(|n| counted(&format!("s{}", n % 300), n)).collect()).await;
        line.settle().await;
        assert_eq!(line.tries(), 10_000);
        let mut numbers: HashMap<String, Vec<i64>> = HashMap::new();
        for (subject, number) in line.seen().await {
            numbers.entry(subject).or_default().push(number);
        }
        assert_eq!(numbers.values().map(Vec::len).sum::<usize>(), 10_000);
        assert!(numbers.values().all(|numbers| numbers.is_sorted()));
    }
}

#[tokio::test]
async fn what_happened_is_counted() {
    for (line, _store) in lines().await {
        line.poison(true);
        for number in [1, 2, -3] {
            line.emit("a", number).await;
        }
        line.settle_after_all_tries().await;
        let text = line.host.metrics.encode();
        for expected in [
            "emart_events_handled_total{consumer=\"consumer\"} 2",
            "emart_events_retried_total{consumer=\"consumer\"} 4",
            "emart_events_parked_total{consumer=\"consumer\"} 1",
            "emart_outbox_lag_seconds{service=\"producer\"} 0",
        ] {
            assert!(text.contains(expected), "{expected} is not in\n{text}");
        }
    }
}

#[tokio::test]
#[should_panic(expected = "two consumers of the name consumer")]
async fn two_consumers_of_one_name_are_refused() {
    let store = TestStore::sqlite();
    let line = Line::open(store.settings(), World::new(still())).await;
    line.host.subscribe(Consumer::new("consumer", line.consumer.clone()));
}
