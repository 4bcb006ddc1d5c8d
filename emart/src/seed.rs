//! `emart seed`: a store with as much in it as a large shop has after two years, the same each time, to try and to
//! measure with. It comes in through the doors by which other stores move in: each service checks and writes its own.

mod chance;
mod goods;
mod people;
mod sales;

use anyhow::{Context as _, ensure};
use clap::Args;
use emart_catalog_api::Catalog;
use emart_identity_api::Identity;
use emart_orders_api::Orders;
use emart_payments_api::Payments;
use emart_types::{Clock, Currency, Timestamp};
use indicatif::{ProgressBar, ProgressStyle};

use crate::client::Shop;
use crate::config::Config;
use crate::demo;

/// Products, customers and orders of a large store.
const LARGE: (u32, u32, u32) = (100_000, 100_000, 1_000_000);
/// What is sent at once.
const BATCH: u32 = 500;
const DAY_MS: i64 = 86_400_000;

/// What is wanted.
#[derive(Debug, Args)]
#[command(after_help = "\
The store is the same each time on the same day: its dates end now. Nobody is sent an e-mail, and nobody can sign in as one \
of its customers before asking for a link to set a password.")]
pub(crate) struct Seed {
    /// How large, in per cent of 100,000 products, 100,000 customers and 1,000,000 orders
    #[arg(long, value_name = "PERCENT", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    scale: u32,
    /// So many products, whatever the scale
    #[arg(long, value_name = "COUNT")]
    products: Option<u32>,
    /// So many customers, whatever the scale
    #[arg(long, value_name = "COUNT")]
    customers: Option<u32>,
    /// So many orders, whatever the scale
    #[arg(long, value_name = "COUNT")]
    orders: Option<u32>,
    /// Another number makes another store
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    variation: u32,
    /// Also into a store that has products or orders
    #[arg(long)]
    add: bool,
}

/// What is made, and of what.
#[derive(Debug, Clone)]
struct Plan {
    variation: u32,
    products: u32,
    customers: u32,
    orders: u32,
    currency: Currency,
    country: String,
    /// The first moment of the day it is made on.
    today: Timestamp,
    now: Timestamp,
}

/// Carries it out.
pub(crate) async fn carry_out(config: &Config, args: Seed) -> anyhow::Result<()> {
    let plan = Plan::new(config, &args)?;
    let shop = Shop::open(config).await?;
    shop.work(async |shop: &Shop| {
        let catalog = Catalog(shop.peer("catalog")?);
        let (orders, payments) = (Orders(shop.peer("orders")?), Payments(shop.peer("payments")?));
        if !args.add {
            let empty = demo::is_empty(&catalog).await? && orders.count().await? == 0;
            ensure!(empty, "this store has products or orders; --add puts these beside them");
        }
        people::make(&plan, &Identity(shop.peer("identity")?)).await.context("customers")?;
        goods::make(&plan, &catalog).await.context("products")?;
        sales::make(&plan, &orders, &payments).await.context("orders")
    })
    .await
}

impl Plan {
    fn new(config: &Config, args: &Seed) -> anyhow::Result<Self> {
        let part = |all: u32| all / 100 * args.scale;
        let (products, customers, orders) = LARGE;
        let now = Clock::system().now();
        let plan = Self {
            variation: args.variation,
            products: args.products.unwrap_or_else(|| part(products)),
            customers: args.customers.unwrap_or_else(|| part(customers)),
            orders: args.orders.unwrap_or_else(|| part(orders)),
            currency: config.shop.currency,
            country: config.pricing.country.clone(),
            today: Timestamp::from_millis(now.as_millis() / DAY_MS * DAY_MS),
            now,
        };
        ensure!(plan.orders == 0 || plan.products > 0, "orders need products");
        Ok(plan)
    }
}

/// A bar that says how far it is and how fast it goes.
fn bar(what: &str, count: u32) -> anyhow::Result<ProgressBar> {
    let template = format!("{what:<10} {{bar:40}} {{pos}}/{{len}} {{per_sec}} {{elapsed}}");
    let bar = ProgressBar::new(count.into()).with_style(ProgressStyle::with_template(&template)?);
    bar.enable_steady_tick(std::time::Duration::from_millis(100));
    Ok(bar)
}

/// Says how many there are now and how fast they came.
#[expect(clippy::print_stdout, reason = "the command's answer")]
fn done(what: &str, count: u32, bar: &ProgressBar) {
    let took = bar.elapsed();
    bar.finish_and_clear();
    let each_ms = u128::from(count) * 1000;
    let rate = each_ms / took.as_millis().max(1);
    println!("{count} {what} in {}.{:03} s, {rate} a second", took.as_secs(), took.subsec_millis());
}
