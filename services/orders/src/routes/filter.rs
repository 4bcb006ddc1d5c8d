//! A list's query, read and checked.

use emart_http::{Caller, Problem};
use emart_orders_api::OrderQuery;
use http::StatusCode;
use jiff::civil::Date;

use crate::domain::days::Days;
use crate::domain::search;
use crate::store::index;
use crate::store::list::Filter;

/// What a query means; of all orders, or of the caller's own.
pub(crate) fn of(
    query: OrderQuery,
    caller: &Caller,
    all: bool,
    days: &Days,
) -> Result<Filter, Problem> {
    for (name, text, most) in [
        ("q", &query.q, 200),
        ("email", &query.email, 254),
        ("customer_id", &query.customer_id, 64),
        ("tag", &query.tag, 40),
    ] {
        if text.as_ref().is_some_and(|text| text.chars().count() > most) {
            return Err(bad_query(&format!("{name}: must be at most {most} characters")));
        }
    }
    if query.number.is_some_and(|number| number < 1) {
        return Err(bad_query("number: must be 1 or more"));
    }
    let own = caller.user_id().filter(|_| !all).map(ToOwned::to_owned);
    let narrow =
        [query.state.is_some(), query.payment_state.is_some(), query.fulfilment_state.is_some()];
    let statuses = if narrow.contains(&true) {
        index::statuses(query.state, query.payment_state, query.fulfilment_state)
    } else {
        Vec::new()
    };
    let from = day("placed_from", query.placed_from.as_deref())?.and_then(|day| days.begins(day));
    let to = day("placed_to", query.placed_to.as_deref())?.and_then(|day| days.ends(day));
    let filter = Filter {
        customer_id: own.or_else(|| filled(query.customer_id)),
        email: filled(query.email).map(|email| email.trim().to_lowercase()),
        number: query.number,
        statuses,
        // Tags are the shop's own.
        tag: filled(query.tag).filter(|_| all),
        words: search::words(&query.q.unwrap_or_default()),
        placed: (from.map(|at| at.as_millis()), to.map(|at| at.as_millis())),
        total: (query.total_min, query.total_max),
        sort: query.sort.unwrap_or_default(),
    };
    let led = filter.customer_id.is_some()
        || filter.email.is_some()
        || filter.tag.is_some()
        || !filter.words.is_empty();
    if filter.sorts_by_total() && led {
        return Err(bad_query("sort: what is searched for is listed newest or oldest first"));
    }
    Ok(filter)
}

/// An empty field of a form asks for nothing.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

fn day(name: &str, text: Option<&str>) -> Result<Option<Date>, Problem> {
    let text = text.filter(|text| !text.is_empty());
    let day = text.map(|text| text.parse::<Date>()).transpose();
    day.map_err(|_| bad_query(&format!("{name}: must be a day like 2026-01-31")))
}

/// The query is refused, for this reason.
pub(crate) fn bad_query(detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad-query", "The query is not valid").detail(detail)
}
