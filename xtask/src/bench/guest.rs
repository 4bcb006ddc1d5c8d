//! What guests do: fill a cart, and order what is in it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::load::{AsyncWork, Client};

/// The variants of 100 products.
pub(crate) async fn variants(addr: SocketAddr, products: usize) -> anyhow::Result<Vec<String>> {
    let mut client = Client::connect(addr).await?;
    let mut variants = Vec::new();
    for n in 0..100 {
        let path = format!("/api/v1/catalog/products/product-{}", n * products / 100);
        let product: Value = serde_json::from_slice(client.get(&path).await?.body())?;
        let id = product["variants"][0]["id"].as_str().context("a variant")?;
        variants.push(id.to_owned());
    }
    Ok(variants)
}

/// Makes a cart with a line.
pub(crate) struct NewCart {
    variants: Vec<String>,
    next: AtomicUsize,
}

impl NewCart {
    pub(crate) const fn new(variants: Vec<String>) -> Self {
        Self { variants, next: AtomicUsize::new(0) }
    }

    /// The variants in turn.
    fn variant(&self) -> &str {
        &self.variants[self.next.fetch_add(1, Ordering::Relaxed) % self.variants.len()]
    }

    pub(crate) async fn make(&self, client: &mut Client) -> anyhow::Result<Cart> {
        let body = json!({"lines": [{"variant_id": self.variant(), "quantity": 1}]});
        let answer = client.post("/api/v1/carts", &[], body.to_string()).await?;
        ensure!(answer.status() == 201, "cart: {:?}", answer.body());
        let cart: Value = serde_json::from_slice(answer.body())?;
        let text = |name: &str| cart[name].as_str().map(ToOwned::to_owned).context("a cart");
        Ok(Cart { id: text("id")?, token: text("token")? })
    }

    /// Puts one more thing into a cart.
    pub(crate) async fn add_to(&self, client: &mut Client, cart: &Cart) -> anyhow::Result<()> {
        let body = json!({"variant_id": self.variant(), "quantity": 1}).to_string();
        let path = format!("/api/v1/carts/{}/lines", cart.id);
        let answer = client.post(&path, &[("cart-token", &cart.token)], body).await?;
        ensure!(answer.status().is_success(), "line: {:?}", answer.body());
        Ok(())
    }
}

impl AsyncWork<Client> for NewCart {
    async fn once(&self, client: &mut Client) -> anyhow::Result<()> {
        self.make(client).await.map(|_| ())
    }
}

/// A guest's cart.
pub(crate) struct Cart {
    pub(crate) id: String,
    pub(crate) token: String,
}

impl Cart {
    /// Orders what is in it: a card token, then the checkout.
    pub(crate) async fn check_out(self, client: &mut Client) -> anyhow::Result<()> {
        let card =
            json!({"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"});
        let answer = client.post("/api/v1/payments/card-tokens", &[], card.to_string()).await?;
        ensure!(answer.status().is_success(), "card: {:?}", answer.body());
        let card: Value = serde_json::from_slice(answer.body())?;
        let key = format!("{:032x}", rand::random::<u128>());
        let checkout = json!({
            "cart_id": self.id,
            "cart_token": self.token,
            "email": "ada@example.com",
            "shipping_address": {
                "name": "Ada Lovelace", "line1": "1 Analytical Way", "city": "Berlin",
                "postal_code": "10115", "country": "DE",
            },
            "card_token": card["token"],
        });
        let headers = [("idempotency-key", key.as_str())];
        let answer = client.post("/api/v1/checkouts", &headers, checkout.to_string()).await?;
        ensure!(answer.status() == 201, "checkout: {:?}", answer.body());
        Ok(())
    }
}

/// A whole guest checkout: cart, card token, checkout.
pub(crate) struct Checkout(pub(crate) NewCart);

impl AsyncWork<Client> for Checkout {
    async fn once(&self, client: &mut Client) -> anyhow::Result<()> {
        self.0.make(client).await?.check_out(client).await
    }
}
