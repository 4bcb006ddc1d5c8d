//! Every `EMART_*` variable in a file of this folder is a setting that there is.

use std::collections::BTreeSet;

use crate::files::{below, read, root};
use crate::system::services;

/// `EMART_STORE__POOL_SIZE` for `pool_size` in `[store]`, also where it stands commented out because it has no default.
fn known() -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    let mut section = String::new();
    for line in read("emart.toml").lines() {
        let line = line.strip_prefix("# ").unwrap_or(line);
        if let Some(name) = header(line) {
            section = format!("{}__", name.replace('.', "__").to_uppercase());
        } else if let Some((key, _)) = line.split_once(" = ").filter(|(key, _)| is_key(key)) {
            known.insert(format!("EMART_{section}{}", key.to_uppercase()));
        }
        if section == "PEERS__" {
            known.extend(services().iter().map(|s| format!("EMART_PEERS__{}", s.to_uppercase())));
        }
    }
    known
}

/// The name in `[name]   # perhaps with a comment`.
fn header(line: &str) -> Option<&str> {
    let (name, rest) = line.strip_prefix('[')?.split_once(']')?;
    (rest.trim().is_empty() || rest.trim_start().starts_with('#')).then_some(name)
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// Names like `EMART_X` in a text, without those that go on as a pattern (`EMART_*`, `EMART_PEERS__%s`).
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("EMART_").filter_map(|(at, _)| {
        let rest = &text[at..];
        let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let name = &rest[..end];
        let whole = !name.ends_with('_') && !text[..at].ends_with(['_', '$']);
        whole.then_some(name)
    })
}

#[test]
fn every_variable_is_a_setting() {
    let known = known();
    let places = ["deploy", "Jenkinsfile", ".github", "docs/deploy.md"];
    let mut unknown = BTreeSet::new();
    for path in places.into_iter().flat_map(below) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        // What the test suite itself is told (EMART_TEST_POSTGRES) is no setting of the store.
        for name in variables(&text).filter(|name| !name.starts_with("EMART_TEST_")) {
            if !known.contains(name) {
                let file = path.strip_prefix(root()).unwrap().display().to_string();
                unknown.insert(format!("{name} in {file}"));
            }
        }
    }
    assert!(unknown.is_empty(), "not in emart.toml: {unknown:#?}");
}

#[test]
fn names_are_found_in_texts() {
    let text = "EMART_DATA=/data, EMART_* EMART_PEERS__%s; -e EMART_LOG__FORMAT: json $EMART_X";
    assert_eq!(variables(text).collect::<Vec<_>>(), ["EMART_DATA", "EMART_LOG__FORMAT"]);
}
