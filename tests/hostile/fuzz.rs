//! A fuzzer over the API's own document. `EMART_FUZZ_SEED` and `EMART_FUZZ_CASES` make it go elsewhere, and further.

use bytes::Bytes;
use rand::RngExt;
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

use crate::api::{Api, Operation};
use crate::asker::{Asker, Request};
use crate::pool::Pool;
use crate::requests::{bare, filled, get};
use crate::values::{Maker, NASTY_SEGMENTS, Style, nasty, text};
use crate::world::World;

const SEED: u64 = 1;
const CASES: u64 = 1500;
/// Access tokens live for ten minutes: each is renewed after so many cases.
const RENEWAL: u64 = 5000;

/// What ends the sessions that everything else is asked in.
const ENDS: [&str; 2] = ["delete_my_session", "delete_staff_sessions"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fuzzer_over_the_openapi_document_finds_no_server_error() {
    let seed = setting("EMART_FUZZ_SEED").unwrap_or(SEED);
    let cases = setting("EMART_FUZZ_CASES").unwrap_or(CASES);
    let mut world = World::new().await.unwrap();
    let api = Api::of(&world.store).await.unwrap();
    let mut asker = Asker::new(world.store.addr);
    let mut fuzzer = Fuzzer::new(&api, seed, world.admin.pool.clone());
    for case in 0..cases {
        if case % RENEWAL == RENEWAL - 1 {
            world.renew().await.unwrap();
        }
        let tokens = [None, Some(&world.ada.token), Some(&world.admin.token)];
        let request = match fuzzer.maker.one_of(&tokens) {
            Some(token) => fuzzer.request().by(token),
            None => fuzzer.request(),
        };
        let answer = asker.expect("", &[], &request).await;
        fuzzer.pool.learn(&answer.json());
        if answer.status < 300 {
            fuzzer.done += 1;
        }
    }
    println!("{cases} cases, {} of them carried out", fuzzer.done);
    asker.expect("afterwards", &[200], &get("/readyz")).await;
    check_stock(&world, &mut asker).await;
    asker.finish(&format!("EMART_FUZZ_SEED={seed} EMART_FUZZ_CASES={cases}"), &world.store);
    assert!(fuzzer.done * 10 > cases, "it found its way in {} times only", fuzzer.done);
}

/// Every item of the warehouse adds up, whatever was done to it.
async fn check_stock(world: &World, asker: &mut Asker) {
    let mut path = "/api/v1/inventory/items?limit=100".to_owned();
    loop {
        let request = get(&path).by(&world.admin.token);
        let page = asker.expect("the stock", &[200], &request).await.json();
        for item in page["items"].as_array().into_iter().flatten() {
            let count = |name: &str| item[name].as_i64().unwrap_or(i64::MIN);
            let (on_hand, reserved) = (count("on_hand"), count("reserved"));
            // What may be sold when there is none left may be owed, too.
            let least = if item["when_out"] == "continue" { i64::MIN } else { 0 };
            let adds_up = on_hand - reserved == count("available");
            if on_hand < least || reserved < 0 || !adds_up {
                asker.note(&request, &format!("the stock does not add up: {item}"));
            }
        }
        let Some(cursor) = page["next_cursor"].as_str() else { return };
        path = format!("/api/v1/inventory/items?limit=100&cursor={cursor}");
    }
}

fn setting(name: &str) -> Option<u64> {
    let text = std::env::var_os(name)?;
    Some(
        text.to_str()
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| panic!("{name}={text:?}")),
    )
}

struct Fuzzer<'a> {
    api: &'a Api,
    maker: Maker<'a>,
    /// What there is, as far as answers have said.
    pool: Pool,
    nasty: Vec<Value>,
    /// Requests that were carried out.
    done: u64,
}

impl<'a> Fuzzer<'a> {
    fn new(api: &'a Api, seed: u64, pool: Pool) -> Self {
        Self { api, maker: Maker::new(api, seed, Style::Random), pool, nasty: nasty(), done: 0 }
    }

    fn request(&mut self) -> Request {
        let operation = self.operation();
        let mut request = bare(&mut self.maker, operation, &self.pool);
        if self.maker.once_in(10) {
            request.path = self.nasty_path(operation);
        }
        request.path.push_str(&self.query(operation));
        for header in operation.parameters("header").filter(|header| !header.required) {
            if self.maker.once_in(2) {
                let value = self.maker.value(&self.pool, &header.name, &header.schema);
                request = request.with(&header.name, value.as_str().unwrap_or_default());
            }
        }
        if let Some(body) = &operation.body {
            request.body = self.body(&body.content_type, &body.schema);
        }
        self.spoil(request)
    }

