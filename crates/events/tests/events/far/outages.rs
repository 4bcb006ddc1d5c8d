//! A broker that is not there, that comes and goes, and that forgets.

use emart_events::{Host, Nats};
use emart_store::vals;
use emart_telemetry::Metrics;
use emart_types::{Clock, Secret};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::proxy::Proxy;
use super::{Copy, Far, until};
use crate::line::counted;

async fn tell(copy: &Copy, numbers: std::ops::Range<i64>) {
    let events = numbers.flat_map(|n| (0..12).map(move |s| counted(&format!("s{s}"), n)));
    copy.emit(events.collect()).await;
}

/// What the copy says of a metric.
fn metric(copy: &Copy, name: &str) -> f64 {
    let text = copy.line.host.metrics.encode();
    let line = text.lines().find(|line| line.starts_with(name));
    let value = line.and_then(|line| line.rsplit(' ').next());
    value.map_or(0.0, |value| value.parse().unwrap())
}

async fn behind_a_proxy() -> (Far, Proxy) {
    let (mut far, proxy) = (Far::new().await, Proxy::closed().await);
    far.nats.url = Some(Secret::new(proxy.url()));
    (far, proxy)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_not_there_at_the_start_is_waited_for_and_said_to_be_missing() {
    let (far, mut proxy) = behind_a_proxy().await;
    let copy = far.start();
    tell(&copy, 0..3).await;
    let error = copy.line.host.bus_ready().unwrap_err();
    assert!(error.contains("127.0.0.1"), "{error}");
    until("the lag grows", async || metric(&copy, "emart_outbox_lag_seconds") > 0.0).await;
    assert!(metric(&copy, "emart_events_publish_errors_total") > 0.0);
    assert_eq!((far.count().await, metric(&copy, "emart_nats_connected")), (0, 0.0));
    proxy.open().await;
    far.until_seen(36).await;
    far.assert_seen(12, 3).await;
    copy.line.host.bus_ready().unwrap();
    until("nothing is left behind", async || {
        far.producer.one::<i64>("SELECT count(*) FROM outbox", vals![]).await.unwrap() == 0
    })
    .await;
    assert_eq!(metric(&copy, "emart_outbox_lag_seconds"), 0.0);
    assert_eq!(metric(&copy, "emart_nats_connected"), 1.0);
    assert_eq!(metric(&copy, "emart_events_published_total"), 36.0);
    copy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_cut_again_and_again_loses_nothing_and_no_order() {
    let (far, mut proxy) = behind_a_proxy().await;
    proxy.open().await;
    let copies = [far.start(), far.start()];
    for round in 0..5 {
        let so_far = far.count().await;
        tokio::join!(tell(&copies[0], round * 10..(round + 1) * 10), async {
            until("some are through", async || far.count().await > so_far + 20).await;
            proxy.close().await;
            until("it is noticed", async || {
                copies.iter().all(|copy| copy.line.host.bus_ready().is_err())
            })
            .await;
            proxy.open().await;
        });
    }
    far.until_seen(12 * 50).await;
    far.assert_seen(12, 50).await;
    for copy in copies {
        copy.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_lost_its_disk_is_set_up_again_and_gets_what_the_outbox_still_has() {
    let (far, mut proxy) = behind_a_proxy().await;
    proxy.open().await;
    let copy = far.start();
    tell(&copy, 0..2).await;
    far.until_seen(24).await;
    let context = far.context().await;
    // While nobody looks.
    proxy.close().await;
    until("it is noticed", async || copy.line.host.bus_ready().is_err()).await;
    tell(&copy, 2..4).await;
    context.delete_stream(far.stream("producer")).await.unwrap();
    proxy.open().await;
    far.until_seen(48).await;
    // Under everybody's eyes.
    context.delete_stream(far.stream("producer")).await.unwrap();
    tell(&copy, 4..6).await;
    far.until_seen(72).await;
    far.assert_seen(12, 6).await;
    copy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_stream_makes_events_wait_and_new_settings_make_room() {
    let mut far = Far::new().await;
    far.nats.max_mib = Some(1);
    let small = far.start();
    let long = "x".repeat(100_000);
    let events = |range: std::ops::Range<i64>| range.map(|n| counted(&long, n)).collect();
    small.emit(events(0..20)).await;
    until("it is full", async || metric(&small, "emart_events_publish_errors_total") > 0.0).await;
    let seen = far.count().await;
    assert!(seen < 20, "{seen}");
    small.stop().await;
    far.nats.max_mib = Some(8);
    let roomy = far.start();
    far.until_seen(20).await;
    far.assert_seen(1, 20).await;
    roomy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_whose_database_is_in_trouble_holds_up_no_other_and_misses_nothing() {
    let far = Far::new().await;
    let copy = far.start();
    let other = Copy::start(far.host(), async |host: Host| {
        let db = host.open("other", crate::line::TABLES).await.unwrap();
        let consumer = emart_events::Consumer::new("other", db.clone());
        host.subscribe(consumer.on(
            |tx: emart_store::Tx, event: emart_events::Received<crate::line::Counted>| async move {
                crate::line::see(&tx, &event.payload).await
            },
        ));
        (db, host)
    });
    let (db, host) = other.line.clone();
    tell(&copy, 0..1).await;
    far.until_seen(12).await;
    far.consumer.exec("ALTER TABLE inbox RENAME TO elsewhere", vals![]).await.unwrap();
    tell(&copy, 1..5).await;
    let seen = async || {
        let db = db.clone();
        other.run(async move { crate::line::seen(&db).await.len() }).await
    };
    until("the other has all", async || seen().await == 60).await;
    assert_eq!(far.count().await, 12);
    far.consumer.exec("ALTER TABLE elsewhere RENAME TO inbox", vals![]).await.unwrap();
    far.until_seen(60).await;
    far.assert_seen(12, 5).await;
    other.run(async move { host.stop().await }).await;
    copy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_the_broker_refuses_is_not_overtaken_by_those_that_would_fit() {
    let (mut far, mut proxy) = behind_a_proxy().await;
    far.nats.max_mib = Some(1);
    let small = far.start();
    small.emit((0..6).map(|n| counted("a", n)).collect()).await;
    // Blanks at the end are still JSON: two events that do not both fit, and small ones that do.
    let sql = "UPDATE outbox SET event = event || repeat(' ', 600000) WHERE seq IN (2, 3)";
    assert_eq!(far.producer.exec(sql, vals![]).await.unwrap(), 2);
    proxy.open().await;
    far.until_seen(2).await;
    until("one is refused", async || {
        let left = far.producer.one::<i64>("SELECT count(*) FROM outbox", vals![]).await.unwrap();
        left == 4 && metric(&small, "emart_events_published_total") == 2.0
    })
    .await;
    small.stop().await;
    far.nats.max_mib = Some(8);
    let roomy = far.start();
    far.until_seen(6).await;
    far.assert_seen(1, 6).await;
    roomy.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_another_service_is_refused_for_nobody_would_hear_it() {
    let far = Far::new().await;
    let host = far.host();
    let outbox = host.outbox("consumer", &far.consumer);
    let told: Result<(), emart_store::Error> =
        far.consumer.write(move |tx| async move { outbox.emit(&tx, &counted("a", 1)).await }).await;
    let error = told.unwrap_err().to_string();
    assert!(error.contains("producer.thing_counted.v1"), "{error}");
}

#[tokio::test]
async fn the_name_and_password_of_the_url_are_shown_to_the_broker_and_to_nobody_else() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let url = format!("nats://me:hunter%40@127.0.0.1:{port}");
    let nats = Nats { url: Some(Secret::new(url)), ..Nats::default() };
    let settings = emart_store::Settings::sqlite("/nonexistent");
    let host = Host::new(Clock::system(), Metrics::new(), settings).with_nats(nats);
    host.start();
    let mut stream = BufReader::new(listener.accept().await.unwrap().0);
    let info = b"INFO {\"server_id\":\"x\",\"version\":\"2.9.0\",\"max_payload\":1000,\"auth_required\":true}\r\n";
    stream.write_all(info).await.unwrap();
    let mut connect = String::new();
    stream.read_line(&mut connect).await.unwrap();
    assert!(
        connect.contains(r#""user":"me""#) && connect.contains(r#""pass":"hunter@""#),
        "{connect}"
    );
    stream.write_all(b"-ERR 'Authorization Violation'\r\n").await.unwrap();
    let refused = async || host.bus_ready().is_err_and(|error| error.contains("authorization"));
    until("it is refused", refused).await;
    assert!(!format!("{:?} {host:?}", host.bus_ready()).contains("hunter"));
    host.stop().await;
}
