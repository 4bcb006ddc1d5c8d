//! Tables of an SQLite file: what they are, their rows out, other rows in.

use std::path::{Path, PathBuf};

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql, params_from_iter};

use super::{Cell, Column, Kind, MIGRATIONS, Sum, Table, in_order};
use crate::Error;
use crate::snapshot::table_names;

/// The SQLite files of a store that nobody uses meanwhile.
#[derive(Debug, Clone)]
pub struct Files(PathBuf);

impl Files {
    /// Those in a folder.
    pub fn in_dir(dir: impl Into<PathBuf>) -> Self {
        Self(dir.into())
    }

    /// The services that have one, by name.
    pub fn services(&self) -> Result<Vec<String>, Error> {
        let disk = |error: std::io::Error| Error::Disk(format!("{}: {error}", self.0.display()));
        let mut services = Vec::new();
        for entry in std::fs::read_dir(&self.0).map_err(disk)? {
            let name = entry.map_err(disk)?.file_name();
            if let Some(service) = name.to_str().and_then(|name| name.strip_suffix(".db")) {
                services.push(service.to_owned());
            }
        }
        services.sort_unstable();
        Ok(services)
    }

    /// The file of a service.
    pub fn path(&self, service: &str) -> PathBuf {
        self.0.join(format!("{service}.db"))
    }
}

pub(super) fn open(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(path, flags)?)
}

/// The tables to be copied, parents first.
pub(super) fn tables(db: &Connection) -> Result<Vec<Table>, Error> {
    let mut tables = Vec::new();
    for name in table_names(db)?.into_iter().filter(|name| name != MIGRATIONS) {
        let mut columns = Vec::new();
        let mut key = None;
        let mut statement =
            db.prepare("SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid")?;
        let mut rows = statement.query([&name])?;
        while let Some(row) = rows.next()? {
            let (column, declared): (String, String) = (row.get(0)?, row.get(1)?);
            if row.get::<_, i64>(2)? == 1 {
                key = Some(column.clone());
            }
            columns.push(Column { name: column, kind: Kind::of(&declared)? });
        }
        let counts =
            "SELECT instr(upper(sql), 'AUTOINCREMENT') > 0 FROM sqlite_schema WHERE name = ?1";
        let counts: bool = db.query_row(counts, [&name], |row| row.get(0))?;
        let parents = db
            .prepare("SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?1)")?
            .query_map([&name], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        tables.push(Table { name, columns, sequence: key.filter(|_| counts), parents });
    }
    in_order(tables)
}

/// Hands every row to `each`, and sums them up.
pub(super) fn read(
    db: &Connection,
    table: &Table,
    mut each: impl FnMut(&[Cell]) -> Result<(), Error>,
) -> Result<Sum, Error> {
    let sql = format!("SELECT {} FROM \"{}\"", table.columns(), table.name);
    let mut statement = db.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let (mut sum, mut cells) = (Sum::default(), Vec::with_capacity(table.columns.len()));
    while let Some(row) = rows.next()? {
        cells.clear();
        for (at, column) in table.columns.iter().enumerate() {
            let cell = cell(row.get_ref(at)?, column.kind);
            cells.push(cell.ok_or_else(|| {
                let (table, column, kind) = (&table.name, &column.name, column.kind);
                Error::Corrupt(format!("a row of {table} has no {kind:?} in {column}"))
            })?);
        }
        sum.add(&cells);
        each(&cells)?;
    }
    Ok(sum)
}

/// SQLite lets any value stand in any column; the program does not.
fn cell(value: ValueRef<'_>, kind: Kind) -> Option<Cell> {
    Some(match (value, kind) {
        (ValueRef::Null, _) => Cell::Null,
        (ValueRef::Text(text), Kind::Text) => {
            Cell::Text(String::from_utf8(text.to_vec()).ok().filter(|text| !text.contains('\0'))?)
        }
        (ValueRef::Integer(number), Kind::Integer) => Cell::Integer(number),
        (ValueRef::Integer(number @ (0 | 1)), Kind::Boolean) => Cell::Boolean(number == 1),
        (ValueRef::Blob(bytes), Kind::Bytes) => Cell::Bytes(bytes.to_vec()),
        _ => return None,
    })
}

/// Puts rows in.
pub(super) fn write(db: &Connection, table: &Table, rows: &[Vec<Cell>]) -> Result<(), Error> {
    let places: Vec<_> = (1..=table.columns.len()).map(|at| format!("?{at}")).collect();
    let (name, columns, places) = (&table.name, table.columns(), places.join(", "));
    let mut statement =
        db.prepare_cached(&format!("INSERT INTO \"{name}\" ({columns}) VALUES ({places})"))?;
    for row in rows {
        statement.execute(params_from_iter(row))?;
    }
    Ok(())
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Null => Ok(ToSqlOutput::Owned(Value::Null)),
            Self::Text(text) => text.to_sql(),
            Self::Integer(number) => number.to_sql(),
            Self::Boolean(flag) => flag.to_sql(),
            Self::Bytes(bytes) => bytes.to_sql(),
        }
    }
}

/// The last number a table's sequence gave out; 0 for none.
pub(super) fn last_number(db: &Connection, table: &Table) -> Result<i64, Error> {
    let sql = "SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = ?1";
    Ok(db.query_row(sql, [&table.name], |row| row.get(0))?)
}

pub(super) fn set_last_number(db: &Connection, table: &Table, last: i64) -> Result<(), Error> {
    db.execute("DELETE FROM sqlite_sequence WHERE name = ?1", [&table.name])?;
    db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)", (&table.name, last))?;
    Ok(())
}
