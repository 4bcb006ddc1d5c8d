//! The table: what was measured, what it is measured against, what was to be reached.

use std::time::Duration;

/// A line of the table.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) per_second: Option<f64>,
    pub(crate) p50: Option<Duration>,
    pub(crate) p99: Option<Duration>,
    pub(crate) cpu: Option<Duration>,
    /// What was reached, in the words of the goal.
    pub(crate) reached: String,
    pub(crate) goal: &'static str,
    pub(crate) holds: Option<bool>,
}

/// Prints the table in Markdown.
#[expect(clippy::print_stdout, reason = "the table is the answer")]
pub(crate) fn print(figures: &[Figure]) {
    println!("| work | per second | p50 | p99 | server CPU each | reached | goal | |");
    println!("| --- | ---: | ---: | ---: | ---: | --- | --- | --- |");
    for figure in figures {
        let rate = figure.per_second.map_or(String::new(), |rate| format!("{rate:.0}"));
        let time = |time: Option<Duration>| {
            time.map_or(String::new(), |t| format!("{:.2} ms", t.as_secs_f64() * 1e3))
        };
        let cpu = figure.cpu.map_or(String::new(), |t| format!("{:.1} µs", t.as_secs_f64() * 1e6));
        let mark = figure.holds.map_or("", |holds| if holds { "yes" } else { "**no**" });
        println!(
            "| {} | {rate} | {} | {} | {cpu} | {} | {} | {mark} |",
            figure.name,
            time(figure.p50),
            time(figure.p99),
            figure.reached,
            figure.goal,
        );
    }
}
