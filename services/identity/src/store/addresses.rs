//! Address books.

use emart_identity_api::{Address, AddressId, SavedAddress};
use emart_store::{Error, FromRow, Row, Tx, vals};

use crate::domain::address::LIMIT;

struct AddressRow(SavedAddress);

impl FromRow for AddressRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let id: String = row.get(0)?;
        let id = id.parse::<AddressId>();
        Ok(Self(SavedAddress {
            id: id.map_err(|error| Error::Decode { column: 0, reason: error.to_string() })?,
            address: Address {
                name: row.get(1)?,
                line1: row.get(2)?,
                line2: row.get(3)?,
                city: row.get(4)?,
                postal_code: row.get(5)?,
                region: row.get(6)?,
                country: row.get(7)?,
                phone: row.get(8)?,
            },
            is_default: row.get(9)?,
        }))
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.name, a.line1, a.line2, a.city, a.postal_code, a.region, a.country, a.phone,
            CASE WHEN u.default_address_id = a.id THEN 1 ELSE 0 END
            FROM addresses a JOIN users u ON u.id = a.user_id ",
            $rest
        )
    };
}

/// A person's addresses after one of them, the oldest first.
pub(crate) async fn addresses(
    tx: &Tx,
    user_id: &str,
    after: &str,
    limit: u32,
) -> Result<Vec<SavedAddress>, Error> {
    let sql = select!("WHERE a.user_id = $1 AND a.id > $2 ORDER BY a.id LIMIT $3");
    let rows = tx.all::<AddressRow>(sql, vals![user_id, after, limit]).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// One of a person's addresses.
pub(crate) async fn address(
    tx: &Tx,
    user_id: &str,
    id: &AddressId,
) -> Result<Option<SavedAddress>, Error> {
    let sql = select!("WHERE a.user_id = $1 AND a.id = $2");
    Ok(tx.opt::<AddressRow>(sql, vals![user_id, id.as_str()]).await?.map(|row| row.0))
}

/// Adds an address; `false` when the book is full or the person is gone.
pub(crate) async fn insert_address(
    tx: &Tx,
    user_id: &str,
    saved: &SavedAddress,
) -> Result<bool, Error> {
    let sql =
        "UPDATE users SET address_count = address_count + 1 WHERE id = $1 AND address_count < $2";
    if tx.exec(sql, vals![user_id, LIMIT]).await? == 0 {
        return Ok(false);
    }
    let sql = "INSERT INTO addresses
        (id, user_id, name, line1, line2, city, postal_code, region, country, phone)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let SavedAddress { id, address: a, .. } = saved;
    let values = vals![
        id.as_str(),
        user_id,
        &a.name,
        &a.line1,
        a.line2.as_deref(),
        &a.city,
        &a.postal_code,
        a.region.as_deref(),
        &a.country,
        a.phone.as_deref(),
    ];
    tx.exec(sql, values).await?;
    set_default(tx, user_id, saved).await?;
    Ok(true)
}

/// Changes an address; `false` when the person has no such.
pub(crate) async fn update_address(
    tx: &Tx,
    user_id: &str,
    saved: &SavedAddress,
) -> Result<bool, Error> {
    let sql = "UPDATE addresses SET name = $3, line1 = $4, line2 = $5, city = $6, postal_code = $7,
        region = $8, country = $9, phone = $10 WHERE id = $1 AND user_id = $2";
    let SavedAddress { id, address: a, .. } = saved;
    let values = vals![
        id.as_str(),
        user_id,
        &a.name,
        &a.line1,
        a.line2.as_deref(),
        &a.city,
        &a.postal_code,
        a.region.as_deref(),
        &a.country,
        a.phone.as_deref(),
    ];
    if tx.exec(sql, values).await? == 0 {
        return Ok(false);
    }
    set_default(tx, user_id, saved).await?;
    Ok(true)
}

/// Takes an address away; `false` when the person has no such.
pub(crate) async fn delete_address(tx: &Tx, user_id: &str, id: &AddressId) -> Result<bool, Error> {
    let sql = "DELETE FROM addresses WHERE id = $1 AND user_id = $2";
    if tx.exec(sql, vals![id.as_str(), user_id]).await? == 0 {
        return Ok(false);
    }
    let sql = "UPDATE users SET address_count = address_count - 1,
        default_address_id = CASE WHEN default_address_id = $2 THEN NULL ELSE default_address_id END
        WHERE id = $1";
    tx.exec(sql, vals![user_id, id.as_str()]).await?;
    Ok(true)
}

async fn set_default(tx: &Tx, user_id: &str, saved: &SavedAddress) -> Result<(), Error> {
    let sql = if saved.is_default {
        "UPDATE users SET default_address_id = $2 WHERE id = $1"
    } else {
        "UPDATE users SET default_address_id = NULL WHERE id = $1 AND default_address_id = $2"
    };
    tx.exec(sql, vals![user_id, saved.id.as_str()]).await?;
    Ok(())
}
