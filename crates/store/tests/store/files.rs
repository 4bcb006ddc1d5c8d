//! SQLite's files: backups while in use, and places where no database can be.

use std::path::{Path, PathBuf};

use emart_store::{Engine, Error, Settings};
use emart_testkit::TestStore;
use tokio::task::JoinSet;

use crate::limits::insert_picture;
use crate::{MIGRATIONS, count};

/// Where a store's SQLite files are.
pub(crate) fn directory(store: &TestStore) -> PathBuf {
    match &store.settings().engine {
        Engine::Sqlite { dir } => dir.clone(),
        Engine::Postgres { .. } => panic!("a server has no directory"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_under_load_is_a_whole_database() {
    let store = TestStore::sqlite();
    let db = store.settings().open("orders", MIGRATIONS).await.unwrap();
    for id in 0..100 {
        insert_picture(&db, id, 5_000).await.unwrap();
    }
    let mut writes = JoinSet::new();
    for id in 100..300 {
        let db = db.clone();
        writes.spawn(async move { insert_picture(&db, id, 5_000).await });
    }
    let copies = tempfile::tempdir().unwrap();
    let path = copies.path().join("orders.db");
    for _ in 0..3 {
        // Over the one before, which stays until the new one is whole.
        db.backup_to(&path).await.unwrap();
    }
    for write in writes.join_all().await {
        write.unwrap();
    }
    assert_eq!(entries(copies.path()), ["orders.db"]);
    let copy = Settings::sqlite(copies.path()).open("orders", MIGRATIONS).await.unwrap();
    assert!((100..=300).contains(&count(&copy).await));
    let check = copy.write(async |tx| tx.one::<String>("PRAGMA integrity_check", &[]).await).await;
    assert_eq!(check.unwrap(), "ok");
}

#[tokio::test]
async fn a_backup_that_cannot_be_written_leaves_nothing() {
    let store = TestStore::sqlite();
    let db = store.settings().open("orders", MIGRATIONS).await.unwrap();
    let copies = tempfile::tempdir().unwrap();
    let nowhere = copies.path().join("missing").join("orders.db");
    assert!(matches!(db.backup_to(&nowhere).await, Err(Error::Disk(_))));
    let directory = copies.path().join("taken");
    std::fs::create_dir(&directory).unwrap();
    assert!(db.backup_to(&directory).await.is_err());
    assert_eq!(entries(copies.path()), ["taken"]);
    let server = TestStore::postgres().await;
    let server = server.settings().open("orders", MIGRATIONS).await.unwrap();
    assert!(matches!(server.backup_to(&nowhere).await, Err(Error::Unsupported(_))));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("orders.db");
    let text = "this is somebody's letter to the tea company, and not a database\n".repeat(40);
    std::fs::write(&path, &text).unwrap();
    let error = Settings::sqlite(dir.path()).open("orders", MIGRATIONS).await.unwrap_err();
    assert!(matches!(&error, Error::Open { .. }), "{error:?}");
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_place_that_is_no_directory_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("data");
    std::fs::write(&file, "").unwrap();
    let error = Settings::sqlite(&file).open("orders", MIGRATIONS).await.unwrap_err();
    assert!(matches!(&error, Error::Open { .. }), "{error:?}");
    assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_data_directory_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("shop").join("data");
    Settings::sqlite(&data).open("orders", MIGRATIONS).await.unwrap();
    assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
}

fn entries(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
