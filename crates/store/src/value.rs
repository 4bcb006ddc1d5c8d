//! Values on their way in ([`Val`], [`vals!`](crate::vals)) and out ([`Value`]), for both engines.

use std::error::Error as StdError;

use bytes::BytesMut;
use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

/// A parameter of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Val {
    /// `NULL`.
    Null,
    /// `BIGINT`.
    Int(i64),
    /// `BOOLEAN`.
    Bool(bool),
    /// `TEXT`.
    Text(String),
    /// `{{bytes}}`.
    Bytes(Vec<u8>),
}

/// The parameters of a statement, in the order of `$1`, `$2`, …: `vals![id, pieces]`.
#[macro_export]
macro_rules! vals {
    ($($value:expr),* $(,)?) => { &[$($crate::Val::from($value)),*] };
}

macro_rules! from {
    ($($type:ty: $value:ident => $val:expr;)*) => {$(
        impl From<$type> for Val {
            fn from($value: $type) -> Self {
                $val
            }
        }
    )*};
}

from! {
    i64: value => Val::Int(value);
    i32: value => Val::Int(value.into());
    u32: value => Val::Int(value.into());
    u16: value => Val::Int(value.into());
    u8: value => Val::Int(value.into());
    bool: value => Val::Bool(value);
    &str: value => Val::Text(value.to_owned());
    &String: value => Val::Text(value.clone());
    String: value => Val::Text(value);
    Vec<u8>: value => Val::Bytes(value);
    &[u8]: value => Val::Bytes(value.to_vec());
}

impl<T: Into<Self>> From<Option<T>> for Val {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl Val {
    /// PostgreSQL cannot store U+0000 in text; SQLite could, so it is refused on both alike.
    pub(crate) fn is_storable(&self) -> bool {
        !matches!(self, Self::Text(text) if text.contains('\0'))
    }
}

impl rusqlite::ToSql for Val {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Bool(value) => ValueRef::Integer(i64::from(*value)),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

impl ToSql for Val {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match (self, ty) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Int(value), &Type::INT8) => value.to_sql(ty, out),
            (Self::Int(value), &Type::INT4) => i32::try_from(*value)?.to_sql(ty, out),
            (Self::Int(value), &Type::INT2) => i16::try_from(*value)?.to_sql(ty, out),
            (Self::Bool(value), &Type::BOOL) => value.to_sql(ty, out),
            (Self::Text(value), _) if <&str as ToSql>::accepts(ty) => value.to_sql(ty, out),
            (Self::Bytes(value), &Type::BYTEA) => value.as_slice().to_sql(ty, out),
            _ => Err(format!("{self:?} where the statement wants {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// What one column of a row holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// `NULL`.
    Null,
    /// `BIGINT`, or `BOOLEAN` as 0 and 1.
    Int(i64),
    /// `TEXT`.
    Text(&'a str),
    /// `{{bytes}}`.
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    pub(crate) fn from_sqlite(value: ValueRef<'a>) -> Result<Self, String> {
        match value {
            ValueRef::Null => Ok(Self::Null),
            ValueRef::Integer(value) => Ok(Self::Int(value)),
            ValueRef::Text(text) => match std::str::from_utf8(text) {
                Ok(text) => Ok(Self::Text(text)),
                Err(error) => Err(format!("text that is not UTF-8: {error}")),
            },
            ValueRef::Blob(bytes) => Ok(Self::Bytes(bytes)),
            ValueRef::Real(_) => Err("a floating point number, which is not portable".to_owned()),
        }
    }
}

impl<'a> FromSql<'a> for Value<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(match *ty {
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Self::Int(i16::from_sql(ty, raw)?.into()),
            Type::BOOL => Self::Int(bool::from_sql(ty, raw)?.into()),
            Type::NUMERIC => Self::Int(whole_numeric(raw).ok_or("not a whole number of 64 bits")?),
            Type::BYTEA => Self::Bytes(raw),
            _ if <&str as FromSql<'_>>::accepts(ty) => Self::Text(<&str>::from_sql(ty, raw)?),
            _ => return Err(format!("type {ty} is not portable").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// `sum()` over `BIGINT` is `NUMERIC` on PostgreSQL and an integer on SQLite. The wire form: number of digits (base
/// 10,000), weight of the first, sign, scale, the digits.
fn whole_numeric(raw: &[u8]) -> Option<i64> {
    let mut words = raw.chunks_exact(2).map(|word| i16::from_be_bytes([word[0], word[1]]));
    let (digits, weight, sign, _scale) =
        (words.next()?, words.next()?, words.next()?, words.next()?);
    let mut value: i128 = 0;
    for place in 0..=i32::from(weight).max(i32::from(digits) - 1) {
        let digit = words.next().unwrap_or(0);
        if place <= i32::from(weight) {
            value = value.checked_mul(10_000)?.checked_add(digit.into())?;
        } else if digit != 0 {
            return None;
        }
    }
    match sign {
        0 => i64::try_from(value).ok(),
        0x4000 => i64::try_from(-value).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::whole_numeric;

    fn wire(words: &[i16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn a_whole_numeric_is_an_integer_and_a_fraction_is_not() {
        assert_eq!(whole_numeric(&wire(&[0, 0, 0, 0])), Some(0));
        assert_eq!(whole_numeric(&wire(&[1, 0, 0, 0, 42])), Some(42));
        assert_eq!(whole_numeric(&wire(&[2, 1, 0x4000, 0, 1, 2345])), Some(-12_345));
        assert_eq!(whole_numeric(&wire(&[1, 2, 0, 0, 7])), Some(700_000_000));
        assert_eq!(whole_numeric(&wire(&[1, -1, 0, 2, 5000])), None);
        let max = [5, 4, 0, 0, 922, 3372, 368, 5477, 5807];
        assert_eq!(whole_numeric(&wire(&max)), Some(i64::MAX));
    }
}
