//! How others call `cart`. A guest's cart opens to its token, a customer's to the customer who is calling.

use emart_http::Page;
use emart_mesh::{Call, CallError, Peer};

use crate::{
    CartId, CartSummary, CartView, Consumption, LineId, LinePatch, MovedCart, NewCart, NewCoupon,
    NewLine,
};

/// A typed handle to `cart`.
#[derive(Clone, Debug)]
pub struct Cart(pub Peer);

/// The header that opens a guest's cart.
const TOKEN: &str = "cart-token";

impl Cart {
    /// Makes a cart; a customer who has one gets it, with the lines added.
    pub async fn create_cart(&self, cart: &NewCart) -> Result<CartView, CallError> {
        Call::post(&self.0, "/api/v1/carts").json(cart).send().await
    }

    /// A cart; `None` when there is none that the caller may see.
    pub async fn cart(&self, id: &CartId, token: &str) -> Result<Option<CartView>, CallError> {
        Call::get(&self.0, format!("/api/v1/carts/{id}")).header(TOKEN, token).optional().await
    }

    /// The cart of the customer who is calling; `None` when they have none.
    pub async fn my_cart(&self) -> Result<Option<CartView>, CallError> {
        Call::get(&self.0, "/api/v1/carts/mine").optional().await
    }

    /// The cart of a customer, for those who may change customers; `None` when they have none. Internal.
    pub async fn cart_of(&self, customer_id: &str) -> Result<Option<CartView>, CallError> {
        // An id that is no path is nobody's.
        let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
        let customer_id: String = customer_id.chars().filter(plain).collect();
        Call::get(&self.0, format!("/internal/cart/carts-of/{customer_id}")).optional().await
    }

    /// Puts something in.
    pub async fn create_line(
        &self,
        id: &CartId,
        token: &str,
        line: &NewLine,
    ) -> Result<CartView, CallError> {
        let path = format!("/api/v1/carts/{id}/lines");
        Call::post(&self.0, path).header(TOKEN, token).json(line).send().await
    }

    /// Changes a line's quantity.
    pub async fn patch_line(
        &self,
        id: &CartId,
        token: &str,
        line: &LineId,
        patch: &LinePatch,
    ) -> Result<CartView, CallError> {
        let path = format!("/api/v1/carts/{id}/lines/{line}");
        Call::patch(&self.0, path).header(TOKEN, token).json(patch).send().await
    }

    /// Takes a line out.
    pub async fn delete_line(
        &self,
        id: &CartId,
        token: &str,
        line: &LineId,
    ) -> Result<CartView, CallError> {
        let path = format!("/api/v1/carts/{id}/lines/{line}");
        Call::delete(&self.0, path).header(TOKEN, token).send().await
    }

    /// Puts a code for a promotion in. One that is in already stays once.
    pub async fn create_coupon(
        &self,
        id: &CartId,
        token: &str,
        coupon: &NewCoupon,
    ) -> Result<CartView, CallError> {
        let path = format!("/api/v1/carts/{id}/coupons");
        Call::post(&self.0, path).header(TOKEN, token).json(coupon).send().await
    }

    /// Takes a code out. One that is not in is no mistake.
    pub async fn delete_coupon(
        &self,
        id: &CartId,
        token: &str,
        code: &str,
    ) -> Result<CartView, CallError> {
        let path = format!("/api/v1/carts/{id}/coupons/{code}");
        Call::delete(&self.0, path).header(TOKEN, token).send().await
    }

    /// Carts with something in them, touched last first. For staff.
    pub async fn carts(&self, query: &str) -> Result<Page<CartSummary>, CallError> {
        Call::get(&self.0, "/api/v1/carts").query(query).send().await
    }

    /// Adds a guest's cart to that of the customer who is calling; the guest's cart is gone then.
    pub async fn merge(&self, id: &CartId, token: &str) -> Result<CartView, CallError> {
        Call::post(&self.0, format!("/api/v1/carts/{id}/merge")).header(TOKEN, token).send().await
    }

    /// Takes out what an order has bought. Again does nothing.
    pub async fn consume(&self, id: &CartId, consumption: &Consumption) -> Result<(), CallError> {
        let path = format!("/internal/cart/carts/{id}/consume");
        Call::post(&self.0, path).once(&consumption.reference).json(consumption).done().await
    }

    /// Takes carts in that were filled elsewhere, at most 1,000; says of each whether it was: not where the customer has
    /// one. Internal.
    pub async fn import_carts(&self, carts: &[MovedCart]) -> Result<Vec<bool>, CallError> {
        Call::post(&self.0, "/internal/cart/imports").json(&carts).send().await
    }
}
