//! From a file's text to the rows of each product, also where they do not stand together.

use std::collections::{HashMap, HashSet};

use csv::{ReaderBuilder, StringRecord};
use emart_types::spreadsheet::unguarded;

use super::Unreadable;
use super::columns::{Columns, Field};

/// A row that is not empty.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// The line on which it begins.
    pub(super) line: u64,
    pub(super) cells: StringRecord,
}

/// The rows of a product, in the order of the file.
#[derive(Debug)]
pub(super) struct Group {
    /// As the file has it; empty for a row that names no product.
    pub(super) handle: String,
    pub(super) rows: Vec<Row>,
}

/// A file that is read product by product.
pub(super) struct File {
    pub(super) columns: Columns,
    /// Rows that are not empty.
    pub(super) rows: u64,
    text: String,
    separator: u8,
    /// Where the next row begins.
    at: csv::Position,
    /// Rows that stand apart from the first ones of their product.
    apart: HashMap<String, Vec<Row>>,
    begun: HashSet<String>,
    next: Option<Row>,
    lines: Lines,
    /// The handle of the row before, unless that stood apart.
    last: String,
}

impl File {
    /// Reads the header, and once through the rows to see how many there are and which stand apart.
    pub(super) fn open(text: String, separator: u8) -> Result<Self, Unreadable> {
        let mut reader = reader(&text, separator);
        let mut header = StringRecord::new();
        if !reader.read_record(&mut header).map_err(broken)? {
            return Err(Unreadable::Empty);
        }
        unguard(&mut header);
        let columns = Columns::read(&header)?;
        let at = reader.position().clone();
        let mut file = Self {
            columns,
            rows: 0,
            separator,
            at,
            apart: HashMap::new(),
            begun: HashSet::new(),
            next: None,
            lines: Lines::default(),
            last: String::new(),
            text: String::new(),
        };
        let (mut seen, mut last) = (HashSet::new(), String::new());
        let mut lines = Lines::default();
        let mut cells = StringRecord::new();
        while reader.read_record(&mut cells).map_err(broken)? {
            if is_empty(&cells) {
                continue;
            }
            unguard(&mut cells);
            file.rows += 1;
            let handle = file.columns.cell(&cells, Field::Handle);
            if handle.is_empty() {
                last.clear();
                continue;
            }
            if handle == last {
                continue;
            }
            if !seen.insert(handle.to_owned()) {
                let row = Row { line: lines.of(&text, &cells), cells: cells.clone() };
                file.apart.entry(handle.to_owned()).or_default().push(row);
                // The following rows of the same handle stand apart too: they are met one by one.
                last.clear();
                continue;
            }
            handle.clone_into(&mut last);
        }
        drop(reader);
        file.text = text;
        Ok(file)
    }

    /// The next products, until they have about so many rows or pictures; none at the end of the file.
    pub(super) fn batch(&mut self, rows: usize, pictures: usize) -> Result<Vec<Group>, Unreadable> {
        let mut reader = reader(&self.text, self.separator);
        // Seeking in text that is in memory cannot fail.
        let _ = reader.seek(self.at.clone());
        let mut groups: Vec<Group> = Vec::new();
        let (mut count, mut shown) = (0, 0);
        let mut next = self.next.take();
        loop {
            let row = match next.take() {
                Some(row) => row,
                None => match read_row(&mut reader, &self.text, &mut self.lines)? {
                    Some(row) => row,
                    None => break,
                },
            };
            let handle = self.columns.cell(&row.cells, Field::Handle);
            let shows = !self.columns.cell(&row.cells, Field::ImageSource).is_empty();
            if let Some(group) =
                groups.last_mut().filter(|_| !handle.is_empty() && self.last == handle)
            {
                count += 1;
                shown += usize::from(shows);
                group.rows.push(row);
                continue;
            }
            if count >= rows || shown >= pictures {
                self.next = Some(row);
                break;
            }
            let handle = handle.to_owned();
            self.last.clear();
            if !handle.is_empty() && !self.begun.insert(handle.clone()) {
                // It was handed out with its product's first rows.
                continue;
            }
            self.last.clone_from(&handle);
            count += 1;
            shown += usize::from(shows);
            groups.push(Group { handle, rows: vec![row] });
        }
        self.at = reader.position().clone();
        for group in &mut groups {
            if let Some(apart) = self.apart.remove(&group.handle) {
                group.rows.extend(apart);
            }
        }
        Ok(groups)
    }
}

