//! A service's tables, from a file to a server and back: copied, then read again and compared.

use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{SinkExt as _, pin_mut};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::{Cell, Server, Sum, Table, files};
use crate::{Error, body};

/// How much is sent at once.
const CHUNK: usize = 128 << 10;
/// Rows written to a file at once.
const ROWS: usize = 500;

/// A table that was copied, and is the same on both sides.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The table.
    pub table: String,
    /// Its rows.
    pub rows: u64,
    /// The sum over them, which both sides have.
    pub sum: String,
    /// How long copying took, without comparing.
    pub took: Duration,
}

impl Server {
    /// Empties a service's tables here and fills them from its file. Goes into the transaction that was begun.
    pub async fn take_in(&self, service: &str, file: &Path) -> Result<Vec<Compared>, Error> {
        let tables = tables_of(file).await?;
        self.expect_same(service, &tables).await?;
        let names: Vec<_> =
            tables.iter().map(|table| format!("\"{service}\".\"{}\"", table.name)).collect();
        if !names.is_empty() {
            self.0.batch_execute(&format!("TRUNCATE {}", names.join(", "))).await?;
        }
        let mut compared = Vec::new();
        for table in tables {
            let began = Instant::now();
            let (source, last) = self.fill(service, &table, file).await?;
            let took = began.elapsed();
            if let Some(column) = &table.sequence {
                self.set_last_number(service, &table.name, column, last).await?;
            }
            let here = self.read(service, &table, async |_| Ok(())).await?;
            compared.push(same(service, table, source, here, took)?);
        }
        Ok(compared)
    }

    /// Empties the tables of a file and fills them from a service's here.
    pub async fn give_out(&self, service: &str, file: &Path) -> Result<Vec<Compared>, Error> {
        let tables = tables_of(file).await?;
        self.expect_same(service, &tables).await?;
        let (rows, inbox) = mpsc::channel(4);
        let path = file.to_owned();
        let writer = spawn_blocking(move || fill_file(&path, inbox));
        let read = self.read_all(service, tables, &rows).await;
        drop(rows);
        let here = joined(writer.await)?;
        let (read, here) = match (read, here) {
            // The reader stopped because the writer had: the writer knows why.
            (Err(Error::Closed), Err(error)) => return Err(error),
            (read, here) => (read?, here?),
        };
        let both = read.into_iter().zip(here);
        both.map(|((table, source, took), here)| same(service, table, source, here, took)).collect()
    }

    async fn read_all(
        &self,
        service: &str,
        tables: Vec<Table>,
        rows: &mpsc::Sender<ToFile>,
    ) -> Result<Vec<(Table, Sum, Duration)>, Error> {
        let mut read = Vec::new();
        for table in tables {
            let began = Instant::now();
            let last = match &table.sequence {
                Some(column) => Some(self.last_number(service, &table.name, column).await?),
                None => None,
            };
            tell(rows, ToFile::Begin(table.clone())).await?;
            let mut waiting = Vec::with_capacity(ROWS);
            let sum = self
                .read(service, &table, async |row| {
                    waiting.push(row);
                    if waiting.len() < ROWS {
                        return Ok(());
                    }
                    tell(rows, ToFile::Rows(std::mem::take(&mut waiting))).await
                })
                .await?;
            tell(rows, ToFile::Rows(waiting)).await?;
            tell(rows, ToFile::End(last)).await?;
            read.push((table, sum, began.elapsed()));
        }
        tell(rows, ToFile::Done).await?;
        Ok(read)
    }

    /// Both sides must have the same tables and columns: the same version's schema.
    async fn expect_same(&self, service: &str, tables: &[Table]) -> Result<(), Error> {
        let mut here = self.columns(service).await?;
        for table in tables {
            let mut columns = here.remove(&table.name).unwrap_or_default();
            let mut wanted = table.columns.clone();
            columns.sort_unstable();
            wanted.sort_unstable();
            if columns != wanted {
                return Err(differ(service, &table.name));
            }
        }
        here.keys().next().map_or(Ok(()), |extra| Err(differ(service, extra)))
    }

    /// Sends a table's rows as they are read.
    async fn fill(&self, service: &str, table: &Table, file: &Path) -> Result<(Sum, i64), Error> {
        let (chunks, mut inbox) = mpsc::channel(8);
        let (path, source) = (file.to_owned(), table.clone());
        let reader = spawn_blocking(move || read_file(&path, &source, &chunks));
        let sql = format!("COPY \"{service}\".\"{}\" ({}) FROM STDIN", table.name, table.columns());
        let sink = self.0.copy_in(&sql).await?;
        pin_mut!(sink);
        let mut refused = None;
        while let Some(chunk) = inbox.recv().await {
            if let Err(error) = sink.send(chunk).await {
                refused = Some(error);
                break;
            }
        }
        drop(inbox);
        let read = joined(reader.await)?;
        if let Some(error) = refused {
            return Err(error.into());
        }
        // Only what was read to its end is finished; a sink that is dropped takes everything back.
        let read = read?;
        sink.finish().await?;
        Ok(read)
    }
}

fn differ(service: &str, table: &str) -> Error {
    Error::Unsupported(format!(
        "{service}.{table} is not the same on both sides: bring both to this version with `emart migrate` first"
    ))
}

