//! The keys of programs: shown once, kept as digests, never worth more than who made them.

use std::time::Duration;

use axum::extract::State;
use emart_http::{AuditRecord, Caller, Json, Page, PageQuery, Path, Permission, Problem, Query};
use emart_identity_api::{ApiKey, ApiKeyId, Audited, MadeApiKey, NewApiKey};
use emart_types::Invalid;
use http::StatusCode;

use super::invitations::person;
use super::roles::may_hold;
use crate::Identity;
use crate::domain::text;
use crate::error::Error;
use crate::ops::KEY_PREFIX;
use crate::secrets;
use crate::store::{api_keys, users};

/// Lists the keys of programs, also those that have ended.
#[utoipa::path(get, path = "/api/v1/identity/api-keys", operation_id = "list_api_keys", tag = "identity",
    params(PageQuery), responses((status = 200, body = Page<ApiKey>), (status = "4XX", body = Problem)))]
pub(super) async fn list_api_keys(
    State(identity): State<Identity>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<ApiKey>>, Error> {
    caller.require(Permission::People)?;
    let (limit, after) = (query.limit()?, query.after::<String>()?.unwrap_or_default());
    let read = identity.db.read(|tx| async move { api_keys::keys(&tx, &after, limit + 1).await });
    Ok(Json(Page::from_rows(read.await?, limit, |key| key.id.to_string())))
}

/// Makes a key. Its secret is in the answer, this once.
#[utoipa::path(post, path = "/api/v1/identity/api-keys", operation_id = "create_api_key", tag = "identity",
    request_body = NewApiKey, responses((status = 201, body = MadeApiKey), (status = "4XX", body = Problem)))]
pub(super) async fn create_api_key(
    State(identity): State<Identity>,
    caller: Caller,
    Json(new): Json<NewApiKey>,
) -> Result<(StatusCode, Json<MadeApiKey>), Error> {
    caller.require(Permission::People)?;
    let by = person(&caller)?;
    let mut invalid = Invalid::new();
    let name = text(&mut invalid, "/name", &new.name, (1, 60));
    let days = new.days.map(|days| (1..=3650).contains(&days));
    invalid.require(days.unwrap_or(true), "/days", "from 1 to 3650");
    invalid.finish()?;
    may_hold(&caller, new.permissions)?;
    let token = format!("{KEY_PREFIX}{}", secrets::new_token());
    let (token_hash, now) = (secrets::digest(&token), identity.clock.now());
    let life = |days: u32| now.plus(Duration::from_secs(u64::from(days) * 86_400));
    let (id, expires_at) = (ApiKeyId::new(), new.days.map(life));
    let record = AuditRecord::new("api_key.created", id.as_str(), &name);
    let record = record.change(None, Some(&new));
    let (state, permissions) = (identity.clone(), new.permissions);
    let write = identity.db.write(move |tx| async move {
        let maker = users::user(&tx, &by).await?.ok_or(Error::Unauthorized)?;
        let key = ApiKey {
            id,
            name,
            permissions,
            created_by: maker.id,
            created_by_email: maker.email,
            created_at: now,
            expires_at,
            used_at: None,
            revoked_at: None,
        };
        api_keys::insert(&tx, &token_hash, &key).await?;
        state.outbox.emit(&tx, &Audited(record)).await?;
        Ok::<_, Error>(key)
    });
    Ok((StatusCode::CREATED, Json(MadeApiKey { token, key: write.await? })))
}

/// Ends a key. Whoever manages people may end any: a key that leaked cannot wait for somebody with all it may do.
#[utoipa::path(delete, path = "/api/v1/identity/api-keys/{id}", operation_id = "revoke_api_key",
    tag = "identity", params(("id" = ApiKeyId, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn revoke_api_key(
    State(identity): State<Identity>,
    caller: Caller,
    Path(id): Path<ApiKeyId>,
) -> Result<StatusCode, Error> {
    caller.require(Permission::People)?;
    let record = AuditRecord::new("api_key.revoked", id.as_str(), "");
    let (state, now) = (identity.clone(), identity.clock.now());
    let write = identity.db.write(move |tx| async move {
        let key = api_keys::key(&tx, id.as_str()).await?.ok_or(Error::NotFound)?;
        if api_keys::revoke(&tx, id.as_str(), now).await? {
            state.outbox.emit(&tx, &Audited(AuditRecord { label: key.name, ..record })).await?;
        }
        Ok::<_, Error>(())
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}
