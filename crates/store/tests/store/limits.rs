//! What happens at the limits of time, room and patience: an error for everybody concerned, and business as usual after.

use std::sync::mpsc;
use std::time::Duration;

use emart_store::{Db, Error, Val, vals};
use emart_testkit::{TestStore, stores};
use futures_util::FutureExt;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet, block_in_place};

use crate::{MIGRATIONS, count, insert};

const FOREVER: &str = "WITH RECURSIVE numbers (n) AS
    (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000000000) SELECT count(*) FROM numbers";

/// A write transaction that stays open until it is let go. Everything else waits behind it, or for its connection.
pub(crate) struct Held {
    let_go: mpsc::Sender<()>,
    done: JoinHandle<Result<(), Error>>,
}

impl Held {
    pub(crate) async fn open(db: &Db) -> Self {
        let (begun, has_begun) = oneshot::channel();
        let (let_go, wait) = mpsc::channel();
        let db = db.clone();
        let done = tokio::task::spawn(async move {
            db.write(move |tx| async move {
                tx.exec("UPDATE stock SET pieces = 0", &[]).await?;
                begun.send(()).unwrap();
                block_in_place(|| wait.recv()).unwrap();
                Ok(())
            })
            .await
        });
        has_begun.await.unwrap();
        Self { let_go, done }
    }

    pub(crate) async fn let_go(self) -> Result<(), Error> {
        self.let_go.send(()).unwrap();
        self.done.await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_takes_too_long_is_stopped() {
    for store in stores().await {
        let mut settings = store.settings().clone();
        settings.timeout = Duration::from_millis(50);
        let db = settings.open("orders", MIGRATIONS).await.unwrap();
        let read = db.read(async |tx| tx.one::<i64>(FOREVER, &[]).await).await;
        assert!(matches!(read, Err(Error::TimedOut(_))), "{read:?}");
        let written = db
            .write(async |tx| {
                insert(&tx, 1).await?;
                tx.one::<i64>(FOREVER, &[]).await
            })
            .await;
        assert!(matches!(written, Err(Error::TimedOut(_))), "{written:?}");
        assert_eq!(count(&db).await, 0);
        db.write(async |tx| insert(&tx, 1).await).await.unwrap();
    }
}

#[tokio::test]
async fn a_long_read_has_its_own_limit() {
    for store in stores().await {
        let mut settings = store.settings().clone();
        settings.long_timeout = Duration::from_millis(50);
        let db = settings.open("orders", MIGRATIONS).await.unwrap();
        let read = db.read_blocking(async |tx| tx.one::<i64>(FOREVER, &[]).await).await;
        assert!(matches!(read, Err(Error::TimedOut(_))), "{read:?}");
        assert_eq!(count(&db).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn when_too_many_wait_the_next_is_told_so() {
    for store in stores().await {
        let mut settings = store.settings().clone();
        (settings.queue, settings.wait) = (1, Duration::from_millis(20));
        if let emart_store::Engine::Postgres { pool_size, .. } = &mut settings.engine {
            *pool_size = 1;
        }
        let db = settings.open("orders", MIGRATIONS).await.unwrap();
        let held = Held::open(&db).await;
        let mut waiting = JoinSet::new();
        for id in 0..3 {
            let db = db.clone();
            waiting.spawn(
                async move { db.write(move |tx| async move { insert(&tx, id).await }).await },
            );
        }
        // On SQLite one of them has the one place in the queue; the others, and on PostgreSQL all, are told.
        let refused = waiting.join_next().await.unwrap().unwrap();
        assert!(matches!(refused, Err(Error::Overloaded(_))), "{refused:?}");
        let refused = waiting.join_next().await.unwrap().unwrap();
        assert!(matches!(refused, Err(Error::Overloaded(_))), "{refused:?}");
        held.let_go().await.unwrap();
        waiting.join_all().await;
        db.write(async |tx| insert(&tx, 9).await).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_database_answers_everybody_truly_and_works_again_when_there_is_room() {
    let store = TestStore::sqlite();
    let mut settings = store.settings().clone();
    settings.max_bytes = Some(200_000);
    let db = settings.open("orders", MIGRATIONS).await.unwrap();
    let held = Held::open(&db).await;
    // Number 300 does not fit. Behind the held job all of them queue up, and share commits by the hundred.
    let size = |id| if id == 300 { 300_000 } else { 100 };
    let mut jobs: Vec<_> = (0..600).map(|id| Box::pin(insert_picture(&db, id, size(id)))).collect();
    for job in &mut jobs {
        assert!(job.as_mut().now_or_never().is_none());
    }
    held.let_go().await.unwrap();
    let (mut kept, mut full) = (Vec::new(), Vec::new());
    for (id, job) in (0..600).zip(jobs) {
        match job.await {
            Ok(_) => kept.push(id),
            Err(Error::Full(_)) => full.push(id),
            Err(error) => panic!("{id}: {error}"),
        }
    }
    // SQLite gave up the whole commit that number 300 was in, and no other.
    assert!(full.contains(&300) && full.len() <= 256, "{full:?}");
    let rows: Vec<i64> = db.all("SELECT id FROM orders ORDER BY id", &[]).await.unwrap();
    assert_eq!(rows, kept);

    let mut next = 1000;
    while insert_picture(&db, next, 10_000).await.is_ok() {
        next += 1;
    }
    let full = insert_picture(&db, next, 10_000).await;
    assert!(matches!(full, Err(Error::Full(_))), "{full:?}");
    db.exec("DELETE FROM orders WHERE id >= $1", vals![1000]).await.unwrap();
    insert_picture(&db, next, 10_000).await.unwrap();
}

pub(crate) async fn insert_picture(db: &Db, id: i64, size: usize) -> Result<u64, Error> {
    let sql = "INSERT INTO orders (id, total, picture) VALUES ($1, 1, $2)";
    db.exec(sql, &[Val::Int(id), Val::Bytes(vec![7; size])]).await
}
