//! What guests do: fill a cart, and order what is in it.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::client::{Client, Refused};

/// Makes a cart with a line.
#[derive(Debug)]
pub struct NewCart {
    variants: Vec<String>,
    country: String,
    next: AtomicUsize,
}

impl NewCart {
    /// Of these variants in turn, for somebody in this country (ISO 3166-1).
    #[must_use]
    pub const fn new(variants: Vec<String>, country: String) -> Self {
        Self { variants, country, next: AtomicUsize::new(0) }
    }

    /// The variants in turn.
    fn variant(&self) -> &str {
        &self.variants[self.next.fetch_add(1, Ordering::Relaxed) % self.variants.len()]
    }

    /// A cart with one thing in it.
    pub async fn make(&self, client: &mut Client) -> anyhow::Result<Cart> {
        let body = json!({"lines": [{"variant_id": self.variant(), "quantity": 1}]});
        let answer = client.post("/api/v1/carts", &[], body.to_string()).await?;
        let answer = Refused::unless_fine("a cart", answer)?;
        let cart: Value = serde_json::from_slice(answer.body())?;
        let text = |name: &str| cart[name].as_str().map(ToOwned::to_owned).context("a cart");
        Ok(Cart { id: text("id")?, token: text("token")?, country: self.country.clone() })
    }

    /// Puts one more thing into a cart.
    pub async fn add_to(&self, client: &mut Client, cart: &Cart) -> anyhow::Result<()> {
        let body = json!({"variant_id": self.variant(), "quantity": 1}).to_string();
        let path = format!("/api/v1/carts/{}/lines", cart.id);
        let answer = client.post(&path, &[("cart-token", &cart.token)], body).await?;
        Refused::unless_fine("adding to a cart", answer)?;
        Ok(())
    }
}

/// A guest's cart.
#[derive(Debug)]
pub struct Cart {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub token: String,
    country: String,
}

/// What became of a checkout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// There is an order.
    Now,
    /// It was taken in: the store goes on with it by itself.
    Later,
}

impl Cart {
    /// Orders what is in it: a card token, then the checkout.
    pub async fn check_out(self, client: &mut Client) -> anyhow::Result<Placed> {
        let card =
            json!({"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"});
        let answer = client.post("/api/v1/payments/card-tokens", &[], card.to_string()).await?;
        let answer = Refused::unless_fine("a card", answer)?;
        let card: Value = serde_json::from_slice(answer.body())?;
        let key = format!("{:032x}", rand::random::<u128>());
        let checkout = json!({
            "cart_id": self.id,
            "cart_token": self.token,
            "email": "ada@example.com",
            "shipping_address": {
                "name": "Ada Lovelace", "line1": "1 Analytical Way", "city": "Berlin",
                "postal_code": "10115", "country": self.country,
            },
            "card_token": card["token"],
        });
        let headers = [("idempotency-key", key.as_str())];
        let answer = client.post("/api/v1/checkouts", &headers, checkout.to_string()).await?;
        let answer = Refused::unless_fine("a checkout", answer)?;
        Ok(if answer.status() == 201 { Placed::Now } else { Placed::Later })
    }
}
