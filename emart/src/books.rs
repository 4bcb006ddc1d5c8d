//! `emart import books`: books from a CSV file, whose columns are found by their names and whose ISBNs a spreadsheet may
//! have spoilt.

mod isbn;
mod row;

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::Args;
use emart_books_api::{BookBatch, Books, NewBook, Outcome};
use indicatif::ProgressBar;

use self::row::Columns;
use crate::client::Shop;
use crate::config::Config;
use crate::products::progress_bar;

/// How many books are sent at once.
const BATCH: usize = 500;
/// How many lines of the report are printed.
const MOST_MESSAGES: usize = 200;

/// What an import takes.
#[derive(Debug, Args)]
#[command(after_help = "\
Columns, by name, in any order and any case: title, authors (with commas between them), isbn13, isbn, publisher, \
language (or language_code), year (or original_publication_year), rating (or average_rating: 4.34), cover_url (or \
image_url), description, published. Only title must be there; others are ignored.\n\n\
A book is the one of its ISBN, or without one that of its title and authors: a second import of the same file changes \
nothing.")]
pub(crate) struct ImportBooks {
    /// The file
    file: PathBuf,
    /// Books are not shown as published unless the file says so; with this they are
    #[arg(long)]
    published: bool,
}

/// A book and the line it comes from.
struct Line {
    number: u64,
    book: NewBook,
}

/// What came of it.
#[derive(Debug, Default)]
struct Report {
    created: usize,
    updated: usize,
    unchanged: usize,
    refused: usize,
    repaired: usize,
    messages: Vec<String>,
}

/// Carries an import out.
pub(crate) async fn import(config: &Config, args: ImportBooks) -> anyhow::Result<()> {
    let text = std::fs::read(&args.file).with_context(|| args.file.display().to_string())?;
    let lines =
        Lines::read(&text, args.published).with_context(|| args.file.display().to_string())?;
    let shop = Shop::open(config).await?;
    let bar = progress_bar()?;
    bar.set_length(lines.count());
    shop.work(async |shop: &Shop| lines.take_in(&Books(shop.peer("books")?), &bar, false).await)
        .await
}

/// A file, read.
pub(crate) struct Lines {
    lines: Vec<Line>,
    report: Report,
}

impl Lines {
    /// Reads a CSV file with a head.
    pub(crate) fn read(text: &[u8], published: bool) -> anyhow::Result<Self> {
        let mut report = Report::default();
        Ok(Self { lines: read(text, published, &mut report)?, report })
    }

    /// How many books there are.
    pub(crate) const fn count(&self) -> u64 {
        self.lines.len() as u64
    }

    /// Hands them to `books`, and prints what came of it.
    pub(crate) async fn take_in(
        mut self,
        books: &Books,
        bar: &ProgressBar,
        dry_run: bool,
    ) -> anyhow::Result<()> {
        let mut sent = Ok(());
        for lines in self.lines.chunks(BATCH).take_while(|_| !dry_run) {
            sent = send(books, lines, &mut self.report).await;
            if sent.is_err() {
                break;
            }
            bar.inc(lines.len() as u64);
        }
        bar.finish_and_clear();
        if dry_run {
            self.report.created = self.lines.len();
        }
        self.report.print();
        sent
    }
}

fn read(text: &[u8], published: bool, report: &mut Report) -> anyhow::Result<Vec<Line>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text);
    let columns = Columns::find(reader.headers().context("the first line")?);
    ensure!(columns.has_title(), "line 1: there is no column `title`");
    let mut lines = Vec::new();
    for (at, record) in reader.records().enumerate() {
        let number = |record: &csv::StringRecord| {
            record.position().map_or(at as u64 + 2, csv::Position::line)
        };
        match record {
            Ok(record) => {
                let number = number(&record);
                let mut book = columns.book(&record, &mut |message| {
                    report.messages.push(format!("line {number}: {message}"));
                });
                book.published |= published;
                if let Some(isbn) = columns.isbn(&record) {
                    match isbn {
                        Ok((isbn, repaired)) => {
                            book.isbn = Some(isbn);
                            report.repaired += usize::from(repaired);
                        }
                        Err(reason) => report
                            .messages
                            .push(format!("line {number}: taken in without its ISBN: {reason}")),
                    }
                }
                lines.push(Line { number, book });
            }
            Err(error) => {
                report.refused += 1;
                report.messages.push(format!("row {}: skipped: {error}", at + 2));
            }
        }
    }
    Ok(lines)
}

async fn send(books: &Books, lines: &[Line], report: &mut Report) -> anyhow::Result<()> {
    let batch = BookBatch { books: lines.iter().map(|line| line.book.clone()).collect() };
    let outcomes = books.put_books(&batch).await?;
    ensure!(outcomes.len() == lines.len(), "`books` did not answer for every book");
    for (line, outcome) in lines.iter().zip(outcomes) {
        match outcome {
            Outcome::Created => report.created += 1,
            Outcome::Updated => report.updated += 1,
            Outcome::Unchanged => report.unchanged += 1,
            Outcome::Refused { reason } => {
                report.refused += 1;
                report.messages.push(format!("line {}: skipped: {reason}", line.number));
            }
        }
    }
    Ok(())
}

impl Report {
    #[expect(clippy::print_stdout, reason = "the command's answer")]
    fn print(&self) {
        for message in self.messages.iter().take(MOST_MESSAGES) {
            println!("{message}");
        }
        if let Some(more @ 1..) = self.messages.len().checked_sub(MOST_MESSAGES) {
            println!("… and {more} more");
        }
        println!(
            "{} books: {} created, {} updated, {} unchanged, {} skipped; {} ISBNs repaired",
            self.created + self.updated + self.unchanged + self.refused,
            self.created,
            self.updated,
            self.unchanged,
            self.refused,
            self.repaired,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_and_what_is_spoilt_is_repaired_or_reported() {
        let csv = "\u{feff}Rating,ISBN,isbn13,Authors,Title,original_publication_year,colour\n\
            4.34,439023483,9.78043902348e+12,\"Suzanne Collins, Ann\",\"The Hunger Games, #1\",2008.0,red\n\
            x,7203116,9.78000720312E+12,,Broken,soon,\n\
            ,,,A,No number,-720\n";
        let mut report = Report::default();
        let lines = read(csv.as_bytes(), false, &mut report).unwrap();
        let first = &lines[0].book;
        assert_eq!((first.title.as_str(), first.year), ("The Hunger Games, #1", Some(2008)));
        assert_eq!(first.authors, ["Suzanne Collins", "Ann"]);
        assert_eq!(first.isbn.unwrap().as_str(), "9780439023481");
        assert_eq!(first.rating_hundredths, Some(434));
        assert_eq!(
            (lines[1].book.isbn, lines[2].book.isbn, lines[2].book.year),
            (None, None, Some(-720))
        );
        assert_eq!(report.repaired, 1);
        let messages = report.messages.join("\n");
        for part in ["line 3: the rating", "line 3: the year", "line 3: taken in without its ISBN"]
        {
            assert!(messages.contains(part), "{messages}");
        }
        assert_eq!(report.messages.len(), 3);
    }

    #[test]
    fn a_file_without_titles_is_none_of_books() {
        assert!(read(b"name,isbn\nx,1\n", false, &mut Report::default()).is_err());
    }
}
