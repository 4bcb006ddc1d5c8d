//! The SQL of `orders`, and only here.

pub(crate) mod actions;
mod checkouts;
pub(crate) mod days;
pub(crate) mod drafts;
mod erasure;
pub(crate) mod failed;
mod imports;
pub(crate) mod index;
pub(crate) mod list;
pub(crate) mod notes;
mod orders;
pub(crate) mod personal;
pub(crate) mod sagas;
pub(crate) mod views;

pub(crate) use checkouts::{
    Inserted, checkout, checkout_by_key, claim_due, count_open, end_leases, forget_failed,
    insert_checkout, update_checkout,
};

pub(crate) use erasure::forget_customer;
pub(crate) use imports::{insert_moved_orders, known_orders, number_orders};
pub(crate) use orders::{
    Kept, count_orders, give_guest_orders, insert_order, next_number, order, order_to_change,
    update_order, whole_orders,
};

use emart_store::{Db, Error, vals};

/// The service's own secret, made when it is first asked for.
pub(crate) async fn secret(db: &Db) -> Result<Vec<u8>, Error> {
    let new: [u8; 32] = rand::random();
    db.write(move |tx| async move {
        let sql =
            "INSERT INTO secrets (name, value) VALUES ('order_token', $1) ON CONFLICT DO NOTHING";
        tx.exec(sql, vals![new.to_vec()]).await?;
        let sql = "SELECT value FROM secrets WHERE name = 'order_token'";
        Ok(tx.one::<(Vec<u8>,)>(sql, vals![]).await?.0)
    })
    .await
}

/// Order numbers begin here, if none was given yet.
pub(crate) async fn begin_numbers(db: &Db, first: i64) -> Result<(), Error> {
    let sql = "INSERT INTO counters (name, value) VALUES ('order', $1) ON CONFLICT DO NOTHING";
    db.exec(sql, vals![first - 1]).await.map(|_| ())
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Database(error.to_string()))
}
