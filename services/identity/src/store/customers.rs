//! Customers: found among very many, with what the shop notes about them.

use std::fmt::Write as _;

use emart_identity_api::{Customer, CustomerSummary, User, UserId};
use emart_store::{Error, FromRow, Row, Tx, Val, vals};
use emart_types::Timestamp;

use super::{addresses, users};
use crate::domain::address::LIMIT;
use crate::domain::customer::words;

/// Greater than whatever follows the beginning of a word.
const LAST: char = '\u{10ffff}';

/// A customer in the list, and the word by which they were found.
pub(crate) struct Found {
    pub(crate) word: String,
    pub(crate) customer: CustomerSummary,
}

impl FromRow for Found {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let customer = CustomerSummary {
            id: users::parsed(row, 0)?,
            email: row.get(1)?,
            name: row.get(2)?,
            created_at: Timestamp::from_millis(row.get(3)?),
            tags: Vec::new(),
        };
        Ok(Self { word: row.get(4)?, customer })
    }
}

struct CustomerRow(Customer);

impl FromRow for CustomerRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self(Customer {
            id: users::parsed(row, 0)?,
            email: row.get(1)?,
            name: row.get(2)?,
            created_at: Timestamp::from_millis(row.get(3)?),
            note: row.get(4)?,
            version: row.get::<i64>(5)?.unsigned_abs(),
            signed_in_at: row.get::<Option<i64>>(6)?.map(Timestamp::from_millis),
            tags: Vec::new(),
            addresses: Vec::new(),
        }))
    }
}

/// What is looked for: beginnings of words, and a group.
pub(crate) struct Wanted {
    pub(crate) words: Vec<String>,
    pub(crate) tag: Option<String>,
    /// The last of the page before: its word and its id.
    pub(crate) after: Option<(String, String)>,
    pub(crate) limit: usize,
}

/// A statement put together piece by piece.
struct Statement {
    sql: String,
    values: Vec<Val>,
}

impl Statement {
    /// The place of one more value.
    fn value(&mut self, value: impl Into<Val>) -> usize {
        self.values.push(value.into());
        self.values.len()
    }

    fn and(&mut self, condition: std::fmt::Arguments<'_>) {
        let _ = write!(self.sql, " AND {condition}");
    }
}

/// The customers looked for: found by words in the order of these, otherwise the newest first.
pub(crate) async fn customers(tx: &Tx, wanted: &Wanted) -> Result<Vec<Found>, Error> {
    let mut statement = Statement { sql: String::new(), values: Vec::new() };
    match wanted.words.split_first() {
        Some((first, rest)) => by_words(&mut statement, wanted, first, rest),
        None => newest(&mut statement, wanted),
    }
    let limit = statement.value(i64::try_from(wanted.limit).unwrap_or(i64::MAX));
    let _ = write!(statement.sql, " LIMIT ${limit}");
    let mut found = tx.all_dyn::<Found>(&statement.sql, &statement.values).await?;
    add_tags(tx, &mut found).await?;
    Ok(found)
}

async fn add_tags(tx: &Tx, found: &mut [Found]) -> Result<(), Error> {
    if found.is_empty() {
        return Ok(());
    }
    let places: Vec<String> = (1..=found.len()).map(|place| format!("${place}")).collect();
    let values: Vec<Val> = found.iter().map(|found| found.customer.id.as_str().into()).collect();
    let places = places.join(", ");
    let sql = format!(
        "SELECT user_id, tag FROM customer_tags WHERE user_id IN ({places}) ORDER BY user_id, tag"
    );
    for (user, tag) in tx.all_dyn::<(String, String)>(&sql, &values).await? {
        let of = found.iter_mut().find(|found| found.customer.id.as_str() == user);
        if let Some(Found { customer, .. }) = of {
            customer.tags.push(tag);
        }
    }
    Ok(())
}

fn newest(statement: &mut Statement, wanted: &Wanted) {
    // Ids sort by the time they were made.
    statement.sql.push_str("SELECT u.id, u.email, u.name, u.created_at, '' FROM users u ");
    if let Some(tag) = &wanted.tag {
        let tag = statement.value(tag.as_str());
        let _ =
            write!(statement.sql, "JOIN customer_tags g ON g.user_id = u.id AND g.tag = ${tag} ");
    }
    statement.sql.push_str("WHERE u.role = 'customer'");
    if let Some((_, id)) = &wanted.after {
        let id = statement.value(id.as_str());
        statement.and(format_args!("u.id < ${id}"));
    }
    statement.sql.push_str(" ORDER BY u.id DESC");
}

