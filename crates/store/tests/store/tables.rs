//! Whole databases, held, copied from engine to engine, and compared.

use std::time::Duration;

use emart_store::{Db, Engine, Error, Server, Snapshot, vals};
use emart_testkit::TestStore;
use futures_util::FutureExt as _;

use crate::{MIGRATIONS, count, insert};

/// A file full of awkward rows, and an empty schema of the same shape.
async fn both() -> (TestStore, Db, TestStore, Server, String) {
    let (files, server) = (TestStore::sqlite(), TestStore::postgres().await);
    let file = files.settings().open("orders", MIGRATIONS).await.unwrap();
    file.write(|tx| async move {
        tx.exec("INSERT INTO customers (id) VALUES ('ada')", &[]).await?;
        let sql = "INSERT INTO orders (id, customer, note, paid, total, picture) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let note = "tab\t, back\\slash, \\N, line\r\nend, é € 𝄞 \u{1}";
        tx.exec(sql, vals![1, "ada", note, true, i64::MAX, &b"\0\xff\\x"[..]]).await?;
        tx.exec(sql, vals![2, None::<&str>, "", false, 0, &b""[..]]).await?;
        tx.exec(sql, vals![3, None::<&str>, None::<&str>, false, 5, None::<&[u8]>]).await?;
        for entry in ["one", "two", "three"] {
            tx.exec("INSERT INTO log (entry) VALUES ($1)", vals![entry]).await?;
        }
        tx.exec("DELETE FROM log WHERE entry = 'three'", &[]).await?;
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    server.settings().open("orders", MIGRATIONS).await.unwrap().close().await;
    let Engine::Postgres { url, .. } = &server.settings().engine else { unreachable!() };
    let schema = format!("{}_orders", server.settings().namespace.as_deref().unwrap());
    let connection = Server::connect(url).await.unwrap();
    (files, file, server, connection, schema)
}

fn path(files: &TestStore) -> std::path::PathBuf {
    let Engine::Sqlite { dir } = &files.settings().engine else { unreachable!() };
    dir.join("orders.db")
}

async fn next_entry(db: &Db) -> i64 {
    let sql = "INSERT INTO log (entry) VALUES ('next') RETURNING id";
    db.write(move |tx| async move { tx.one(sql, &[]).await }).await.map_err(|e: Error| e).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_value_goes_to_a_server_and_back_and_numbers_go_on_where_they_were() {
    let (files, file, server, connection, schema) = both().await;
    file.close().await;
    connection.begin().await.unwrap();
    let compared = connection.take_in(&schema, &path(&files)).await.unwrap();
    connection.commit().await.unwrap();
    let rows: Vec<_> = compared.iter().map(|c| (c.table.as_str(), c.rows)).collect();
    assert_eq!(rows, [("customers", 1), ("log", 2), ("orders", 3), ("stock", 0)]);
    let moved = server.settings().open("orders", MIGRATIONS).await.unwrap();
    let next = next_entry(&moved).await;
    assert_eq!(next, 4, "the number of a row that is gone is not given out again");
    moved.exec("UPDATE orders SET note = 'moved' WHERE id = 3", &[]).await.unwrap();

    let back = TestStore::sqlite();
    back.settings().open("orders", MIGRATIONS).await.unwrap().close().await;
    connection.begin_reading().await.unwrap();
    let again = connection.give_out(&schema, &path(&back)).await.unwrap();
    connection.commit().await.unwrap();
    for (there, here) in compared.iter().zip(&again) {
        let unchanged = ["customers", "stock"].contains(&there.table.as_str());
        assert_eq!(there.sum == here.sum, unchanged, "{}", there.table);
    }
    let back = back.settings().open("orders", MIGRATIONS).await.unwrap();
    let next = next_entry(&back).await;
    assert_eq!((next, count(&back).await), (5, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_committed_leaves_the_server_as_it_was_and_can_be_done_again() {
    let (files, file, server, connection, schema) = both().await;
    file.close().await;
    connection.begin().await.unwrap();
    connection.take_in(&schema, &path(&files)).await.unwrap();
    drop(connection);
    let Engine::Postgres { url, .. } = &server.settings().engine else { unreachable!() };
    let connection = Server::connect(url).await.unwrap();
    let rows = |contents: emart_store::Contents| contents.tables["orders"];
    assert_eq!(rows(connection.contents(&schema).await.unwrap().unwrap()), 0);
    for _ in 0..2 {
        connection.begin().await.unwrap();
        connection.take_in(&schema, &path(&files)).await.unwrap();
        connection.commit().await.unwrap();
        assert_eq!(rows(connection.contents(&schema).await.unwrap().unwrap()), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_of_another_shape_or_a_value_of_another_kind_is_refused() {
    let (files, file, server, connection, schema) = both().await;
    file.close().await;
    let raw = rusqlite::Connection::open(path(&files)).unwrap();
    raw.execute("UPDATE orders SET picture = 'text' WHERE id = 1", []).unwrap();
    connection.begin().await.unwrap();
    let error = connection.take_in(&schema, &path(&files)).await.unwrap_err();
    assert!(error.to_string().contains("picture"), "{error}");
    raw.execute_batch("ALTER TABLE log ADD COLUMN more TEXT").unwrap();
    let Engine::Postgres { url, .. } = &server.settings().engine else { unreachable!() };
    let connection = Server::connect(url).await.unwrap();
    let error = connection.take_in(&schema, &path(&files)).await.unwrap_err();
    assert!(error.to_string().contains("log is not the same"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_databases_are_held_none_of_them_changes_and_then_all_go_on() {
    let files = TestStore::sqlite();
    let db = files.settings().open("orders", MIGRATIONS).await.unwrap();
    let hold = db.hold(Duration::from_secs(60)).await.unwrap();
    let mut write = Box::pin(db.write(|tx| async move { insert(&tx, 1).await }));
    assert!((&mut write).now_or_never().is_none());
    let snapshot = Snapshot::open(path(&files)).unwrap();
    assert!(hold.release());
    write.await.unwrap();
    assert_eq!(count(&db).await, 1);
    assert_eq!(snapshot.contents().unwrap().tables["orders"], 0, "as it was while it was held");
    let copy = path(&files).with_extension("copy");
    snapshot.copy_to(&copy).unwrap();
    let copy = Snapshot::open(copy).unwrap();
    assert_eq!(copy.contents().unwrap(), snapshot.contents().unwrap());
    assert_eq!(copy.faults(true).unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_is_held_for_too_long_goes_on_and_the_holder_is_told() {
    let files = TestStore::sqlite();
    let db = files.settings().open("orders", MIGRATIONS).await.unwrap();
    let hold = db.hold(Duration::from_millis(1)).await.unwrap();
    db.write(|tx| async move { insert(&tx, 1).await }).await.unwrap();
    assert!(!hold.release());
    drop(db.hold(Duration::from_secs(60)).await.unwrap());
    db.write(|tx| async move { insert(&tx, 2).await }).await.unwrap();
}
