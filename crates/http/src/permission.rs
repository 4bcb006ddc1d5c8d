//! What staff may be allowed to do, one area at a time. Administrators may do all of it; guests and customers none.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One thing that a member of staff, or an API key, may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Permission {
    /// See orders, drafts and payments.
    OrdersRead,
    /// Fulfil, edit, cancel and note orders; make draft orders.
    OrdersWrite,
    /// Give money back.
    OrdersRefund,
    /// See products that are not for sale yet, and what they cost the shop.
    ProductsRead,
    /// Change products, categories, collections and pictures; import and export them.
    ProductsWrite,
    /// See stock and its movements.
    InventoryRead,
    /// Correct stock.
    InventoryWrite,
    /// See customers.
    CustomersRead,
    /// Change customers: groups, notes, export, erasure.
    CustomersWrite,
    /// See promotions, gift cards, taxes, shipping and delivery days.
    SellingRead,
    /// Change promotions, gift cards, taxes, shipping and delivery days.
    SellingWrite,
    /// Change the shop's name, pages, menus and e-mail templates.
    ContentWrite,
    /// Change and delete books.
    BooksWrite,
    /// See and change webhooks, payment providers and the mail server.
    Connections,
    /// Invite people, give permissions, end sessions, make API keys.
    People,
    /// Read who changed what.
    AuditRead,
    /// See the health of the services, parked events and stuck checkouts, and try them again.
    System,
}

impl Permission {
    /// Every permission, in the order people read them.
    pub const ALL: [Self; 17] = [
        Self::OrdersRead,
        Self::OrdersWrite,
        Self::OrdersRefund,
        Self::ProductsRead,
        Self::ProductsWrite,
        Self::InventoryRead,
        Self::InventoryWrite,
        Self::CustomersRead,
        Self::CustomersWrite,
        Self::SellingRead,
        Self::SellingWrite,
        Self::ContentWrite,
        Self::BooksWrite,
        Self::Connections,
        Self::People,
        Self::AuditRead,
        Self::System,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OrdersRead => "orders:read",
            Self::OrdersWrite => "orders:write",
            Self::OrdersRefund => "orders:refund",
            Self::ProductsRead => "products:read",
            Self::ProductsWrite => "products:write",
            Self::InventoryRead => "inventory:read",
            Self::InventoryWrite => "inventory:write",
            Self::CustomersRead => "customers:read",
            Self::CustomersWrite => "customers:write",
            Self::SellingRead => "selling:read",
            Self::SellingWrite => "selling:write",
            Self::ContentWrite => "content:write",
            Self::BooksWrite => "books:write",
            Self::Connections => "connections",
            Self::People => "people",
            Self::AuditRead => "audit:read",
            Self::System => "system",
        }
    }

    const fn bit(self) -> u32 {
        1 << self as u8
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Permission {
    type Err = UnknownPermission;
    fn from_str(text: &str) -> Result<Self, UnknownPermission> {
        let found = Self::ALL.into_iter().find(|permission| permission.as_str() == text);
        found.ok_or_else(|| UnknownPermission(text.chars().take(40).collect()))
    }
}

/// No permission goes by this word.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such permission: {0}")]
pub struct UnknownPermission(String);

/// A set of permissions. On the wire a list of words; what this version does not know is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Permissions(u32);

impl Permissions {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// All of them: what administrators have.
    pub const ALL: Self = Self((1 << Permission::ALL.len()) - 1);
    /// What a member of staff may do where nobody said otherwise: the shop's daily work, nothing that concerns
    /// people's access or the system.
    pub const STAFF: Self = Self(
        Self::ALL.0
            & !(Permission::Connections.bit()
                | Permission::People.bit()
                | Permission::AuditRead.bit()
                | Permission::System.bit()),
    );

    /// Whether one of them is in the set.
    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether all of another set is in this one.
    #[must_use]
    pub const fn contains_all(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// The set with one more.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | permission.bit())
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those in the set, in the order people read them.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        permissions.into_iter().fold(Self::NONE, Self::with)
    }
}

/// The words with commas between them; `-` for none.
impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("-");
        }
        for (place, permission) in self.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(f, "{comma}{permission}")?;
        }
        Ok(())
    }
}

impl From<&str> for Permissions {
    fn from(text: &str) -> Self {
        text.split(',').filter_map(|word| word.parse::<Permission>().ok()).collect()
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Permission::as_str))
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = Vec::<String>::deserialize(deserializer)?;
        Ok(words.iter().filter_map(|word| word.parse::<Permission>().ok()).collect())
    }
}

/// Reads a set that somebody gives to others: each word once, and one that is known. For `#[serde(deserialize_with)]`.
///
/// # Errors
/// A word that no permission goes by, or one twice.
pub fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Permissions, D::Error> {
    let words = Vec::<String>::deserialize(deserializer)?;
    let mut set = Permissions::NONE;
    for word in words {
        // What was sent may be of any length.
        let shown: String = word.chars().take(40).collect();
        let Ok(permission) = word.parse::<Permission>() else {
            return Err(serde::de::Error::custom(UnknownPermission(shown)));
        };
        if set.contains(permission) {
            return Err(serde::de::Error::custom(format!("{shown} stands there twice")));
        }
        set = set.with(permission);
    }
    Ok(set)
}

impl utoipa::PartialSchema for Permissions {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let words = Permission::ALL.map(Permission::as_str);
        let word = utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .enum_values(Some(words));
        utoipa::openapi::ArrayBuilder::new()
            .items(word)
            .max_items(Some(Permission::ALL.len()))
            .unique_items(true)
            .into()
    }
}

impl utoipa::ToSchema for Permissions {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_reads_back_as_it_was_written() {
        for set in [Permissions::NONE, Permissions::STAFF, Permissions::ALL] {
            assert_eq!(Permissions::from(set.to_string().as_str()), set);
            let json = serde_json::to_string(&set).unwrap();
            assert_eq!(serde_json::from_str::<Permissions>(&json).unwrap(), set);
        }
        assert!("orders:everything".parse::<Permission>().is_err());
    }

    #[test]
    fn what_is_given_to_others_is_known_and_said_once() {
        let read = |words: &str| given(&mut serde_json::Deserializer::from_str(words));
        let one = Permissions::NONE.with(Permission::OrdersRead);
        assert_eq!(read(r#"["orders:read"]"#).unwrap(), one);
        for bad in [r#"["orders:everything"]"#, r#"["orders:read", "orders:read"]"#, "7"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_permission_is_a_word_of_its_own() {
        for permission in Permission::ALL {
            assert_eq!(permission.as_str().parse(), Ok(permission));
        }
        assert_eq!(Permissions::ALL.iter().count(), Permission::ALL.len());
    }

    #[test]
    fn staff_do_not_give_access_unless_they_were_told_to() {
        assert!(Permissions::STAFF.contains(Permission::OrdersRefund));
        assert!(!Permissions::STAFF.contains(Permission::People));
        assert!(Permissions::ALL.contains_all(Permissions::STAFF));
    }
}
