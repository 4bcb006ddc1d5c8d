//! Sagas, for those who look after the store: a page of those that stand in one way, of both kinds together.

use emart_orders_api::{ActionId, CheckoutId, Saga, SagaStanding};
use emart_store::{Error, Tx, vals};
use emart_types::Timestamp;

use crate::store::actions::{self, ActionRow};
use crate::store::checkouts::{self, RecordRow};

/// Where a page ends: a moment, and of several sagas of that moment the id.
pub(crate) type Place = (i64, String);

/// Sagas that stand somewhere, behind a place; up to one more than the limit. Those that are stuck are listed by when they
/// began, those under way by when they are taken up next, those that were given up by when that was, the latest first.
pub(crate) async fn list(
    tx: &Tx,
    standing: SagaStanding,
    after: Option<&Place>,
    limit: usize,
) -> Result<Vec<Saga>, Error> {
    let (checkouts, actions) = statements(standing);
    let first = if is_down(standing) { (i64::MAX, "~".to_owned()) } else { (-1, String::new()) };
    let (at, id) = after.unwrap_or(&first);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let found: Vec<RecordRow> = tx.all(checkouts, vals![*at, id.as_str(), limit]).await?;
    let mut sagas: Vec<Saga> = found.into_iter().map(|row| row.0.saga()).collect();
    let found: Vec<ActionRow> = tx.all(actions, vals![*at, id.as_str(), limit]).await?;
    sagas.extend(found.into_iter().map(|row| row.0.saga()));
    sagas.sort_by_key(place);
    if is_down(standing) {
        sagas.reverse();
    }
    sagas.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(sagas)
}

const fn is_down(standing: SagaStanding) -> bool {
    matches!(standing, SagaStanding::GivenUp)
}

/// Where a saga stands in its list.
pub(crate) fn place(saga: &Saga) -> Place {
    let at = match saga.standing {
        SagaStanding::Stuck => saga.since,
        SagaStanding::UnderWay => saga.next_try_at.unwrap_or(saga.since),
        SagaStanding::GivenUp => saga.changed_at,
    };
    (at.as_millis(), saga.id.clone())
}

/// Those of checkouts and of actions. Each finds its rows through an index of just such sagas.
pub(super) const fn statements(standing: SagaStanding) -> (&'static str, &'static str) {
    match standing {
        SagaStanding::Stuck => (
            concat!(
                "SELECT ",
                checkouts::columns!(),
                " FROM checkouts WHERE state IN ('running', 'requires_action', 'placed', 'compensating') \
                 AND trouble IS NOT NULL AND created_at >= $1 AND (created_at > $1 OR id > $2) \
                 ORDER BY created_at, id LIMIT $3"
            ),
            concat!(
                "SELECT ",
                actions::columns!(),
                " FROM order_actions WHERE state = 'running' AND trouble IS NOT NULL \
                 AND created_at >= $1 AND (created_at > $1 OR id > $2) ORDER BY created_at, id LIMIT $3"
            ),
        ),
        SagaStanding::UnderWay => (
            concat!(
                "SELECT ",
                checkouts::columns!(),
                " FROM checkouts WHERE state IN ('running', 'requires_action', 'placed', 'compensating') \
                 AND trouble IS NULL AND lease_until >= $1 AND (lease_until > $1 OR id > $2) \
                 ORDER BY lease_until, id LIMIT $3"
            ),
            concat!(
                "SELECT ",
                actions::columns!(),
                " FROM order_actions WHERE state = 'running' AND trouble IS NULL \
                 AND lease_until >= $1 AND (lease_until > $1 OR id > $2) ORDER BY lease_until, id LIMIT $3"
            ),
        ),
        SagaStanding::GivenUp => (
            concat!(
                "SELECT ",
                checkouts::columns!(),
                " FROM checkouts WHERE state = 'failed' AND ended = 'given_up' \
                 AND updated_at <= $1 AND (updated_at < $1 OR id < $2) \
                 ORDER BY updated_at DESC, id DESC LIMIT $3"
            ),
            concat!(
                "SELECT ",
                actions::columns!(),
                " FROM order_actions WHERE state = 'failed' \
                 AND updated_at <= $1 AND (updated_at < $1 OR id < $2) \
                 ORDER BY updated_at DESC, id DESC LIMIT $3"
            ),
        ),
    }
}

/// A saga that has not done what it was for.
pub(crate) async fn saga(tx: &Tx, id: &str) -> Result<Option<Saga>, Error> {
    if let Ok(id) = id.parse::<CheckoutId>() {
        return Ok(checkouts::checkout(tx, &id).await?.and_then(crate::domain::saga::of_checkout));
    }
    let Ok(id) = id.parse::<ActionId>() else { return Ok(None) };
    Ok(actions::action(tx, &id).await?.and_then(crate::domain::saga::of_action))
}

/// Lets a saga that has not ended be taken up now, if it would be only later.
pub(crate) async fn hasten(tx: &Tx, id: &str, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE checkouts SET lease_until = $2 WHERE id = $1 AND lease_until > $2 \
               AND state IN ('running', 'placed', 'compensating')";
    tx.exec(sql, vals![id, now.as_millis()]).await?;
    let sql = "UPDATE order_actions SET lease_until = $2 WHERE id = $1 AND lease_until > $2 \
               AND state = 'running'";
    tx.exec(sql, vals![id, now.as_millis()]).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use emart_testkit::{assert_no_scan, databases};

    use super::*;
    use crate::MIGRATIONS;

    #[tokio::test]
    async fn no_list_of_sagas_reads_all_checkouts_or_actions() {
        for db in databases("orders", MIGRATIONS).await {
            for standing in SagaStanding::ALL {
                let (checkouts, actions) = statements(standing);
                for sql in [checkouts, actions] {
                    assert_no_scan(&db, sql, vals![1, "chk_1", 21]).await;
                }
            }
        }
    }
}
