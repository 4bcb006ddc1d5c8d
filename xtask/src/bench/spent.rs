//! The tables of what stores of different shapes spend on the same work.

use std::time::Duration;

use super::load::Outcome;

/// CPU time, by who used it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spent {
    pub(crate) store: Duration,
    pub(crate) postgres: Duration,
    pub(crate) nats: Duration,
}

impl Spent {
    pub(crate) fn all(&self) -> Duration {
        self.store + self.postgres + self.nats
    }

    pub(crate) fn since(&self, before: &Self) -> Self {
        Self {
            store: self.store.saturating_sub(before.store),
            postgres: self.postgres.saturating_sub(before.postgres),
            nats: self.nats.saturating_sub(before.nats),
        }
    }

    /// Of each of so many.
    pub(crate) fn over(&self, count: f64) -> Self {
        Self {
            store: self.store.div_f64(count),
            postgres: self.postgres.div_f64(count),
            nats: self.nats.div_f64(count),
        }
    }
}

/// One kind of work done by one store.
pub(crate) struct Row {
    pub(crate) store: &'static str,
    pub(crate) work: &'static str,
    pub(crate) outcome: Option<Outcome>,
    /// Each.
    pub(crate) spent: Spent,
    /// CPU-seconds for each order, where there were any.
    pub(crate) orders: Option<f64>,
}

impl Row {
    /// How often it was done.
    pub(crate) fn done(&self) -> f64 {
        self.outcome.as_ref().map_or(1.0, |outcome| outcome.done as f64)
    }
}

/// What one process of a store had of the mix.
pub(crate) struct Member {
    pub(crate) name: &'static str,
    /// CPU time of each step.
    pub(crate) each: Duration,
    pub(crate) mb: f64,
}

/// The row of this work on this store.
pub(crate) fn row<'a>(rows: &'a [Row], work: &str, store: &str) -> Option<&'a Row> {
    rows.iter().find(|row| row.work == work && row.store == store)
}

/// Prints the rows in Markdown, work by work, each store beside the one that all are compared with.
#[expect(clippy::print_stdout, reason = "the table is the answer")]
pub(crate) fn print(rows: &[Row], measure: &str) {
    println!(
        "| work | store | per second | p50 | p95 | p99 | CPU: store | PostgreSQL | NATS | all | times | CPU-s an order |"
    );
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let mut works: Vec<&str> = Vec::new();
    for row in rows {
        if !works.contains(&row.work) {
            works.push(row.work);
        }
    }
    for work in works {
        let one = row(rows, work, measure).map(|row| row.spent.all().as_secs_f64());
        for row in rows.iter().filter(|row| row.work == work) {
            let rate =
                row.outcome.as_ref().map_or(String::new(), |o| format!("{:.0}", o.per_second));
            let [p50, p95, p99] = row.outcome.as_ref().map_or([const { String::new() }; 3], |o| {
                [o.p50, o.p95, o.p99].map(|t| format!("{:.2} ms", t.as_secs_f64() * 1e3))
            });
            let micros = |t: Duration| format!("{:.0} µs", t.as_secs_f64() * 1e6);
            let all = row.spent.all();
            let times = one.map_or(String::new(), |one| format!("{:.2}", all.as_secs_f64() / one));
            let orders = row.orders.map_or(String::new(), |orders| format!("{orders:.4}"));
            println!(
                "| {work} | {} | {rate} | {p50} | {p95} | {p99} | {} | {} | {} | {} | {times} | {orders} |",
                row.store,
                micros(row.spent.store),
                micros(row.spent.postgres),
                micros(row.spent.nats),
                micros(all),
            );
        }
    }
    println!();
}

/// Prints what each process had of a step of the mix, and how many steps a second one core of it can do.
#[expect(clippy::print_stdout, reason = "the table is the answer")]
pub(crate) fn print_members(members: &[Member]) {
    println!("| service | CPU a step | steps/s a core | memory |");
    println!("| --- | ---: | ---: | ---: |");
    for Member { name, each, mb } in members {
        let micros = each.as_secs_f64() * 1e6;
        let rate =
            if each.is_zero() { String::new() } else { format!("{:.0}", 1.0 / each.as_secs_f64()) };
        println!("| {name} | {micros:.0} µs | {rate} | {mb:.0} MB |");
    }
    println!();
}
