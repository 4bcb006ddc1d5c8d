//! Several copies of producer and consumer at work at the same time.

use std::sync::atomic::Ordering;

use async_nats::jetstream::consumer::pull::Config;
use emart_events::{Consumer, Payload, Received, parked, retry};
use emart_store::{Tx, vals};
use emart_testkit::TestStore;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use super::{Copy, Far, by_subject, until};
use crate::line::{Counted, Refused, TABLES, counted, see};

/// Numbers from 0 for each subject.
async fn tell(copy: &Copy, subjects: std::ops::Range<usize>, numbers: std::ops::Range<i64>) {
    let events = numbers.flat_map(|n| subjects.clone().map(move |s| counted(&format!("s{s}"), n)));
    copy.emit(events.collect()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_copies_share_the_work_and_each_event_takes_effect_once_and_in_order() {
    let far = Far::new().await;
    let first = far.start();
    let mut told = 0;
    // Who gets which part is chance: once in a hundred times one copy gets all of it. Then another comes in its place.
    let second = loop {
        let second = far.start();
        let numbers = told..told + 20;
        join_all([tell(&first, 0..20, numbers.clone()), tell(&second, 20..40, numbers)]).await;
        told += 20;
        far.until_seen(40 * usize::try_from(told).unwrap()).await;
        if first.line.tries() > 0 && second.line.tries() > 0 {
            break second;
        }
        second.stop().await;
        assert!(told < 400, "they never share it");
    };
    far.assert_seen(40, told).await;
    first.stop().await;
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn order_is_kept_and_nothing_lost_when_copies_end_without_goodbye_under_load() {
    let far = Far::new().await;
    let telling = far.start();
    for round in 0..3 {
        let dying = [far.start(), far.start()];
        let so_far = far.count().await;
        let (_, ()) = tokio::join!(tell(&telling, 0..24, round * 30..(round + 1) * 30), async {
            until("some are through", async || far.count().await > so_far + 100).await;
            for copy in dying {
                copy.kill();
            }
        });
    }
    far.until_seen(24 * 90).await;
    far.assert_seen(24, 90).await;
    telling.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_copy_that_relays_may_die_while_others_tell() {
    let far = Far::new().await;
    let relaying = far.start();
    tell(&relaying, 0..4, 0..1).await;
    far.until_seen(4).await;
    let telling = far.start();
    tell(&telling, 0..4, 1..60).await;
    relaying.kill();
    tell(&telling, 0..4, 60..80).await;
    far.until_seen(320).await;
    far.assert_seen(4, 80).await;
    telling.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_stops_hands_its_work_over_at_once() {
    let mut far = Far::new().await;
    far.nats.lease_ms = 3_600_000;
    let (first, second) = (far.start(), far.start());
    tell(&first, 0..8, 0..10).await;
    far.until_seen(80).await;
    first.stop().await;
    tell(&second, 0..8, 10..20).await;
    far.until_seen(160).await;
    far.assert_seen(8, 20).await;
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_twice_takes_effect_once() {
    let far = Far::new().await;
    let copy = far.start();
    tell(&copy, 0..3, 0..5).await;
    far.until_seen(15).await;
    let context = far.context().await;
    let stream = context.get_stream(far.stream("producer")).await.unwrap();
    for sequence in 1..=15 {
        let message = stream.get_raw_message(sequence).await.unwrap();
        // Without the header by which the broker itself would recognise it.
        context.publish(message.subject, message.payload).await.unwrap().await.unwrap();
    }
    tell(&copy, 0..3, 5..6).await;
    far.until_seen(18).await;
    far.assert_seen(3, 6).await;
    copy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn poison_is_parked_and_off_the_broker_while_the_others_flow() {
    let far = Far::new().await;
    far.world.poison.store(true, Ordering::SeqCst);
    let copies = [far.start(), far.start()];
    copies[0].emit(vec![counted("bad", -1), counted("bad", 2)]).await;
    tell(&copies[0], 0..10, 0..20).await;
    far.until_seen(200).await;
    far.assert_seen(10, 20).await;
    let sql = "SELECT count(*) FROM inbox WHERE state <> 'done'";
    until("it is kept", async || far.consumer.one::<i64>(sql, vals![]).await.unwrap() == 2).await;
    until("the broker is done", async || unacknowledged(&far).await == 0).await;
    // Its waits are not waited for: it is given up as it would be at last.
    let sql = "UPDATE inbox SET state = 'parked' WHERE tries > 0";
    assert_eq!(far.consumer.exec(sql, vals![]).await.unwrap(), 1);
    far.world.poison.store(false, Ordering::SeqCst);
    let found = parked(&far.consumer).await.unwrap();
    assert_eq!((found.len(), found[0].blocked), (1, 1));
    assert!(retry(&far.consumer, &found[0].event_id).await.unwrap());
    far.until_seen(202).await;
    assert_eq!(far.seen().await["bad"], [-1, 2]);
    for copy in copies {
        copy.stop().await;
    }
}

/// How many events the broker has handed out or still has to.
async fn unacknowledged(far: &Far) -> u64 {
    let stream = far.context().await.get_stream(far.stream("producer")).await.unwrap();
    let mut left = 0;
    for partition in 0..8 {
        let name = format!("consumer-{partition}");
        let consumer = stream.get_consumer::<Config>(&name).await.unwrap();
        let info = consumer.cached_info();
        left += info.num_pending + u64::try_from(info.num_ack_pending).unwrap();
    }
    left
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_event_is_parked_and_holds_up_nobody() {
    let far = Far::new().await;
    let copy = far.start();
    tell(&copy, 0..1, 0..1).await;
    far.until_seen(1).await;
    let subject = format!("{}.producer.0.producer.thing_counted.v1", far.nats.namespace);
    let context = far.context().await;
    for nonsense in [&b"{\"not\": an event"[..], b"\xff\x00"] {
        context.publish(subject.clone(), nonsense.into()).await.unwrap().await.unwrap();
    }
    tell(&copy, 1..20, 0..1).await;
    far.until_seen(20).await;
    until("it is parked", async || !parked(&far.consumer).await.unwrap().is_empty()).await;
    assert_eq!(parked(&far.consumer).await.unwrap()[0].kind, Counted::TYPE);
    copy.stop().await;
}

/// Another type of the same service.
#[derive(Debug, Serialize, Deserialize)]
struct Removed {
    subject: String,
}

impl Payload for Removed {
    const TYPE: &'static str = "producer.thing_removed.v1";
    fn subject(&self) -> &str {
        &self.subject
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_is_told_of_what_only_it_listens_to() {
    let far = Far::new().await;
    let old = far.start();
    tell(&old, 0..8, 0..3).await;
    far.until_seen(24).await;
    old.stop().await;
    let new = Copy::start(far.host(), async |host: emart_events::Host| {
        let consumer = host.open("consumer", TABLES).await.unwrap();
        let producer = host.open("producer", TABLES).await.unwrap();
        let listener = Consumer::new("consumer", consumer)
            .on(|tx: Tx, event: Received<Counted>| async move { see(&tx, &event.payload).await })
            .on(|tx: Tx, event: Received<Removed>| async move {
                see(&tx, &counted(&event.payload.subject, 99)).await?;
                Ok::<(), Refused>(())
            });
        host.subscribe(listener);
        (host.outbox("producer", &producer), producer, host)
    });
    let (outbox, producer, host) = new.line.clone();
    let told = async move {
        let removed = Removed { subject: "s5".to_owned() };
        producer
            .write(move |tx| async move {
                outbox.emit(&tx, &removed).await?;
                outbox.emit(&tx, &counted("s5", 100)).await
            })
            .await
    };
    new.run(told).await.unwrap();
    far.until_seen(26).await;
    assert_eq!(far.seen().await["s5"], [0, 1, 2, 99, 100]);
    new.run(async move { host.stop().await }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn services_on_sqlite_hear_each_other_too_and_go_on_where_they_stopped() {
    let (mut far, place) = (Far::new().await, TestStore::sqlite());
    far.settings = place.settings().clone();
    for round in 0..3 {
        let copy = far.start();
        tell(&copy, 0..10, round * 10..(round + 1) * 10).await;
        let all = usize::try_from((round + 1) * 100).unwrap();
        until("all are through", async || copy.line.seen().await.len() >= all).await;
        let numbers: Vec<_> = (0..(round + 1) * 10).collect();
        let heard = by_subject(copy.line.seen().await);
        assert!(heard.values().all(|heard| *heard == numbers), "{heard:?}");
        copy.stop().await;
    }
}
