//! SQLite's writer: what it does for callers that go away, for other processes, and when it is closed.

use std::time::Duration;

use emart_store::{Db, Durability, Error, Settings};
use emart_testkit::TestStore;
use futures_util::FutureExt;
use futures_util::future::join_all;

use crate::files::directory;
use crate::limits::Held;
use crate::{MIGRATIONS, count, insert};

async fn insert_one(db: Db, id: i64) -> Result<u64, Error> {
    db.write(move |tx| async move { insert(&tx, id).await }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_whose_caller_went_away_before_its_turn_is_not_done() {
    let store = TestStore::sqlite();
    let db = store.settings().open("orders", MIGRATIONS).await.unwrap();
    let held = Held::open(&db).await;
    let mut impatient = Box::pin(insert_one(db.clone(), 1));
    let mut patient = Box::pin(insert_one(db.clone(), 2));
    assert!(impatient.as_mut().now_or_never().is_none());
    assert!(patient.as_mut().now_or_never().is_none());
    drop(impatient);
    held.let_go().await.unwrap();
    patient.await.unwrap();
    assert_eq!(db.all::<i64>("SELECT id FROM orders", &[]).await.unwrap(), [2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_finishes_what_is_queued_and_leaves_one_file() {
    let store = TestStore::sqlite();
    let db = store.settings().open("orders", MIGRATIONS).await.unwrap();
    let held = Held::open(&db).await;
    let mut queued: Vec<_> = (0..300).map(|id| Box::pin(insert_one(db.clone(), id))).collect();
    for job in &mut queued {
        assert!(job.as_mut().now_or_never().is_none());
    }
    let mut closing = Box::pin(db.close());
    assert!(closing.as_mut().now_or_never().is_none());
    held.let_go().await.unwrap();
    closing.await;
    assert!(matches!(insert_one(db.clone(), 300).await, Err(Error::Closed)));
    for job in join_all(queued).await {
        job.unwrap();
    }
    let mut files: Vec<_> = std::fs::read_dir(directory(&store))
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    files.sort();
    assert_eq!(files, ["orders.db"]);
    let again = store.settings().open("orders", MIGRATIONS).await.unwrap();
    assert_eq!(count(&again).await, 300);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_another_process_writes_everybody_waits_and_is_then_told() {
    let store = TestStore::sqlite();
    let mut settings = store.settings().clone();
    settings.wait = Duration::from_millis(50);
    let db = settings.open("orders", MIGRATIONS).await.unwrap();
    let other = rusqlite::Connection::open(directory(&store).join("orders.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; INSERT INTO customers (id) VALUES ('other')").unwrap();
    for job in join_all((0..10).map(|id| insert_one(db.clone(), id))).await {
        assert!(matches!(job, Err(Error::Overloaded(_))), "{job:?}");
    }
    assert_eq!(count(&db).await, 0);
    other.execute_batch("COMMIT").unwrap();
    insert_one(db.clone(), 1).await.unwrap();
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn two_handles_on_one_file_see_each_others_commits() {
    let store = TestStore::sqlite();
    let one = store.settings().open("orders", MIGRATIONS).await.unwrap();
    let two = store.settings().open("orders", MIGRATIONS).await.unwrap();
    let jobs =
        (0..200).map(|id| insert_one(if id % 2 == 0 { one.clone() } else { two.clone() }, id));
    for job in join_all(jobs).await {
        job.unwrap();
    }
    assert_eq!((count(&one).await, count(&two).await), (200, 200));
}

#[tokio::test]
async fn durability_is_full_unless_relaxed_is_asked_for() {
    let store = TestStore::sqlite();
    let mut relaxed = store.settings().clone();
    relaxed.durability = Durability::Relaxed;
    assert_eq!(synchronous(store.settings()).await, 2);
    assert_eq!(synchronous(&relaxed).await, 1);
}

async fn synchronous(settings: &Settings) -> i64 {
    let db = settings.open("orders", MIGRATIONS).await.unwrap();
    db.write(async |tx| tx.one::<i64>("PRAGMA synchronous", &[]).await).await.unwrap()
}