    /// Any of them. Deleting is done less often: what is gone cannot be tried.
    fn operation(&mut self) -> &'a Operation {
        loop {
            let operation = self.maker.one_of(&self.api.operations);
            if ENDS.contains(&operation.id.as_str()) {
                continue;
            }
            if operation.method != "DELETE" || self.maker.once_in(4) {
                return operation;
            }
        }
    }

    fn nasty_path(&mut self, operation: &Operation) -> String {
        operation.parameters("path").fold(operation.path.clone(), |path, parameter| {
            let segment: &str = self.maker.one_of::<&str>(&NASTY_SEGMENTS);
            filled(&path, parameter, segment)
        })
    }

    fn query(&mut self, operation: &Operation) -> String {
        let mut query = String::new();
        for parameter in operation.parameters("query") {
            if self.maker.once_in(2) {
                continue;
            }
            let value = if self.maker.once_in(3) {
                self.maker.one_of(&self.nasty).clone()
            } else {
                self.maker.value(&self.pool, &parameter.name, &parameter.schema)
            };
            let values = match value {
                Value::Array(values) => values,
                value => vec![value],
            };
            for value in values {
                let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
                query.push(if query.is_empty() { '?' } else { '&' });
                query.push_str(&format!("{}=", parameter.name));
                query.extend(byte_serialize(text.as_bytes()));
            }
        }
        query
    }

    fn body(&mut self, content_type: &str, schema: &Value) -> Bytes {
        match content_type {
            "application/json" => {
                let mut body = self.maker.value(&self.pool, "", schema);
                for _ in 0..*self.maker.one_of(&[0, 0, 0, 0, 1, 1, 2, 5]) {
                    self.mutate(&mut body);
                }
                text(&body).into()
            }
            "text/csv" => self.csv().into(),
            _ => self.picture().into(),
        }
    }

    /// Something else, somewhere in it.
    fn mutate(&mut self, value: &mut Value) {
        let deeper = !self.maker.once_in(5);
        match value {
            Value::Object(members) if deeper && !members.is_empty() => {
                let names: Vec<String> = members.keys().cloned().collect();
                let name = self.maker.one_of(&names);
                if self.maker.once_in(8) {
                    members.remove(name);
                } else {
                    self.mutate(&mut members[name]);
                }
            }
            Value::Array(entries) if deeper && !entries.is_empty() => {
                let at = self.maker.rng.random_range(0..entries.len());
                if self.maker.once_in(4) {
                    let entry = entries[at].clone();
                    entries.extend(vec![entry; 200]);
                } else {
                    self.mutate(&mut entries[at]);
                }
            }
            value => *value = self.maker.one_of(&self.nasty).clone(),
        }
    }

    /// A file of products whose cells are anything.
    fn csv(&mut self) -> String {
        const COLUMNS: [&str; 12] = [
            "Title",
            "URL handle",
            "Handle",
            "Status",
            "SKU",
            "Variant SKU",
            "Price",
            "Variant Price",
            "Inventory quantity",
            "Option1 Name",
            "Option1 Value",
            "Weight value (grams)",
        ];
        let columns: Vec<&str> = COLUMNS.into_iter().filter(|_| !self.maker.once_in(4)).collect();
        let mut csv = columns.join(",");
        for _ in 0..self.maker.rng.random_range(0..5) {
            let cells = columns.iter().map(|column| {
                let cell = match self.maker.one_of(&[0, 1, 2]) {
                    0 => {
                        self.maker.one_of(&["tea", "5.00", "active", "10", "DENY", ""]).to_string()
                    }
                    1 => (*column).to_owned(),
                    _ => self.maker.one_of(&self.nasty).to_string(),
                };
                if self.maker.once_in(2) {
                    format!("\"{}\"", cell.replace('"', "\"\""))
                } else {
                    cell
                }
            });
            let row: Vec<String> = cells.collect();
            csv.push('\n');
            csv.push_str(&row.join(","));
        }
        csv
    }

    /// What begins as a picture.
    fn picture(&mut self) -> Vec<u8> {
        const HEADS: [&[u8]; 4] = [
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x06\0\0\0",
            b"\xff\xd8\xff\xe0\0\x10JFIF\0",
            b"RIFF\xff\xff\xff\xffWEBPVP8 ",
            b"",
        ];
        let mut bytes = self.maker.one_of(&HEADS).to_vec();
        let length = self.maker.rng.random_range(0..300);
        bytes.extend((0..length).map(|_| self.maker.rng.random::<u8>()));
        bytes
    }

    /// Now and then, what surrounds the body is wrong.
    fn spoil(&mut self, mut request: Request) -> Request {
        if self.maker.once_in(30) {
            request.headers.retain(|(name, _)| name != "content-type");
        }
        if self.maker.once_in(30) {
            request.headers.retain(|(name, _)| name != "Idempotency-Key");
            request = request.with("Idempotency-Key", "the same");
        }
        if self.maker.once_in(30) {
            request.body = request.body.slice(..request.body.len() / 2);
        }
        if self.maker.once_in(50) {
            request.body = Bytes::from(json!(self.nasty).to_string());
        }
        request
    }
}
