//! Lists, a page at a time: every page keeps its limit, the pages have an end, nothing comes twice, and cursors and
//! limits that are nonsense are refused.

use std::collections::HashSet;

use super::asker::{Ask, Asker};
use super::contract::{Contract, Operation};
use super::report::Report;

/// Lists longer than this are not followed to their end.
const PAGES: usize = 200;

/// Whether an operation is a list in pages.
pub(super) fn is_paged(operation: &Operation) -> bool {
    operation.method == "GET"
        && !operation.names_something()
        && operation.takes("limit")
        && operation.takes("cursor")
}

/// Checks one.
pub(super) async fn check(
    contract: &Contract,
    operation: &Operation,
    asker: &Asker,
    report: &mut Report,
) {
    let path = &operation.path;
    let outcome = follow(contract, operation, asker).await;
    report.add(format!("GET {path}?limit=1, page by page"), "each entry once, and an end", outcome);
    for query in ["cursor=nonsense", "limit=0", "limit=many"] {
        let outcome = asker.ask(Ask::new("GET", format!("{path}?{query}"))).await;
        let outcome = outcome.and_then(|answer| {
            contract.allows(operation, &answer)?;
            if matches!(answer.status, 400 | 422) { Ok(()) } else { Err(answer.words()) }
        });
        report.add(format!("GET {path}?{query}"), "400 or 422 as documented", outcome);
    }
}

async fn follow(contract: &Contract, operation: &Operation, asker: &Asker) -> Result<(), String> {
    let (mut seen, mut cursor) = (HashSet::new(), None::<String>);
    for _ in 0..PAGES {
        let cursor_part = cursor.as_ref().map(|cursor| format!("&cursor={cursor}"));
        let path = format!("{}?limit=1{}", operation.path, cursor_part.unwrap_or_default());
        let answer = asker.ask(Ask::new("GET", path)).await?;
        contract.allows(operation, &answer)?;
        if answer.status != 200 {
            // A list that must be told what to look for says so.
            let asks_for_more = cursor.is_none() && matches!(answer.status, 400 | 422);
            return if asks_for_more { Ok(()) } else { Err(answer.words()) };
        }
        let page = answer.json();
        let items = page["items"].as_array().cloned().unwrap_or_default();
        if items.len() > 1 {
            return Err(format!("{} entries on a page of one", items.len()));
        }
        if let Some(item) = items.first()
            && !seen.insert(item.to_string())
        {
            return Err(format!("this twice: {item}"));
        }
        match page["next_cursor"].as_str() {
            None => return Ok(()),
            Some(_) if items.is_empty() => return Err("an empty page before the last".to_owned()),
            Some(next) => cursor = Some(next.to_owned()),
        }
    }
    Ok(())
}
