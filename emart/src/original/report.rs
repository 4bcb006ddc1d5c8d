//! What came of moving in: how many of what, and why what was left out was.

/// How many lines of reasons are printed.
const MOST: usize = 200;

/// What was moved, kind by kind.
#[derive(Debug, Default)]
pub(super) struct Report {
    tallies: Vec<Tally>,
    messages: Vec<String>,
    dry_run: bool,
}

/// What came of the records of one kind.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    what: &'static str,
    pub(super) created: usize,
    pub(super) unchanged: usize,
    pub(super) skipped: usize,
}

impl Tally {
    pub(super) fn of(what: &'static str) -> Self {
        Self { what, ..Self::default() }
    }
}

impl Report {
    pub(super) fn new(dry_run: bool) -> Self {
        Self { dry_run, ..Self::default() }
    }

    /// Something that whoever moves should know of a record.
    pub(super) fn say(&mut self, what: &str, number: usize, id: &str, said: impl AsRef<str>) {
        let id = if id.is_empty() { String::new() } else { format!(" ({id})") };
        self.messages.push(format!("{what} {number}{id}: {}", said.as_ref()));
    }

    /// Adds what came of a kind of records, if there were any.
    pub(super) fn add(&mut self, tally: Tally) {
        if tally != Tally::of(tally.what) {
            self.tallies.push(tally);
        }
    }

    #[expect(clippy::print_stdout, reason = "the command's answer")]
    pub(super) fn print(&self) {
        for line in self.lines() {
            println!("{line}");
        }
    }

    fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.messages.iter().take(MOST).cloned().collect();
        if let Some(more @ 1..) = self.messages.len().checked_sub(MOST) {
            lines.push(format!("… and {more} more"));
        }
        if self.dry_run {
            lines.push("nothing was written; it would be:".to_owned());
        }
        for Tally { what, created, unchanged, skipped } in &self.tallies {
            let all = created + unchanged + skipped;
            lines.push(format!(
                "{what}: {all} read, {created} moved in, {unchanged} here already, {skipped} skipped"
            ));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_come_first_and_sums_last() {
        let mut report = Report::new(true);
        report.say("user", 3, "5f", "skipped: no address");
        report.add(Tally { created: 2, skipped: 1, ..Tally::of("users") });
        assert_eq!(
            report.lines(),
            [
                "user 3 (5f): skipped: no address",
                "nothing was written; it would be:",
                "users: 3 read, 2 moved in, 0 here already, 1 skipped",
            ]
        );
    }
}
