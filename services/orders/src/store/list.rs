//! Lists of orders: any mix of filters, a page at a time, without ever reading all orders.
//!
//! One of the filters leads: an index holds its orders by number (or by total), and gives a window of them. The
//! others are looked up for the orders of that window. When a page is not full the next window follows, up to a
//! limit; what is rarer still is found page by page. So a query reads thousands of rows at most, however many
//! orders there are.

mod lead;

use emart_orders_api::{OrderCount, OrderSort, OrderSummary};
use emart_store::{Error, FromRow, Row, Tx, Val};

use crate::domain::search;
use crate::store::list::lead::{Lead, PREFIXES};
use crate::store::orders::read;

/// Orders that one look takes where other filters may leave few of them.
const WINDOW: i64 = 1_000;
/// Windows that one page takes at most.
const WINDOWS: usize = 12;
/// Nobody counts further.
pub(crate) const MOST_COUNTED: u32 = 10_000;

/// Where a page ends: a total (0 in lists by number) and a number.
pub(crate) type Key = (i64, i64);

/// Which orders to list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// Only this customer's.
    pub(crate) customer_id: Option<String>,
    /// Only those bought with this e-mail address, in lower case.
    pub(crate) email: Option<String>,
    pub(crate) number: Option<i64>,
    /// Only those that stand at one of these; empty for all.
    pub(crate) statuses: Vec<i64>,
    pub(crate) tag: Option<String>,
    /// Beginnings of words that must all be there.
    pub(crate) words: Vec<String>,
    /// Placed from the first on, and before the second.
    pub(crate) placed: (Option<i64>, Option<i64>),
    /// A total from the first on, up to the second.
    pub(crate) total: (Option<i64>, Option<i64>),
    pub(crate) sort: OrderSort,
}

impl Filter {
    /// Whether a list can be by total: those found by words, tags or people are by number only.
    pub(crate) const fn sorts_by_total(&self) -> bool {
        matches!(self.sort, OrderSort::Largest | OrderSort::Smallest)
    }

    pub(super) const fn descends(&self) -> bool {
        matches!(self.sort, OrderSort::Newest | OrderSort::Largest)
    }
}

/// A statement under construction.
#[derive(Debug, Default)]
pub(super) struct Statement {
    pub(super) values: Vec<Val>,
}

impl Statement {
    /// The place of a value in the text.
    pub(super) fn put(&mut self, value: impl Into<Val>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }
}

/// A page of orders, and where the next one begins if there may be one.
pub(crate) async fn orders(
    tx: &Tx,
    filter: &Filter,
    after: Option<Key>,
    limit: usize,
) -> Result<(Vec<OrderSummary>, Option<Key>), Error> {
    let Some(query) = Query::new(tx, filter).await? else { return Ok((Vec::new(), None)) };
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let window = if query.is_exact() { wanted } else { WINDOW };
    let mut page: Vec<OrderSummary> = Vec::new();
    let mut from = after;
    for _ in 0..WINDOWS {
        let (sql, values) = query.page(from, window, wanted);
        let rows: Vec<SummaryRow> = tx.all_dyn(&sql, &values).await?;
        page.extend(rows.into_iter().map(|row| row.0));
        if page.len() > limit {
            page.truncate(limit);
            return Ok((page.clone(), page.last().map(|last| query.key(last))));
        }
        from = query.end(tx, from, window).await?;
        if from.is_none() {
            return Ok((page, None));
        }
    }
    Ok((page, from))
}

/// How many there are, as far as anybody counts.
pub(crate) async fn count(tx: &Tx, filter: &Filter) -> Result<OrderCount, Error> {
    let most = i64::from(MOST_COUNTED);
    let Some(query) = Query::new(tx, filter).await? else {
        return Ok(OrderCount { count: 0, more: false });
    };
    let window = if query.is_exact() { most + 1 } else { WINDOW };
    let (mut counted, mut from) = (0, None);
    for _ in 0..WINDOWS {
        let (sql, values) = query.count(from, window);
        counted += tx.one_dyn::<i64>(&sql, &values).await?;
        from = if counted > most { None } else { query.end(tx, from, window).await? };
        if from.is_none() {
            break;
        }
    }
    let more = from.is_some() || counted > most;
    let count = u32::try_from(counted.min(most)).unwrap_or(MOST_COUNTED);
    Ok(OrderCount { count, more })
}

/// A filter made ready: who leads, and what is left to be looked up.
struct Query<'a> {
    filter: &'a Filter,
    lead: Lead,
    /// Words that are looked up, as ranges of terms.
    words: Vec<(String, String)>,
    /// The first and the last number that may have been placed in time.
    numbers: (i64, i64),
}

impl<'a> Query<'a> {
    /// `None`: there is nothing that could be found.
    async fn new(tx: &Tx, filter: &'a Filter) -> Result<Option<Self>, Error> {
        let Some(numbers) = lead::numbers(tx, filter.placed).await? else { return Ok(None) };
        let mut words = Vec::new();
        let mut terms: Option<(usize, Vec<String>)> = None;
        for (place, word) in filter.words.iter().enumerate() {
            let range = (word.clone(), format!("{word}\u{10ffff}"));
            let found = lead::terms_between(tx, &range).await?;
            if found.is_empty() {
                return Ok(None);
            }
            let fewer = terms.as_ref().is_none_or(|(_, known)| found.len() < known.len());
            if found.len() <= PREFIXES && fewer {
                terms = Some((place, found));
            }
            words.push(range);
        }
        let lead = Lead::of(filter, terms.as_ref().map(|(_, terms)| terms.clone()));
        if let (Lead::Terms(_), Some((place, _))) = (&lead, &terms) {
            words.remove(*place);
        }
        Ok(Some(Self { filter, lead, words, numbers }))
    }

