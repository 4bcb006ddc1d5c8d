//! How others call `orders`. A guest's order opens to its token, a customer's to the customer who is calling.

use bytes::Bytes;
use emart_http::Page;
use emart_mesh::{Call, CallError, Peer};

use crate::{
    Checkout, CheckoutId, CheckoutOnTerms, NewCheckout, Order, OrderId, OrderImport, OrderOutcome,
    OrderSummary, OwnedOrder, WholeOrdersQuery,
};

/// A typed handle to `orders`.
#[derive(Clone, Debug)]
pub struct Orders(pub Peer);

/// The header that opens a guest's order.
const TOKEN: &str = "order-token";

impl Orders {
    /// Buys a cart. The same key again answers the same checkout.
    pub async fn create_checkout(
        &self,
        idempotency_key: &str,
        checkout: &NewCheckout,
    ) -> Result<Checkout, CallError> {
        Call::post(&self.0, "/api/v1/checkouts")
            .header("idempotency-key", idempotency_key)
            .json(checkout)
            .send()
            .await
    }

    /// Buys a cart on terms that the store grants. The same key again answers the same checkout.
    pub async fn create_checkout_on_terms(
        &self,
        idempotency_key: &str,
        checkout: &CheckoutOnTerms,
    ) -> Result<Checkout, CallError> {
        Call::post(&self.0, "/internal/orders/checkouts")
            .header("idempotency-key", idempotency_key)
            .json(checkout)
            .send()
            .await
    }

    /// Whole orders, newest first.
    pub async fn whole_orders(
        &self,
        query: &WholeOrdersQuery,
    ) -> Result<Vec<OwnedOrder>, CallError> {
        Call::post(&self.0, "/internal/orders/search").json(query).send().await
    }

    /// How many orders there are.
    pub async fn count(&self) -> Result<u64, CallError> {
        Call::get(&self.0, "/internal/orders/count").send().await
    }

    /// Takes orders in that were placed elsewhere; says of each what became of it, or would.
    pub async fn import_orders(
        &self,
        import: &OrderImport,
    ) -> Result<Vec<OrderOutcome>, CallError> {
        Call::post(&self.0, "/internal/orders/imports").json(import).send().await
    }

    /// A checkout; its id is a secret of who began it.
    pub async fn checkout(&self, id: &CheckoutId) -> Result<Option<Checkout>, CallError> {
        Call::get(&self.0, format!("/api/v1/checkouts/{id}")).optional().await
    }

    /// Goes on with a checkout after its payment was confirmed. Again answers the same.
    pub async fn continue_checkout(&self, id: &CheckoutId) -> Result<Checkout, CallError> {
        Call::post(&self.0, format!("/api/v1/checkouts/{id}/continue")).send().await
    }

    /// An order; `None` when there is none that the caller may see.
    pub async fn order(&self, id: &OrderId, token: &str) -> Result<Option<Order>, CallError> {
        Call::get(&self.0, format!("/api/v1/orders/{id}")).header(TOKEN, token).optional().await
    }

    /// The orders of the customer who is calling, newest first.
    pub async fn my_orders(&self, query: &str) -> Result<Page<OrderSummary>, CallError> {
        let query = format!("mine=true&{query}");
        Call::get(&self.0, "/api/v1/orders").query(&query).send().await
    }

    /// An order's receipt as a PDF; `None` when there is no order that the caller may see.
    pub async fn receipt_pdf(&self, id: &OrderId, token: &str) -> Result<Option<Bytes>, CallError> {
        let path = format!("/api/v1/orders/{id}/receipt.pdf");
        match Call::get(&self.0, path).header(TOKEN, token).bytes().await {
            Ok((_, body)) => Ok(Some(body)),
            Err(error) if error.problem().is_some_and(|p| p.status == 404) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
