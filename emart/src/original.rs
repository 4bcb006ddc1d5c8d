//! `emart import emart`: an original E-Mart moves in, with its people and their passwords, what it sells, its orders and
//! its books. Run again, it adds what is not here yet and changes nothing else.

mod books;
mod goods;
mod json;
mod orders;
mod people;
mod pictures;
mod report;

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::Args;
use emart_books_api::Books;
use emart_cart_api::{Cart, MovedCart};
use emart_catalog_api::Catalog;
use emart_classic_api::Classic;
use emart_identity_api::Identity;
use emart_orders_api::Orders;
use emart_pricing_api::Pricing;
use emart_types::{Clock, Currency, Timestamp};
use indicatif::ProgressBar;

use self::goods::Categories;
use self::json::Record;
use self::people::People;
use self::report::Report;
use crate::books as book_files;
use crate::client::Shop;
use crate::config::Config;
use crate::products::progress_bar;

/// Records that are sent at once.
const BATCH: usize = 500;

/// What an import takes.
#[derive(Debug, Args)]
#[command(after_help = "\
Export the original's database with `mongoexport --db epoc --collection users --out users.json`, and so on (a document a \
line or --jsonArray, relaxed or canonical), its books with `mysqldump --tab` or as CSV, and copy its folder of pictures. \
Any file may be left out.\n\n\
What is here already stays as it is: an import that broke off is run again. Passwords go on working. Of cards the last \
four digits are kept. Nobody is sent an e-mail. See docs/moving-in.md.")]
#[command(group = clap::ArgGroup::new("files").required(true).multiple(true))]
pub(crate) struct ImportOriginal {
    /// People, with the hashes of their passwords and their carts
    #[arg(long, value_name = "FILE", group = "files")]
    users: Option<PathBuf>,
    /// Products
    #[arg(long, value_name = "FILE", group = "files")]
    products: Option<PathBuf>,
    /// Categories
    #[arg(long, value_name = "FILE", group = "files")]
    categories: Option<PathBuf>,
    /// Orders; their customers are in --users, or were moved in before
    #[arg(long, value_name = "FILE", group = "files")]
    orders: Option<PathBuf>,
    /// The folder with the products' pictures
    #[arg(long, value_name = "DIR", requires = "products")]
    images: Option<PathBuf>,
    /// Books: CSV, or the file of `mysqldump --tab`
    #[arg(long, value_name = "FILE", group = "files")]
    books: Option<PathBuf>,
    /// Somebody who stays an administrator; everybody else comes in as a customer. Can be given several times
    #[arg(long = "admin", value_name = "EMAIL", requires = "users")]
    admins: Vec<String>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

/// Everything that is moved, read.
struct Files {
    users: Vec<Record>,
    categories: Vec<Record>,
    products: Vec<Record>,
    orders: Vec<Record>,
    books: Option<Vec<u8>>,
}

/// A move under way.
struct Move<'a> {
    identity: Identity,
    catalog: Catalog,
    cart: Cart,
    orders: Orders,
    pricing: Pricing,
    classic: Classic,
    currency: Currency,
    country: &'a str,
    postal_code: &'a str,
    admins: HashSet<String>,
    images: Option<PathBuf>,
    dry_run: bool,
    now: Timestamp,
    bar: ProgressBar,
    report: Report,
    people: People,
    known_categories: Categories,
    carts: Vec<MovedCart>,
}

/// Carries an import out.
pub(crate) async fn import(config: &Config, args: ImportOriginal) -> anyhow::Result<()> {
    let files = Files::read(&args)?;
    let admins: HashSet<String> = args.admins.iter().map(|email| email.to_lowercase()).collect();
    files.must_have(&admins)?;
    if let Some(folder) = &args.images {
        ensure!(folder.is_dir(), "{} is no folder", folder.display());
    }
    let shop = Shop::open(config).await?;
    shop.work(async |shop: &Shop| {
        let mut moving = Move {
            identity: Identity(shop.peer("identity")?),
            catalog: Catalog(shop.peer("catalog")?),
            cart: Cart(shop.peer("cart")?),
            orders: Orders(shop.peer("orders")?),
            pricing: Pricing(shop.peer("pricing")?),
            classic: Classic(shop.peer("classic")?),
            currency: config.shop.currency,
            country: &config.pricing.country,
            postal_code: &config.classic.postal_code,
            admins: admins.clone(),
            images: args.images.clone(),
            dry_run: args.dry_run,
            now: Clock::system().now(),
            bar: progress_bar()?,
            report: Report::new(args.dry_run),
            people: People::new(),
            known_categories: Categories::new(),
            carts: Vec::new(),
        };
        let done = moving.all(&files, &Books(shop.peer("books")?)).await;
        moving.bar.finish_and_clear();
        moving.report.print();
        done
    })
    .await
}

impl Files {
    fn read(args: &ImportOriginal) -> anyhow::Result<Self> {
        let records = |path: &Option<PathBuf>| path.as_deref().map_or(Ok(Vec::new()), json::read);
        Ok(Self {
            users: records(&args.users)?,
            categories: records(&args.categories)?,
            products: records(&args.products)?,
            orders: records(&args.orders)?,
            books: args.books.as_deref().map(books::read).transpose()?,
        })
    }

    fn count(&self) -> usize {
        self.users.len() + self.categories.len() + self.products.len() + self.orders.len()
    }

    /// Whoever is to stay an administrator is among the people.
    fn must_have(&self, admins: &HashSet<String>) -> anyhow::Result<()> {
        let emails =
            self.users.iter().map(|user| json::text(user.get("email")).trim().to_lowercase());
        let emails: HashSet<String> = emails.collect();
        let unknown: Vec<&str> = admins.difference(&emails).map(String::as_str).collect();
        ensure!(unknown.is_empty(), "--admin: not in the users' file: {}", unknown.join(", "));
        Ok(())
    }
}

impl Move<'_> {
    async fn all(&mut self, files: &Files, books: &Books) -> anyhow::Result<()> {
        self.bar.set_length(files.count() as u64);
        self.people(&files.users).await.context("users")?;
        self.categories(&files.categories).await.context("categories")?;
        self.products(&files.products).await.context("products")?;
        self.orders(&files.orders).await.context("orders")?;
        self.fill_carts().await.context("carts")?;
        let Some(csv) = &files.books else { return Ok(()) };
        let lines = book_files::Lines::read(csv, false).context("books")?;
        self.bar.inc_length(lines.count());
        lines.take_in(books, &self.bar, self.dry_run).await.context("books")
    }
}
