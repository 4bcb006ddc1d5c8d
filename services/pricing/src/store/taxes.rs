//! Tax rates.

use emart_pricing_api::{PutTaxRate, TaxRate, TaxRateId};
use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Rate;

/// A row of `tax_rates`.
struct RateRow(TaxRate);

impl FromRow for RateRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let id: String = row.get(0)?;
        let region: String = row.get(2)?;
        let body = PutTaxRate {
            country: row.get(1)?,
            region: Some(region).filter(|region| !region.is_empty()),
            name: row.get(3)?,
            rate: Rate(row.get(4)?),
            on_shipping: row.get::<i64>(5)? != 0,
        };
        let id = id.parse().map_err(|_| Error::Database(format!("not a tax rate's id: {id}")))?;
        Ok(Self(TaxRate { id, body }))
    }
}

/// The rate where things go: that of the region, or else that of the country.
pub(crate) async fn rate(tx: &Tx, country: &str, region: &str) -> Result<Option<TaxRate>, Error> {
    let sql = "SELECT id, country, region, name, rate_ppm, on_shipping FROM tax_rates \
               WHERE country = $1 AND region IN ($2, '') ORDER BY region DESC LIMIT 1";
    Ok(tx.opt::<RateRow>(sql, vals![country, region]).await?.map(|row| row.0))
}

/// Up to `limit` rates after an id.
pub(crate) async fn rates(tx: &Tx, after: &str, limit: usize) -> Result<Vec<TaxRate>, Error> {
    let sql = "SELECT id, country, region, name, rate_ppm, on_shipping FROM tax_rates \
               WHERE id > $1 ORDER BY id LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(tx.all::<RateRow>(sql, vals![after, limit]).await?.into_iter().map(|row| row.0).collect())
}

/// Adds a rate; `None` when the place has one.
pub(crate) async fn insert(tx: &Tx, body: &PutTaxRate) -> Result<Option<TaxRate>, Error> {
    let id = TaxRateId::new();
    let sql = "INSERT INTO tax_rates (id, country, region, name, rate_ppm, on_shipping) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let region = body.region.clone().unwrap_or_default();
    let (rate, on_shipping) = (i64::from(body.rate.0), i64::from(body.on_shipping));
    let values =
        vals![id.as_str(), body.country.as_str(), region, body.name.as_str(), rate, on_shipping];
    let inserted = tx.exec(sql, values).await?;
    Ok((inserted == 1).then(|| TaxRate { id, body: body.clone() }))
}

/// Changes a rate; `false` when there is none.
pub(crate) async fn update(tx: &Tx, id: &TaxRateId, body: &PutTaxRate) -> Result<bool, Error> {
    let sql = "UPDATE tax_rates SET country = $2, region = $3, name = $4, rate_ppm = $5, \
               on_shipping = $6 WHERE id = $1";
    let region = body.region.clone().unwrap_or_default();
    let (rate, on_shipping) = (i64::from(body.rate.0), i64::from(body.on_shipping));
    let values =
        vals![id.as_str(), body.country.as_str(), region, body.name.as_str(), rate, on_shipping];
    Ok(tx.exec(sql, values).await? == 1)
}

/// Takes a rate away; `false` when there is none.
pub(crate) async fn delete(tx: &Tx, id: &TaxRateId) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM tax_rates WHERE id = $1", vals![id.as_str()]).await? == 1)
}
