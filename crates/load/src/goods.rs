//! What a store has to sell, as anybody can see it.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::net::SocketAddr;

use anyhow::ensure;
use serde_json::Value;

use crate::client::{Client, Refused};

/// Products of whose variants carts are filled.
const BOUGHT: usize = 30;

/// Products, words to find them by, and what can be bought.
#[derive(Debug)]
pub struct Goods {
    /// Handles.
    pub products: Vec<String>,
    /// Words of their titles.
    pub words: Vec<String>,
    /// Variants that are in stock.
    pub variants: Vec<String>,
}

impl Goods {
    /// Looks at the first hundred products.
    pub async fn find(addr: SocketAddr) -> anyhow::Result<Self> {
        let mut client = Client::connect(addr).await?;
        let list = json(&mut client, "/api/v1/catalog/products?limit=100").await?;
        let all: Vec<Value> = list["items"].as_array().cloned().unwrap_or_default();
        let text = |card: &Value, name: &str| card[name].as_str().unwrap_or_default().to_owned();
        let products: Vec<String> = all.iter().map(|card| text(card, "handle")).collect();
        let words: BTreeSet<String> = all
            .iter()
            .flat_map(|card| {
                let title = text(card, "title").to_lowercase();
                title.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>()
            })
            .filter(|word| word.len() > 2 && word.bytes().all(|b| b.is_ascii_alphanumeric()))
            .collect();
        let mut stock = Vec::new();
        for card in all.iter().filter(|card| card["in_stock"] == true).take(BOUGHT) {
            let path = format!("/api/v1/catalog/products/{}", text(card, "handle"));
            let product = json(&mut client, &path).await?;
            for variant in product["variants"].as_array().into_iter().flatten() {
                if variant["in_stock"] == true {
                    // What is not counted does not run out.
                    let pieces = variant["available"].as_i64().unwrap_or(i64::MAX);
                    stock.push((pieces, text(variant, "id")));
                }
            }
        }
        ensure!(!stock.is_empty(), "the store has nothing to sell");
        stock.sort_by_key(|(pieces, _)| Reverse(*pieces));
        stock.truncate(stock.len().div_ceil(2));
        let variants = stock.into_iter().map(|(_, id)| id).collect();
        Ok(Self { products, words: words.into_iter().collect(), variants })
    }
}

async fn json(client: &mut Client, path: &str) -> anyhow::Result<Value> {
    let answer = Refused::unless_fine("the catalogue", client.get(path).await?)?;
    Ok(serde_json::from_slice(answer.body())?)
}
