//! BooksMart: its books come in from a file and are read one at a time.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::ensure;
use emart_load::Client;

use super::load::{Get, drive};
use super::report::Figure;
use super::shop::{self, Shop};
use super::work::figure;
use super::{limits, process};

const BOOKS: usize = 10_000;

/// Brings a file of them into a store that does not run.
pub(super) fn import(dir: &Path, data: &Path) -> anyhow::Result<Figure> {
    let file = dir.join("books.csv");
    std::fs::write(&file, csv())?;
    let began = Instant::now();
    let mut command = shop::emart(data);
    command.args(["import", "books"]).arg(&file).stdout(Stdio::null()).stderr(Stdio::null());
    let status = command.status()?;
    ensure!(status.success(), "the import ended with {status}");
    let took = began.elapsed();
    Ok(Figure {
        name: format!("import of {BOOKS} books"),
        per_second: Some(BOOKS as f64 / took.as_secs_f64()),
        p50: None,
        p99: None,
        cpu: None,
        reached: format!("{:.2} s", took.as_secs_f64()),
        goal: "≤ 2 s",
        holds: Some(took <= Duration::from_secs(2)),
    })
}

/// Reads them one at a time, beside a bare hyper server that answers as many bytes.
pub(super) async fn read(shop: &Shop, duration: Duration) -> anyhow::Result<Figure> {
    let paths: Vec<String> =
        (0..200).map(|n| format!("/webapi/books/{}", 1 + n * BOOKS / 200)).collect();
    let length = Client::connect(shop.addr).await?.get(&paths[0]).await?.body().len();
    let bare = limits::Bare::start(length)?;
    let fixed = Get::new(vec!["/".to_owned()]);
    let limit = drive(64, duration, |_| Client::connect(bare.addr), fixed).await?;
    drop(bare);
    let before = process::cpu_time(shop.pid())?;
    let outcome = drive(64, duration, |_| Client::connect(shop.addr), Get::new(paths)).await?;
    let used = process::cpu_time(shop.pid())?.saturating_sub(before);
    let share = outcome.per_second / limit.per_second;
    let cpu = used.div_f64(outcome.done as f64);
    Ok(Figure {
        reached: format!("{:.0} % of {:.0}/s ({length} bytes)", share * 100.0, limit.per_second),
        holds: Some(share >= 0.60),
        ..figure("a book, /webapi/books/{id}", &outcome, cpu, "≥ 60 % of bare hyper")
    })
}

/// A file of books, each with an ISBN whose check digit is right.
fn csv() -> String {
    let mut csv = "title,authors,isbn13,publisher,language,year,rating\n".to_owned();
    for n in 0..BOOKS {
        let digits = format!("978{:09}", 100_000_000 + n);
        let weighed = digits
            .bytes()
            .enumerate()
            .map(|(at, digit)| u32::from(digit - b'0') * if at % 2 == 0 { 1 } else { 3 });
        let check = (10 - weighed.sum::<u32>() % 10) % 10;
        let year = 1900 + n % 120;
        csv += &format!(
            "\"The Book of Number {n}\",\"Ada Byron {}, Charles Babbage\",{digits}{check},Press {},en,{year},4.{}\n",
            n % 700,
            n % 90,
            n % 10,
        );
    }
    csv
}
