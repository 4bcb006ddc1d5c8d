//! The audit log: rows are added and read, and nothing else.

use std::fmt::Write as _;

use emart_http::AuditRecord;
use emart_identity_api::{AuditEntry, AuditFilter};
use emart_store::{Error, FromRow, Row, Tx, Val, vals};
use emart_types::Timestamp;
use serde_json::Value;

struct EntryRow(AuditEntry);

impl FromRow for EntryRow {
    fn from_row(row: &Row<'_>) -> Result<Self, Error> {
        let json = |column| -> Result<Value, Error> {
            let text: String = row.get(column)?;
            serde_json::from_str(&text)
                .map_err(|error| Error::Decode { column, reason: error.to_string() })
        };
        Ok(Self(AuditEntry {
            id: row.get(0)?,
            at: Timestamp::from_millis(row.get(1)?),
            service: row.get(2)?,
            actor_name: row.get(11)?,
            record: AuditRecord {
                actor: row.get(3)?,
                client: row.get(4)?,
                request_id: row.get(5)?,
                action: row.get(6)?,
                resource: row.get(7)?,
                label: row.get(8)?,
                before: json(9)?,
                after: json(10)?,
            },
        }))
    }
}

/// Adds a record. Told twice, it stands there once.
pub(crate) async fn insert(
    tx: &Tx,
    id: &str,
    service: &str,
    at: Timestamp,
    record: &AuditRecord,
) -> Result<(), Error> {
    let sql = "INSERT INTO audit_records
        (id, at, service, actor, client, request_id, kind, action, resource, label, before, after)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING";
    let kind = record.action.split('.').next().unwrap_or_default();
    let values = vals![
        id,
        at.as_millis(),
        service,
        &record.actor,
        record.client.as_deref(),
        &record.request_id,
        kind,
        &record.action,
        &record.resource,
        &record.label,
        &record.before.to_string(),
        &record.after.to_string(),
    ];
    tx.exec(sql, values).await?;
    Ok(())
}

/// The records of a filter before one of them, the newest first.
pub(crate) async fn entries(
    tx: &Tx,
    filter: &AuditFilter,
    before: Option<&(i64, String)>,
    limit: usize,
) -> Result<Vec<AuditEntry>, Error> {
    let mut sql =
        "SELECT a.id, a.at, a.service, a.actor, a.client, a.request_id, a.action, a.resource,
        a.label, a.before, a.after, u.email
        FROM audit_records a LEFT JOIN users u ON u.id = a.actor WHERE 1 = 1"
            .to_owned();
    let mut values: Vec<Val> = Vec::new();
    let mut and = |condition: &str, value: Val| {
        values.push(value);
        let _ = write!(sql, " AND {condition} ${}", values.len());
    };
    if let Some(actor) = &filter.actor {
        and("a.actor =", actor.as_str().into());
    }
    if let Some(action) = &filter.action {
        // The kind as well: its index is in the order of time.
        and("a.kind =", action.split('.').next().unwrap_or_default().into());
        if action.contains('.') {
            and("a.action =", action.as_str().into());
        }
    }
    if let Some(resource) = &filter.resource {
        and("a.resource =", resource.as_str().into());
    }
    if let Some(from) = filter.from {
        and("a.at >=", from.as_millis().into());
    }
    if let Some(to) = filter.to {
        and("a.at <", to.as_millis().into());
    }
    if let Some((at, id)) = before {
        values.extend([Val::from(*at), Val::from(id.as_str())]);
        let _ = write!(sql, " AND (a.at, a.id) < (${}, ${})", values.len() - 1, values.len());
    }
    values.push(Val::from(i64::try_from(limit).unwrap_or(i64::MAX)));
    let _ = write!(sql, " ORDER BY a.at DESC, a.id DESC LIMIT ${}", values.len());
    let rows = tx.all_dyn::<EntryRow>(&sql, &values).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
