//! What others may know of `classic`: what an import tells it, its client. What it shows the world is the original
//! store's contract, which is no Rust type.

#![warn(missing_docs)]

mod client;

pub use client::Classic;

use emart_identity_api::UserId;
use emart_types::Timestamp;
use serde::{Deserialize, Serialize};

/// What an id of the original store names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person (`usr_…`).
    User,
    /// A product; here it is the variant that stands for it (`var_…`).
    Product,
    /// A category (`cat_…`).
    Category,
    /// An order (`ord_…`).
    Order,
}

impl Kind {
    /// The word on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Product => "product",
            Self::Category => "category",
            Self::Order => "order",
        }
    }
}

/// An id that something had in the original store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownId {
    /// What it names.
    pub kind: Kind,
    /// 24 lower-case hexadecimal digits.
    pub hex: String,
    /// The same thing's id here.
    pub id: String,
}

/// Asks what ids of the original store name here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdSearch {
    /// Ids of what.
    pub kind: Kind,
    /// Each 24 lower-case hexadecimal digits.
    pub hexes: Vec<String>,
}

/// What the original store knows of a person and `identity` does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutPerson {
    /// The person.
    pub user_id: UserId,
    /// Nine digits; no two people have the same.
    pub card_id: String,
    /// First name.
    pub fname: String,
    /// Last name.
    pub lname: String,
    /// City.
    pub city: String,
    /// Street.
    pub street: String,
    /// Where their cart stood; where one stands here already, that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart: Option<KnownCart>,
}

/// Where a cart stood in the original store; what is in it, `cart` knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownCart {
    /// `new`, `open`, `pending` or `closed`.
    pub status: String,
    /// When it was begun.
    pub created: Option<Timestamp>,
}
