//! What only a server can do to a transaction: deadlocks, conflicts, lost connections, callers that go away midway.

use std::sync::{Arc, Barrier};

use emart_store::{Db, Engine, Error, Settings, Tx, vals};
use emart_testkit::TestStore;
use secrecy::ExposeSecret;
use tokio::task::block_in_place;

use crate::{MIGRATIONS, count, insert};

async fn open(store: &TestStore) -> Db {
    let db = store.settings().open("orders", MIGRATIONS).await.unwrap();
    db.exec("INSERT INTO stock (sku, pieces) VALUES ('tea', 1), ('mug', 1)", &[]).await.unwrap();
    db
}

async fn take(tx: &Tx, sku: &str) -> Result<u64, Error> {
    tx.exec("UPDATE stock SET pieces = pieces - 1 WHERE sku = $1", vals![sku]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_that_deadlock_one_is_told_to_try_again() {
    let store = TestStore::postgres().await;
    let db = open(&store).await;
    let both_hold_one = Arc::new(Barrier::new(2));
    let lock = |first: &'static str, second: &'static str| {
        let (db, barrier) = (db.clone(), both_hold_one.clone());
        tokio::task::spawn(async move {
            db.write(move |tx| async move {
                take(&tx, first).await?;
                block_in_place(|| barrier.wait());
                take(&tx, second).await
            })
            .await
        })
    };
    let (one, two) = (lock("tea", "mug"), lock("mug", "tea"));
    let (one, two) = (one.await.unwrap(), two.await.unwrap());
    let (won, lost) = if one.is_ok() { (one, two) } else { (two, one) };
    won.unwrap();
    assert!(lost.unwrap_err().is_serialization_failure());
    assert_eq!(db.one::<i64>("SELECT sum(pieces) FROM stock", &[]).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_serializable_transactions_on_the_same_row_one_is_told_to_try_again() {
    let store = TestStore::postgres().await;
    let db = open(&store).await;
    let both_have_read = Arc::new(Barrier::new(2));
    let change = || {
        let (db, barrier) = (db.clone(), both_have_read.clone());
        tokio::task::spawn(async move {
            db.write(move |tx| async move {
                tx.exec("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", &[]).await?;
                let pieces: i64 = tx.one("SELECT pieces FROM stock WHERE sku = 'tea'", &[]).await?;
                block_in_place(|| barrier.wait());
                tx.exec("UPDATE stock SET pieces = $1 WHERE sku = 'tea'", vals![pieces + 1]).await
            })
            .await
        })
    };
    let (one, two) = (change(), change());
    let results = [one.await.unwrap(), two.await.unwrap()];
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let lost = results.into_iter().find_map(Result::err).unwrap();
    assert!(lost.is_serialization_failure(), "{lost:?}");
    let pieces = "SELECT pieces FROM stock WHERE sku = 'tea'";
    assert_eq!(db.one::<i64>(pieces, &[]).await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_goes_away_midway_leaves_no_transaction_and_no_lock() {
    let store = TestStore::postgres().await;
    let db = open(&store).await;
    let watcher = store.settings().open("orders", MIGRATIONS).await.unwrap();
    let (sent, pid) = tokio::sync::oneshot::channel();
    let caller = tokio::task::spawn({
        let db = db.clone();
        async move {
            db.write(move |tx| async move {
                insert(&tx, 1).await?;
                take(&tx, "tea").await?;
                sent.send(tx.one::<i64>("SELECT pg_backend_pid()", &[]).await?).unwrap();
                tx.exec("SELECT pg_sleep(600)", &[]).await
            })
            .await
        }
    });
    let pid = pid.await.unwrap();
    let sleeping =
        "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'";
    while watcher.one::<i64>(sleeping, vals![pid]).await.unwrap() == 0 {}
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    // Waits for the row's lock, which the server gives up with the transaction.
    db.write(async |tx| take(&tx, "tea").await).await.unwrap();
    assert_eq!(count(&db).await, 0);
    let open = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND state <> 'idle'";
    assert_eq!(watcher.one::<i64>(open, vals![pid]).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_goes_away_between_statements_leaves_no_transaction_either() {
    let store = TestStore::postgres().await;
    let db = open(&store).await;
    for id in 0..50 {
        let mut write = Box::pin(db.write(move |tx| async move {
            insert(&tx, id).await?;
            take(&tx, "tea").await?;
            take(&tx, "mug").await
        }));
        // Dropped after so many polls, wherever it is then.
        for _ in 0..id % 7 {
            let poll = futures_util::future::poll_fn(|context| {
                std::task::Poll::Ready(write.as_mut().poll(context).is_ready())
            });
            if poll.await {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    let sold = 2 - db.one::<i64>("SELECT sum(pieces) FROM stock", &[]).await.unwrap();
    assert_eq!(sold, 2 * count(&db).await);
    let open = "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
        WHERE c.relname = 'stock' AND c.relnamespace = CAST(current_schema() AS regnamespace)
          AND l.mode = 'RowExclusiveLock'";
    while db.one::<i64>(open, &[]).await.unwrap() > 0 {}
}

#[tokio::test]
async fn a_connection_the_server_ends_is_an_error_once_and_then_replaced() {
    let store = TestStore::postgres().await;
    let db = open(&store).await;
    let ended = db
        .write(async |tx| {
            insert(&tx, 1).await?;
            tx.exec("SELECT pg_terminate_backend(pg_backend_pid())", &[]).await
        })
        .await;
    assert!(matches!(ended, Err(Error::Unavailable(_))), "{ended:?}");
    db.write(async |tx| insert(&tx, 2).await).await.unwrap();
    assert_eq!(db.all::<i64>("SELECT id FROM orders", &[]).await.unwrap(), [2]);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error_without_the_password() {
    let url = "postgres://emart:tr0ub4dor@127.0.0.1:1/emart";
    let settings = Settings::postgres(url.to_owned(), 2);
    let error = settings.open("orders", MIGRATIONS).await.unwrap_err();
    assert!(matches!(&error, Error::Open { .. }), "{error:?}");
    assert!(error.to_string().contains("Connection refused"), "{error}");
    for text in [error.to_string(), format!("{error:?} {settings:?}")] {
        assert!(!text.contains("tr0ub4dor"), "{text}");
    }
    let error = Settings::postgres("postgres:/?tr0ub4dor", 2).open("orders", MIGRATIONS).await;
    assert!(matches!(&error, Err(Error::Open { .. })), "{error:?}");
}

#[tokio::test]
async fn stores_with_different_namespaces_share_a_database_and_nothing_else() {
    let store = TestStore::postgres().await;
    let db = open(&store).await;
    let other = TestStore::postgres().await;
    let other = other.settings().open("orders", MIGRATIONS).await.unwrap();
    db.write(async |tx| insert(&tx, 1).await).await.unwrap();
    assert_eq!((count(&db).await, count(&other).await), (1, 0));
    let Engine::Postgres { url, .. } = &store.settings().engine else { unreachable!() };
    assert!(url.expose_secret().starts_with("postgres"));
}
