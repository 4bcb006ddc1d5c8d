//! What can go wrong in a database, as values a service can match on, the same for both engines.

use std::error::Error as _;

use rusqlite::ErrorCode;
use tokio_postgres::error::SqlState;

/// Why a transaction or statement did not happen.
///
/// `Clone`, because one failed `COMMIT` answers every caller that waited for it.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A row with this key is there already.
    #[error("unique violation: {0}")]
    Unique(String),
    /// A row points to one that is not there, or is pointed to and cannot go.
    #[error("foreign key violation: {0}")]
    ForeignKey(String),
    /// A `NOT NULL` or `CHECK` constraint says no.
    #[error("constraint violation: {0}")]
    Constraint(String),
    /// Two transactions got in each other's way; doing it again from the start may work.
    #[error("the transaction conflicts with another: {0}")]
    Serialization(String),
    /// [`crate::Tx::one`] found no row.
    #[error("no such row")]
    NotFound,
    /// The body of a transaction awaited something other than its `Tx`. Rolled back.
    #[error("a transaction may await nothing but its own statements")]
    Suspended,
    /// The body of a transaction panicked. Rolled back.
    #[error("the transaction panicked: {0}")]
    Panicked(String),
    /// An earlier statement of this transaction failed, so it can only roll back.
    #[error("an earlier statement of this transaction failed: {0}")]
    Aborted(String),
    /// The `Tx` was used after its transaction had ended.
    #[error("the transaction is over")]
    Finished,
    /// No space left on the disk, or the database reached its size limit.
    #[error("no space left for the database: {0}")]
    Full(String),
    /// The disk or the database is read-only, or a statement tried to write inside a read.
    #[error("the database cannot be written: {0}")]
    ReadOnly(String),
    /// Reading or writing the disk failed.
    #[error("the database's disk failed: {0}")]
    Disk(String),
    /// The database file is damaged, or not a database.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// Too much work is queued; try again later.
    #[error("the database is overloaded: {0}")]
    Overloaded(String),
    /// A statement or transaction took longer than it may.
    #[error("the database took too long: {0}")]
    TimedOut(String),
    /// The server cannot be reached, or the connection broke. A `COMMIT` under way may or may not have happened.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// The `Db` was closed.
    #[error("the database is closed")]
    Closed,
    /// The database could not be opened.
    #[error("cannot open database {database}: {reason}")]
    Open {
        /// Its file or schema.
        database: String,
        /// What is in the way.
        reason: String,
    },
    /// The schema could not be brought up to date; nothing of the named migration was kept.
    #[error("migration {migration} of {database}: {reason}")]
    Migration {
        /// Its database.
        database: String,
        /// Its name.
        migration: String,
        /// What is in the way.
        reason: String,
    },
    /// A column does not hold what the program expects.
    #[error("column {column}: {reason}")]
    Decode {
        /// Its number in the row, from 0.
        column: usize,
        /// What was expected and found.
        reason: String,
    },
    /// The parameters do not fit the statement.
    #[error("parameters: {0}")]
    Parameters(String),
    /// This engine cannot do that.
    #[error("not supported: {0}")]
    Unsupported(String),
    /// Anything else the database said: usually a mistake in the SQL.
    #[error("database: {0}")]
    Database(String),
}

impl Error {
    /// A row with this key is there already.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Unique(_))
    }

    /// A row points to one that is not there, or is pointed to.
    pub fn is_foreign_key_violation(&self) -> bool {
        matches!(self, Self::ForeignKey(_))
    }

    /// A deadlock or a conflict with another transaction: run the whole transaction again.
    pub fn is_serialization_failure(&self) -> bool {
        matches!(self, Self::Serialization(_))
    }

    /// Says where a mistake in the SQL is. The text of a statement holds no values.
    pub(crate) fn in_statement(self, sql: &str) -> Self {
        match self {
            Self::Database(reason) => Self::Database(format!("{reason}, in {sql}")),
            error => error,
        }
    }

    /// Nothing is wrong with the request; the same one may work later.
    pub fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Serialization(_)
                | Self::Full(_)
                | Self::ReadOnly(_)
                | Self::Disk(_)
                | Self::Overloaded(_)
                | Self::TimedOut(_)
                | Self::Unavailable(_)
                | Self::Closed
        )
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let message = error.to_string();
        let rusqlite::Error::SqliteFailure(failure, _) = &error else {
            return Self::Database(message);
        };
        match failure.code {
            ErrorCode::ConstraintViolation => match failure.extended_code {
                rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
                | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                | rusqlite::ffi::SQLITE_CONSTRAINT_ROWID => Self::Unique(message),
                rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Self::ForeignKey(message),
                _ => Self::Constraint(message),
            },
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                if failure.extended_code == rusqlite::ffi::SQLITE_BUSY_SNAPSHOT {
                    Self::Serialization(message)
                } else {
                    Self::Overloaded(message)
                }
            }
            ErrorCode::OperationInterrupted => Self::TimedOut(message),
            ErrorCode::DiskFull => Self::Full(message),
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly(message),
            ErrorCode::SystemIoFailure | ErrorCode::CannotOpen => Self::Disk(message),
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Corrupt(message),
            _ => Self::Database(message),
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        let message = chain(&error);
        let Some(state) = error.code() else {
            // No SQLSTATE: the error is this side's. Encoding and decoding are bugs, the rest is the connection.
            let local =
                message.contains("serializing parameter") || message.contains("deserializing");
            return if local { Self::Database(message) } else { Self::Unavailable(message) };
        };
        match *state {
            SqlState::UNIQUE_VIOLATION => Self::Unique(message),
            SqlState::FOREIGN_KEY_VIOLATION => Self::ForeignKey(message),
            SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => {
                Self::Serialization(message)
            }
            SqlState::IN_FAILED_SQL_TRANSACTION => Self::Aborted(message),
            SqlState::READ_ONLY_SQL_TRANSACTION => Self::ReadOnly(message),
            SqlState::QUERY_CANCELED | SqlState::LOCK_NOT_AVAILABLE => Self::TimedOut(message),
            SqlState::DISK_FULL => Self::Full(message),
            SqlState::IO_ERROR => Self::Disk(message),
            SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => Self::Corrupt(message),
            SqlState::TOO_MANY_CONNECTIONS | SqlState::OUT_OF_MEMORY => Self::Overloaded(message),
            _ => match &state.code()[..2] {
                "23" => Self::Constraint(message),
                "08" | "57" => Self::Unavailable(message),
                _ => Self::Database(message),
            },
        }
    }
}

/// tokio-postgres says "db error" and keeps what the server said in the source.
fn chain(error: &tokio_postgres::Error) -> String {
    let mut text = match error.as_db_error() {
        Some(db) => return format!("{} ({})", db.message(), db.code().code()),
        None => error.to_string(),
    };
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
