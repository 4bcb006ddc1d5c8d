//! What the original knows of people and `identity` does not.

use emart_classic_api::PutPerson;
use emart_identity_api::UserId;
use emart_store::{Error, FromRow, Row, Tx, Val, vals};

struct PersonRow(PutPerson);

impl FromRow for PersonRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let user_id: String = row.get(0)?;
        let user_id: UserId = user_id
            .parse()
            .map_err(|_| Error::Decode { column: 0, reason: "not a user's id".to_owned() })?;
        Ok(Self(PutPerson {
            user_id,
            card_id: row.get(1)?,
            fname: row.get(2)?,
            lname: row.get(3)?,
            city: row.get(4)?,
            street: row.get(5)?,
            cart: None,
        }))
    }
}

/// Notes a person, unless another has their card id.
pub(crate) async fn put(tx: &Tx, person: &PutPerson) -> Result<bool, Error> {
    let other = by_card(tx, &person.card_id).await?;
    if other.is_some_and(|other| other != person.user_id) {
        return Ok(false);
    }
    let sql = "INSERT INTO people (user_id, card_id, fname, lname, city, street)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (user_id) DO UPDATE SET card_id = EXCLUDED.card_id, fname = EXCLUDED.fname,
        lname = EXCLUDED.lname, city = EXCLUDED.city, street = EXCLUDED.street";
    tx.exec(sql, &values(person)).await.map(|_| true)
}

/// Notes a new person; `false` when there is one with this card id.
pub(crate) async fn insert(tx: &Tx, person: &PutPerson) -> Result<bool, Error> {
    let sql = "INSERT INTO people (user_id, card_id, fname, lname, city, street)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    Ok(tx.exec(sql, &values(person)).await? == 1)
}

fn values(person: &PutPerson) -> [Val; 6] {
    let PutPerson { user_id, card_id, fname, lname, city, street, .. } = person;
    [user_id.as_str(), card_id, fname, lname, city, street].map(Val::from)
}

/// A person.
pub(crate) async fn person(tx: &Tx, user_id: &str) -> Result<Option<PutPerson>, Error> {
    let sql = "SELECT user_id, card_id, fname, lname, city, street FROM people WHERE user_id = $1";
    Ok(tx.opt::<PersonRow>(sql, vals![user_id]).await?.map(|row| row.0))
}

/// Whose card id it is.
pub(crate) async fn by_card(tx: &Tx, card_id: &str) -> Result<Option<UserId>, Error> {
    let sql = "SELECT user_id, card_id, fname, lname, city, street FROM people WHERE card_id = $1";
    Ok(tx.opt::<PersonRow>(sql, vals![card_id]).await?.map(|row| row.0.user_id))
}

/// Forgets a person.
pub(crate) async fn delete(tx: &Tx, user_id: &str) -> Result<(), Error> {
    tx.exec("DELETE FROM people WHERE user_id = $1", vals![user_id]).await.map(drop)
}
