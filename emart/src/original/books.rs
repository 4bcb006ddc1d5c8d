//! Books: a CSV file with a head, or what `mysqldump --tab` writes, which has none and escapes with backslashes.

use std::path::Path;

use anyhow::Context as _;

/// The columns of the original's table, as Hibernate makes them.
const COLUMNS: [&str; 6] = ["id", "author", "description", "published", "publisher", "title"];

/// The file as a CSV with a head.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    if has_head(&bytes) {
        return Ok(bytes);
    }
    // Beside its rows, mysqldump writes the table's definition.
    let definition = std::fs::read_to_string(path.with_extension("sql")).unwrap_or_default();
    let named = columns(&definition);
    let columns = if named.is_empty() { COLUMNS.map(str::to_owned).to_vec() } else { named };
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(&columns)?;
    for row in rows(&bytes) {
        let fitting =
            columns.iter().enumerate().map(|(at, _)| row.get(at).map_or("", String::as_str));
        csv.write_record(fitting)?;
    }
    Ok(csv.into_inner()?)
}

fn has_head(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    line.split([',', ';', '\t'])
        .any(|name| name.trim().trim_matches('"').eq_ignore_ascii_case("title"))
}

/// The columns that a `CREATE TABLE` names, in their order.
fn columns(definition: &str) -> Vec<String> {
    let lines =
        definition.lines().skip_while(|line| !line.trim_start().starts_with("CREATE TABLE"));
    let names = lines.skip(1).take_while(|line| line.trim_start().starts_with('`'));
    names.filter_map(|line| line.split('`').nth(1).map(ToOwned::to_owned)).collect()
}

/// The rows: columns with tabs (or commas) between them, perhaps in quotes; `\N` is nothing, `\0` the byte 0.
fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let separator = if bytes.contains(&b'\t') { b'\t' } else { b',' };
    // With tabs there are no quotes: one is a letter like others.
    let has_quotes = separator == b',';
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), Vec::new());
    let mut quoted = false;
    let mut bytes = bytes.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => cell.extend(bytes.next().and_then(unescaped)),
            b'"' if quoted && bytes.peek() == Some(&b'"') => cell.extend(bytes.next()),
            b'"' if has_quotes && (quoted || cell.is_empty()) => quoted = !quoted,
            _ if byte == separator && !quoted => row.push(text(&mut cell)),
            b'\n' if !quoted => {
                row.push(text(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            b'\r' if !quoted && bytes.peek() == Some(&b'\n') => {}
            _ => cell.push(byte),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(text(&mut cell));
        rows.push(row);
    }
    rows
}

/// What stands for a byte after a backslash.
const fn unescaped(byte: u8) -> Option<u8> {
    match byte {
        b'N' => None,
        b'0' => Some(0),
        b't' => Some(b'\t'),
        b'n' => Some(b'\n'),
        b'r' => Some(b'\r'),
        b'b' => Some(8),
        b'Z' => Some(26),
        other => Some(other),
    }
}

/// A cell; a BIT(1) is one byte.
fn text(cell: &mut Vec<u8>) -> String {
    match std::mem::take(cell).as_slice() {
        [0] => "0".to_owned(),
        [1] => "1".to_owned(),
        bytes => String::from_utf8_lossy(bytes).replace('\0', ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_without_a_head_is_read_by_the_tables_columns() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("books.txt");
        std::fs::write(
            &path,
            b"1\tA, B\t\\N\t\x01\tP\tOne\\\ttwo\n2\tC\tline\\\nline\t\\0\t\\N\tThree\n",
        )
        .unwrap();
        let csv = String::from_utf8(read(&path).unwrap()).unwrap();
        assert_eq!(
            csv,
            "id,author,description,published,publisher,title\n1,\"A, B\",,1,P,One\ttwo\n2,C,\"line\nline\",0,,Three\n"
        );
        let table = "CREATE TABLE `books` (\n  `id` bigint NOT NULL,\n  `title` varchar(255),\n  PRIMARY KEY (`id`)\n)";
        std::fs::write(path.with_extension("sql"), table).unwrap();
        std::fs::write(&path, "1\tT\n").unwrap();
        assert_eq!(read(&path).unwrap(), b"id,title\n1,T\n");
    }

    #[test]
    fn commas_and_quotes_do_as_well() {
        let row = rows(b"1,\"A \"\"x\"\" B\",\\N,\"a, b\"\r\n");
        assert_eq!(rows(b"1\t\"Oh\" he said\t\"x\n"), [["1", "\"Oh\" he said", "\"x"]]);
        assert_eq!(row, [["1", "A \"x\" B", "", "a, b"]]);
    }

    #[test]
    fn a_file_with_a_head_is_left_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("books.csv");
        std::fs::write(&path, "\u{feff}id,\"Title\",author\n1,T,A\n").unwrap();
        assert!(read(&path).unwrap().ends_with(b"1,T,A\n"));
    }
}
