//! Prometheus' text, read.

use std::collections::BTreeMap;

/// One series and its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sample {
    pub(super) name: String,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) value: f64,
}

impl Sample {
    /// The value of a label; empty where there is none.
    pub(super) fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }
}

/// All series in a text; comments, exemplars and what cannot be read are passed over.
pub(super) fn parse(text: &str) -> Vec<Sample> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(sample).collect()
}

fn sample(line: &str) -> Option<Sample> {
    let name_end = line.find(['{', ' '])?;
    let (name, mut rest) = line.split_at(name_end);
    let mut labels = BTreeMap::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = read_labels(inside, &mut labels)?;
    }
    let value = rest.split_whitespace().next()?.parse().ok()?;
    Some(Sample { name: name.to_owned(), labels, value })
}

/// Reads up to the closing brace; returns what comes after it.
fn read_labels<'a>(mut text: &'a str, labels: &mut BTreeMap<String, String>) -> Option<&'a str> {
    loop {
        text = text.trim_start_matches(',');
        if let Some(rest) = text.strip_prefix('}') {
            return Some(rest);
        }
        let (name, rest) = text.split_once("=\"")?;
        let (value, rest) = read_value(rest)?;
        labels.insert(name.to_owned(), value);
        text = rest;
    }
}

/// Reads up to the closing quote.
fn read_value(text: &str) -> Option<(String, &str)> {
    let (mut value, mut escaped) = (String::new(), false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => {
                value.push(if c == 'n' { '\n' } else { c });
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return Some((value, &text[at + 1..])),
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_read_and_exemplars_and_comments_are_not() {
        let text = "# HELP emart_x X.\n\
                    emart_up 1\n\
                    emart_x_bucket{le=\"0.1\",route=\"/a/{id}\",odd=\"a\\\"b,c}\"} 17 # {trace_id=\"ab\"} 0.05\n\
                    emart_broken{\n\
                    # EOF\n";
        let samples = parse(text);
        assert_eq!(samples.len(), 2, "{samples:?}");
        assert_eq!((samples[0].name.as_str(), samples[0].value), ("emart_up", 1.0));
        assert_eq!(samples[1].value, 17.0);
        assert_eq!(samples[1].label("route"), "/a/{id}");
        assert_eq!(samples[1].label("odd"), "a\"b,c}");
        assert_eq!(samples[1].label("none"), "");
    }
}
