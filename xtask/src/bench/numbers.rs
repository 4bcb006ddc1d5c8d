//! How many orders a second one PostgreSQL server numbers without gaps: each holds the counter's row until it is
//! committed, so that all orders of a shop go through it one by one, however many copies of `orders` there are.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, ensure};

use super::report::Figure;
use crate::postgres::Postgres;

/// What `orders` writes when an order is placed, in about its sizes.
const TABLES: &str = "
    CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT);
    INSERT INTO counters VALUES ('order', 0);
    CREATE TABLE checkouts (id INT PRIMARY KEY, body TEXT);
    INSERT INTO checkouts SELECT n, repeat('x', 2000) FROM generate_series(1, 10000) n;
    CREATE TABLE orders (id TEXT PRIMARY KEY, body TEXT);
    CREATE TABLE outbox (id BIGSERIAL PRIMARY KEY, body TEXT);";
const COUNTER: &str = "UPDATE counters SET value = value + 1 WHERE name = 'order' RETURNING value;";
const REST: &str = "UPDATE checkouts SET body = repeat('y', 2000) WHERE id = :checkout;
    INSERT INTO orders VALUES (gen_random_uuid()::text, repeat('o', 2500));
    INSERT INTO outbox (body) VALUES (repeat('e', 3000));";

/// Measures it with the counter and, for comparison, without.
pub(crate) fn measure(dir: &Path, duration: Duration) -> anyhow::Result<Vec<Figure>> {
    let postgres = Postgres::start_durable()?;
    let url = postgres.database("numbers")?;
    let mut tables = postgres.program("psql");
    let made = tables.args(["-q", "-d", &url, "-c", TABLES]).status()?;
    ensure!(made.success(), "psql: {made}");
    let mut figures = Vec::new();
    for (name, first) in
        [("orders numbered without gaps, 16 at once", COUNTER), ("the same without a number", "")]
    {
        let script = dir.join("order.sql");
        std::fs::write(
            &script,
            format!("\\set checkout random(1, 10000)\nBEGIN;\n{first}\n{REST}\nCOMMIT;\n"),
        )?;
        let rate = pgbench(postgres.program("pgbench"), &script, &url, duration)?;
        figures.push(Figure {
            name: name.to_owned(),
            per_second: Some(rate),
            p50: None,
            p99: None,
            cpu: None,
            reached: String::new(),
            goal: "",
            holds: None,
        });
    }
    Ok(figures)
}

fn pgbench(
    mut program: Command,
    script: &Path,
    url: &str,
    duration: Duration,
) -> anyhow::Result<f64> {
    let seconds = duration.as_secs().to_string();
    program.args(["-n", "-M", "prepared", "-c", "16", "-T", &seconds, "-f"]).arg(script).arg(url);
    let output = program.output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = "));
    let rate = rate.and_then(|rate| rate.split_whitespace().next()).context("pgbench's tps")?;
    Ok(rate.parse()?)
}
