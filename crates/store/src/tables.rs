//! Whole tables, from engine to engine: what their columns are, and a sum over their rows by which two tables are the
//! same. Nothing here knows any table by name.

mod copy;
mod files;
mod server;

use sha2::{Digest as _, Sha256};

pub use self::copy::Compared;
pub use self::files::Files;
pub use self::server::{Facts, Server};
use crate::Error;

/// The table that says which migrations were applied: each engine has its own, and it is not copied.
const MIGRATIONS: &str = "schema_migrations";

/// A table as both engines have it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Table {
    name: String,
    columns: Vec<Column>,
    /// The column whose values the engine counts up by itself.
    sequence: Option<String>,
    /// The tables its rows point to.
    parents: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Column {
    name: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Text,
    Integer,
    Boolean,
    Bytes,
}

impl Kind {
    /// Of a type's name in either engine's schema.
    fn of(declared: &str) -> Result<Self, Error> {
        let declared = declared.to_ascii_uppercase();
        Ok(match declared.as_str() {
            "TEXT" | "CHARACTER VARYING" => Self::Text,
            "BIGINT" | "INTEGER" | "SMALLINT" => Self::Integer,
            "BOOLEAN" => Self::Boolean,
            "BLOB" | "BYTEA" => Self::Bytes,
            _ => return Err(Error::Unsupported(format!("a column of type {declared}"))),
        })
    }
}

impl Table {
    /// Its columns' names, quoted.
    fn columns(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|c| format!("\"{}\"", c.name)).collect();
        names.join(", ")
    }
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cell {
    Null,
    Text(String),
    Integer(i64),
    Boolean(bool),
    Bytes(Vec<u8>),
}

/// A sum over rows in any order: two tables with the same sum have the same rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    rows: u64,
    /// Added up, not xored: a row that is there twice is not as if it were not there.
    hashes: u128,
}

impl Sum {
    fn add(&mut self, row: &[Cell]) {
        let mut hash = Sha256::new();
        for cell in row {
            // Lengths stand before contents, so that no two rows read the same.
            match cell {
                Cell::Null => hash.update([0]),
                Cell::Text(text) => {
                    hash.update([1]);
                    hash.update((text.len() as u64).to_le_bytes());
                    hash.update(text);
                }
                Cell::Integer(number) => {
                    hash.update([2]);
                    hash.update(number.to_le_bytes());
                }
                Cell::Boolean(flag) => hash.update([3, u8::from(*flag)]),
                Cell::Bytes(bytes) => {
                    hash.update([4]);
                    hash.update((bytes.len() as u64).to_le_bytes());
                    hash.update(bytes);
                }
            }
        }
        let mut half = [0; 16];
        half.copy_from_slice(&hash.finalize()[..16]);
        self.hashes = self.hashes.wrapping_add(u128::from_le_bytes(half));
        self.rows += 1;
    }
}

/// Parents before their children, so that a row's reference is there when the row comes.
fn in_order(mut tables: Vec<Table>) -> Result<Vec<Table>, Error> {
    let mut ordered: Vec<Table> = Vec::new();
    while !tables.is_empty() {
        let placed = |name: &String| ordered.iter().any(|table| table.name == *name);
        let ready = tables.iter().position(|table| {
            table.parents.iter().all(|parent| *parent == table.name || placed(parent))
        });
        let Some(at) = ready else {
            let circle: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
            let reason = format!("tables that point to each other in a circle: {circle:?}");
            return Err(Error::Unsupported(reason));
        };
        ordered.push(tables.remove(at));
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, parents: &[&str]) -> Table {
        let parents = parents.iter().map(ToString::to_string).collect();
        Table { name: name.to_owned(), columns: Vec::new(), sequence: None, parents }
    }

    #[test]
    fn parents_come_before_their_children_and_a_circle_is_named() {
        let tables = vec![table("a", &["b", "a"]), table("b", &["c"]), table("c", &[])];
        let names: Vec<_> = in_order(tables).unwrap().into_iter().map(|table| table.name).collect();
        assert_eq!(names, ["c", "b", "a"]);
        let circle = in_order(vec![table("a", &["b"]), table("b", &["a"])]).unwrap_err();
        assert!(circle.to_string().contains("circle"), "{circle}");
    }

    #[test]
    fn a_sum_depends_on_every_row_and_not_on_their_order() {
        let rows = [
            vec![Cell::Text("ab".to_owned()), Cell::Text("c".to_owned())],
            vec![Cell::Text("a".to_owned()), Cell::Text("bc".to_owned())],
            vec![Cell::Null, Cell::Integer(1)],
            vec![Cell::Null, Cell::Boolean(true)],
        ];
        let sum = |order: &[usize]| {
            let mut sum = Sum::default();
            order.iter().for_each(|at| sum.add(&rows[*at]));
            sum
        };
        assert_eq!(sum(&[0, 1, 2, 3]), sum(&[3, 1, 0, 2]));
        for other in [&[0, 0][..], &[1, 1], &[2, 3], &[0, 1, 2], &[]] {
            assert_ne!(sum(other), sum(&[0, 1]), "{other:?}");
        }
    }
}
