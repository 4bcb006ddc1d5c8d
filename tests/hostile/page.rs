//! `docs/permissions.md`, read: who may call which operation.

use std::collections::BTreeMap;
use std::path::Path;

use emart_http::Permissions;

/// Who may do something, by the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Who {
    Everybody,
    SignedIn,
    /// Whoever it belongs to, and with a permission others.
    Own,
    /// Whoever has one of these.
    Having(Permissions),
    Staff,
    Administrator,
}

/// Every operation's row.
pub(crate) fn read() -> BTreeMap<String, Who> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs/permissions.md");
    let text = std::fs::read_to_string(page).unwrap();
    let (_, tables) = text.split_once("\n## ").unwrap();
    let mut rows = BTreeMap::new();
    for line in tables.lines().filter(|line| line.starts_with("| `")) {
        let [_, operation, words, _] = line.split('|').map(str::trim).collect::<Vec<_>>()[..]
        else {
            panic!("{line}");
        };
        let before = rows.insert(operation.trim_matches('`').to_owned(), words_mean(words));
        assert_eq!(before, None, "two rows for {operation}");
    }
    rows
}

fn words_mean(words: &str) -> Who {
    match words {
        "everybody" => Who::Everybody,
        "signed in" => Who::SignedIn,
        "staff" => Who::Staff,
        "administrator" => Who::Administrator,
        _ if words == "own" || words.starts_with("own, ") => Who::Own,
        _ => {
            let one_of = words.split(" or ").map(|word| word.trim_matches('`'));
            let read = |word: &str| word.parse().unwrap_or_else(|_| panic!("{words}"));
            Who::Having(one_of.map(read).collect())
        }
    }
}