fn same(
    service: &str,
    table: Table,
    source: Sum,
    target: Sum,
    took: Duration,
) -> Result<Compared, Error> {
    let Table { name, .. } = table;
    if source != target {
        let (was, is) = (source.rows, target.rows);
        let reason = format!("{service}.{name} came out different: {was} rows there, {is} here");
        return Err(Error::Corrupt(reason));
    }
    let sum = format!("{:032x}", source.hashes);
    Ok(Compared { table: name, rows: source.rows, sum, took })
}

async fn tables_of(file: &Path) -> Result<Vec<Table>, Error> {
    let path = file.to_owned();
    joined(spawn_blocking(move || files::tables(&files::open(&path)?)).await)?
}

fn joined<T>(result: Result<T, tokio::task::JoinError>) -> Result<T, Error> {
    result.map_err(|error| match error.try_into_panic() {
        Ok(panic) => body::panicked(&*panic),
        Err(_) => Error::Closed,
    })
}

/// A table's rows in the text format of `COPY`.
fn read_file(
    path: &Path,
    table: &Table,
    chunks: &mpsc::Sender<Bytes>,
) -> Result<(Sum, i64), Error> {
    let db = files::open(path)?;
    let mut text = Vec::with_capacity(CHUNK * 2);
    let send = |text: &mut Vec<u8>, at_least: usize| {
        if text.len() <= at_least {
            return Ok(());
        }
        let chunk = Bytes::from(std::mem::replace(text, Vec::with_capacity(CHUNK * 2)));
        chunks.blocking_send(chunk).map_err(|_| Error::Closed)
    };
    let sum = files::read(&db, table, |row| {
        write_row(&mut text, row);
        send(&mut text, CHUNK)
    })?;
    send(&mut text, 0)?;
    let last = if table.sequence.is_some() { files::last_number(&db, table)? } else { 0 };
    Ok((sum, last))
}

fn write_row(text: &mut Vec<u8>, row: &[Cell]) {
    for (at, cell) in row.iter().enumerate() {
        if at > 0 {
            text.push(b'\t');
        }
        match cell {
            Cell::Null => text.extend_from_slice(b"\\N"),
            Cell::Integer(number) => text.extend_from_slice(number.to_string().as_bytes()),
            Cell::Boolean(flag) => text.push(if *flag { b't' } else { b'f' }),
            Cell::Text(value) => value.bytes().for_each(|byte| match byte {
                b'\\' => text.extend_from_slice(b"\\\\"),
                b'\n' => text.extend_from_slice(b"\\n"),
                b'\r' => text.extend_from_slice(b"\\r"),
                b'\t' => text.extend_from_slice(b"\\t"),
                byte => text.push(byte),
            }),
            Cell::Bytes(bytes) => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                text.extend_from_slice(b"\\\\x");
                for byte in bytes {
                    text.push(HEX[usize::from(byte >> 4)]);
                    text.push(HEX[usize::from(byte & 15)]);
                }
            }
        }
    }
    text.push(b'\n');
}

/// What a file's writer is told.
enum ToFile {
    Begin(Table),
    Rows(Vec<Vec<Cell>>),
    /// The last number of its sequence, if it has one.
    End(Option<i64>),
    Done,
}

async fn tell(rows: &mpsc::Sender<ToFile>, message: ToFile) -> Result<(), Error> {
    // Its own error is the better one, and comes out of its thread.
    rows.send(message).await.map_err(|_| Error::Closed)
}

/// Fills the tables in one transaction and reads them again. Without `Done` at the end nothing is kept.
fn fill_file(path: &Path, mut inbox: mpsc::Receiver<ToFile>) -> Result<Vec<Sum>, Error> {
    let db = files::open(path)?;
    db.execute_batch("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE")?;
    for table in files::tables(&db)? {
        db.execute_batch(&format!("DELETE FROM \"{}\"", table.name))?;
    }
    let (mut filled, mut done) = (Vec::new(), false);
    while let Some(message) = inbox.blocking_recv() {
        match (message, filled.last()) {
            (ToFile::Begin(table), _) => filled.push(table),
            (ToFile::Rows(rows), Some(table)) => files::write(&db, table, &rows)?,
            (ToFile::End(Some(last)), Some(table)) => files::set_last_number(&db, table, last)?,
            (ToFile::Done, _) => done = true,
            (ToFile::Rows(_) | ToFile::End(_), _) => {}
        }
    }
    if !done {
        return Err(Error::Closed);
    }
    let sums = filled.iter().map(|table| files::read(&db, table, |_| Ok(())));
    let sums = sums.collect::<Result<_, _>>()?;
    db.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_written_as_copy_reads_it() {
        let mut text = Vec::new();
        let row = [
            Cell::Null,
            Cell::Text("a\tb\\N\r\n".to_owned()),
            Cell::Text(String::new()),
            Cell::Integer(-7),
            Cell::Boolean(true),
            Cell::Bytes(vec![0, 255]),
        ];
        write_row(&mut text, &row);
        assert_eq!(String::from_utf8(text).unwrap(), "\\N\ta\\tb\\\\N\\r\\n\t\t-7\tt\t\\\\x00ff\n");
    }
}
