//! A database file as it is at one moment, seen from beside the process that writes it: to copy, to check, to count.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::Error;
use crate::sqlite::files;

/// How long opening waits for a process that is just closing the file.
const BUSY: Duration = Duration::from_secs(5);

/// An SQLite file of a service, unchanging while this is held, whoever writes to it. Blocks; for commands.
#[derive(Debug)]
pub struct Snapshot {
    path: PathBuf,
    db: Connection,
}

/// What is in a database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// The rows of each table.
    pub tables: BTreeMap<String, u64>,
    /// The migrations it has had, in order.
    pub migrations: Vec<Applied>,
}

/// A migration that a database has had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Whose: a service's, or a library's that keeps tables beside it.
    pub set: String,
    /// Its number.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Of its SQL.
    pub checksum: String,
}

impl Snapshot {
    /// Opens a file as it is now.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(&path, flags)?;
        db.busy_timeout(BUSY)?;
        // A file that comes out of an archive is anybody's: its schema may run nothing, its pages are looked at closely.
        db.execute_batch(
            "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON; BEGIN",
        )?;
        // The snapshot is that of the first read.
        db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(Self { path, db })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes it to another file, which appears whole or not at all.
    pub fn copy_to(&self, target: &Path) -> Result<(), Error> {
        files::backup(&self.db, target)
    }

    /// What is wrong with the file, if anything: pages, indexes, references. `thorough` compares indexes with tables as
    /// well.
    pub fn faults(&self, thorough: bool) -> Result<Vec<String>, Error> {
        let check = if thorough { "PRAGMA integrity_check(10)" } else { "PRAGMA quick_check(10)" };
        let mut faults: Vec<String> = self.column(check)?;
        faults.retain(|fault| fault != "ok");
        if faults.is_empty() {
            let missing = "SELECT 'a row of ' || \"table\" || ' points to none of ' || parent \
                           FROM pragma_foreign_key_check LIMIT 10";
            faults = self.column(missing)?;
        }
        Ok(faults)
    }

    /// What is in it.
    pub fn contents(&self) -> Result<Contents, Error> {
        let mut tables = BTreeMap::new();
        for table in table_names(&self.db)? {
            let count = format!("SELECT count(*) FROM \"{table}\"");
            let rows: i64 = self.db.query_row(&count, [], |row| row.get(0))?;
            tables.insert(table, u64::try_from(rows).unwrap_or_default());
        }
        let migrations = if tables.contains_key("schema_migrations") {
            let sql = "SELECT migration_set, version, name, checksum FROM schema_migrations \
                       ORDER BY migration_set, version";
            let applied = |row: &rusqlite::Row<'_>| {
                let (set, version) = (row.get(0)?, row.get(1)?);
                Ok(Applied { set, version, name: row.get(2)?, checksum: row.get(3)? })
            };
            self.db.prepare(sql)?.query_map([], applied)?.collect::<Result<_, _>>()?
        } else {
            Vec::new()
        };
        Ok(Contents { tables, migrations })
    }

    /// One number out of it.
    pub fn number(&self, sql: &str) -> Result<i64, Error> {
        Ok(self.db.query_row(sql, [], |row| row.get::<_, Option<i64>>(0))?.unwrap_or_default())
    }

    /// One column of text out of it.
    pub fn column(&self, sql: &str) -> Result<Vec<String>, Error> {
        let mut statement = self.db.prepare(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// The tables that hold a service's rows.
pub(crate) fn table_names(db: &Connection) -> Result<Vec<String>, Error> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
               AND instr(name, '\"') = 0 ORDER BY name";
    let mut statement = db.prepare(sql)?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<Result<_, _>>()?)
}
