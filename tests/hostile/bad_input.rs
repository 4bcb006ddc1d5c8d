//! Every operation, told everything that is wrong: it says what is wrong, in a problem document, and lives on.

use crate::api::{Api, Operation, Parameter};
use crate::asker::{Asker, Request};
use crate::bodies::bad_bodies;
use crate::callers;
use crate::pool::{Pool, unknown};
use crate::requests::{bare, filled, get, good};
use crate::values::{Maker, NASTY_SEGMENTS, Style, allows, id_prefix};
use crate::world::World;

/// What a path that names nothing is answered with. An operation may look at its body first.
const NOTHING_THERE: [u16; 5] = [400, 404, 405, 409, 422];

/// Refuses what it is asked row by row, in a good answer.
const ROW_BY_ROW: &str = "bulk_edit_products";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_answers_bad_input_with_a_problem_document_and_never_with_a_server_error() {
    let world = World::new().await.unwrap();
    let api = Api::of(&world.store).await.unwrap();
    let mut asker = Asker::new(world.store.addr);
    callers::attack(&api, &world, &mut asker).await;
    for operation in &api.operations {
        unknown_ids(&api, &world, &mut asker, operation).await;
        paths(&api, &world, &mut asker, operation).await;
        queries(&api, &world, &mut asker, operation).await;
        headers(&api, &world, &mut asker, operation).await;
    }
    // Last: some of these bodies are taken, and change what they are about.
    for operation in &api.operations {
        content_types(&api, &world, &mut asker, operation).await;
        bodies(&api, &world, &mut asker, operation).await;
    }
    asker.expect("afterwards", &[200], &get("/readyz")).await;
    asker.finish("bad input", &world.store);
}

/// A request that would do nothing but good, if it were let alone. Nothing is deleted that others still need.
fn plain(api: &Api, world: &World, operation: &Operation) -> Request {
    let nothing = Pool::default();
    let pool = if operation.method == "DELETE" { &nothing } else { &world.admin.pool };
    good(api, operation, pool, Style::Least).by(&world.admin.token)
}

async fn unknown_ids(api: &Api, world: &World, asker: &mut Asker, operation: &Operation) {
    // Merging again is no error, and whose cart is gone has been merged.
    if operation.id == "merge_cart" {
        return;
    }
    // A body may be looked at first, and be wrong in a way that the document cannot say.
    let statuses: &[u16] = if operation.body.is_some() { &[404, 422] } else { &[404] };
    for parameter in operation.parameters("path") {
        let pattern = api.resolve(&parameter.schema)["pattern"].as_str();
        // Not an id: a name, which is unknown all the same, or a day, which is none.
        let prefix = pattern.and_then(id_prefix).unwrap_or("prd");
        let request = with_path(api, world, operation, parameter, &unknown(prefix));
        let what = format!("{} with an unknown {}", operation.id, parameter.name);
        asker.expect(&what, statuses, &request).await;
    }
}

async fn paths(api: &Api, world: &World, asker: &mut Asker, operation: &Operation) {
    let long = "a".repeat(8000);
    for parameter in operation.parameters("path") {
        for segment in NASTY_SEGMENTS.into_iter().chain([long.as_str()]) {
            let request = with_path(api, world, operation, parameter, segment);
            let what = format!("{} of {segment:.40}", operation.id);
            asker.expect(&what, &NOTHING_THERE, &request).await;
        }
    }
}

fn with_path(
    api: &Api,
    world: &World,
    operation: &Operation,
    parameter: &Parameter,
    value: &str,
) -> Request {
    let path = filled(&operation.path, parameter, value);
    plain(api, world, &Operation { path, ..operation.clone() })
}

async fn queries(api: &Api, world: &World, asker: &mut Asker, operation: &Operation) {
    let plain = plain(api, world, operation);
    if operation.method == "GET" {
        for query in ["nobody_knows=1", "a=%ff", "%00=%00", "&&==&", &"a=b&".repeat(2000)] {
            let request = Request { path: format!("{}?{query}", plain.path), ..plain.clone() };
            asker
                .expect(
                    &format!("{} with strange queries", operation.id),
                    &[200, 400, 404],
                    &request,
                )
                .await;
        }
    }
    for parameter in operation.parameters("query") {
        for (value, statuses) in bad_values(api, parameter) {
            let path = format!("{}?{}={value}", plain.path, parameter.name);
            let request = Request { path, ..plain.clone() };
            let what = format!("{} with {}={value:.40}", operation.id, parameter.name);
            asker.expect(&what, statuses, &request).await;
        }
    }
}

