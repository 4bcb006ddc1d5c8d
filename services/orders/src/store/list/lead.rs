//! Who leads a list: the filter whose index gives its orders in the list's order.

use emart_store::{Error, Tx, Val, vals};

use crate::domain::search;
use crate::store::list::{Filter, Key, Statement};

/// A beginning that more words have is looked up rather than led by.
pub(super) const PREFIXES: usize = 24;
/// Numbers are given in the order of their times but for a moment: clocks of several copies differ a little.
const SLACK: i64 = 1_000;

/// The filter that leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lead {
    Number(i64),
    Customer(String),
    Email(String),
    Terms(Vec<String>),
    Tag(String),
    Statuses(Vec<i64>),
    /// Nothing leads: all orders do.
    All,
}

impl Lead {
    /// The narrowest filter there is. Lists by total are led by totals.
    pub(super) fn of(filter: &Filter, terms: Option<Vec<String>>) -> Self {
        if let Some(number) = filter.number {
            return Self::Number(number);
        }
        let by_number = !filter.sorts_by_total();
        if let Some(id) = filter.customer_id.clone().filter(|_| by_number) {
            return Self::Customer(id);
        }
        if let Some(email) = filter.email.clone().filter(|_| by_number) {
            return Self::Email(email);
        }
        if let Some(terms) = terms.filter(|_| by_number) {
            return Self::Terms(terms);
        }
        match &filter.tag {
            Some(tag) if by_number => Self::Tag(tag.clone()),
            _ if !filter.statuses.is_empty() => Self::Statuses(filter.statuses.clone()),
            _ => Self::All,
        }
    }

    /// Tables and conditions whose orders together are the lead's.
    fn branches(&self, statement: &mut Statement) -> Vec<(&'static str, String)> {
        let mut of_orders = |column: &str, value: Val| {
            vec![("orders", format!("{column} = {}", statement.put(value)))]
        };
        match self {
            Self::Number(number) => of_orders("number", (*number).into()),
            Self::Customer(id) => of_orders("customer_id", id.into()),
            Self::Email(email) => of_orders("email", email.into()),
            Self::Tag(tag) => {
                let term = statement.put(search::tag_term(tag));
                vec![("order_terms", format!("term = {term}"))]
            }
            Self::Terms(terms) => {
                let branch = |term| ("order_terms", format!("term = {}", statement.put(term)));
                terms.iter().map(branch).collect()
            }
            Self::Statuses(statuses) => {
                let branch =
                    |status: &i64| ("orders", format!("status = {}", statement.put(*status)));
                statuses.iter().map(branch).collect()
            }
            Self::All => vec![("orders", String::new())],
        }
    }
}

/// The statement of a window: total (0 in lists by number) and number of the next orders of the lead.
pub(super) fn window(
    lead: &Lead,
    statement: &mut Statement,
    filter: &Filter,
    (numbers, from): ((i64, i64), Option<Key>),
    window: i64,
) -> String {
    let way = if filter.descends() { "DESC" } else { "ASC" };
    let by_total = filter.sorts_by_total();
    let bounds = if by_total {
        total_bounds(statement, filter, from)
    } else {
        number_bounds(statement, filter.descends(), numbers, from)
    };
    let (columns, order) = if by_total {
        ("total_minor, number", format!("total_minor {way}, number {way}"))
    } else {
        ("CAST(0 AS BIGINT) AS total_minor, number", format!("number {way}"))
    };
    let limit = statement.put(window);
    let parts: Vec<String> = lead
        .branches(statement)
        .into_iter()
        .enumerate()
        .map(|(place, (table, condition))| {
            let and = if condition.is_empty() { "" } else { " AND " };
            format!(
                "SELECT * FROM (SELECT {columns} FROM {table} WHERE {condition}{and}{bounds} \
                 ORDER BY {order} LIMIT {limit}) AS w{place}"
            )
        })
        .collect();
    if parts.len() == 1 {
        return parts.concat();
    }
    // An order with two words of the same beginning comes once.
    let all = parts.join(" UNION ");
    format!("SELECT * FROM ({all}) AS w ORDER BY total_minor {way}, number {way} LIMIT {limit}")
}

/// A first page has bounds as well, so that it is planned like the others.
fn number_bounds(
    statement: &mut Statement,
    descends: bool,
    (mut first, mut last): (i64, i64),
    from: Option<Key>,
) -> String {
    match from {
        Some((_, number)) if descends => last = last.min(number.saturating_sub(1)),
        Some((_, number)) => first = first.max(number.saturating_add(1)),
        None => {}
    }
    format!("number >= {} AND number <= {}", statement.put(first), statement.put(last))
}

fn total_bounds(statement: &mut Statement, filter: &Filter, from: Option<Key>) -> String {
    let (least, most) = (filter.total.0.unwrap_or(i64::MIN), filter.total.1.unwrap_or(i64::MAX));
    let bounds = format!(
        "total_minor >= {} AND total_minor <= {}",
        statement.put(least),
        statement.put(most)
    );
    let Some((total, number)) = from else { return bounds };
    let sign = if filter.descends() { '<' } else { '>' };
    let (total, number) = (statement.put(total), statement.put(number));
    format!("{bounds} AND (total_minor, number) {sign} ({total}, {number})")
}

/// The terms that begin alike, up to one more than can lead.
pub(super) async fn terms_between(
    tx: &Tx,
    (from, to): &(String, String),
) -> Result<Vec<String>, Error> {
    let most = i64::try_from(PREFIXES).unwrap_or(i64::MAX);
    tx.all(TERMS_BETWEEN, vals![from, to, most]).await
}

/// Jumps from term to term, however many orders have each.
pub(super) const TERMS_BETWEEN: &str = "WITH RECURSIVE found(term, place) AS (\
     SELECT (SELECT MIN(t.term) FROM order_terms AS t WHERE t.term >= $1 AND t.term < $2), CAST(0 AS BIGINT) \
     UNION ALL \
     SELECT (SELECT MIN(t.term) FROM order_terms AS t WHERE t.term > found.term AND t.term < $2), \
     found.place + 1 FROM found WHERE found.term IS NOT NULL AND found.place < $3) \
     SELECT term FROM found WHERE term IS NOT NULL";

/// The numbers between two times, and a few more; `None` when there are none.
pub(super) async fn numbers(
    tx: &Tx,
    (from, to): (Option<i64>, Option<i64>),
) -> Result<Option<(i64, i64)>, Error> {
    let (mut first, mut last) = (i64::MIN, i64::MAX);
    if let Some(from) = from {
        let Some(number) = tx.opt::<i64>(FIRST_SINCE, vals![from]).await? else { return Ok(None) };
        first = number.saturating_sub(SLACK);
    }
    if let Some(to) = to {
        let Some(number) = tx.opt::<i64>(LAST_BEFORE, vals![to]).await? else { return Ok(None) };
        last = number.saturating_add(SLACK);
    }
    Ok(Some((first, last)))
}

pub(super) const FIRST_SINCE: &str =
    "SELECT number FROM orders WHERE placed_at >= $1 ORDER BY placed_at, number LIMIT 1";
pub(super) const LAST_BEFORE: &str =
    "SELECT number FROM orders WHERE placed_at < $1 ORDER BY placed_at DESC, number DESC LIMIT 1";
