//! A file of counts: which columns it has, and the rows that say something.

use emart_types::spreadsheet::unguarded;

/// Most rows of one file.
pub(crate) const MOST_ROWS: usize = 5000;

/// A row as the file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SheetRow {
    pub(crate) line: u64,
    pub(crate) sku: String,
    pub(crate) counted: String,
}

/// Reads a file; an error says why it cannot be.
pub(crate) fn read(file: &[u8]) -> Result<Vec<SheetRow>, String> {
    let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    let text = str::from_utf8(file).map_err(|_| "it is not UTF-8 text".to_owned())?;
    let first = text.lines().next().unwrap_or_default();
    let separator = [b';', b'\t', b',']
        .into_iter()
        .max_by_key(|separator| first.bytes().filter(|byte| byte == separator).count());
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .delimiter(separator.unwrap_or(b','))
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let column = |names: &[&str]| {
        header.iter().position(|name| names.contains(&name.trim().to_lowercase().as_str()))
    };
    let sku = column(&["sku", "variant sku"]).ok_or("it has no column SKU")?;
    let counted = column(&["counted", "count", "quantity", "on hand", "on_hand"]);
    let counted = counted.ok_or("it has no column Counted")?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let cell = |at: usize| unguarded(record.get(at).unwrap_or_default()).trim().to_owned();
        let (sku, counted) = (cell(sku), cell(counted));
        if sku.is_empty() && counted.is_empty() {
            continue;
        }
        if rows.len() == MOST_ROWS {
            return Err(format!("it has more than {MOST_ROWS} rows; count in parts"));
        }
        let line = record.position().map_or(0, csv::Position::line);
        rows.push(SheetRow { line, sku, counted });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whatever_separates_its_columns() {
        for file in [
            "SKU,Counted\nA-1,3\n\n'=B,0\n",
            "\u{feff}sku;name;count\r\nA-1;\"Tea; green\";3\r\n;;\r\n=B;;0\r\n",
            "Counted\tSKU\n3\tA-1\n\n0\t=B\n",
        ] {
            let rows = read(file.as_bytes()).unwrap();
            let told: Vec<_> = rows.iter().map(|r| (r.sku.as_str(), r.counted.as_str())).collect();
            assert_eq!(told, [("A-1", "3"), ("=B", "0")], "{file}");
        }
    }

    #[test]
    fn what_is_no_such_file_says_why() {
        assert!(read(b"\xff\xfe").unwrap_err().contains("UTF-8"));
        assert!(read(b"name,count\n").unwrap_err().contains("SKU"));
        assert!(read(b"sku,name\n").unwrap_err().contains("Counted"));
        assert!(read(b"").is_err());
    }
}
