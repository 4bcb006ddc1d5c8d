//! Commit, rollback, and what one transaction must not do to another.

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use emart_store::{Db, Error, Tx, vals};
use emart_testkit::databases;
use tokio::task::JoinSet;

use crate::{MIGRATIONS, Refused, count, insert};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_concurrent_jobs_those_that_fail_panic_or_suspend_roll_back_alone() {
    for db in databases("orders", MIGRATIONS).await {
        let mut jobs = JoinSet::new();
        for id in 0..1000 {
            let db = db.clone();
            jobs.spawn(async move { db.write(move |tx| unreliable(tx, id)).await });
        }
        let (mut kept, mut refused, mut panicked, mut suspended) = (Vec::new(), 0, 0, 0);
        while let Some(job) = jobs.join_next().await {
            match job.unwrap() {
                Ok(id) => kept.push(id),
                Err(Refused::No) => refused += 1,
                Err(Refused::Store(Error::Panicked(text))) if text.starts_with("job ") => {
                    panicked += 1;
                }
                Err(Refused::Store(Error::Suspended)) => suspended += 1,
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!((refused, panicked, suspended), (500, 100, 100));
        kept.sort_unstable();
        let rows: Vec<i64> = db.all("SELECT id FROM orders ORDER BY id", &[]).await.unwrap();
        assert_eq!(rows, kept);
        assert_eq!(rows.len(), 300);
    }
}

/// Inserts, and then of ten jobs five fail, one panics and one awaits what it must not.
async fn unreliable(tx: Tx, id: i64) -> Result<i64, Refused> {
    insert(&tx, id).await?;
    match id % 10 {
        1 | 3 | 5 | 7 | 9 => return Err(Refused::No),
        8 => panic!("job {id}"),
        4 => tokio::time::sleep(Duration::from_secs(60)).await,
        _ => {}
    }
    Ok(id)
}

#[tokio::test]
async fn a_transaction_sees_its_own_writes_and_a_failed_one_leaves_none() {
    for db in databases("orders", MIGRATIONS).await {
        let inside = db
            .write(async |tx| {
                insert(&tx, 1).await?;
                tx.one::<i64>("SELECT count(*) FROM orders", &[]).await
            })
            .await;
        assert_eq!(inside.unwrap(), 1);
        assert_eq!(count(&db).await, 1);
        let gone: Result<u64, Refused> = db
            .write(async |tx| {
                insert(&tx, 2).await?;
                Err(Refused::No)
            })
            .await;
        assert!(matches!(gone, Err(Refused::No)));
        assert_eq!(count(&db).await, 1);
    }
}

#[tokio::test]
async fn constraints_answer_with_errors_that_can_be_told_apart() {
    for db in databases("orders", MIGRATIONS).await {
        db.write(async |tx| insert(&tx, 1).await).await.unwrap();
        let twice = db.write(async |tx| insert(&tx, 1).await).await.unwrap_err();
        assert!(twice.is_unique_violation(), "{twice:?}");
        let orphan = "INSERT INTO orders (id, customer, total) VALUES ($1, $2, $3)";
        let orphan = db.exec(orphan, vals![2, "nobody", 0]).await.unwrap_err();
        assert!(orphan.is_foreign_key_violation(), "{orphan:?}");
        let negative =
            db.exec("INSERT INTO orders (id, total) VALUES ($1, $2)", vals![3, -1]).await;
        assert!(matches!(negative, Err(Error::Constraint(_))), "{negative:?}");
        let null = db.exec("INSERT INTO orders (id, total) VALUES ($1, NULL)", vals![4]).await;
        assert!(matches!(null, Err(Error::Constraint(_))), "{null:?}");
        let none = db.one::<i64>("SELECT id FROM orders WHERE id = $1", vals![5]).await;
        assert!(matches!(none, Err(Error::NotFound)), "{none:?}");
        let typo = db.exec("UPDATE oders SET total = 0", &[]).await;
        assert!(
            matches!(&typo, Err(Error::Database(text)) if text.contains("oders SET")),
            "{typo:?}"
        );
        assert_eq!(count(&db).await, 1);
    }
}

#[tokio::test]
async fn a_foreign_key_is_checked_for_an_insert_that_returns() {
    for db in databases("orders", MIGRATIONS).await {
        let orphan = db
            .write(async |tx| {
                let sql =
                    "INSERT INTO orders (id, customer, total) VALUES (1, 'nobody', 1) RETURNING id";
                tx.one::<i64>(sql, &[]).await
            })
            .await;
        assert!(orphan.as_ref().is_err_and(Error::is_foreign_key_violation), "{orphan:?}");
        assert_eq!(count(&db).await, 0);
    }
}

#[tokio::test]
async fn after_an_error_a_transaction_can_only_roll_back() {
    for db in databases("orders", MIGRATIONS).await {
        let goes_on = db
            .write(async |tx| {
                insert(&tx, 1).await?;
                assert!(insert(&tx, 1).await.unwrap_err().is_unique_violation());
                insert(&tx, 2).await
            })
            .await;
        assert!(matches!(goes_on, Err(Error::Aborted(_))), "{goes_on:?}");
        let says_all_is_well = db
            .write(async |tx| {
                insert(&tx, 3).await?;
                let _ = insert(&tx, 3).await;
                Ok::<_, Error>(())
            })
            .await;
        assert!(matches!(says_all_is_well, Err(Error::Aborted(_))), "{says_all_is_well:?}");
        assert_eq!(count(&db).await, 0);
        let conflict = "INSERT INTO orders (id, total) VALUES ($1, 1) ON CONFLICT (id) DO NOTHING";
        let expected = db
            .write(async |tx| {
                insert(&tx, 4).await?;
                Ok::<_, Error>(
                    tx.exec(conflict, vals![4]).await? + tx.exec(conflict, vals![5]).await?,
                )
            })
            .await;
        assert_eq!(expected.unwrap(), 1);
        assert_eq!(count(&db).await, 2);
    }
}

#[tokio::test]
async fn a_transaction_inside_a_transaction_is_refused() {
    for db in databases("orders", MIGRATIONS).await {
        let (inner, other) = (db.clone(), db.clone());
        let nested = db
            .write(async move |tx| {
                insert(&tx, 1).await?;
                inner.write(async |tx| insert(&tx, 2).await).await
            })
            .await;
        assert!(matches!(nested, Err(Error::Suspended)), "{nested:?}");
        let nested = db.read(async move |_| count_in(&other).await).await;
        assert!(matches!(nested, Err(Error::Suspended)), "{nested:?}");
        assert_eq!(count(&db).await, 0);
    }
}

async fn count_in(db: &Db) -> Result<i64, Error> {
    db.one("SELECT count(*) FROM orders", &[]).await
}

#[tokio::test]
async fn a_tx_that_outlives_its_transaction_does_nothing() {
    for db in databases("orders", MIGRATIONS).await {
        let kept = Arc::new(Mutex::new(None));
        let slot = kept.clone();
        let written = db.write(async move |tx| {
            let changed = insert(&tx, 1).await;
            *slot.lock().unwrap() = Some(tx);
            changed
        });
        written.await.unwrap();
        let tx = kept.lock().unwrap().take().unwrap();
        assert!(matches!(insert(&tx, 2).await, Err(Error::Finished)));
        drop(tx);
        assert_eq!(count(&db).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_read_sees_one_snapshot_whatever_is_committed_meanwhile() {
    for db in databases("orders", MIGRATIONS).await {
        let (seen, first_seen) = tokio::sync::oneshot::channel();
        let (go_on, wait) = mpsc::channel();
        let reader = db.clone();
        let read = tokio::spawn(async move {
            reader
                .read_blocking(move |tx| async move {
                    let before: i64 = tx.one("SELECT count(*) FROM orders", &[]).await?;
                    seen.send(()).unwrap();
                    tokio::task::block_in_place(|| wait.recv()).unwrap();
                    let after: i64 = tx.one("SELECT count(*) FROM orders", &[]).await?;
                    Ok::<_, Error>((before, after))
                })
                .await
        });
        first_seen.await.unwrap();
        db.write(async |tx| insert(&tx, 1).await).await.unwrap();
        assert_eq!(count(&db).await, 1);
        go_on.send(()).unwrap();
        assert_eq!(read.await.unwrap().unwrap(), (0, 0));
    }
}

#[tokio::test]
async fn a_read_cannot_write() {
    for db in databases("orders", MIGRATIONS).await {
        let written = db.read(async |tx| insert(&tx, 1).await).await;
        assert!(matches!(written, Err(Error::ReadOnly(_))), "{written:?}");
        let written = db.read_blocking(async |tx| insert(&tx, 1).await).await;
        assert!(matches!(written, Err(Error::ReadOnly(_))), "{written:?}");
        assert_eq!(count(&db).await, 0);
    }
}

#[tokio::test]
async fn a_panic_in_a_read_costs_nobody_else_anything() {
    for db in databases("orders", MIGRATIONS).await {
        let reader = db.clone();
        let read = tokio::spawn(async move {
            reader
                .read(async |tx| {
                    let _: i64 = tx.one("SELECT count(*) FROM orders", &[]).await?;
                    if true {
                        panic!("in a read");
                    }
                    Ok::<_, Error>(())
                })
                .await
        });
        assert!(matches!(read.await, Ok(Err(Error::Panicked(text))) if text == "in a read"));
        db.write(async |tx| insert(&tx, 1).await).await.unwrap();
        assert_eq!(count(&db).await, 1);
    }
}

#[tokio::test]
async fn commits_that_ask_for_it_wake_whoever_waits_for_them() {
    for db in databases("orders", MIGRATIONS).await {
        let mut commits = db.on_commit();
        db.write(async |tx| insert(&tx, 1).await).await.unwrap();
        let refused: Result<(), Refused> = db
            .write(async |tx| {
                tx.notify_commit();
                Err(Refused::No)
            })
            .await;
        refused.unwrap_err();
        assert!(!commits.has_changed().unwrap());
        let notified = db.write(async |tx| {
            tx.notify_commit();
            insert(&tx, 2).await
        });
        notified.await.unwrap();
        commits.changed().await.unwrap();
        assert_eq!(count(&db).await, 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conditional_updates_never_oversell() {
    for db in databases("orders", MIGRATIONS).await {
        db.exec("INSERT INTO stock (sku, pieces) VALUES ('tea', 50)", &[]).await.unwrap();
        let mut shoppers = JoinSet::new();
        for id in 0..200 {
            let db = db.clone();
            shoppers.spawn(async move { db.write(move |tx| buy(tx, id)).await });
        }
        let bought = shoppers.join_all().await.into_iter().filter(Result::is_ok).count();
        assert_eq!(bought, 50);
        assert_eq!(count(&db).await, 50);
    }
}

async fn buy(tx: Tx, id: i64) -> Result<(), Refused> {
    insert(&tx, id).await?;
    let take = "UPDATE stock SET pieces = pieces - 1 WHERE sku = $1 AND pieces >= 1";
    if tx.exec(take, vals!["tea"]).await? == 1 { Ok(()) } else { Err(Refused::No) }
}

#[tokio::test]
async fn a_closed_database_says_so() {
    for db in databases("orders", MIGRATIONS).await {
        db.ready().await.unwrap();
        db.close().await;
        db.close().await;
        assert!(matches!(db.ready().await, Err(Error::Closed)));
        let late = db.write(async |tx| insert(&tx, 1).await).await;
        assert!(matches!(late, Err(Error::Closed)), "{late:?}");
    }
}
