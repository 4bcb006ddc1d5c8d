//! Imports that go on by themselves.

use emart_catalog_api::{ImportReport, ImportRun, ImportRunId, ImportState};
use emart_http::Problem;
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Timestamp;

use super::{parsed, to_json};

const RUN: &str = "id, file_name, dry_run, state, done, total, report, problem, created_at";

/// An import as it is read.
pub(crate) struct Kept(pub(crate) ImportRun);

/// What an import that is to be run needs.
pub(crate) struct Work {
    pub(crate) id: String,
    pub(crate) caller: String,
    pub(crate) content: Vec<u8>,
    pub(crate) dry_run: bool,
}

/// Adds one that is to be run.
pub(crate) async fn insert(
    tx: &Tx,
    run: &ImportRun,
    caller: &str,
    content: &[u8],
) -> Result<(), Error> {
    let sql = "INSERT INTO import_runs (id, caller, file_name, content, dry_run, state, done, total, created_at) \
        VALUES ($1, $2, $3, $4, $5, 'running', 0, 0, $6)";
    let values = vals![
        run.id.as_str(),
        caller,
        run.file_name.as_str(),
        content.to_vec(),
        run.dry_run,
        run.created_at.as_millis()
    ];
    tx.exec(sql, values).await.map(|_| ())
}

/// One.
pub(crate) async fn run(tx: &Tx, id: &ImportRunId) -> Result<Option<ImportRun>, Error> {
    let sql = format!("SELECT {RUN} FROM import_runs WHERE id = $1");
    let kept: Option<Kept> = tx.opt_dyn(&sql, vals![id.as_str()]).await?;
    Ok(kept.map(|Kept(run)| run))
}

/// The oldest that is to be run.
pub(crate) async fn next(tx: &Tx) -> Result<Option<Work>, Error> {
    let sql = "SELECT id, caller, content, dry_run FROM import_runs WHERE state = 'running' \
        ORDER BY id LIMIT 1";
    tx.opt(sql, &[]).await
}

/// Notes how far one is.
pub(crate) async fn progress(tx: &Tx, id: &str, done: u64, total: u64) -> Result<(), Error> {
    let sql = "UPDATE import_runs SET done = $2, total = $3 WHERE id = $1";
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    tx.exec(sql, vals![id, count(done), count(total)]).await.map(|_| ())
}

/// Notes how one ended. The file of a preview stays, for it may be applied.
pub(crate) async fn finish(
    tx: &Tx,
    id: &str,
    ended: &Result<ImportReport, Problem>,
) -> Result<(), Error> {
    let (state, report, problem) = match ended {
        Ok(report) => ("done", Some(to_json(report)?), None),
        Err(problem) => ("failed", None, Some(to_json(problem)?)),
    };
    let sql =
        "UPDATE import_runs SET state = $2, report = $3, problem = $4, done = total WHERE id = $1";
    tx.exec(sql, vals![id, state, report, problem]).await?;
    let sql =
        "UPDATE import_runs SET content = $2 WHERE id = $1 AND NOT (dry_run AND state = 'done')";
    tx.exec(sql, vals![id, Vec::<u8>::new()]).await.map(|_| ())
}

/// Lets a preview that is done do what it said; `false` when it is none.
pub(crate) async fn apply(tx: &Tx, id: &ImportRunId, caller: &str) -> Result<bool, Error> {
    let sql = "UPDATE import_runs SET dry_run = FALSE, state = 'running', done = 0, report = NULL, caller = $2 \
        WHERE id = $1 AND dry_run AND state = 'done'";
    Ok(tx.exec(sql, vals![id.as_str(), caller]).await? == 1)
}

/// Forgets imports from before a time.
pub(crate) async fn forget(tx: &Tx, before: Timestamp) -> Result<(), Error> {
    let sql = "DELETE FROM import_runs WHERE created_at < $1 AND state <> 'running'";
    tx.exec(sql, vals![before.as_millis()]).await.map(|_| ())
}

impl FromRow for Work {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get(0)?,
            caller: row.get(1)?,
            content: row.get(2)?,
            dry_run: row.get(3)?,
        })
    }
}

impl FromRow for Kept {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (state, done, rows): (String, i64, i64) = (row.get(3)?, row.get(4)?, row.get(5)?);
        Ok(Self(ImportRun {
            id: parsed(row, 0)?,
            file_name: row.get(1)?,
            dry_run: row.get(2)?,
            state: match state.as_str() {
                "running" => ImportState::Running,
                "done" => ImportState::Done,
                _ => ImportState::Failed,
            },
            done: done.try_into().unwrap_or(0),
            rows: rows.try_into().unwrap_or(0),
            report: json_opt(row, 6)?,
            problem: json_opt(row, 7)?,
            created_at: Timestamp::from_millis(row.get(8)?),
        }))
    }
}

fn json_opt<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> Result<Option<T>, Error> {
    let text: Option<String> = row.get(column)?;
    let value = text.map(|text| serde_json::from_str(&text)).transpose();
    value.map_err(|error| Error::Decode { column, reason: error.to_string() })
}
