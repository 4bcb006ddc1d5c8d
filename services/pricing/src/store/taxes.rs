//! Tax rates.

use emart_pricing_api::{NextTaxRate, PutTaxRate, TaxRate, TaxRateId};
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Rate;

/// A row of `tax_rates`.
struct RateRow(TaxRate);

macro_rules! columns {
    () => {
        "id, country, region, name, rate_ppm, on_shipping, version, next_rate_ppm, next_from"
    };
}

impl FromRow for RateRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let id: String = row.get(0)?;
        let region: String = row.get(2)?;
        let next: (Option<u32>, Option<String>) = (row.get(7)?, row.get(8)?);
        let next = next.0.zip(next.1).map(|(rate, from)| NextTaxRate { rate: Rate(rate), from });
        let body = PutTaxRate {
            country: row.get(1)?,
            region: Some(region).filter(|region| !region.is_empty()),
            name: row.get(3)?,
            rate: Rate(row.get(4)?),
            on_shipping: row.get::<i64>(5)? != 0,
            next,
        };
        let id = id.parse().map_err(|_| Error::Database(format!("not a tax rate's id: {id}")))?;
        Ok(Self(TaxRate { id, body, version: row.get(6)? }))
    }
}

/// The rate where things go, as it is on a day: that of the region, or else that of the country.
pub(crate) async fn rate(
    tx: &Tx,
    country: &str,
    region: &str,
    today: &str,
) -> Result<Option<PutTaxRate>, Error> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM tax_rates WHERE country = $1 AND region IN ($2, '') ORDER BY region DESC LIMIT 1"
    );
    let row = tx.opt::<RateRow>(sql, vals![country, region]).await?;
    Ok(row.map(|RateRow(TaxRate { mut body, .. })| {
        if let Some(next) = body.next.take_if(|next| next.from.as_str() <= today) {
            body.rate = next.rate;
        }
        body
    }))
}

/// A rate.
pub(crate) async fn by_id(tx: &Tx, id: &TaxRateId) -> Result<Option<TaxRate>, Error> {
    let sql = concat!("SELECT ", columns!(), " FROM tax_rates WHERE id = $1");
    Ok(tx.opt::<RateRow>(sql, vals![id.as_str()]).await?.map(|row| row.0))
}

/// Up to `limit` rates after an id.
pub(crate) async fn rates(tx: &Tx, after: &str, limit: usize) -> Result<Vec<TaxRate>, Error> {
    let sql = concat!("SELECT ", columns!(), " FROM tax_rates WHERE id > $1 ORDER BY id LIMIT $2");
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(tx.all::<RateRow>(sql, vals![after, limit]).await?.into_iter().map(|row| row.0).collect())
}

/// Adds a rate; `false` when the place has one.
pub(crate) async fn insert(tx: &Tx, id: &TaxRateId, body: &PutTaxRate) -> Result<bool, Error> {
    let sql = "INSERT INTO tax_rates (id, country, region, name, rate_ppm, on_shipping, \
               next_rate_ppm, next_from) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
               ON CONFLICT DO NOTHING";
    let next = body.next.as_ref();
    let values = vals![
        id.as_str(),
        body.country.as_str(),
        body.region.clone().unwrap_or_default(),
        body.name.as_str(),
        i64::from(body.rate.0),
        i64::from(body.on_shipping),
        next.map(|next| i64::from(next.rate.0)),
        next.map(|next| next.from.clone())
    ];
    Ok(tx.exec(sql, values).await? == 1)
}

/// Changes a rate that is still in the version that was read.
pub(crate) async fn update(
    tx: &Tx,
    id: &TaxRateId,
    body: &PutTaxRate,
    read_version: i64,
) -> Result<bool, Error> {
    let sql = "UPDATE tax_rates SET country = $3, region = $4, name = $5, rate_ppm = $6, \
               on_shipping = $7, next_rate_ppm = $8, next_from = $9, version = version + 1 \
               WHERE id = $1 AND version = $2";
    let next = body.next.as_ref();
    let values = vals![
        id.as_str(),
        read_version,
        body.country.as_str(),
        body.region.clone().unwrap_or_default(),
        body.name.as_str(),
        i64::from(body.rate.0),
        i64::from(body.on_shipping),
        next.map(|next| i64::from(next.rate.0)),
        next.map(|next| next.from.clone())
    ];
    Ok(tx.exec(sql, values).await? == 1)
}

/// Takes a rate away that is still in the version that was read.
pub(crate) async fn delete(tx: &Tx, id: &TaxRateId, read_version: i64) -> Result<bool, Error> {
    let sql = "DELETE FROM tax_rates WHERE id = $1 AND version = $2";
    Ok(tx.exec(sql, vals![id.as_str(), read_version]).await? == 1)
}
