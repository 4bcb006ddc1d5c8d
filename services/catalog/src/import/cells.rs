//! Cells: how people write yes and no, weights, counts, lists.

/// TRUE, yes, 1 …; `None` for what is neither.
pub(super) fn flag(cell: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| cell.eq_ignore_ascii_case(word));
    if is(&["true", "yes", "y", "1"]) {
        Some(true)
    } else if is(&["false", "no", "n", "0"]) {
        Some(false)
    } else {
        None
    }
}

/// Grams, rounded half up: `350`, `113.4`, and with a unit `1.5 kg`, `3 lb`, `4 oz`.
pub(super) fn grams(cell: &str) -> Option<u32> {
    let split = cell.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',');
    let (number, unit) = cell.split_at(split.unwrap_or(cell.len()));
    // In billionths of a gram, so that a pound is exact.
    let per_unit: u128 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "g" => 1_000_000_000,
        "kg" => 1_000_000_000_000,
        "lb" | "lbs" => 453_592_370_000,
        "oz" => 28_349_523_125,
        _ => return None,
    };
    let number = number.trim();
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let whole = whole.replace(',', "");
    if (whole.is_empty() && part.is_empty())
        || part.len() > 9
        || whole.len() > 12
        || part.contains(',')
    {
        return None;
    }
    let digits: u128 = format!("{whole}{part}").parse().ok()?;
    let scale = 10_u128.pow(u32::try_from(part.len()).ok()?) * 1_000_000_000;
    u32::try_from((digits * per_unit + scale / 2) / scale).ok()
}

/// A whole number, negative ones included.
pub(super) fn count(cell: &str) -> Option<i64> {
    // Spreadsheets turn 3 into 3.0.
    let whole = cell
        .split_once('.')
        .map_or(Some(cell), |(whole, part)| part.bytes().all(|b| b == b'0').then_some(whole));
    whole?.parse().ok()
}

/// A SKU or barcode without the apostrophe that keeps spreadsheets from reading it as a number.
pub(super) fn without_apostrophe(cell: &str) -> &str {
    cell.strip_prefix(['\'', '’']).unwrap_or(cell).trim()
}

/// Tags: `a, b, c`, each once.
pub(super) fn tags(cell: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in cell.split(',').map(one_line).filter(|tag| !tag.is_empty()) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// The text on one line: line breaks and other control characters become spaces.
pub(super) fn one_line(cell: &str) -> String {
    let spaced = |c: char| if c.is_control() { ' ' } else { c };
    cell.chars().map(spaced).collect::<String>().trim().to_owned()
}

/// A path of categories: `Kitchen > Coffee & Tea`.
pub(super) fn path(cell: &str) -> Vec<String> {
    cell.split('>').map(one_line).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_in_all_units_and_rounded_half_up() {
        for (cell, wanted) in [
            ("350", Some(350)),
            ("113.4", Some(113)),
            ("113.5", Some(114)),
            ("1.5 kg", Some(1500)),
            ("1 lb", Some(454)),
            ("4oz", Some(113)),
            ("1,250", Some(1250)),
            ("", None),
            ("heavy", None),
            ("-3", None),
            ("3 stone", None),
            (".5", Some(1)),
            ("99999999999", None),
        ] {
            assert_eq!(grams(cell), wanted, "{cell}");
        }
    }

    #[test]
    fn people_write_the_same_thing_in_many_ways() {
        assert_eq!((flag("TRUE"), flag("No"), flag("maybe")), (Some(true), Some(false), None));
        assert_eq!(
            (count("-3"), count("3.0"), count("3.5"), count("x")),
            (Some(-3), Some(3), None, None)
        );
        assert_eq!(without_apostrophe("'00123"), "00123");
        assert_eq!(tags(" a, b,a ,, c"), ["a", "b", "c"]);
        assert_eq!(path("Kitchen >  Coffee & Tea > "), ["Kitchen", "Coffee & Tea"]);
    }
}
