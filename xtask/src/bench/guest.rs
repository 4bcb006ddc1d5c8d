//! What guests do, as work to measure.

use std::net::SocketAddr;

use anyhow::{Context as _, ensure};
use emart_load::{Client, NewCart, Placed};
use serde_json::Value;

use super::load::AsyncWork;

/// Carts of the variants of 100 products.
pub(crate) async fn carts(addr: SocketAddr, products: usize) -> anyhow::Result<NewCart> {
    let mut client = Client::connect(addr).await?;
    let mut variants = Vec::new();
    for n in 0..100 {
        let path = format!("/api/v1/catalog/products/product-{}", n * products / 100);
        let product: Value = serde_json::from_slice(client.get(&path).await?.body())?;
        let id = product["variants"][0]["id"].as_str().context("a variant")?;
        variants.push(id.to_owned());
    }
    Ok(NewCart::new(variants, "DE".to_owned()))
}

impl AsyncWork<Client> for NewCart {
    async fn once(&self, client: &mut Client) -> anyhow::Result<()> {
        self.make(client).await.map(|_| ())
    }
}

/// A whole guest checkout: cart, card token, checkout.
pub(crate) struct Checkout(pub(crate) NewCart);

impl AsyncWork<Client> for Checkout {
    async fn once(&self, client: &mut Client) -> anyhow::Result<()> {
        let placed = self.0.make(client).await?.check_out(client).await?;
        ensure!(placed == Placed::Now, "the checkout was not finished at once");
        Ok(())
    }
}
