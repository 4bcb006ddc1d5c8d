//! Whatever is sent, the answer is no failure of ours.

use axum::body::Body;
use emart_testkit::Answer;
use http::Method;
use serde_json::{Value, json};

use crate::world::{PNG, World};

const ODD: [&str; 12] = [
    "0123456789abcdef01234567",
    "0123456789ABCDEF01234567",
    "1",
    "%00",
    "%F0%9F%98%80",
    "%2e%2e%2fetc",
    "null",
    "usr_00000000000000000000000000",
    "%FF%FE",
    "'%20OR%201=1--",
    "$ne",
    "[object%20Object]",
];

#[track_caller]
fn fine(answer: &Answer, what: &str) {
    let text = String::from_utf8_lossy(&answer.body);
    assert!(answer.status < 500, "{what}: {} {text}", answer.status);
    assert!(serde_json::from_slice::<Value>(&answer.body).is_ok(), "{what}: {text}");
}

fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let json = "application/json";
    let multipart = "multipart/form-data; boundary=b";
    let mut bodies: Vec<(&'static str, Vec<u8>)> = vec![
        (json, b"{".to_vec()),
        (json, b"null".to_vec()),
        (json, b"[]".to_vec()),
        (json, b"\"x\"".to_vec()),
        (json, vec![b'['; 500]),
        (
            json,
            b"{\"email\":\"a\\u0000b@x.example\",\"password\":\"x\",\"cat_name\":\"a\\u0000b\"}"
                .to_vec(),
        ),
        (json, b"\xff\xfe".to_vec()),
        ("text/plain", b"x".to_vec()),
        ("multipart/form-data", b"x".to_vec()),
        (multipart, b"--b\r\n".to_vec()),
        (multipart, b"--b--".to_vec()),
        (multipart, b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--".to_vec()),
        (
            multipart,
            b"--b\r\nContent-Disposition: form-data; name=\"prod_name\"\r\n\r\n\xff\r\n--b--"
                .to_vec(),
        ),
        ("application/x-www-form-urlencoded", b"email=%00&cat_name=%ff&quantity=%".to_vec()),
        ("", b"x".to_vec()),
    ];
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e308),
        json!([]),
        json!({}),
        json!({"$gt": ""}),
        json!("x".repeat(5000)),
        json!("\u{202e}\u{1f600}"),
    ];
    for value in values {
        let mut body = serde_json::Map::new();
        for key in [
            "email",
            "password",
            "password2",
            "cardId",
            "fname",
            "lname",
            "city",
            "street",
            "cat_name",
            "prod_name",
            "price",
            "category",
            "quantity",
            "credit",
            "ship",
        ] {
            body.insert(key.to_owned(), value.clone());
        }
        bodies.push((json, Value::Object(body).to_string().into_bytes()));
    }
    bodies
}

#[tokio::test]
async fn nothing_that_is_sent_is_a_failure_of_ours() {
    for world in World::both().await {
        let boss = world.admin().await;
        let pen = boss.product("Pen", "10", "Office").await;
        let ann = world.customer("Ann", "123456789").await;
        ann.add(&pen, 1).await.expect(200);
        for person in [&boss, &ann] {
            for odd in ODD {
                for path in ["products", "category", "search", "orders"] {
                    let path = format!("/api/shop/{path}/{odd}");
                    fine(&person.api.get(&path).await, &path);
                }
                for path in [
                    format!("cart/{odd}/{odd}"),
                    format!("cart/{}/{odd}", person.hex),
                    format!("cart/delete/{}/{odd}", person.hex),
                    format!("empty-cart/{odd}"),
                    odd.to_owned(),
                ] {
                    let path = format!("/api/shop/{path}");
                    fine(&person.api.put(&path, json!({"quantity": 1})).await, &path);
                    fine(&person.api.delete(&path).await, &path);
                }
            }
        }
        let pen = pen["_id"].as_str().unwrap();
        let routes = [
            (Method::POST, "/api/user/register".to_owned()),
            (Method::POST, "/api/user/login".to_owned()),
            (Method::POST, "/api/shop".to_owned()),
            (Method::POST, "/api/shop/category".to_owned()),
            (Method::PUT, format!("/api/shop/{pen}")),
        ];
        for (kind, body) in bodies() {
            for (method, path) in &routes {
                let answer =
                    boss.api.raw(method.clone(), path, Some(kind), Body::from(body.clone())).await;
                fine(
                    &answer,
                    &format!("{method} {path} {kind} {}", String::from_utf8_lossy(&body)),
                );
            }
            for (method, path) in [
                (Method::PUT, format!("/api/shop/cart/{}/{pen}", ann.hex)),
                (Method::POST, format!("/api/shop/orders/{}", ann.hex)),
            ] {
                let answer = ann.api.raw(method, &path, Some(kind), Body::from(body.clone())).await;
                fine(&answer, &path);
            }
        }
        let left = boss.api.get("/api/shop/products").await.expect(200);
        assert_eq!(left["products"].as_array().unwrap().len(), 1, "nothing was half written");
    }
}

/// Numbers that look like chance and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most.max(1) as u64).unwrap()
    }
}

/// A product form as a browser sends it, and then spoilt: bytes changed, cut out, doubled, the end torn off.
fn spoilt(dice: &mut Dice) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in [("prod_name", "Fuzzed pen"), ("price", "1.5"), ("category", "Fuzzed")] {
        let head =
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(head.into_bytes());
    }
    let head =
        "--b\r\nContent-Disposition: form-data; name=\"imageUrl\"; filename=\"x.png\"\r\n\r\n";
    body.extend([head.as_bytes(), PNG, b"\r\n--b--\r\n"].concat());
    for _ in 0..=dice.below(4) {
        let at = dice.below(body.len());
        let end = (at + dice.below(40)).min(body.len());
        match dice.below(4) {
            0 => body[at] = u8::try_from(dice.below(256)).unwrap(),
            1 => drop(body.drain(at..end)),
            2 => {
                let again = body[at..end].to_vec();
                body.splice(at..at, again);
            }
            _ => body.truncate(at.max(1)),
        }
    }
    body
}

#[tokio::test]
async fn a_spoilt_form_makes_a_whole_product_or_none() {
    let world = World::one().await;
    let boss = world.admin().await;
    let pen = boss.product("Pen", "10", "Office").await;
    let edit = format!("/api/shop/{}", pen["_id"].as_str().unwrap());
    let (mut dice, mut made) = (Dice(0x9e37_79b9_7f4a_7c15), 0);
    for _ in 0..300 {
        let body = spoilt(&mut dice);
        for (method, path) in [(Method::POST, "/api/shop"), (Method::PUT, &edit)] {
            let kind = Some("multipart/form-data; boundary=b");
            let answer = boss.api.raw(method.clone(), path, kind, Body::from(body.clone())).await;
            fine(&answer, &format!("{method} {}", String::from_utf8_lossy(&body)));
            made += usize::from(method == Method::POST && answer.status == 200);
        }
    }
    let products = boss.api.get("/api/shop/products").await.expect(200)["products"].clone();
    let products = products.as_array().unwrap();
    assert_eq!(products.len(), 1 + made);
    for product in products {
        assert!(product["category"]["cat_name"].is_string(), "{product}");
        assert!(product["imageUrl"].as_str().unwrap().starts_with("/images/"), "{product}");
    }
    let categories = boss.api.get("/api/shop/category").await.expect(200)["categories"].clone();
    for category in categories.as_array().unwrap() {
        let whole = category["products"].as_array().is_some_and(|products| !products.is_empty());
        assert!(whole || category["cat_name"] == "Office", "{category} was left behind");
    }
}
