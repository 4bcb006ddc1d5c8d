//! Gift cards and their ledger. What is on a card changes together with the ledger, and never falls below nothing.

use emart_payments_api::{GiftCardEntry, GiftCardId, PaymentId, PutGiftCard};
use emart_store::{Db, Error, FromRow, Row, Tx, Val, vals};
use emart_types::{Currency, Money, Timestamp};

use super::damaged;
use crate::domain::gift_card::Card;

macro_rules! columns {
    () => {
        "id, last4, initial_minor, balance_minor, currency, active, recipient_email, note, expires_at, \
         version, created_at"
    };
}

impl FromRow for Card {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let (id, currency): (String, String) = (row.get(0)?, row.get(4)?);
        let currency: Currency = currency.parse().map_err(|_| damaged("a currency"))?;
        Ok(Self {
            id: id.parse().map_err(|_| damaged("the id of a gift card"))?,
            last4: row.get(1)?,
            initial: Money::new(row.get(2)?, currency),
            balance: Money::new(row.get(3)?, currency),
            active: row.get(5)?,
            recipient_email: row.get(6)?,
            note: row.get(7)?,
            expires_at: row.get::<Option<i64>>(8)?.map(Timestamp::from_millis),
            version: row.get(9)?,
            created_at: Timestamp::from_millis(row.get(10)?),
        })
    }
}

/// The service's own secret, made when it is first asked for.
pub(crate) async fn secret(db: &Db) -> Result<Vec<u8>, Error> {
    let new: [u8; 32] = rand::random();
    db.write(move |tx| async move {
        let sql =
            "INSERT INTO secrets (name, value) VALUES ('gift_cards', $1) ON CONFLICT DO NOTHING";
        tx.exec(sql, vals![new.to_vec()]).await?;
        let sql = "SELECT value FROM secrets WHERE name = 'gift_cards'";
        Ok(tx.one::<(Vec<u8>,)>(sql, vals![]).await?.0)
    })
    .await
}

/// A card.
pub(crate) async fn card(tx: &Tx, id: &GiftCardId) -> Result<Option<Card>, Error> {
    let sql = concat!("SELECT ", columns!(), " FROM gift_cards WHERE id = $1");
    tx.opt(sql, vals![id.as_str()]).await
}

/// The card of a code.
pub(crate) async fn by_code(tx: &Tx, code_hash: &str) -> Result<Option<Card>, Error> {
    let sql = concat!("SELECT ", columns!(), " FROM gift_cards WHERE code_hash = $1");
    tx.opt(sql, vals![code_hash]).await
}

/// The card that was issued under a key, and what was meant by it.
pub(crate) async fn issued_under(tx: &Tx, key: &str) -> Result<Option<(Card, String)>, Error> {
    let sql = "SELECT fingerprint FROM gift_cards WHERE issued_under = $1";
    let Some((fingerprint,)) = tx.opt::<(String,)>(sql, vals![key]).await? else {
        return Ok(None);
    };
    let sql = concat!("SELECT ", columns!(), " FROM gift_cards WHERE issued_under = $1");
    Ok(tx.opt(sql, vals![key]).await?.map(|card| (card, fingerprint)))
}

/// What a card is found by again, beside its id.
#[derive(Debug, Clone)]
pub(crate) struct Issue {
    pub(crate) code_hash: String,
    pub(crate) issued_under: String,
    pub(crate) fingerprint: String,
}

/// Adds a card with the first line of its ledger; `false` when one was issued under this key before.
pub(crate) async fn insert(tx: &Tx, card: &Card, issue: &Issue) -> Result<bool, Error> {
    let sql = "INSERT INTO gift_cards (id, code_hash, issued_under, fingerprint, last4, initial_minor, \
               balance_minor, currency, active, recipient_email, note, expires_at, version, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $6, $7, TRUE, $8, $9, $10, 1, $11) ON CONFLICT DO NOTHING";
    let values = vals![
        card.id.as_str(),
        issue.code_hash.as_str(),
        issue.issued_under.as_str(),
        issue.fingerprint.as_str(),
        card.last4.as_str(),
        card.initial.amount_minor,
        card.initial.currency.code(),
        card.recipient_email.clone(),
        card.note.clone(),
        card.expires_at.map(Timestamp::as_millis),
        card.created_at.as_millis()
    ];
    if tx.exec(sql, values).await? == 0 {
        return Ok(false);
    }
    let line =
        Line { kind: "issued", reference: "", minor: card.initial.amount_minor, payment: None };
    enter(tx, &card.id, line, None, card.created_at).await.map(|_| true)
}

/// Changes a card that is still in the version that was read.
pub(crate) async fn update(
    tx: &Tx,
    id: &GiftCardId,
    put: &PutGiftCard,
    read_version: i64,
) -> Result<bool, Error> {
    let sql = "UPDATE gift_cards SET active = $3, recipient_email = $4, note = $5, expires_at = $6, \
               version = version + 1 WHERE id = $1 AND version = $2";
    let values = vals![
        id.as_str(),
        read_version,
        put.active,
        put.recipient_email.clone(),
        put.note.clone(),
        put.expires_at.map(Timestamp::as_millis)
    ];
    Ok(tx.exec(sql, values).await? == 1)
}

