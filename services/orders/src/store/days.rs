//! What was sold on which day: kept up to date in each order's own transaction, so that no report reads orders.

use emart_catalog_api::VariantId;
use emart_orders_api::{Order, TopProduct};
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::{Currency, Money};
use serde::{Deserialize, Serialize};

use crate::domain::statistics::Sums;
use crate::store::json;

/// What a variant was called when it was last bought.
#[derive(Debug, Serialize, Deserialize)]
struct Names {
    handle: String,
    title: String,
    variant_title: String,
}

/// Adds an order to its day.
pub(super) async fn add_order(tx: &Tx, order: &Order, day: &str) -> Result<(), Error> {
    let pieces: i64 = order.lines.iter().map(|line| i64::from(line.quantity)).sum();
    let (orders, sales_minor) = (1, order.total.amount_minor);
    add(tx, day, Sums { orders, pieces, sales_minor, refunds_minor: 0 }).await?;
    let sql = "INSERT INTO order_day_products (day, variant_id, pieces, sales_minor, names) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (day, variant_id) DO UPDATE SET \
               pieces = order_day_products.pieces + EXCLUDED.pieces, \
               sales_minor = order_day_products.sales_minor + EXCLUDED.sales_minor, \
               names = EXCLUDED.names";
    let mut lines: Vec<_> = order.lines.iter().collect();
    // Whoever else adds to the day locks its rows in the same order.
    lines.sort_by(|a, b| a.variant_id.cmp(&b.variant_id));
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        let names = Names {
            handle: line.handle.clone(),
            title: line.title.clone(),
            variant_title: line.variant_title.clone(),
        };
        let (pieces, sales) = (i64::from(line.quantity), line.total.amount_minor);
        rows.push(vals![day, line.variant_id.as_str(), pieces, sales, json(&names)?].to_vec());
    }
    tx.exec_many(sql, &rows).await.map(|_| ())
}

/// Adds money that was given back to a day.
pub(crate) async fn add_refund(tx: &Tx, amount: Money, day: &str) -> Result<(), Error> {
    add(tx, day, Sums { refunds_minor: amount.amount_minor, ..Sums::default() }).await
}

async fn add(tx: &Tx, day: &str, sums: Sums) -> Result<(), Error> {
    let sql = "INSERT INTO order_days (day, orders, pieces, sales_minor, refunds_minor) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (day) DO UPDATE SET \
               orders = order_days.orders + EXCLUDED.orders, \
               pieces = order_days.pieces + EXCLUDED.pieces, \
               sales_minor = order_days.sales_minor + EXCLUDED.sales_minor, \
               refunds_minor = order_days.refunds_minor + EXCLUDED.refunds_minor";
    let Sums { orders, pieces, sales_minor, refunds_minor } = sums;
    tx.exec(sql, vals![day, orders, pieces, sales_minor, refunds_minor]).await.map(|_| ())
}

/// The days from one on that had an order or a refund.
pub(crate) async fn days_since(tx: &Tx, first: &str) -> Result<Vec<(String, Sums)>, Error> {
    let rows: Vec<(String, i64, i64, i64, i64)> = tx.all(DAYS_SINCE, vals![first]).await?;
    let sums = |(day, orders, pieces, sales_minor, refunds_minor)| {
        (day, Sums { orders, pieces, sales_minor, refunds_minor })
    };
    Ok(rows.into_iter().map(sums).collect())
}

const DAYS_SINCE: &str = "SELECT day, orders, pieces, sales_minor, refunds_minor FROM order_days \
                          WHERE day >= $1 ORDER BY day";

/// The sums of a variant, and its names.
struct ProductRow {
    variant_id: String,
    pieces: i64,
    sales_minor: i64,
    names: String,
}

impl FromRow for ProductRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            variant_id: row.get(0)?,
            pieces: row.get(1)?,
            sales_minor: row.get(2)?,
            names: row.get(3)?,
        })
    }
}

/// What sold best since a day.
pub(crate) async fn top_products(
    tx: &Tx,
    first: &str,
    currency: Currency,
    limit: i64,
) -> Result<Vec<TopProduct>, Error> {
    let rows: Vec<ProductRow> = tx.all(TOP_PRODUCTS, vals![first, limit]).await?;
    let damaged = || Error::Database("the sales of a product cannot be read".to_owned());
    let product = |row: ProductRow| {
        let variant_id: VariantId = row.variant_id.parse().map_err(|_| damaged())?;
        let names: Names = serde_json::from_str(&row.names).map_err(|_| damaged())?;
        let Names { handle, title, variant_title } = names;
        let sales = Money::new(row.sales_minor, currency);
        Ok(TopProduct { variant_id, handle, title, variant_title, pieces: row.pieces, sales })
    };
    rows.into_iter().map(product).collect()
}

const TOP_PRODUCTS: &str = "SELECT variant_id, CAST(SUM(pieces) AS BIGINT), \
     CAST(SUM(sales_minor) AS BIGINT), MAX(names) FROM order_day_products \
     WHERE day >= $1 GROUP BY variant_id ORDER BY 3 DESC, variant_id LIMIT $2";

/// How many orders stand at one of these, as far as `limit`.
pub(crate) async fn count_with(tx: &Tx, statuses: &[i64], limit: i64) -> Result<u32, Error> {
    let (sql, values) = count_sql(statuses, limit);
    let count = tx.one_dyn::<i64>(&sql, &values).await?;
    Ok(u32::try_from(count.min(limit)).unwrap_or(u32::MAX))
}

fn count_sql(statuses: &[i64], limit: i64) -> (String, Vec<emart_store::Val>) {
    let mut values = vec![limit.into()];
    let parts: Vec<String> = statuses
        .iter()
        .map(|status| {
            values.push((*status).into());
            let place = values.len();
            format!("SELECT * FROM (SELECT number FROM orders WHERE status = ${place} LIMIT $1) AS s{place}")
        })
        .collect();
    let sql = format!("SELECT count(*) FROM ({}) AS found", parts.join(" UNION ALL "));
    (sql, values)
}

#[cfg(test)]
pub(super) fn statements() -> Vec<(String, Vec<emart_store::Val>)> {
    vec![
        (DAYS_SINCE.to_owned(), vals!["2026-01-01"].to_vec()),
        (TOP_PRODUCTS.to_owned(), vals!["2026-01-01", 10].to_vec()),
        count_sql(&[110, 111], 10),
    ]
}
