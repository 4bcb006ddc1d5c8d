//! A PostgreSQL server, on one connection: whether it will do, and tables in and out.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{StreamExt as _, pin_mut};
use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::{Client, NoTls, Row};

use super::{Cell, Column, Kind, MIGRATIONS, Sum, Table};
use crate::Error;
use crate::snapshot::{Applied, Contents};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(5);
/// What the connection goes by on the server.
const NAME: &str = "emart (operator)";
/// Two moves into one database at once would wait for each other in vain. The number is arbitrary.
const LOCK: i64 = 7_237_111_905_530_414;

/// A connection to a server.
pub struct Server(pub(super) Client);

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Server")
    }
}

/// What a server and the role on it are like.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Its version: 170002 is 17.2.
    pub version: i32,
    /// The connections it takes from all its clients.
    pub max_connections: i64,
    /// Whether commits wait for the disk.
    pub synchronous_commit: String,
    /// Whether the role may do everything there is.
    pub superuser: bool,
    /// Whether it may make schemas in this database.
    pub may_create: bool,
    /// Schemas of others that it may look into.
    pub sees: Vec<String>,
    /// Its clock, in Unix milliseconds.
    pub now_ms: i64,
}

impl Server {
    /// Connects. Errors do not tell the URL, which holds a password.
    pub async fn connect(url: &SecretString) -> Result<Self, Error> {
        let refused = |reason: String| Error::Open { database: "PostgreSQL".to_owned(), reason };
        let mut config: tokio_postgres::Config =
            url.expose_secret().parse().map_err(|error| refused(format!("the URL: {error}")))?;
        config.connect_timeout(CONNECT).application_name(NAME);
        let connected = tokio::time::timeout(CONNECT * 2, config.connect(NoTls)).await;
        let (client, connection) = connected
            .map_err(|_| refused("it does not answer".to_owned()))?
            .map_err(|error| refused(Error::from(error).to_string()))?;
        #[expect(clippy::disallowed_methods, reason = "it ends with the client")]
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to PostgreSQL ended");
            }
        });
        client.batch_execute("SET statement_timeout = 0").await?;
        Ok(Self(client))
    }

    /// What it is like. `services` are the schemas that are the store's own.
    pub async fn facts(&self, services: &[&str]) -> Result<Facts, Error> {
        let sql = "SELECT CAST(current_setting('server_version_num') AS INTEGER), \
                   CAST(current_setting('max_connections') AS BIGINT), \
                   current_setting('synchronous_commit'), \
                   (SELECT rolsuper FROM pg_roles WHERE rolname = current_user), \
                   has_database_privilege(current_database(), 'CREATE'), \
                   CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";
        let row = self.0.query_one(sql, &[]).await?;
        let others = "SELECT nspname FROM pg_namespace WHERE nspname <> ALL($1) \
                      AND nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'public') \
                      AND has_schema_privilege(nspname, 'USAGE') ORDER BY nspname LIMIT 20";
        let others = self.0.query(others, &[&services]).await?;
        Ok(Facts {
            version: row.get(0),
            max_connections: row.get(1),
            synchronous_commit: row.get(2),
            superuser: row.get(3),
            may_create: row.get(4),
            now_ms: row.get(5),
            sees: others.iter().map(|row| row.get(0)).collect(),
        })
    }

    /// Connections of stores to this database.
    pub async fn stores(&self) -> Result<Vec<String>, Error> {
        let sql = "SELECT DISTINCT application_name FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid() \
                   AND application_name LIKE 'emart %' AND application_name <> $1 ORDER BY 1";
        let rows = self.0.query(sql, &[&NAME]).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Claims the database for this connection; `false` when another command has.
    pub async fn claim(&self) -> Result<bool, Error> {
        Ok(self.0.query_one("SELECT pg_try_advisory_lock($1)", &[&LOCK]).await?.get(0))
    }

    /// What a service's schema holds; `None` when there is no such schema.
    pub async fn contents(&self, service: &str) -> Result<Option<Contents>, Error> {
        let sql = "SELECT 1 FROM pg_namespace WHERE nspname = $1";
        if self.0.query_opt(sql, &[&service]).await?.is_none() {
            return Ok(None);
        }
        let mut tables = BTreeMap::new();
        for name in self.table_names(service).await? {
            let count = format!("SELECT count(*) FROM \"{service}\".\"{name}\"");
            let rows: i64 = self.0.query_one(&count, &[]).await?.get(0);
            tables.insert(name, u64::try_from(rows).unwrap_or_default());
        }
        let mut migrations = Vec::new();
        if tables.contains_key(MIGRATIONS) {
            let sql = format!(
                "SELECT migration_set, version, name, checksum FROM \"{service}\".{MIGRATIONS} \
                 ORDER BY migration_set COLLATE \"C\", version"
            );
            let applied = |row: &Row| Applied {
                set: row.get(0),
                version: row.get(1),
                name: row.get(2),
                checksum: row.get(3),
            };
            migrations.extend(self.0.query(&sql, &[]).await?.iter().map(applied));
        }
        Ok(Some(Contents { tables, migrations }))
    }

    /// One number out of a service's schema.
    pub async fn number(&self, service: &str, sql: &str) -> Result<i64, Error> {
        self.0.batch_execute(&format!("SET search_path TO \"{service}\"")).await?;
        Ok(self.0.query_one(sql, &[]).await?.get::<_, Option<i64>>(0).unwrap_or_default())
    }

    /// One column of text out of a service's schema.
    pub async fn column(&self, service: &str, sql: &str) -> Result<Vec<String>, Error> {
        self.0.batch_execute(&format!("SET search_path TO \"{service}\"")).await?;
        Ok(self.0.query(sql, &[]).await?.iter().map(|row| row.get(0)).collect())
    }

    /// Begins a transaction: all that follows becomes true at once with [`Server::commit`], or not at all.
    pub async fn begin(&self) -> Result<(), Error> {
        Ok(self.0.batch_execute("BEGIN").await?)
    }

    /// The same for reading: everything is seen as it is at one moment.
    pub async fn begin_reading(&self) -> Result<(), Error> {
        Ok(self.0.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
    }

    /// Ends it.
    pub async fn commit(&self) -> Result<(), Error> {
        Ok(self.0.batch_execute("COMMIT").await?)
    }

    async fn table_names(&self, service: &str) -> Result<Vec<String>, Error> {
        let sql = "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                   WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') ORDER BY c.relname COLLATE \"C\"";
        let rows = self.0.query(sql, &[&service]).await?;
        let names = rows.iter().map(|row| row.get::<_, String>(0));
        Ok(names.filter(|name| !name.contains('"')).collect())
    }

    /// The columns of each table, by name.
    pub(super) async fn columns(
        &self,
        service: &str,
    ) -> Result<BTreeMap<String, Vec<Column>>, Error> {
        let sql = "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT) \
                   FROM information_schema.columns WHERE table_schema = $1";
        let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
        for row in self.0.query(sql, &[&service]).await? {
            let (table, name, declared): (String, String, String) =
                (row.get(0), row.get(1), row.get(2));
            if table != MIGRATIONS {
                tables.entry(table).or_default().push(Column { name, kind: Kind::of(&declared)? });
            }
        }
        Ok(tables)
    }

    /// Hands every row to `each`, and sums them up.
    pub(super) async fn read(
        &self,
        service: &str,
        table: &Table,
        mut each: impl AsyncFnMut(Vec<Cell>) -> Result<(), Error>,
    ) -> Result<Sum, Error> {
        let column = |column: &Column| match column.kind {
            Kind::Integer => format!("CAST(\"{}\" AS BIGINT)", column.name),
            Kind::Text => format!("CAST(\"{}\" AS TEXT)", column.name),
            Kind::Boolean | Kind::Bytes => format!("\"{}\"", column.name),
        };
        let columns: Vec<_> = table.columns.iter().map(column).collect();
        let sql = format!("SELECT {} FROM \"{service}\".\"{}\"", columns.join(", "), table.name);
        let none: [&str; 0] = [];
        let rows = self.0.query_raw(&sql, none).await?;
        pin_mut!(rows);
        let mut sum = Sum::default();
        while let Some(row) = rows.next().await {
            let cells = cells(&row?, table)?;
            sum.add(&cells);
            each(cells).await?;
        }
        Ok(sum)
    }

    /// The last number a table's sequence gave out; 0 for none.
    pub(super) async fn last_number(
        &self,
        service: &str,
        table: &str,
        column: &str,
    ) -> Result<i64, Error> {
        let name = self.sequence(service, table, column).await?;
        let sql = format!("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {name}");
        Ok(self.0.query_one(&sql, &[]).await?.get(0))
    }

    pub(super) async fn set_last_number(
        &self,
        service: &str,
        table: &str,
        column: &str,
        last: i64,
    ) -> Result<(), Error> {
        let name = self.sequence(service, table, column).await?;
        let sql = "SELECT setval(CAST($1 AS TEXT)::regclass, GREATEST(CAST($2 AS BIGINT), 1), CAST($2 AS BIGINT) > 0)";
        self.0.query_one(sql, &[&name, &last]).await?;
        Ok(())
    }

    async fn sequence(&self, service: &str, table: &str, column: &str) -> Result<String, Error> {
        let table = format!("\"{service}\".\"{table}\"");
        let sql = "SELECT pg_get_serial_sequence($1, $2)";
        let name: Option<String> = self.0.query_one(sql, &[&table, &column]).await?.get(0);
        name.ok_or_else(|| Error::Unsupported(format!("{table} does not count {column} by itself")))
    }
}

fn cells(row: &Row, table: &Table) -> Result<Vec<Cell>, Error> {
    let cell = |(at, column): (usize, &Column)| {
        Ok(match column.kind {
            Kind::Text => row.try_get::<_, Option<String>>(at)?.map(Cell::Text),
            Kind::Integer => row.try_get::<_, Option<i64>>(at)?.map(Cell::Integer),
            Kind::Boolean => row.try_get::<_, Option<bool>>(at)?.map(Cell::Boolean),
            Kind::Bytes => row.try_get::<_, Option<Vec<u8>>>(at)?.map(Cell::Bytes),
        }
        .unwrap_or(Cell::Null))
    };
    table.columns.iter().enumerate().map(cell).collect()
}