    /// Whether the lead says all: nothing is left to be looked up.
    fn is_exact(&self) -> bool {
        self.rest(&mut Statement::default()).is_empty()
    }

    fn key(&self, order: &OrderSummary) -> Key {
        (if self.filter.sorts_by_total() { order.total.amount_minor } else { 0 }, order.number)
    }

    /// What the lead does not say.
    fn rest(&self, statement: &mut Statement) -> Vec<String> {
        let filter = self.filter;
        let mut rest = Vec::new();
        if let Some(number) = filter.number.filter(|_| !matches!(self.lead, Lead::Number(_))) {
            rest.push(format!("o.number = {}", statement.put(number)));
        }
        if let Some(id) =
            filter.customer_id.as_ref().filter(|_| !matches!(self.lead, Lead::Customer(_)))
        {
            rest.push(format!("o.customer_id = {}", statement.put(id)));
        }
        if let Some(email) = filter.email.as_ref().filter(|_| !matches!(self.lead, Lead::Email(_)))
        {
            rest.push(format!("o.email = {}", statement.put(email)));
        }
        if !filter.statuses.is_empty() && !matches!(self.lead, Lead::Statuses(_)) {
            let places: Vec<_> = filter.statuses.iter().map(|s| statement.put(*s)).collect();
            rest.push(format!("o.status IN ({})", places.join(", ")));
        }
        let has = "EXISTS (SELECT 1 FROM order_terms AS t WHERE t.number = o.number AND t.term";
        if let Some(tag) = filter.tag.as_ref().filter(|_| !matches!(self.lead, Lead::Tag(_))) {
            rest.push(format!("{has} = {})", statement.put(search::tag_term(tag))));
        }
        for (from, to) in &self.words {
            let (from, to) = (statement.put(from), statement.put(to));
            rest.push(format!("{has} >= {from} AND t.term < {to})"));
        }
        let by_total = filter.sorts_by_total();
        for (column, value, is_lead) in [
            ("o.placed_at >=", filter.placed.0, false),
            ("o.placed_at <", filter.placed.1, false),
            ("o.total_minor >=", filter.total.0, by_total),
            ("o.total_minor <=", filter.total.1, by_total),
        ] {
            if let Some(value) = value.filter(|_| !is_lead) {
                rest.push(format!("{column} {}", statement.put(value)));
            }
        }
        rest
    }

    fn page(&self, from: Option<Key>, window: i64, limit: i64) -> (String, Vec<Val>) {
        let mut statement = Statement::default();
        let joined = self.joined(&mut statement, from, window);
        let way = if self.filter.descends() { "DESC" } else { "ASC" };
        let limit = statement.put(limit);
        let sql = format!(
            "SELECT o.body, o.item_count, o.tags {joined} \
             ORDER BY d.total_minor {way}, d.number {way} LIMIT {limit}"
        );
        (sql, statement.values)
    }

    fn count(&self, from: Option<Key>, window: i64) -> (String, Vec<Val>) {
        let mut statement = Statement::default();
        let joined = self.joined(&mut statement, from, window);
        (format!("SELECT count(*) {joined}"), statement.values)
    }

    /// The orders of a window that are wanted. The lead comes first in the join, on SQLite as it is written.
    fn joined(&self, statement: &mut Statement, from: Option<Key>, window: i64) -> String {
        let lead = self.window(statement, from, window);
        let rest = self.rest(statement);
        let rest: String = rest.iter().map(|condition| format!(" AND {condition}")).collect();
        format!("FROM ({lead}) AS d CROSS JOIN orders AS o WHERE o.number = d.number{rest}")
    }

    fn window(&self, statement: &mut Statement, from: Option<Key>, window: i64) -> String {
        lead::window(&self.lead, statement, self.filter, (self.numbers, from), window)
    }

    /// Where a window ends; `None` when it is the last.
    async fn end(&self, tx: &Tx, from: Option<Key>, window: i64) -> Result<Option<Key>, Error> {
        let (sql, values) = self.end_sql(from, window);
        let last: Option<(i64, i64, i64)> = tx.opt_dyn(&sql, &values).await?;
        Ok(last.filter(|(_, _, count)| *count >= window).map(|(total, number, _)| (total, number)))
    }

    fn end_sql(&self, from: Option<Key>, window: i64) -> (String, Vec<Val>) {
        let mut statement = Statement::default();
        let lead = self.window(&mut statement, from, window);
        let back = if self.filter.descends() { "ASC" } else { "DESC" };
        let sql = format!(
            "SELECT total_minor, number, count(*) OVER () FROM ({lead}) AS d \
             ORDER BY total_minor {back}, number {back} LIMIT 1"
        );
        (sql, statement.values)
    }
}

/// A row of the list.
struct SummaryRow(OrderSummary);

impl FromRow for SummaryRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (body, tags): (String, String) = (row.get(0)?, row.get(2)?);
        let order = read(&body)?;
        let damaged = |_| Error::Database("the tags of an order cannot be read".to_owned());
        Ok(Self(OrderSummary {
            id: order.id,
            number: order.number,
            state: order.state,
            email: order.email,
            item_count: row.get(1)?,
            total: order.total,
            placed_at: order.placed_at,
            payment_state: order.payment_state,
            fulfilment_state: order.fulfilment_state,
            name: order.shipping_address.name,
            tags: serde_json::from_str(&tags).map_err(damaged)?,
        }))
    }
}

#[cfg(test)]
mod tests;
