//! Lists of items, each along an index that is made for it.

use emart_store::{Error, Tx, Val};

use super::items::key;
use crate::domain::item::Item;

/// Greater than every text that goes on from a prefix.
const LAST: char = '\u{10FFFF}';
/// Nobody wants to know how many more.
const MOST_COUNTED: i64 = 1000;

/// Which items, by how much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// At or below its threshold.
    Low,
    /// None available.
    Out,
}

impl State {
    /// As the indexes have it, word for word.
    const fn condition(self) -> &'static str {
        match self {
            Self::Low => "tracked = TRUE AND tracked AND on_hand - reserved - low_at <= 0",
            Self::Out => "tracked = TRUE AND tracked AND on_hand - reserved <= 0",
        }
    }
}

/// What a text begins with, and which text.
#[derive(Debug, Clone)]
pub(crate) enum Prefix {
    Sku(String),
    Title(String),
}

/// A page of the list.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// The text by which the list is ordered (empty without a prefix) and the id.
    pub(crate) after: Option<(String, String)>,
    pub(crate) state: Option<State>,
    pub(crate) prefix: Option<Prefix>,
    /// Tracked items with at most so many available.
    pub(crate) low: Option<i64>,
    pub(crate) sku: Option<String>,
    pub(crate) limit: usize,
}

/// Where a list goes on after an item.
pub(crate) fn place(item: &Item, prefix: Option<&Prefix>) -> (String, String) {
    let text = match prefix {
        None => None,
        Some(Prefix::Sku(_)) => item.sku.as_deref(),
        Some(Prefix::Title(_)) => item.title.as_deref(),
    };
    (text.map(key).unwrap_or_default(), item.id.to_string())
}

/// Up to one item more than the limit, by id, or by the text whose beginning is asked for.
pub(crate) async fn list(tx: &Tx, filter: Filter) -> Result<Vec<Item>, Error> {
    let (text, id) = filter.after.unwrap_or_default();
    let mut values = Vec::new();
    let mut bind = |value: Val| {
        values.push(value);
        format!("${}", values.len())
    };
    let (mut wanted, order) = match filter.prefix {
        None => (format!("id > {}", bind(id.into())), "id"),
        Some(prefix) => {
            let (column, order, prefix) = match prefix {
                Prefix::Sku(prefix) => ("sku_key", "sku_key, id", key(&prefix)),
                Prefix::Title(prefix) => ("title_key", "title_key, id", key(&prefix)),
            };
            let until = bind(format!("{prefix}{LAST}").into());
            let from = bind(prefix.into());
            let after = format!("({}, {})", bind(text.into()), bind(id.into()));
            let range = format!("{column} >= {from} AND {column} < {until}");
            (format!("{range} AND ({order}) > {after}"), order)
        }
    };
    if let Some(state) = filter.state {
        wanted += &format!(" AND {}", state.condition());
    }
    if let Some(low) = filter.low {
        wanted += &format!(" AND tracked AND on_hand - reserved <= {}", bind(low.into()));
    }
    if let Some(sku) = filter.sku {
        wanted += &format!(" AND sku = {}", bind(sku.into()));
    }
    let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX).saturating_add(1);
    let limit = bind(limit.into());
    let columns = super::items::COLUMNS;
    let sql = format!("SELECT {columns} FROM items WHERE {wanted} ORDER BY {order} LIMIT {limit}");
    tx.all_dyn(&sql, &values).await
}

/// How many items there are of a kind, up to 1,000.
pub(crate) async fn count(tx: &Tx, state: State) -> Result<i64, Error> {
    let condition = state.condition();
    let sql = format!(
        "SELECT count(*) FROM (SELECT id FROM items WHERE {condition} LIMIT {MOST_COUNTED}) AS found"
    );
    tx.one_dyn(&sql, &[]).await
}