fn by_words(statement: &mut Statement, wanted: &Wanted, first: &str, rest: &[String]) {
    statement.sql.push_str(
        "SELECT u.id, u.email, u.name, u.created_at, w.word
        FROM people_words w JOIN users u ON u.id = w.user_id WHERE u.role = 'customer'",
    );
    let from = statement.value(first);
    let to = statement.value(format!("{first}{LAST}").as_str());
    statement.and(format_args!("w.word >= ${from} AND w.word < ${to}"));
    // Whoever has several such words is found by the first of them.
    statement.and(format_args!(
        "NOT EXISTS (SELECT 1 FROM people_words e WHERE e.user_id = w.user_id
            AND e.word >= ${from} AND e.word < w.word)"
    ));
    for word in rest {
        let from = statement.value(word.as_str());
        let to = statement.value(format!("{word}{LAST}").as_str());
        statement.and(format_args!(
            "EXISTS (SELECT 1 FROM people_words o WHERE o.user_id = w.user_id
                AND o.word >= ${from} AND o.word < ${to})"
        ));
    }
    if let Some(tag) = &wanted.tag {
        let tag = statement.value(tag.as_str());
        statement.and(format_args!(
            "EXISTS (SELECT 1 FROM customer_tags g WHERE g.user_id = u.id AND g.tag = ${tag})"
        ));
    }
    if let Some((word, id)) = &wanted.after {
        let word = statement.value(word.as_str());
        let id = statement.value(id.as_str());
        statement.and(format_args!("(w.word, w.user_id) > (${word}, ${id})"));
    }
    statement.sql.push_str(" ORDER BY w.word, w.user_id");
}

/// The groups somebody is in.
async fn tags(tx: &Tx, id: &UserId) -> Result<Vec<String>, Error> {
    tx.all("SELECT tag FROM customer_tags WHERE user_id = $1 ORDER BY tag", vals![id.as_str()])
        .await
}

/// A customer.
pub(crate) async fn customer(tx: &Tx, id: &UserId) -> Result<Option<Customer>, Error> {
    let sql = "SELECT u.id, u.email, u.name, u.created_at, u.note, u.version, c.used_at
        FROM users u LEFT JOIN credentials c ON c.user_id = u.id
        WHERE u.id = $1 AND u.role = 'customer'";
    let Some(CustomerRow(customer)) = tx.opt(sql, vals![id.as_str()]).await? else {
        return Ok(None);
    };
    let tags = tags(tx, id).await?;
    let addresses = addresses::addresses(tx, id.as_str(), "", LIMIT).await?;
    Ok(Some(Customer { tags, addresses, ..customer }))
}

/// Locks a customer until the transaction ends.
pub(crate) async fn lock_customer(tx: &Tx, id: &UserId) -> Result<Option<Customer>, Error> {
    let sql = "SELECT version FROM users WHERE id = $1 {{for_update}}";
    match tx.opt::<i64>(sql, vals![id.as_str()]).await? {
        Some(_) => customer(tx, id).await,
        None => Ok(None),
    }
}

/// Changes what the shop notes about a customer.
pub(crate) async fn update(
    tx: &Tx,
    id: &UserId,
    tags: &[String],
    note: Option<&str>,
) -> Result<(), Error> {
    let sql = "UPDATE users SET note = $2, version = version + 1 WHERE id = $1";
    tx.exec(sql, vals![id.as_str(), note]).await?;
    tx.exec("DELETE FROM customer_tags WHERE user_id = $1", vals![id.as_str()]).await?;
    let rows: Vec<_> = tags.iter().map(|tag| vals![tag, id.as_str()].to_vec()).collect();
    tx.exec_many("INSERT INTO customer_tags (tag, user_id) VALUES ($1, $2)", &rows).await?;
    Ok(())
}

/// Forgets a customer, and all that hangs on them.
pub(crate) async fn delete(tx: &Tx, customer: &Customer) -> Result<(), Error> {
    for sql in [
        "DELETE FROM registrations WHERE email = $1",
        "DELETE FROM requests WHERE email = $1",
        "DELETE FROM invitations WHERE email = $1",
    ] {
        tx.exec(sql, vals![&customer.email]).await?;
    }
    let sql = "DELETE FROM users WHERE id = $1 AND role = 'customer'";
    tx.exec(sql, vals![customer.id.as_str()]).await?;
    Ok(())
}

/// Keeps the words by which somebody is found.
pub(crate) async fn index(tx: &Tx, user: &User) -> Result<(), Error> {
    let id = user.id.as_str();
    tx.exec("DELETE FROM people_words WHERE user_id = $1", vals![id]).await?;
    let words = words(&user.email, user.name.as_deref());
    let rows: Vec<_> = words.iter().map(|word| vals![word, id].to_vec()).collect();
    tx.exec_many("INSERT INTO people_words (word, user_id) VALUES ($1, $2)", &rows).await?;
    Ok(())
}
