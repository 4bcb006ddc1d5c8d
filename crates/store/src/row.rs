//! Rows of either engine, and how they become a service's types.

use crate::{Error, Value};

/// One row of an answer.
pub struct Row<'a>(Inner<'a>);

enum Inner<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl<'a> Row<'a> {
    pub(crate) fn sqlite(row: &'a rusqlite::Row<'a>) -> Self {
        Self(Inner::Sqlite(row))
    }

    pub(crate) fn postgres(row: &'a tokio_postgres::Row) -> Self {
        Self(Inner::Postgres(row))
    }

    /// The column with this number, from 0.
    pub fn get<T: FromColumn>(&self, column: usize) -> Result<T, Error> {
        self.value(column)
            .and_then(T::from_value)
            .map_err(|reason| Error::Decode { column, reason })
    }

    fn value(&self, column: usize) -> Result<Value<'_>, String> {
        match self.0 {
            Inner::Sqlite(row) => {
                row.get_ref(column).map_err(|error| error.to_string()).and_then(Value::from_sqlite)
            }
            Inner::Postgres(row) => row.try_get(column).map_err(|error| error.to_string()),
        }
    }
}

/// A type that a column can become.
pub trait FromColumn: Sized {
    /// Reads it, or says what is wrong with it.
    fn from_value(value: Value<'_>) -> Result<Self, String>;
}

/// A type that a row can become. Single columns and tuples of up to twelve are.
pub trait FromRow: Sized {
    /// Reads it.
    fn from_row(row: &Row<'_>) -> Result<Self, Error>;
}

impl FromColumn for i64 {
    fn from_value(value: Value<'_>) -> Result<Self, String> {
        match value {
            Value::Int(value) => Ok(value),
            other => Err(unexpected("an integer", other)),
        }
    }
}

macro_rules! narrow_integer {
    ($($type:ty)*) => {$(
        impl FromColumn for $type {
            fn from_value(value: Value<'_>) -> Result<Self, String> {
                let value = i64::from_value(value)?;
                Self::try_from(value).map_err(|_| format!("{value} is out of range"))
            }
        }
    )*};
}
narrow_integer!(i32 u32 u16 u8 u64 usize);

impl FromColumn for bool {
    fn from_value(value: Value<'_>) -> Result<Self, String> {
        match value {
            Value::Int(0) => Ok(false),
            Value::Int(1) => Ok(true),
            other => Err(unexpected("a boolean", other)),
        }
    }
}

impl FromColumn for String {
    fn from_value(value: Value<'_>) -> Result<Self, String> {
        match value {
            Value::Text(text) => Ok(text.to_owned()),
            other => Err(unexpected("text", other)),
        }
    }
}

impl FromColumn for Vec<u8> {
    fn from_value(value: Value<'_>) -> Result<Self, String> {
        match value {
            Value::Bytes(bytes) => Ok(bytes.to_vec()),
            other => Err(unexpected("bytes", other)),
        }
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_value(value: Value<'_>) -> Result<Self, String> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}

/// Names the kind, never the content: it may be somebody's password or address.
fn unexpected(wanted: &str, found: Value<'_>) -> String {
    let found = match found {
        Value::Null => "NULL",
        Value::Int(_) => "an integer",
        Value::Text(_) => "text",
        Value::Bytes(_) => "bytes",
    };
    format!("expected {wanted}, found {found}")
}

impl<T: FromColumn> FromRow for T {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        row.get(0)
    }
}

macro_rules! tuple {
    ($($type:ident $column:literal),+) => {
        impl<$($type: FromColumn),+> FromRow for ($($type,)+) {
            fn from_row(row: &Row<'_>) -> Result<Self, Error> {
                Ok(($(row.get::<$type>($column)?,)+))
            }
        }
    };
}
tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