fn read_row<R: std::io::Read>(
    reader: &mut csv::Reader<R>,
    text: &str,
    lines: &mut Lines,
) -> Result<Option<Row>, Unreadable> {
    let mut cells = StringRecord::new();
    loop {
        if !reader.read_record(&mut cells).map_err(broken)? {
            return Ok(None);
        }
        if !is_empty(&cells) {
            unguard(&mut cells);
            return Ok(Some(Row { line: lines.of(text, &cells), cells }));
        }
    }
}

fn reader(text: &str, separator: u8) -> csv::Reader<std::io::Cursor<&[u8]>> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(std::io::Cursor::new(text.as_bytes()))
}

/// Takes the apostrophes away that keep spreadsheets from reading formulas.
fn unguard(cells: &mut StringRecord) {
    if cells.iter().any(|cell| unguarded(cell) != cell) {
        let mut plain: StringRecord = cells.iter().map(unguarded).collect();
        plain.set_position(cells.position().cloned());
        *cells = plain;
    }
}

fn is_empty(cells: &StringRecord) -> bool {
    cells.iter().all(|cell| cell.trim().is_empty())
}

/// Counts lines as one reads on: the reader's own count is off where lines end with two characters.
#[derive(Debug, Default)]
struct Lines {
    at: usize,
    ends: u64,
}

impl Lines {
    /// The line on which a row begins.
    fn of(&mut self, text: &str, row: &StringRecord) -> u64 {
        let begins = row.position().and_then(|p| usize::try_from(p.byte()).ok()).unwrap_or(0);
        let rest = text.as_bytes().get(begins..).unwrap_or_default();
        // Empty lines before the row are counted to it.
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let until = begins + blank;
        let between = text.as_bytes().get(self.at..until).unwrap_or_default();
        self.ends += between.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = until.max(self.at);
        self.ends + 1
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is the function of a `map_err`")]
fn broken(error: csv::Error) -> Unreadable {
    Unreadable::Csv(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(text: &str, rows: usize) -> Vec<(String, Vec<u64>)> {
        let mut file = File::open(text.to_owned(), b',').unwrap();
        let mut all = Vec::new();
        loop {
            let batch = file.batch(rows, 100).unwrap();
            if batch.is_empty() {
                return all;
            }
            all.extend(batch.into_iter().map(|group| {
                (group.handle, group.rows.iter().map(|row| row.line).collect::<Vec<_>>())
            }));
        }
    }

    #[test]
    fn rows_of_a_product_come_together_with_the_lines_they_begin_on() {
        let text =
            "Handle,Title\r\na,\"two\r\nlines\"\r\na,\r\n\r\n,,,\r\nb,B\r\na,\r\na,\r\n,x\r\n";
        let wanted = [("a", vec![2, 4, 8, 9]), ("b", vec![7]), ("", vec![10])];
        let wanted: Vec<_> = wanted.into_iter().map(|(h, l)| (h.to_owned(), l)).collect();
        for rows in [1, 2, 100] {
            assert_eq!(groups(text, rows), wanted, "{rows}");
        }
    }

    #[test]
    fn a_product_is_never_cut_in_two() {
        let mut text = "Handle,Title\n".to_owned();
        for n in 0..10 {
            text.push_str(&format!("p{},x\n", n / 5));
        }
        assert_eq!(groups(&text, 3).iter().map(|(_, rows)| rows.len()).collect::<Vec<_>>(), [5, 5]);
    }
}
