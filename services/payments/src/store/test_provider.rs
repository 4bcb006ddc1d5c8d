//! The book of the test provider. Nothing of `payments` reads or writes it but through that provider.

use emart_store::{Error, FromRow, Row, Tx, vals};
use emart_types::Money;

use super::damaged;
use crate::providers::{Charge, Failure};

/// A charge that is asked for.
#[derive(Debug, Clone)]
pub(crate) struct NewCharge {
    pub(crate) reference: String,
    pub(crate) card: String,
    pub(crate) amount: Money,
}

/// A refund that is asked for.
#[derive(Debug, Clone)]
pub(crate) struct NewRefund {
    pub(crate) reference: String,
    pub(crate) charge: String,
    pub(crate) amount: Money,
}

/// A charge and its card.
struct Booked(Charge, String);

impl FromRow for Booked {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let state: String = row.get(0)?;
        let failure: Option<String> = row.get(2)?;
        let charge = match &*state {
            "requires_action" => Charge::RequiresAction,
            "authorized" => Charge::Authorized,
            "captured" => Charge::Captured,
            "voided" => Charge::Voided { promised: row.get(1)? },
            "refunded" => Charge::Refunded,
            "declined" => {
                let failure = failure.as_deref().and_then(Failure::from_code);
                Charge::Declined(failure.ok_or_else(|| damaged("a failure"))?)
            }
            _ => return Err(damaged("the state of a charge")),
        };
        Ok(Self(charge, row.get(3)?))
    }
}

/// State, whether it is promised by now, failure.
const fn columns(charge: Charge) -> (&'static str, bool, Option<&'static str>) {
    match charge {
        Charge::RequiresAction => ("requires_action", false, None),
        Charge::Authorized => ("authorized", true, None),
        Charge::Declined(failure) => ("declined", false, Some(failure.code())),
        Charge::Captured => ("captured", true, None),
        Charge::Refunded => ("refunded", true, None),
        Charge::Voided { promised } => ("voided", promised, None),
        Charge::Unknown => ("voided", false, None),
    }
}

/// A charge and its card.
pub(crate) async fn charge(tx: &Tx, reference: &str) -> Result<Option<(Charge, String)>, Error> {
    let sql =
        "SELECT state, promised, failure, card FROM test_provider_charges WHERE reference = $1";
    let booked = tx.opt::<Booked>(sql, vals![reference]).await?;
    Ok(booked.map(|Booked(charge, card)| (charge, card)))
}

/// Books a charge, unless its reference is known; says whether it is new, and how it stands.
pub(crate) async fn insert(
    tx: &Tx,
    new: &NewCharge,
    first: Charge,
) -> Result<(bool, Charge), Error> {
    let sql = "INSERT INTO test_provider_charges \
               (reference, card, amount_minor, currency, state, promised, failure, failed_captures) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, 0) ON CONFLICT DO NOTHING";
    let (state, promised, failure) = columns(first);
    let (amount, currency) = (new.amount.amount_minor, new.amount.currency.code());
    let reference = new.reference.as_str();
    let values = vals![reference, new.card.as_str(), amount, currency, state, promised, failure];
    if tx.exec(sql, values).await? == 1 {
        return Ok((true, first));
    }
    let known = charge(tx, reference).await?.ok_or(Error::NotFound)?;
    Ok((false, known.0))
}

/// Moves a charge on if it stands in `from`; answers how it then stands.
pub(crate) async fn advance(
    tx: &Tx,
    reference: &str,
    from: Charge,
    to: Charge,
) -> Result<Option<Charge>, Error> {
    let sql = "UPDATE test_provider_charges SET state = $3, promised = (promised OR $4), failure = $5, \
               refunded_minor = CASE WHEN $3 = 'refunded' THEN amount_minor ELSE refunded_minor END \
               WHERE reference = $1 AND state = $2";
    let (state, promised, failure) = columns(to);
    let values = vals![reference, columns(from).0, state, promised, failure];
    if tx.exec(sql, values).await? == 1 {
        return Ok(Some(to));
    }
    Ok(charge(tx, reference).await?.map(|(charge, _)| charge))
}

/// Captures a charge; `None` when it is of the card whose first capture fails, and this was the first.
pub(crate) async fn capture(
    tx: &Tx,
    reference: &str,
    failing_card: &str,
) -> Result<Option<Charge>, Error> {
    let sql = "UPDATE test_provider_charges SET state = 'captured' \
               WHERE reference = $1 AND state = 'authorized' AND (card <> $2 OR failed_captures > 0)";
    if tx.exec(sql, vals![reference, failing_card]).await? == 1 {
        return Ok(Some(Charge::Captured));
    }
    let sql = "UPDATE test_provider_charges SET failed_captures = failed_captures + 1 \
               WHERE reference = $1 AND state = 'authorized'";
    if tx.exec(sql, vals![reference]).await? == 1 {
        return Ok(None);
    }
    Ok(Some(charge(tx, reference).await?.map_or(Charge::Unknown, |(charge, _)| charge)))
}

/// Gives a charge up, also one that has not come yet.
pub(crate) async fn void(tx: &Tx, reference: &str) -> Result<Charge, Error> {
    let sql = "INSERT INTO test_provider_charges \
               (reference, card, amount_minor, currency, state, promised, failure, failed_captures) \
               VALUES ($1, '', 0, '', 'voided', FALSE, NULL, 0) ON CONFLICT DO NOTHING";
    tx.exec(sql, vals![reference]).await?;
    let sql = "UPDATE test_provider_charges SET state = 'voided' \
               WHERE reference = $1 AND state IN ('requires_action', 'authorized')";
    tx.exec(sql, vals![reference]).await?;
    Ok(charge(tx, reference).await?.ok_or(Error::NotFound)?.0)
}

/// Gives some of a charge back, once a reference; `false` when it is not there to be given, or of a card that takes
/// nothing back.
pub(crate) async fn refund(
    tx: &Tx,
    refund: &NewRefund,
    refusing_card: &str,
) -> Result<bool, Error> {
    // The reference's row is written first: the same refund asked for twice at once waits, and finds it made.
    let sql = "INSERT INTO test_provider_refunds (reference, charge, amount_minor) \
               VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let (reference, charge) = (refund.reference.as_str(), refund.charge.as_str());
    let minor = refund.amount.amount_minor;
    if tx.exec(sql, vals![reference, charge, minor]).await? == 0 {
        return Ok(true);
    }
    let sql = "UPDATE test_provider_charges SET refunded_minor = refunded_minor + $2, \
               state = CASE WHEN refunded_minor + $2 = amount_minor THEN 'refunded' ELSE state END \
               WHERE reference = $1 AND state = 'captured' AND card <> $3 \
               AND refunded_minor + $2 <= amount_minor";
    if tx.exec(sql, vals![charge, minor, refusing_card]).await? == 1 {
        return Ok(true);
    }
    let sql = "DELETE FROM test_provider_refunds WHERE reference = $1";
    tx.exec(sql, vals![reference]).await?;
    Ok(false)
}
