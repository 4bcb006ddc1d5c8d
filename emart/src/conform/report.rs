//! What was checked, and what came of it.

use serde::Serialize;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Ok,
    Skip,
    Fail,
}

/// One line.
#[derive(Debug, Serialize)]
struct Line {
    level: Level,
    check: String,
    expected: String,
    came: String,
}

/// All lines so far.
#[derive(Debug, Default)]
pub(super) struct Report(Vec<Line>);

impl Report {
    /// Notes what was expected, and what came when it was something else.
    pub(super) fn add(
        &mut self,
        check: impl Into<String>,
        expected: impl Into<String>,
        outcome: Result<(), String>,
    ) {
        let (level, came) = match outcome {
            Ok(()) => (Level::Ok, String::new()),
            Err(came) => (Level::Fail, came),
        };
        self.0.push(Line { level, check: check.into(), expected: expected.into(), came });
    }

    /// Notes what was not checked, and why.
    pub(super) fn skip(&mut self, check: &str, expected: &str, why: &str) {
        let (check, expected, came) = (check.to_owned(), expected.to_owned(), why.to_owned());
        self.0.push(Line { level: Level::Skip, check, expected, came });
    }

    /// How many checks failed.
    pub(super) fn failed(&self) -> usize {
        self.0.iter().filter(|line| line.level == Level::Fail).count()
    }

    /// Prints it: a line each.
    #[expect(clippy::print_stdout, reason = "the command's answer")]
    pub(super) fn print(&self, json: bool) -> anyhow::Result<()> {
        if json {
            println!("{}", serde_json::to_string_pretty(&self.0)?);
            return Ok(());
        }
        let width = self.0.iter().map(|line| line.check.chars().count()).max().unwrap_or_default();
        for Line { level, check, expected, came } in &self.0 {
            match level {
                Level::Ok => println!("ok    {check:<width$}  {expected}"),
                Level::Skip => println!("skip  {check:<width$}  {expected}: {came}"),
                Level::Fail => println!("FAIL  {check:<width$}  expected {expected}; came {came}"),
            }
        }
        println!("{} checks, {} failed", self.0.len(), self.failed());
        Ok(())
    }
}
