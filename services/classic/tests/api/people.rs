//! Registration, signing in, tokens, who is calling.

use std::time::Duration;

use axum::body::Body;
use emart_http::Caller;
use http::Method;
use serde_json::{Value, json};

use crate::world::{World, failure, form};

#[tokio::test]
async fn who_registers_can_sign_in_at_once_and_is_shown_as_the_original_shows_them() {
    for world in World::both().await {
        let answer =
            world.api.post("/api/user/register", form("Ann", "123456789")).await.expect(200);
        let user = &answer["user"];
        assert_eq!(answer["success"], true);
        assert_eq!(user["cart"], json!({"status": "new", "items": []}));
        assert_eq!(user["role"], 0);
        for (key, value) in [
            ("cardId", "123456789"),
            ("fname", "Ann"),
            ("lname", "Lee"),
            ("email", "ann@example.com"),
            ("city", "Pune"),
            ("street", "MG Road 1"),
        ] {
            assert_eq!(user[key], value, "{key}");
        }
        assert_eq!(user["_id"].as_str().unwrap().len(), 24);
        assert!(user["__v"].is_i64());
        assert!(user.get("password").is_none());
        let ann = world.sign_in("ANN@example.com", "secret").await;
        assert_eq!(ann.hex, user["_id"]);
        let current = ann.api.get("/api/shop/current").await.expect(200);
        assert_eq!(current["user"], *user);
        assert_eq!(current["orders"], json!([]));
    }
}

#[tokio::test]
async fn a_form_that_is_not_in_order_is_told_field_by_field() {
    let world = World::one().await;
    let answer = world.api.post("/api/user/register", json!({})).await;
    let told = failure(&answer, 400);
    assert_eq!(told["password2"], "Password confirmation field is required");
    assert_eq!(told["cardId"], "Personal ID field is required");
    assert_eq!(told.as_object().unwrap().len(), 8);
    let mut wrong = form("Ann", "12345678x");
    wrong["password2"] = json!("other");
    wrong["password"] = json!("abc");
    wrong["email"] = json!("ann@localhost");
    wrong["fname"] = json!("A");
    let told = failure(&world.api.post("/api/user/register", wrong).await, 400);
    assert_eq!(
        told,
        json!({
            "cardId": "Personal ID must contain only digits (0-9)",
            "email": "Email is invalid",
            "fname": "First name must be between 2 and 30 characters",
            "password": "Password must be at least 4 characters",
            "password2": "Passwords must match",
        })
    );
}

#[tokio::test]
async fn an_address_and_a_personal_id_are_taken_once_in_whatever_case() {
    for world in World::both().await {
        world.customer("Ann", "123456789").await;
        let mut again = form("Ann", "987654321");
        again["email"] = json!("Ann@Example.com");
        let answer = world.api.post("/api/user/register", again).await;
        assert_eq!(failure(&answer, 400), "Email already exists");
        let answer = world.api.post("/api/user/register", form("Bob", "123456789")).await;
        assert_eq!(failure(&answer, 400), "Personal ID already exists");
        // Neither has left anything behind.
        world.customer("Bob", "987654321").await;
    }
}

#[tokio::test]
async fn no_form_makes_an_administrator() {
    let world = World::one().await;
    let mut admin = form("Admin", "123456789");
    admin["lname"] = json!("ADMIN");
    admin["email"] = json!("admin@gmail.com");
    admin["role"] = json!(1);
    admin["_id"] = json!("0123456789abcdef01234567");
    admin["cart"] = json!({"status": "open"});
    let answer = world.api.post("/api/user/register", admin).await.expect(200);
    assert_eq!(answer["user"]["role"], 0);
    assert_eq!(answer["user"]["cart"]["status"], "new");
    assert_ne!(answer["user"]["_id"], "0123456789abcdef01234567");
    let boss = world.admin().await;
    let current = boss.api.get("/api/shop/current").await.expect(200);
    assert_eq!(current["user"]["role"], 1);
}

#[tokio::test]
async fn signing_in_tells_a_stranger_nothing_about_accounts() {
    let world = World::one().await;
    world.customer("Ann", "123456789").await;
    for (email, password, said) in [
        ("ann@example.com", "wrong", "Password is incorrect"),
        ("nobody@example.com", "secret", "Password is incorrect"),
        ("", "secret", "User not found"),
        ("no address", "secret", "User not found"),
        ("ann@example.com", "", "Password is incorrect"),
    ] {
        let login = json!({"email": email, "password": password});
        let answer = world.api.post("/api/user/login", login).await;
        assert_eq!(failure(&answer, 400), said, "{email}");
    }
    let odd = json!({"email": {"$gt": ""}, "password": ["x"]});
    assert_eq!(failure(&world.api.post("/api/user/login", odd).await, 400), "User not found");
}

