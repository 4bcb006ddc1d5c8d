//! What became of a file, as it becomes it.

use emart_catalog_api::{ImportAction, ImportReport, ImportRow};

/// Messages that are kept; the rest is counted.
const MOST_MESSAGES: usize = 1000;

/// The report under way.
#[derive(Debug, Default, Clone)]
pub(super) struct Reporter {
    report: ImportReport,
}

impl Reporter {
    pub(super) fn new(dry_run: bool, rows: u64) -> Self {
        Self { report: ImportReport { dry_run, rows, ..ImportReport::default() } }
    }

    /// A product was made, changed or found as it should be.
    pub(super) fn done(&mut self, action: ImportAction) {
        match action {
            ImportAction::Created => self.report.created += 1,
            ImportAction::Updated => self.report.updated += 1,
            ImportAction::Unchanged => self.report.unchanged += 1,
            ImportAction::Skipped | ImportAction::Warning => {}
        }
    }

    /// A product was left out.
    pub(super) fn skipped(&mut self, line: u64, handle: &str, why: impl Into<String>) {
        self.report.skipped += 1;
        self.say(ImportAction::Skipped, line, handle, why.into());
    }

    /// Something deserves a look.
    pub(super) fn warn(&mut self, line: u64, handle: &str, what: impl Into<String>) {
        self.say(ImportAction::Warning, line, handle, what.into());
    }

    /// Pictures were taken in.
    pub(super) fn images(&mut self, count: u64) {
        self.report.images += count;
    }

    fn say(&mut self, action: ImportAction, line: u64, handle: &str, message: String) {
        if self.report.messages.len() >= MOST_MESSAGES {
            self.report.more_messages += 1;
            return;
        }
        let handle = handle.to_owned();
        self.report.messages.push(ImportRow { line, handle, action, message });
    }

    pub(super) fn finish(mut self) -> ImportReport {
        self.report.messages.sort_by_key(|row| row.line);
        self.report
    }
}
