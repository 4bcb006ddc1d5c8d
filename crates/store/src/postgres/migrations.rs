//! Applying migrations on a server that several processes may be starting against at once.

use deadpool_postgres::{Client, Transaction};

use crate::migrate::{self, Applied, Migration};
use crate::{Error, sql};

/// Only one process at a time creates or changes schemas. The number is arbitrary, but must never change.
const LOCK: &str =
    "SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(7237111905530413)";

pub(super) async fn create_schema(client: &Client, schema: &str) -> Result<(), Error> {
    // Asked first, so that a role that may not create schemas can use one that is there.
    let exists = "SELECT 1 FROM pg_namespace WHERE nspname = $1";
    if client.query_opt(exists, &[&schema]).await?.is_none() {
        let sql = format!("BEGIN; {LOCK}; CREATE SCHEMA IF NOT EXISTS \"{schema}\"; COMMIT");
        client.batch_execute(&sql).await?;
    }
    Ok(())
}

/// Applies one migration after the other, each with its own commit, so that what worked stays.
pub(super) async fn apply(
    client: &mut Client,
    schema: &str,
    set: &str,
    migrations: &[Migration],
) -> Result<(), Error> {
    loop {
        let tx = client.transaction().await?;
        tx.batch_execute(LOCK).await?;
        let Some(migration) = next(&tx, schema, set, migrations).await? else {
            return Ok(tx.commit().await?);
        };
        tx.commit().await.map_err(|error| migration.failed(set, Error::from(error).to_string()))?;
        tracing::info!(set, migration = migration.name, "migrated");
    }
}

async fn next<'a>(
    tx: &Transaction<'_>,
    schema: &str,
    set: &str,
    migrations: &'a [Migration],
) -> Result<Option<&'a Migration>, Error> {
    tx.batch_execute(migrate::TABLE).await?;
    let rows = tx.query(migrate::APPLIED, &[&set]).await?;
    let applied: Vec<Applied> =
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    let Some(migration) = migrate::pending(set, migrations, &applied)?.first() else {
        return Ok(None);
    };
    let failed =
        |error: tokio_postgres::Error| migration.failed(set, Error::from(error).to_string());
    tx.batch_execute(&sql::postgres(migration.sql)).await.map_err(failed)?;
    // A migration that ended the transaction, or moved elsewhere, would be noticed only much later.
    let place = "SELECT current_schema(), pg_current_xact_id_if_assigned() IS NOT NULL";
    let place = tx.query_one(place, &[]).await.map_err(failed)?;
    if place.get::<_, Option<String>>(0).as_deref() != Some(schema) || !place.get::<_, bool>(1) {
        return Err(
            migration.failed(set, "it leaves its schema or ends the transaction it runs in")
        );
    }
    let sql = "INSERT INTO schema_migrations (migration_set, version, name, checksum, applied_at)
        VALUES ($1, $2, $3, $4, CAST(extract(epoch FROM now()) * 1000 AS BIGINT))";
    let version = i64::from(migration.version);
    tx.execute(sql, &[&set, &version, &migration.name, &migration.checksum()])
        .await
        .map_err(failed)?;
    Ok(Some(migration))
}