#[tokio::test]
async fn guessing_passwords_is_slowed_down() {
    let world = World::one().await;
    world.customer("Ann", "123456789").await;
    let mut last = 0;
    for _ in 0..12 {
        let login = json!({"email": "ann@example.com", "password": "wrong"});
        last = world.api.post("/api/user/login", login).await.status;
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn a_token_lives_for_long_ends_and_can_be_ended() {
    let world = World::one().await;
    let ann = world.customer("Ann", "123456789").await;
    world.clock.advance(Duration::from_secs(12 * 3600));
    assert!(world.principal(&ann.token).await.is_some());
    world.clock.advance(Duration::from_secs(7 * 24 * 3600));
    assert!(world.principal(&ann.token).await.is_none());
    let again = world.sign_in("ann@example.com", "secret").await;
    again.api.post("/api/user/logout", json!({})).await.expect(200);
    assert!(world.principal(&again.token).await.is_none());
}

#[tokio::test]
async fn who_is_not_signed_in_is_told_so_wherever_it_matters() {
    let world = World::one().await;
    let id = "0123456789abcdef01234567";
    let gets = ["current", "products", "category", "search/x", "orders", "category/Books"];
    for path in gets {
        let answer = world.api.get(&format!("/api/shop/{path}")).await;
        assert_eq!(failure(&answer, 401), "Unauthorized request", "{path}");
    }
    for (method, path) in [
        (Method::POST, "/api/shop".to_owned()),
        (Method::POST, "/api/shop/category".to_owned()),
        (Method::PUT, format!("/api/shop/{id}")),
        (Method::DELETE, format!("/api/shop/{id}")),
        (Method::PUT, format!("/api/shop/cart/{id}/{id}")),
        (Method::PUT, format!("/api/shop/cart/delete/{id}/{id}")),
        (Method::PUT, format!("/api/shop/empty-cart/{id}")),
        (Method::PUT, format!("/api/shop/open-cart/{id}")),
        (Method::PUT, format!("/api/shop/orders/{id}")),
        (Method::POST, format!("/api/shop/orders/{id}")),
        (Method::GET, format!("/api/shop/orders/{id}")),
        (Method::GET, format!("/api/shop/products/{id}")),
        (Method::POST, "/api/user/logout".to_owned()),
    ] {
        let answer = world.api.raw(method, &path, None, Body::empty()).await;
        assert_eq!(failure(&answer, 401), "Unauthorized request", "{path}");
    }
    assert_eq!(world.api.get("/api/shop/info").await.status, 200);
}

#[tokio::test]
async fn who_comes_from_the_storefront_has_what_they_said_there() {
    let world = World::one().await;
    let new = json!({"id": "usr_0000000000000000000000000a", "email": "eve@example.com",
        "password": "a very long secret", "name": "Eve Maria Moe"});
    world.service("identity").post("/internal/identity/accounts", new).await.expect(201);
    let eve = world.sign_in("eve@example.com", "a very long secret").await;
    let address = json!({"address": {"name": "Eve", "line1": "Main Street 5", "city": "Bonn",
        "postal_code": "53111", "country": "DE"}, "is_default": true});
    let identity = world.service("identity").customer(&eve.id);
    identity.post("/api/v1/identity/me/addresses", address).await.expect(201);
    let user = eve.api.get("/api/shop/current").await.expect(200)["user"].clone();
    let shown = ["fname", "lname", "cardId", "city", "street"].map(|key| user[key].clone());
    assert_eq!(shown, ["Eve Maria", "Moe", "", "Bonn", "Main Street 5"].map(Value::from));
}

#[tokio::test]
async fn what_somebody_is_called_in_the_storefront_is_what_they_are_called_here() {
    let world = World::one().await;
    let ann = world.customer("Ann", "123456789").await;
    let identity = world.service("identity").customer(&ann.id);
    identity.patch("/api/v1/identity/me", json!({"name": "Anna Lane"})).await.expect(200);
    let user = ann.api.get("/api/shop/current").await.expect(200)["user"].clone();
    assert_eq!([&user["fname"], &user["lname"], &user["cardId"]], ["Anna", "Lane", "123456789"]);
}

#[tokio::test]
async fn a_form_in_another_coding_is_read_and_text_is_no_form() {
    let world = World::one().await;
    let fields = form("Ann", "123456789");
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.as_object().unwrap() {
        text.append_pair(name, value.as_str().unwrap());
    }
    let kind = Some("application/x-www-form-urlencoded");
    let body = Body::from(text.finish());
    world.api.raw(Method::POST, "/api/user/register", kind, body).await.expect(200);
    let body = Body::from(fields.to_string());
    let answer = world.api.raw(Method::POST, "/api/user/register", Some("text/plain"), body).await;
    assert_eq!(failure(&answer, 400)["email"], "Email field is required");
    let body = Body::from("{\"email\":");
    let answer =
        world.api.raw(Method::POST, "/api/user/login", Some("application/json"), body).await;
    assert_eq!(failure(&answer, 400), "The body is not JSON");
}

#[tokio::test]
async fn a_store_may_keep_registration_to_its_own_pages() {
    let config = emart_classic::Config { registration: false, ..Default::default() };
    let world = World::open(emart_testkit::TestStore::sqlite(), config).await;
    let answer = world.api.post("/api/user/register", form("Ann", "123456789")).await;
    assert_eq!(failure(&answer, 404), "Could not register user");
}

#[tokio::test]
async fn only_operators_bring_people_from_elsewhere() {
    let world = World::one().await;
    let ann = world.customer("Ann", "123456789").await;
    assert_eq!(ann.api.put("/internal/classic/ids", json!([])).await.status, 403);
    let operator = world.api.by(Caller::service("cli"));
    assert_eq!(operator.put("/internal/classic/ids", json!([])).await.status, 204);
}
