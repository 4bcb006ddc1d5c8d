//! Typed ids: a short prefix that names the kind, an underscore, and a UUIDv7 (RFC 9562) in Crockford base32.
//!
//! They sort by the time they were made, read well in logs, and cannot be mixed up by the compiler.

use uuid::{Builder, Uuid};

use crate::Timestamp;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 128 bits in groups of five.
const LENGTH: usize = 26;

/// A text that is not an id of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {prefix}_…: {text}")]
pub struct IdError {
    /// The prefix that was expected.
    pub prefix: &'static str,
    /// The text that was given, cut to 64 characters.
    pub text: String,
}

/// Returns a new id text with this prefix: `ord_` and 26 characters.
#[must_use]
pub fn new_id_text(prefix: &str) -> String {
    id_text(prefix, Uuid::now_v7())
}

/// Returns the id text of what was made elsewhere at a time that is known: always the same for the same `name`, ten
/// bytes of a hash of what it is called there.
#[must_use]
pub fn derived_id_text(prefix: &str, made_at: Timestamp, name: [u8; 10]) -> String {
    let millis = u64::try_from(made_at.as_millis()).unwrap_or_default();
    id_text(prefix, Builder::from_unix_timestamp_millis(millis, &name).into_uuid())
}

fn id_text(prefix: &str, id: Uuid) -> String {
    let bits = id.as_u128();
    let mut text = String::with_capacity(prefix.len() + 1 + LENGTH);
    text.push_str(prefix);
    text.push('_');
    for group in (0..LENGTH).rev() {
        let index = usize::try_from((bits >> (group * 5)) & 31).unwrap_or_default();
        text.push(char::from(ALPHABET[index]));
    }
    text
}

/// Checks that `text` is `prefix`, an underscore and 26 characters of the alphabet.
#[doc(hidden)]
pub fn parse(prefix: &'static str, text: &str) -> Result<(), IdError> {
    let body = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
    match body {
        Some(body) if body.len() == LENGTH && body.bytes().all(|b| ALPHABET.contains(&b)) => Ok(()),
        _ => Err(IdError { prefix, text: text.chars().take(64).collect() }),
    }
}

/// Declares an id type: `typed_id!(/// An order. OrderId, "ord");`
#[macro_export]
macro_rules! typed_id {
    ($(#[$meta:meta])* $name:ident, $prefix:literal) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, $crate::__private::serde::Serialize)]
        #[serde(transparent, crate = "emart_types::__private::serde")]
        pub struct $name(String);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Makes a new id, unlike any other.
            #[must_use]
            #[expect(clippy::new_without_default, reason = "a default id would be a surprise")]
            pub fn new() -> Self {
                Self($crate::new_id_text($prefix))
            }

            /// The id of what was made elsewhere; see [`derived_id_text`](emart_types::derived_id_text).
            #[must_use]
            pub fn derived(made_at: $crate::Timestamp, name: [u8; 10]) -> Self {
                Self($crate::derived_id_text($prefix, made_at, name))
            }

            /// Returns the text of the id.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::IdError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::parse_id($prefix, text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let text = <String as $crate::__private::serde::Deserialize>::deserialize(deserializer)?;
                $crate::parse_id($prefix, &text).map_err($crate::__private::serde::de::Error::custom)?;
                Ok(Self(text))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl ::std::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl ::std::convert::From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl $crate::__private::utoipa::PartialSchema for $name {
            fn schema() -> $crate::__private::utoipa::openapi::RefOr<
                $crate::__private::utoipa::openapi::schema::Schema,
            > {
                $crate::__private::utoipa::openapi::ObjectBuilder::new()
                    .schema_type($crate::__private::utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-9a-hjkmnp-tv-z]{26}$")))
                    .into()
            }
        }

        impl $crate::__private::utoipa::ToSchema for $name {}
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_parse_back() {
        let (a, b) = (new_id_text("ord"), new_id_text("ord"));
        assert_ne!(a, b);
        assert_eq!(parse("ord", &a), Ok(()));
        assert_eq!(a.len(), "ord_".len() + LENGTH);
    }

    #[test]
    fn ids_made_later_sort_later() {
        let mut ids: Vec<_> = (0..1000).map(|_| new_id_text("x")).collect();
        let made = ids.clone();
        ids.sort();
        assert_eq!(ids, made);
    }

    #[test]
    fn what_was_made_elsewhere_has_one_id_that_sorts_by_its_time() {
        let at = Timestamp::from_millis;
        let id = derived_id_text("ord", at(1_600_000_000_000), [7; 10]);
        assert_eq!(id, derived_id_text("ord", at(1_600_000_000_000), [7; 10]));
        assert_eq!(parse("ord", &id), Ok(()));
        assert!(id < derived_id_text("ord", at(1_600_000_000_001), [0; 10]));
        assert!(id < new_id_text("ord"));
    }

    #[test]
    fn another_kind_a_wrong_length_and_foreign_letters_are_refused() {
        let id = new_id_text("ord");
        for bad in [id.replace("ord", "prd"), format!("{id}0"), id[..20].to_owned(), String::new()]
        {
            assert!(parse("ord", &bad).is_err(), "{bad}");
        }
        assert!(parse("ord", "ord_0123456789012345678901234U").is_err());
    }
}
