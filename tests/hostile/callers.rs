//! Who may do what: every operation, called by those who may not.

use crate::api::{Api, Operation};
use crate::asker::Asker;
use crate::requests::{get, good};
use crate::tokens::Forger;
use crate::values::{Style, id_prefix};
use crate::world::World;

/// What anybody may do without signing in. Whatever is neither here nor in [`FOR_CUSTOMERS`] has to be for staff: so
/// is a new operation, until somebody writes it down here.
const FOR_GUESTS: &[&str] = &[
    "authenticate_payment",
    "confirm_password_reset",
    "confirm_registration",
    "continue_checkout",
    "create_card_token",
    "create_cart",
    "create_checkout",
    "create_line",
    "create_password_reset",
    "create_quote",
    "create_registration",
    "create_session",
    "create_tokens",
    "delete_line",
    "delete_session",
    "get_book",
    "get_cart",
    "get_category",
    "get_checkout",
    "get_image",
    "get_order",
    "get_product",
    "get_receipt",
    "list_availability",
    "list_books",
    "list_categories",
    "list_countries",
    "list_delivery_slots",
    "list_keys",
    "list_products",
    "patch_line",
    "refresh_tokens",
    "revoke_tokens",
    "search",
    "set_up",
    "suggestions",
];

/// What anybody may do who has signed in.
const FOR_CUSTOMERS: &[&str] = &[
    "change_password",
    "create_address",
    "create_book",
    "delete_address",
    "get_address",
    "get_me",
    "get_my_cart",
    "list_addresses",
    "list_orders",
    "merge_cart",
    "patch_me",
    "put_address",
];

/// Ids of what belongs to one person. Not a payment's: it is a secret, and who knows it may confirm the payment.
const OWNED: [&str; 6] = ["adr", "chk", "cln", "crt", "eml", "ord"];

/// Calls everything as everybody who may not.
pub(crate) async fn attack(api: &Api, world: &World, asker: &mut Asker) {
    bad_tokens(api, world, asker).await;
    for operation in &api.operations {
        refused(api, world, asker, operation).await;
    }
    let owned: Vec<&Operation> =
        api.operations.iter().filter(|operation| is_owned(api, operation)).collect();
    assert!(owned.len() > 10, "{} operations on what belongs to someone", owned.len());
    for operation in &owned {
        by_others(api, world, asker, operation).await;
    }
    for operation in &owned {
        by_their_owner(api, world, asker, operation).await;
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

async fn refused(api: &Api, world: &World, asker: &mut Asker, operation: &Operation) {
    let id = operation.id.as_str();
    if FOR_GUESTS.contains(&id) {
        return;
    }
    let request = good(api, operation, &world.admin.pool, Style::Least);
    asker.expect(&format!("{id} without a token"), &[401], &request).await;
    let session = request.clone().with("cookie", "emart_session=AAAA");
    asker.expect(&format!("{id} with a session there is not"), &[401], &session).await;
    if !FOR_CUSTOMERS.contains(&id) {
        let request = request.by(&world.ada.token);
        asker.expect(&format!("{id} with a customer's token"), &[403], &request).await;
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

/// She still has them all, after what others tried.
async fn by_their_owner(api: &Api, world: &World, asker: &mut Asker, operation: &Operation) {
    if operation.method == "GET" {
        let request = good(api, operation, &world.ada.pool, Style::Least);
        // The e-mails that were sent are for staff to look at.
        let statuses: &[u16] = if operation.id == "get_email" { &[403] } else { &[200] };
        let what = format!("{} of Ada's by Ada", operation.id);
        asker.expect(&what, statuses, &request.by(&world.ada.token)).await;
    }
}
