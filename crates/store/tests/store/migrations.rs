//! Migrations are applied once, whoever comes first, and never behind anybody's back.

use emart_store::{Error, Migration, version_of};
use emart_testkit::{databases, stores};
use tokio::task::JoinSet;

const ONE: Migration = Migration {
    version: 1,
    name: "0001_tea",
    sql: "CREATE TABLE tea (id TEXT PRIMARY KEY, picture {{bytes}})",
};
const TWO: Migration = Migration {
    version: 2,
    name: "0002_cups",
    sql: "CREATE TABLE cups (id BIGINT PRIMARY KEY); INSERT INTO cups (id) VALUES (1);",
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_start_at_once_one_migrates_and_all_open() {
    for store in stores().await {
        let mut starts = JoinSet::new();
        for _ in 0..8 {
            let settings = store.settings().clone();
            starts.spawn(async move { settings.open("shop", &[ONE, TWO]).await });
        }
        for db in starts.join_all().await {
            let cups: i64 = db.unwrap().one("SELECT count(*) FROM cups", &[]).await.unwrap();
            assert_eq!(cups, 1);
        }
    }
}

#[tokio::test]
async fn a_newer_program_adds_what_is_missing_and_an_older_one_is_refused() {
    for store in stores().await {
        store.settings().open("shop", &[ONE]).await.unwrap().close().await;
        let db = store.settings().open("shop", &[ONE, TWO]).await.unwrap();
        assert_eq!(db.one::<i64>("SELECT id FROM cups", &[]).await.unwrap(), 1);
        db.close().await;
        let refused = store.settings().open("shop", &[ONE]).await.unwrap_err();
        let Error::Migration { migration, reason, .. } = &refused else { panic!("{refused:?}") };
        assert_eq!(migration, "0002_cups");
        assert!(reason.contains("newer version of this program"), "{refused}");
        store.settings().open("shop", &[ONE, TWO]).await.unwrap();
    }
}

#[tokio::test]
async fn a_migration_that_changed_after_it_was_applied_is_refused() {
    const CHANGED: Migration = Migration { sql: "CREATE TABLE tea (id TEXT)", ..ONE };
    for store in stores().await {
        store.settings().open("shop", &[ONE]).await.unwrap().close().await;
        let refused = store.settings().open("shop", &[CHANGED, TWO]).await.unwrap_err();
        assert!(refused.to_string().contains("must not change"), "{refused}");
        let db = store.settings().open("shop", &[ONE]).await.unwrap();
        assert!(db.opt::<i64>("SELECT id FROM cups", &[]).await.is_err());
    }
}

#[tokio::test]
async fn line_endings_do_not_change_a_migration() {
    const UNIX: Migration = Migration { sql: "CREATE TABLE a (\n id BIGINT\n);", ..ONE };
    const DOS: Migration = Migration { sql: "CREATE TABLE a (\r\n id BIGINT\r\n);", ..ONE };
    for store in stores().await {
        store.settings().open("shop", &[UNIX]).await.unwrap().close().await;
        store.settings().open("shop", &[DOS]).await.unwrap();
    }
}

#[tokio::test]
async fn a_migration_that_fails_leaves_nothing_of_itself_and_keeps_those_before() {
    const BROKEN: Migration = Migration {
        version: 2,
        name: "0002_broken",
        sql: "CREATE TABLE half (id BIGINT); CREATE TABEL x;",
    };
    for store in stores().await {
        let refused = store.settings().open("shop", &[ONE, BROKEN]).await.unwrap_err();
        assert!(
            matches!(&refused, Error::Migration { migration, .. } if migration == "0002_broken"),
            "{refused}"
        );
        let db = store.settings().open("shop", &[ONE]).await.unwrap();
        assert_eq!(db.one::<i64>("SELECT count(*) FROM tea", &[]).await.unwrap(), 0);
        assert!(db.opt::<i64>("SELECT id FROM half", &[]).await.is_err());
    }
}

#[tokio::test]
async fn a_migration_that_ends_its_transaction_is_refused() {
    const COMMITS: Migration = Migration { sql: "CREATE TABLE early (id BIGINT); COMMIT;", ..ONE };
    for store in stores().await {
        let refused = store.settings().open("shop", &[COMMITS]).await.unwrap_err();
        assert!(refused.to_string().contains("transaction"), "{refused}");
    }
}

#[tokio::test]
async fn a_gap_in_the_numbers_is_refused_before_anything_is_done() {
    const THREE: Migration = Migration { version: 3, name: "0003_pots", ..TWO };
    for store in stores().await {
        let refused = store.settings().open("shop", &[ONE, THREE]).await.unwrap_err();
        assert!(refused.to_string().contains("0003_pots"), "{refused}");
        store.settings().open("shop", &[TWO]).await.unwrap_err();
        store.settings().open("shop", &[ONE, TWO]).await.unwrap();
    }
}

#[tokio::test]
async fn a_constraint_that_waits_for_the_commit_is_refused() {
    const DEFERRED: Migration = Migration {
        sql: "CREATE TABLE leaf (tea BIGINT REFERENCES tea (id) DEFERRABLE INITIALLY DEFERRED)",
        ..TWO
    };
    for store in stores().await {
        let refused = store.settings().open("shop", &[ONE, DEFERRED]).await.unwrap_err();
        assert!(refused.to_string().contains("deferred"), "{refused}");
    }
}

#[tokio::test]
async fn a_library_keeps_its_own_set_in_its_users_database() {
    const OUTBOX: &[Migration] = &[Migration {
        version: 1,
        name: "0001_outbox",
        sql: "CREATE TABLE outbox (id {{sequence}})",
    }];
    for db in databases("shop", &[ONE, TWO]).await {
        for _ in 0..2 {
            db.migrate("events", OUTBOX).await.unwrap();
        }
        assert_eq!(db.one::<i64>("SELECT count(*) FROM outbox", &[]).await.unwrap(), 0);
        assert_eq!(db.one::<i64>("SELECT count(*) FROM schema_migrations", &[]).await.unwrap(), 3);
    }
}

#[tokio::test]
async fn a_name_that_is_no_name_is_refused() {
    for store in stores().await {
        for name in ["", "a\"b", "../up", "Shop", "a-very-long-name", &"x".repeat(32)] {
            assert!(
                matches!(store.settings().open(name, &[]).await, Err(Error::Open { .. })),
                "{name}"
            );
        }
    }
}

#[test]
fn a_migration_is_numbered_by_its_name() {
    assert_eq!(version_of("0001_products"), 1);
    assert_eq!(version_of("0120_x"), 120);
    assert!(std::panic::catch_unwind(|| version_of("products")).is_err());
}
