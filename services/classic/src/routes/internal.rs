//! What an import of an original store says; the gateway routes none of it from outside.

use std::collections::HashSet;

use axum::extract::State;
use emart_classic_api::{IdSearch, KnownId, PutPerson};
use emart_http::{Caller, Json, Problem};
use emart_types::Invalid;
use http::StatusCode;

use crate::Classic;
use crate::domain::cart::{Standing, Status};
use crate::domain::hex;
use crate::error::Error;
use crate::store::{carts, ids, people};

/// The most at once.
const MOST: usize = 1000;

/// Notes which ids things had.
pub(crate) async fn put_ids(
    State(classic): State<Classic>,
    caller: Caller,
    Json(known): Json<Vec<KnownId>>,
) -> Result<StatusCode, Error> {
    check(&caller, known.len())?;
    let mut invalid = Invalid::new();
    let mut seen = HashSet::new();
    for (at, entry) in known.iter().enumerate() {
        let good = hex::parse(&entry.hex).is_some_and(|hex| hex == entry.hex);
        invalid.require(good, &format!("/{at}/hex"), "must be 24 lower-case hexadecimal digits");
        let id = (1..=100).contains(&entry.id.len());
        invalid.require(id, &format!("/{at}/id"), "must be an id");
        let once = seen.insert((entry.kind, &entry.hex));
        invalid.require(once, &format!("/{at}/hex"), "is there twice");
    }
    invalid.finish().map_err(Problem::from)?;
    let write = classic.db.write(move |tx| async move { ids::put(&tx, &known).await });
    write.await?;
    classic.read_aliases().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What ids name, as far as things have them here.
pub(crate) async fn find_ids(
    State(classic): State<Classic>,
    caller: Caller,
    Json(search): Json<IdSearch>,
) -> Result<Json<Vec<KnownId>>, Error> {
    check(&caller, search.hexes.len())?;
    let read = classic.db.read(|tx| async move { ids::find(&tx, &search).await });
    Ok(Json(read.await?))
}

/// Notes what else is known of people.
pub(crate) async fn put_people(
    State(classic): State<Classic>,
    caller: Caller,
    Json(known): Json<Vec<PutPerson>>,
) -> Result<StatusCode, Error> {
    check(&caller, known.len())?;
    let write = classic.db.write(move |tx| async move {
        for person in &known {
            if !people::put(&tx, person).await? {
                let title = "Another person has this card id";
                let problem = Problem::new(StatusCode::CONFLICT, "card-id-taken", title);
                return Err(Error::from(problem.detail(&person.card_id)));
            }
            let cart = person.cart.as_ref();
            if let Some((cart, status)) = cart.and_then(|c| Some((c, Status::parse(&c.status)?))) {
                let standing = Standing { status, created: cart.created };
                carts::begin(&tx, person.user_id.as_str(), standing).await?;
            }
        }
        Ok(())
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}

fn check(caller: &Caller, count: usize) -> Result<(), Error> {
    if !caller.is_admin() {
        return Err(Problem::forbidden().into());
    }
    let mut invalid = Invalid::new();
    invalid.require(count <= MOST, "", "at most 1,000 at once");
    Ok(invalid.finish().map_err(Problem::from)?)
}
