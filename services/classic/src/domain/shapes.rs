//! The bodies, with the original's keys in the original's order.

use emart_types::Timestamp;
use serde::Serialize;
use serde_json::Number;
use utoipa::ToSchema;

use super::cart::Status;

/// A person, with their cart.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    pub(crate) cart: Cart,
    /// 0: a customer; 1: somebody who works here.
    pub(crate) role: u8,
    #[serde(rename = "_id")]
    pub(crate) id: String,
    #[serde(rename = "cardId")]
    pub(crate) card_id: String,
    pub(crate) fname: String,
    pub(crate) lname: String,
    pub(crate) email: String,
    pub(crate) city: String,
    pub(crate) street: String,
    #[serde(rename = "__v")]
    pub(crate) version: i64,
}

/// What somebody is about to buy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Cart {
    #[schema(value_type = String)]
    pub(crate) status: Status,
    pub(crate) items: Vec<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created: Option<Timestamp>,
}

/// So many of a product.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Item {
    #[schema(value_type = f64)]
    pub(crate) prod_total: Number,
    #[serde(rename = "_id")]
    pub(crate) id: String,
    #[serde(rename = "productId")]
    pub(crate) product_id: String,
    pub(crate) prod_name: String,
    pub(crate) quantity: u32,
}

/// A product, with its category as `C`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Product<C> {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    pub(crate) prod_name: String,
    #[schema(value_type = f64)]
    pub(crate) price: Number,
    #[serde(rename = "imageUrl")]
    pub(crate) image_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) category: Option<C>,
    #[serde(rename = "createdAt")]
    pub(crate) created_at: Timestamp,
    #[serde(rename = "updatedAt")]
    pub(crate) updated_at: Timestamp,
    #[serde(rename = "__v")]
    pub(crate) version: i64,
}

/// A category by its name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CategoryName {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    pub(crate) cat_name: String,
}

/// A category with the products in it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Category {
    pub(crate) products: Vec<String>,
    #[serde(rename = "_id")]
    pub(crate) id: String,
    pub(crate) cat_name: String,
    #[serde(rename = "__v")]
    pub(crate) version: i64,
}

/// An order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Order {
    pub(crate) user: OrderUser,
    pub(crate) products: Vec<Item>,
    #[schema(value_type = f64)]
    pub(crate) total: Number,
    #[serde(rename = "_id")]
    pub(crate) id: String,
    #[serde(rename = "createdAt")]
    pub(crate) created_at: Timestamp,
    #[serde(rename = "updatedAt")]
    pub(crate) updated_at: Timestamp,
    #[serde(rename = "__v")]
    pub(crate) version: i64,
}

/// Who ordered, where it goes and when, and how it is paid.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderUser {
    pub(crate) city: String,
    pub(crate) street: String,
    /// Stars and the card's last four digits.
    pub(crate) credit: String,
    pub(crate) order: Timestamp,
    pub(crate) ship: String,
    #[serde(rename = "userId")]
    pub(crate) user_id: String,
}

/// An order, or of somebody else's no more than that it takes a place on its day.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum ShownOrder {
    Whole(Box<Order>),
    Place { user: PlaceUser },
}

/// The day that a place is taken on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceUser {
    pub(crate) ship: String,
}
