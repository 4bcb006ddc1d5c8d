//! The audit log, for those who may read it.

use axum::extract::State;
use emart_http::{Caller, Json, Page, PageQuery, Permission, Problem, Query};
use emart_identity_api::{AuditEntry, AuditFilter};

use crate::Identity;
use crate::error::Error;
use crate::store::audit;

/// Lists who changed what, the newest first.
#[utoipa::path(get, path = "/api/v1/identity/audit", operation_id = "list_audit", tag = "identity",
    params(AuditFilter, PageQuery),
    responses((status = 200, body = Page<AuditEntry>), (status = "4XX", body = Problem)))]
pub(super) async fn list_audit(
    State(identity): State<Identity>,
    caller: Caller,
    Query(filter): Query<AuditFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<AuditEntry>>, Error> {
    caller.require(Permission::AuditRead)?;
    let (limit, before) = (page.limit()?, page.after::<(i64, String)>()?);
    let read = identity
        .db
        .read(|tx| async move { audit::entries(&tx, &filter, before.as_ref(), limit + 1).await });
    Ok(Json(Page::from_rows(read.await?, limit, |entry| (entry.at.as_millis(), entry.id.clone()))))
}