/// Which cards to list.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) last4: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) before: Option<String>,
    pub(crate) limit: usize,
}

/// Cards, newest first.
pub(crate) async fn page(tx: &Tx, filter: Filter) -> Result<Vec<Card>, Error> {
    let conditions =
        [("last4 =", filter.last4), ("recipient_email =", filter.email), ("id <", filter.before)];
    let mut sql = concat!("SELECT ", columns!(), " FROM gift_cards").to_owned();
    let mut values = Vec::new();
    for (condition, value) in conditions {
        let Some(value) = value else { continue };
        let word = if values.is_empty() { "WHERE" } else { "AND" };
        values.push(Val::from(value));
        sql.push_str(&format!(" {word} {condition} ${}", values.len()));
    }
    values.push(Val::from(i64::try_from(filter.limit).unwrap_or(i64::MAX)));
    sql.push_str(&format!(" ORDER BY id DESC LIMIT ${}", values.len()));
    tx.all_dyn(&sql, &values).await
}

/// A line of the ledger that is about to be written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) kind: &'static str,
    /// What it is for: a second line of the kind for the same is not written.
    pub(crate) reference: &'a str,
    pub(crate) minor: i64,
    pub(crate) payment: Option<&'a PaymentId>,
}

async fn enter(
    tx: &Tx,
    id: &GiftCardId,
    line: Line<'_>,
    note: Option<&str>,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "INSERT INTO gift_card_entries (gift_card_id, kind, reference, amount_minor, payment_id, \
               note, at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let values = vals![
        id.as_str(),
        line.kind,
        line.reference,
        line.minor,
        line.payment.map(|payment| payment.as_str().to_owned()),
        note.map(ToOwned::to_owned),
        now.as_millis()
    ];
    Ok(tx.exec(sql, values).await? == 1)
}

/// What became of a change of what is on a card.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    Done,
    /// It was done before.
    Before,
    /// There is not enough on it.
    TooLittle,
}

/// Changes what is on a card by a line of its ledger, once. After `TooLittle` the transaction has to be given up.
pub(crate) async fn change(
    tx: &Tx,
    id: &GiftCardId,
    line: Line<'_>,
    note: Option<&str>,
    now: Timestamp,
) -> Result<Moved, Error> {
    if !enter(tx, id, line, note, now).await? {
        return Ok(Moved::Before);
    }
    let sql = "UPDATE gift_cards SET balance_minor = balance_minor + $2 \
               WHERE id = $1 AND balance_minor + $2 >= 0";
    let changed = tx.exec(sql, vals![id.as_str(), line.minor]).await?;
    Ok(if changed == 1 { Moved::Done } else { Moved::TooLittle })
}

/// A card whose row is locked until the transaction ends: what is on it is known for certain.
pub(crate) async fn locked(tx: &Tx, id: &GiftCardId) -> Result<Option<Card>, Error> {
    let sql =
        concat!("SELECT ", columns!(), " FROM gift_cards WHERE id = $1 ORDER BY id {{for_update}}");
    tx.opt(sql, vals![id.as_str()]).await
}

/// What gift cards paid of a payment and have not got back yet, card by card.
pub(crate) async fn spent(tx: &Tx, payment: &PaymentId) -> Result<Vec<(GiftCardId, i64)>, Error> {
    let sql = "SELECT gift_card_id, CAST(-SUM(amount_minor) AS BIGINT) FROM gift_card_entries \
               WHERE payment_id = $1 GROUP BY gift_card_id ORDER BY gift_card_id";
    let rows: Vec<(String, i64)> = tx.all(sql, vals![payment.as_str()]).await?;
    let card = |(id, minor): (String, i64)| {
        let id = id.parse().map_err(|_| damaged("the id of a gift card"))?;
        Ok((id, minor))
    };
    rows.into_iter().map(card).collect()
}

/// The ledger of a card, newest first, with each line's place in it.
pub(crate) async fn ledger(
    tx: &Tx,
    id: &GiftCardId,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<(i64, GiftCardEntry)>, Error> {
    let sql = "SELECT e.id, e.kind, e.amount_minor, c.currency, e.payment_id, e.note, e.at \
               FROM gift_card_entries e JOIN gift_cards c ON c.id = e.gift_card_id \
               WHERE e.gift_card_id = $1 AND e.id < $2 ORDER BY e.id DESC LIMIT $3";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows: Vec<EntryRow> =
        tx.all(sql, vals![id.as_str(), before.unwrap_or(i64::MAX), limit]).await?;
    Ok(rows.into_iter().map(|row| (row.0, row.1)).collect())
}

struct EntryRow(i64, GiftCardEntry);

impl FromRow for EntryRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let payment: Option<String> = row.get(4)?;
        let payment_id = payment.map(|id| id.parse()).transpose();
        let entry = GiftCardEntry {
            kind: row.get(1)?,
            amount: super::money(row, 2)?,
            payment_id: payment_id.map_err(|_| damaged("the id of a payment"))?,
            note: row.get(5)?,
            at: Timestamp::from_millis(row.get(6)?),
        };
        Ok(Self(row.get(0)?, entry))
    }
}
