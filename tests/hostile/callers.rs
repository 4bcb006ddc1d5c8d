//! Forged tokens at every operation, and what belongs to one person asked for by others. Who may do what at all:
//! `permissions`.

use crate::api::{Api, Operation};
use crate::asker::Asker;
use crate::page::{self, Who};
use crate::requests::{get, good};
use crate::tokens::Forger;
use crate::values::{Style, id_prefix};
use crate::world::World;

/// Ids of what belongs to one person. Not a payment's: it is a secret, and who knows it may confirm the payment.
const OWNED: [&str; 6] = ["adr", "chk", "cln", "crt", "eml", "ord"];

/// Calls everything as everybody who may not.
pub(crate) async fn attack(api: &Api, world: &World, asker: &mut Asker) {
    bad_tokens(api, world, asker).await;
    let owned: Vec<&Operation> =
        api.operations.iter().filter(|operation| is_owned(api, operation)).collect();
    assert!(owned.len() > 10, "{} operations on what belongs to someone", owned.len());
    for operation in &owned {
        by_others(api, world, asker, operation).await;
    }
    let rows = page::read();
    for operation in &owned {
        let is_hers = matches!(rows.get(&operation.id), Some(Who::Own | Who::SignedIn));
        by_their_owner(api, world, asker, operation, is_hers).await;
    }
}

async fn bad_tokens(api: &Api, world: &World, asker: &mut Asker) {
    let forger = Forger::with(&world.store, &world.admin.token).await.unwrap();
    let me = get("/api/v1/identity/me");
    asker.expect("signed once more", &[200], &me.by(&forger.good())).await;
    // At pictures nobody asks who looks.
    let asking = || api.operations.iter().filter(|operation| operation.id != "get_image");
    for (what, token) in forger.bad() {
        for operation in asking() {
            let request = good(api, operation, &world.admin.pool, Style::Least).by(&token);
            let what = format!("{} with a token {what}", operation.id);
            asker.expect(&what, &[401], &request).await;
        }
        original(asker, what, &token).await;
    }
    original(asker, "that is none", "null").await;
    let current = get("/api/shop/current").by(&forger.good());
    asker.expect("the original's contract, signed once more", &[200], &current).await;
}

/// The original's contract: where somebody must be signed in they are not, and everybody's pages are still theirs.
async fn original(asker: &mut Asker, what: &str, token: &str) {
    for (path, expected) in [
        ("/api/shop/current", &[401][..]),
        ("/api/shop/products", &[401]),
        ("/api/shop/orders", &[401]),
        ("/api/shop/info", &[200]),
        ("/webapi/books", &[200, 204]),
    ] {
        asker.expect(&format!("{path} with a token {what}"), expected, &get(path).by(token)).await;
    }
}

/// Whether an operation is on something that belongs to one person.
fn is_owned(api: &Api, operation: &Operation) -> bool {
    operation.parameters("path").any(|parameter| {
        let pattern = api.resolve(&parameter.schema)["pattern"].as_str();
        pattern.and_then(id_prefix).is_some_and(|prefix| OWNED.contains(&prefix))
    })
}

/// Ada's things, asked for by Bob and by a guest: for them there are no such things.
async fn by_others(api: &Api, world: &World, asker: &mut Asker, operation: &Operation) {
    // Merging says nothing of the other cart: without its token, it answers one's own.
    let statuses: &[u16] =
        if operation.id == "merge_cart" { &[200, 401] } else { &[401, 403, 404] };
    let request = good(api, operation, &world.ada.pool, Style::Least);
    let hers = world.ada.pool.known("cln");
    for (who, request) in [("Bob", request.clone().by(&world.bob.token)), ("a guest", request)] {
        let what = format!("{} of Ada's by {who}", operation.id);
        let answer = asker.expect(&what, statuses, &request).await;
        let text = String::from_utf8_lossy(&answer.body);
        if hers.iter().any(|line| !request.path.contains(line) && text.contains(line)) {
            asker.note(&request, &format!("{what} tells what is in her cart: {text}"));
        }
    }
}

/// She still has them all, after what others tried; not what is for staff to look at.
async fn by_their_owner(
    api: &Api,
    world: &World,
    asker: &mut Asker,
    operation: &Operation,
    is_hers: bool,
) {
    if operation.method == "GET" {
        let request = good(api, operation, &world.ada.pool, Style::Least);
        let statuses: &[u16] = if is_hers { &[200] } else { &[403] };
        let what = format!("{} of Ada's by Ada", operation.id);
        asker.expect(&what, statuses, &request.by(&world.ada.token)).await;
    }
}
