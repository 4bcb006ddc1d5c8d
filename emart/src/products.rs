//! `emart import products` and `emart export products`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use clap::{Args, Subcommand};
use emart_catalog_api::{Catalog, ImportAction, ImportReport, ImportSource};
use indicatif::{ProgressBar, ProgressStyle};

use crate::client::Shop;
use crate::config::Config;
use crate::{books, original};

/// What can be imported.
#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Read products from a CSV file in Shopify's format (both generations of its headers)
    Products(ImportProducts),
    /// Read books from a CSV file, its columns found by their names
    Books(books::ImportBooks),
    /// Move an original E-Mart in: people and their passwords, products, orders, books
    Emart(Box<original::ImportOriginal>),
}

/// What an import takes.
#[derive(Debug, Args)]
pub(crate) struct ImportProducts {
    /// The file
    file: PathBuf,
    /// A folder in which pictures named without an address are found
    #[arg(long, value_name = "DIR")]
    images: Option<PathBuf>,
    /// Leave pictures out; a later import fetches them
    #[arg(long, conflicts_with = "images")]
    no_images: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

/// What can be exported.
#[derive(Debug, Subcommand)]
pub(crate) enum Export {
    /// Write all products as a CSV file in Shopify's format
    Products {
        /// Where to; standard output if absent
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// Carries an import out.
pub(crate) async fn import(config: &Config, command: Import) -> anyhow::Result<()> {
    let args = match command {
        Import::Books(args) => return books::import(config, args).await,
        Import::Emart(args) => return original::import(config, *args).await,
        Import::Products(args) => args,
    };
    let csv = std::fs::read(&args.file).with_context(|| args.file.display().to_string())?;
    let csv = Bytes::from(csv);
    let folder = args
        .images
        .as_ref()
        .map(|folder| folder.canonicalize().with_context(|| folder.display().to_string()))
        .transpose()?;
    let shop = Shop::open(config).await?;
    let bar = progress_bar()?;
    let report = shop
        .work(async |shop: &Shop| {
            let source = ImportSource {
                dry_run: args.dry_run,
                skip_images: args.no_images,
                image_folder: folder.as_deref(),
            };
            let progress = |done, rows| {
                bar.set_length(rows);
                bar.set_position(done);
            };
            let catalog = Catalog(shop.peer("catalog")?);
            Ok(catalog.import_locally(csv.clone(), source, progress).await?)
        })
        .await?;
    bar.finish_and_clear();
    print(&report);
    Ok(())
}

pub(crate) fn progress_bar() -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} rows {elapsed}")?;
    let bar = ProgressBar::new(0).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(100));
    Ok(bar)
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
fn print(report: &ImportReport) {
    for row in &report.messages {
        let kind = match row.action {
            ImportAction::Skipped => "skipped",
            ImportAction::Warning => "warning",
            ImportAction::Created => "created",
            ImportAction::Updated => "updated",
            ImportAction::Unchanged => "unchanged",
        };
        let about = if row.handle.is_empty() { String::new() } else { format!("{}: ", row.handle) };
        println!("line {}: {kind}: {about}{}", row.line, row.message);
    }
    if report.more_messages > 0 {
        println!("… and {} more", report.more_messages);
    }
    let would = if report.dry_run { "nothing was written; it would be: " } else { "" };
    println!(
        "{would}{} rows: {} products created, {} updated, {} unchanged, {} skipped; {} pictures",
        report.rows,
        report.created,
        report.updated,
        report.unchanged,
        report.skipped,
        report.images,
    );
}

/// Carries an export out.
pub(crate) async fn export(config: &Config, command: Export) -> anyhow::Result<()> {
    let Export::Products { output } = command;
    let shop = Shop::open(config).await?;
    let csv = shop
        .work(async |shop: &Shop| Ok(Catalog(shop.peer("catalog")?).export_products().await?))
        .await?;
    match output {
        Some(path) => std::fs::write(&path, &csv).with_context(|| path.display().to_string()),
        None => Ok(std::io::Write::write_all(&mut std::io::stdout(), &csv)?),
    }
}
