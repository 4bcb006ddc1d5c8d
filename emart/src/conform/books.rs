//! What `books` does, from the first book to the last: statuses, bodies and who may, as its clients rely on them.

mod classic;
mod modern;

use serde_json::Value;

use super::asker::{Answer, Ask, Asker, Who};
use super::contract::Contract;
use super::report::Report;

const CLASSIC: &str = "/webapi/books";
const MODERN: &str = "/api/v1/books";

/// What a run works with.
struct Run<'a> {
    contract: &'a Contract,
    asker: &'a Asker,
    report: &'a mut Report,
}

/// Checks it; what is added is deleted again.
pub(super) async fn check(
    contract: &Contract,
    asker: &Asker,
    report: &mut Report,
    delete_all: bool,
) {
    let mut run = Run { contract, asker, report };
    if contract.operation("list_classic_books").is_some() {
        classic::check(&mut run, delete_all).await;
    }
    if contract.operation("list_books").is_some() {
        modern::check(&mut run).await;
    }
}

impl Run<'_> {
    /// Asks, and holds the answer to the contract, to a status, and to what more is said of it.
    async fn expect(
        &mut self,
        operation: &str,
        check: &str,
        expected: &str,
        ask: Ask,
        holds: impl FnOnce(&Answer) -> Result<(), String>,
    ) -> Value {
        let asked = ask.words();
        let mut body = Value::Null;
        let outcome = self.asker.ask(ask).await.and_then(|answer| {
            let operation = self.contract.operation(operation).ok_or("nothing of the contract")?;
            body = answer.json();
            let wanted = expected.split([' ', ':']).next().and_then(|status| status.parse().ok());
            wanted.map_or(Ok(()), |status: u16| answer.is(status))?;
            self.contract.allows(operation, &answer)?;
            holds(&answer)
        });
        self.report.add(format!("{asked}: {check}"), expected, outcome);
        body
    }

    /// Those who may not are told so: guests a 401, customers, where the checks can come as one, a 403.
    async fn refused(&mut self, operation: &str, ask: Ask, customers_too: bool) {
        let check = "by nobody we know";
        let guest = ask.clone().by(Who::Guest);
        self.expect(operation, check, "401 as a problem", guest, |_| Ok(())).await;
        if customers_too && self.asker.is_anybody() {
            let customer = ask.by(Who::Customer);
            self.expect(operation, "by a customer", "403 as a problem", customer, |_| Ok(())).await;
        }
    }
}

/// Whether a value is as expected.
fn same(found: &Value, expected: &Value) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{found}, not {expected}")) }
}

/// A word that stands in no other title.
fn mark() -> String {
    let now = emart_types::Clock::system().now().as_millis();
    format!("conform{}x{now}", std::process::id())
}

/// The ids of a list's books.
fn ids(list: &Value) -> Vec<Value> {
    list.as_array().into_iter().flatten().map(|book| book["id"].clone()).collect()
}
