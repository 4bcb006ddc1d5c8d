//! How a database would answer a statement: for tests that no list reads a whole table.

use emart_store::{Db, EngineKind, Error, Tx, Val};

/// Fails the test when a statement would read all of a table.
///
/// Its rows are to be found through an index with a bound, on both engines: on PostgreSQL sequential scans are made so
/// dear that one is left only where no index will do.
///
/// A list whose first page has no bound of its own takes one that holds for every row, such as `number < $1` with
/// the largest number there is.
pub async fn assert_no_scan(db: &Db, sql: &str, params: &[Val]) {
    let (text, params) = (sql.to_owned(), params.to_vec());
    let plan = db.read(|tx| async move { plan(&tx, &text, &params).await }).await;
    let plan = plan.unwrap_or_else(|error| panic!("{sql} cannot be planned: {error}"));
    let scans = match db.engine() {
        EngineKind::Sqlite => scans_of_sqlite(&plan),
        EngineKind::Postgres => scans_of_postgres(&plan),
    };
    assert!(scans.is_empty(), "{sql}\nreads a whole table: {scans:?}\n{}", plan.join("\n"));
}

async fn plan(tx: &Tx, sql: &str, params: &[Val]) -> Result<Vec<String>, Error> {
    match tx.engine() {
        EngineKind::Sqlite => {
            let sql = format!("EXPLAIN QUERY PLAN {sql}");
            let rows: Vec<(i64, i64, i64, String)> = tx.all_dyn(&sql, params).await?;
            Ok(rows.into_iter().map(|(_, _, _, detail)| detail).collect())
        }
        EngineKind::Postgres => {
            for setting in ["enable_seqscan", "enable_bitmapscan"] {
                tx.exec_dyn(&format!("SET LOCAL {setting} = off"), &[]).await?;
            }
            tx.all_dyn(&format!("EXPLAIN (COSTS OFF) {sql}"), params).await
        }
    }
}

/// `SCAN orders` or `SCAN orders USING INDEX …`, but not the rows of a subquery, which was planned by itself.
fn scans_of_sqlite(plan: &[String]) -> Vec<&str> {
    let made = |line: &String| {
        let rest = line.strip_prefix("CO-ROUTINE ").or_else(|| line.strip_prefix("MATERIALIZE "));
        rest.map(str::to_owned)
    };
    let subqueries: Vec<String> = plan.iter().filter_map(made).collect();
    let inner = |rest: &str| {
        let name = rest.split(' ').next().unwrap_or_default();
        name.starts_with('(') || name == "CONSTANT" || subqueries.iter().any(|sub| sub == name)
    };
    let scans = plan.iter().filter(|line| {
        line.strip_prefix("SCAN ").is_some_and(|rest| !inner(rest)) || line.contains("AUTOMATIC")
    });
    scans.map(String::as_str).collect()
}

/// A `Seq Scan`, or an index that is read from end to end: one without a condition.
fn scans_of_postgres(plan: &[String]) -> Vec<&str> {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut scans = Vec::new();
    for (place, line) in plan.iter().enumerate() {
        let of_index = line.contains("Index Scan") || line.contains("Index Only Scan");
        let bounded = || {
            let below = plan[place + 1..].iter().take_while(|l| depth(l) > depth(line));
            below.take_while(|l| !l.contains("->")).any(|l| l.contains("Index Cond"))
        };
        if line.contains("Seq Scan") || (of_index && !bounded()) {
            scans.push(line.as_str());
        }
    }
    scans
}

#[cfg(test)]
mod tests {
    use std::panic::AssertUnwindSafe;

    use emart_store::{Migration, vals};
    use futures_util::FutureExt as _;

    use super::*;
    use crate::databases;

    const MIGRATIONS: &[Migration] = &[Migration {
        version: 1,
        name: "0001_things",
        sql: "CREATE TABLE things (id BIGINT PRIMARY KEY, colour TEXT NOT NULL, size BIGINT NOT NULL);
              CREATE INDEX things_by_colour ON things (colour, id);",
    }];

    #[tokio::test]
    async fn what_an_index_finds_passes() {
        for db in databases("things", MIGRATIONS).await {
            let sql =
                "SELECT id FROM things WHERE colour = $1 AND id < $2 ORDER BY id DESC LIMIT 3";
            assert_no_scan(&db, sql, vals!["red", i64::MAX]).await;
            assert_no_scan(&db, "SELECT size FROM things WHERE id = $1", vals![1]).await;
        }
    }

    #[tokio::test]
    async fn what_reads_everything_does_not() {
        for db in databases("things", MIGRATIONS).await {
            for sql in [
                "SELECT id FROM things WHERE size = $1",
                "SELECT id FROM things WHERE size = $1 ORDER BY id DESC LIMIT 3",
            ] {
                let judged =
                    AssertUnwindSafe(assert_no_scan(&db, sql, vals![1])).catch_unwind().await;
                assert!(judged.is_err(), "{sql}");
            }
        }
    }
}
