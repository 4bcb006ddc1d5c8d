//! The caller's address book.

use axum::extract::State;
use emart_http::{Json, Page, PageQuery, Path, Problem, Query, SignedIn};
use emart_identity_api::{AddressId, PutAddress, SavedAddress};
use http::{StatusCode, header};

use crate::Identity;
use crate::domain::address;
use crate::error::Error;
use crate::store::{addresses, users};

const PATH: &str = "/api/v1/identity/me/addresses";

/// Returns the caller's addresses, the oldest first.
#[utoipa::path(get, path = "/api/v1/identity/me/addresses", operation_id = "list_addresses",
    tag = "identity", params(PageQuery),
    responses((status = 200, body = Page<SavedAddress>), (status = "4XX", body = Problem)))]
pub(super) async fn list_addresses(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<SavedAddress>>, Problem> {
    let limit = query.limit()?;
    let after = query.after::<AddressId>()?;
    let rows = u32::try_from(limit + 1).unwrap_or(u32::MAX);
    let read = identity.db.read(|tx| async move {
        let after = after.as_ref().map_or("", AddressId::as_str);
        addresses::addresses(&tx, &id, after, rows).await
    });
    let rows = read.await.map_err(|error| Problem::from(&Error::from(error)))?;
    Ok(Json(Page::from_rows(rows, limit, |saved| saved.id.clone())))
}

/// Adds to the caller's address book; 50 entries at most.
#[utoipa::path(post, path = "/api/v1/identity/me/addresses", operation_id = "create_address",
    tag = "identity", request_body = PutAddress,
    responses((status = 201, body = SavedAddress), (status = "4XX", body = Problem)))]
pub(super) async fn create_address(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
    Json(put): Json<PutAddress>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], Json<SavedAddress>), Error> {
    let address = address::checked(&put.address)?;
    let saved = SavedAddress { id: AddressId::new(), address, is_default: put.is_default };
    let write = identity.db.write(move |tx| async move {
        if !addresses::insert_address(&tx, &id, &saved).await? {
            let exists = users::user(&tx, &id).await?.is_some();
            return Err(if exists { Error::TooManyAddresses } else { Error::Unauthorized });
        }
        Ok(saved)
    });
    let saved = write.await?;
    let location = [(header::LOCATION, format!("{PATH}/{}", saved.id))];
    Ok((StatusCode::CREATED, location, Json(saved)))
}

/// Returns an entry of the caller's address book.
#[utoipa::path(get, path = "/api/v1/identity/me/addresses/{address_id}",
    operation_id = "get_address", tag = "identity", params(("address_id" = AddressId, Path)),
    responses((status = 200, body = SavedAddress), (status = "4XX", body = Problem)))]
pub(super) async fn get_address(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
    Path(address_id): Path<AddressId>,
) -> Result<Json<SavedAddress>, Error> {
    let read =
        identity.db.read(|tx| async move { addresses::address(&tx, &id, &address_id).await });
    read.await?.map(Json).ok_or(Error::NotFound)
}

/// Changes an entry of the caller's address book.
#[utoipa::path(put, path = "/api/v1/identity/me/addresses/{address_id}",
    operation_id = "put_address", tag = "identity", params(("address_id" = AddressId, Path)),
    request_body = PutAddress,
    responses((status = 200, body = SavedAddress), (status = "4XX", body = Problem)))]
pub(super) async fn put_address(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
    Path(address_id): Path<AddressId>,
    Json(put): Json<PutAddress>,
) -> Result<Json<SavedAddress>, Error> {
    let address = address::checked(&put.address)?;
    let saved = SavedAddress { id: address_id, address, is_default: put.is_default };
    let write = identity.db.write(move |tx| async move {
        let found = addresses::update_address(&tx, &id, &saved).await?;
        if found { Ok(saved) } else { Err(Error::NotFound) }
    });
    write.await.map(Json)
}

/// Takes an entry out of the caller's address book.
#[utoipa::path(delete, path = "/api/v1/identity/me/addresses/{address_id}",
    operation_id = "delete_address", tag = "identity", params(("address_id" = AddressId, Path)),
    responses((status = 204, description = "It is gone"), (status = "4XX", body = Problem)))]
pub(super) async fn delete_address(
    State(identity): State<Identity>,
    SignedIn(id): SignedIn,
    Path(address_id): Path<AddressId>,
) -> Result<StatusCode, Error> {
    let write = identity.db.write(move |tx| async move {
        let found = addresses::delete_address(&tx, &id, &address_id).await?;
        if found { Ok(StatusCode::NO_CONTENT) } else { Err(Error::NotFound) }
    });
    write.await
}