/// Values of a query's parameter, and what they may be answered with.
fn bad_values(api: &Api, parameter: &Parameter) -> Vec<(String, &'static [u16])> {
    const REFUSED: &[u16] = &[400, 422];
    const REFUSED_OR_NOT_FOUND: &[u16] = &[200, 202, 400, 404, 422];
    let mut values: Vec<(String, &[u16])> = Vec::new();
    if parameter.name == "cursor" {
        // Not base64, not JSON, no JSON that a cursor is made of, a half one.
        for cursor in ["@@", "AAAA", "bnVsbA", "e30", "W10", "WzEsMiwzLDQsNSw2XQ", "WyIi"] {
            values.push((cursor.to_owned(), REFUSED));
        }
        // May be a cursor of ours; a text with U+0000 in it is none.
        values.push(("ImEi".to_owned(), REFUSED_OR_NOT_FOUND));
        values.push(("ImFcdTAwMDBiIg".to_owned(), REFUSED));
    }
    if allows(api, &parameter.schema, "integer") {
        for number in ["x", "1.5", "1e3", "0x10", "10000000000000000000000000000000", "%00"] {
            values.push((number.to_owned(), REFUSED));
        }
        for number in ["-1", "0", "1000000000", "9223372036854775807", "-9223372036854775808"] {
            let statuses = if parameter.name == "limit" { REFUSED } else { REFUSED_OR_NOT_FOUND };
            values.push((number.to_owned(), statuses));
        }
    }
    if allows(api, &parameter.schema, "boolean") {
        values.push(("maybe".to_owned(), REFUSED));
    }
    for text in ["", "%00", "%ff", "%", "%E2%80%AE", "'%20OR%201=1--", "%25", "*%22(%5B~%5E:"] {
        values.push((text.to_owned(), REFUSED_OR_NOT_FOUND));
    }
    values.push(("a".repeat(8000), REFUSED_OR_NOT_FOUND));
    values
}

async fn headers(api: &Api, world: &World, asker: &mut Asker, operation: &Operation) {
    let plain = plain(api, world, operation);
    for header in operation.parameters("header") {
        let mut request = plain.clone();
        request.headers.retain(|(name, _)| *name != header.name);
        if header.required {
            let what = format!("{} without {}", operation.id, header.name);
            asker.expect(&what, &[400, 428], &request).await;
        }
        // Whatever is written into a header that has to be sent is written for nothing where nothing else is right.
        for value in ["", " ", "\"", "\u{e9}\u{202e}", "W/\"", ",,,", &"x".repeat(8000)] {
            let what = format!("{} with {} {value:.40}", operation.id, header.name);
            asker.expect(&what, &[], &request.clone().with(&header.name, value)).await;
        }
    }
}

async fn content_types(api: &Api, world: &World, asker: &mut Asker, operation: &Operation) {
    if operation.json().is_none() {
        return;
    }
    let plain = plain(api, world, operation);
    let types = ["text/plain", "application/xml", "multipart/form-data; boundary=x", "json", ""];
    for content_type in types {
        let mut request = plain.clone();
        request.headers.retain(|(name, _)| name != "content-type");
        let what = format!("{} as {content_type:?}", operation.id);
        asker.expect(&what, &[415], &request.clone().with("content-type", content_type)).await;
        asker.expect(&format!("{} as nothing", operation.id), &[415], &request).await;
    }
}

async fn bodies(api: &Api, world: &World, asker: &mut Asker, operation: &Operation) {
    let admin = &world.admin;
    let mut maker = Maker::new(api, 1, Style::Full);
    if operation.body.is_none() {
        return;
    }
    let Some(body) = operation.json() else {
        for bytes in [&b""[..], b"\0\0\0\0", b"\xff\xfe\xfd", &[b'"'; 100_000], &[b','; 100_000]] {
            let mut request = bare(&mut maker, operation, &admin.pool).by(&admin.token);
            request.body = bytes::Bytes::copy_from_slice(bytes);
            asker.expect(&format!("{} with a strange file", operation.id), &[], &request).await;
        }
        return;
    };
    let full = maker.value(&admin.pool, "", &body.schema);
    for bad in bad_bodies(api, &body.schema, &full) {
        let mut request = bare(&mut maker, operation, &admin.pool).by(&admin.token);
        request.body = bad.body;
        let what = format!("{}: {}", operation.id, bad.what);
        if operation.id != ROW_BY_ROW || bad.statuses.is_empty() {
            asker.expect(&what, bad.statuses, &request).await;
            continue;
        }
        let answer = asker.expect(&what, &[bad.statuses, &[200]].concat(), &request).await;
        if answer.status == 200 && answer.json()["changed"] != 0 {
            asker.note(&request, &format!("{what} has changed something"));
        }
    }
}
