//! `/webapi/books` as its clients have always known it.

use axum::body::Body;
use emart_books::Config;
use http::Method;
use serde_json::{Value, json};

use crate::Shop;

const BOOKS: &str = "/webapi/books";

fn emma() -> Value {
    json!({"title": "Emma", "author": "Jane Austen", "publisher": "Murray", "description": "A match."})
}

#[tokio::test]
async fn a_book_is_added_changed_published_and_deleted() {
    for shop in Shop::both().await {
        let (ann, staff) = (shop.api.customer("usr_ann"), shop.api.staff());
        let sent =
            json!({"title": "Emma", "author": "Jane Austen", "id": 99, "published": true, "x": 1});
        let made = ann.post(BOOKS, sent).await;
        let shape = r#"{"id":1,"title":"Emma","description":null,"author":"Jane Austen","publisher":null,"published":false}"#;
        assert_eq!((made.status, std::str::from_utf8(&made.body).unwrap()), (201, shape));
        assert_eq!(shop.api.get("/webapi/books/1").await.expect(200), made.expect(201));

        let put = json!({"title": "Emma", "publisher": "Murray", "published": true});
        let changed = staff.put("/webapi/books/1", put).await.expect(200);
        let expected = json!({"id": 1, "title": "Emma", "description": null, "author": null,
            "publisher": "Murray", "published": true});
        assert_eq!(changed, expected);
        assert_eq!(shop.api.get("/webapi/books/published").await.expect(200), json!([expected]));
        staff.put("/webapi/books/1", json!({"title": "Emma"})).await.expect(200);
        shop.api.get("/webapi/books/published").await.expect(204);

        let gone = staff.delete("/webapi/books/1").await;
        assert_eq!((gone.status, gone.body.len()), (204, 0));
        for answer in [staff.delete("/webapi/books/1").await, staff.delete("/webapi/books/2").await]
        {
            assert_eq!((answer.status, answer.body.len()), (417, 0));
        }
        for answer in
            [shop.api.get("/webapi/books/1").await, staff.put("/webapi/books/1", emma()).await]
        {
            assert_eq!((answer.status, answer.body.len()), (404, 0));
        }
    }
}

#[tokio::test]
async fn lists_are_bare_and_an_empty_one_is_a_204() {
    for shop in Shop::both().await {
        let nothing = shop.api.get(BOOKS).await;
        assert_eq!((nothing.status, nothing.body.len()), (204, 0));
        let ann = shop.api.customer("usr_ann");
        for title in ["Émile", "100% Cotton", "snow_white", "Emma"] {
            ann.post(BOOKS, json!({"title": title})).await.expect(201);
        }
        ann.post(BOOKS, json!({})).await.expect(201);
        for (text, ids) in [
            ("em", vec![1, 4]),
            ("%C3%89M", vec![1, 4]),
            ("%25", vec![2]),
            ("_", vec![3]),
            ("", vec![1, 2, 3, 4]),
            ("emx", vec![]),
            ("!", vec![]),
        ] {
            let found = shop.api.get(&format!("{BOOKS}?title={text}")).await;
            assert_eq!(found.status, if ids.is_empty() { 204 } else { 200 }, "{text}");
            let found = if ids.is_empty() { json!([]) } else { found.expect(200) };
            let found: Vec<_> = found.as_array().unwrap().iter().map(|b| b["id"].clone()).collect();
            assert_eq!(found, ids, "{text}");
        }
        assert_eq!(shop.api.get(BOOKS).await.expect(200).as_array().unwrap().len(), 5);
        shop.api.staff().delete(BOOKS).await.expect(204);
        shop.api.staff().delete(BOOKS).await.expect(204);
        shop.api.get(BOOKS).await.expect(204);
    }
}

#[tokio::test]
async fn everybody_reads_whoever_is_signed_in_adds_and_staff_change() {
    for shop in Shop::both().await {
        let (guest, ann) = (&shop.api, shop.api.customer("usr_ann"));
        guest.post(BOOKS, emma()).await.expect_problem(401, "unauthorized");
        ann.post(BOOKS, emma()).await.expect(201);
        for path in [BOOKS, "/webapi/books/1"] {
            guest.get(path).await.expect(200);
            guest.delete(path).await.expect_problem(401, "unauthorized");
            ann.delete(path).await.expect_problem(403, "forbidden");
        }
        guest.put("/webapi/books/1", emma()).await.expect_problem(401, "unauthorized");
        ann.put("/webapi/books/1", emma()).await.expect_problem(403, "forbidden");
        assert_eq!(guest.get("/webapi/books/1").await.expect(200)["title"], "Emma");
    }
}

#[tokio::test]
async fn with_open_writes_everybody_changes_what_webapi_serves_and_nothing_else() {
    for shop in Shop::both_with(Config { open_writes: true }).await {
        shop.api.post(BOOKS, emma()).await.expect(201);
        shop.api.put("/webapi/books/1", emma()).await.expect(200);
        shop.api.post("/api/v1/books", json!({"title": "x"})).await.expect(401);
        shop.api.delete("/api/v1/books/1").await.expect(401);
        shop.api.delete("/webapi/books/1").await.expect(204);
        shop.api.delete(BOOKS).await.expect(204);
    }
}

#[tokio::test]
async fn bad_input_is_refused_as_it_was_and_keeps_nothing() {
    for shop in Shop::both().await {
        let staff = shop.api.staff();
        let send = async |body: &str, kind: &str| {
            staff.raw(Method::POST, BOOKS, Some(kind), Body::from(body.to_owned())).await
        };
        for body in [
            "",
            "{",
            "[]",
            "null",
            r#"{"title":1}"#,
            r#"{"published":"yes"}"#,
            r#"{"title":"\u0000"}"#,
        ] {
            let error = send(body, "application/json").await.expect(400);
            assert_eq!(
                (&error["status"], &error["error"]),
                (&json!(400), &json!("Bad Request")),
                "{body}"
            );
            assert_eq!(
                (&error["path"], &error["timestamp"]),
                (&json!(BOOKS), &json!("2026-11-23T12:00:00.000+00:00"))
            );
        }
        assert_eq!(send("{}", "text/plain").await.expect(415)["status"], 415);
        let large = format!(r#"{{"title":"{}"}}"#, "x".repeat(1 << 20));
        assert_eq!(send(&large, "application/json").await.expect(413)["status"], 413);
        for field in ["title", "author", "publisher", "description"] {
            let long = staff.post(BOOKS, json!({field: "é".repeat(256)})).await;
            assert_eq!((long.status, long.body.len()), (417, 0), "{field}");
        }
        for id in ["abc", "1.5", "99999999999999999999", "%00"] {
            let path = format!("{BOOKS}/{id}");
            assert_eq!(shop.api.get(&path).await.expect(400)["status"], 400);
            staff.put(&path, json!({})).await.expect(400);
            staff.delete(&path).await.expect(400);
        }
        shop.api.get("/webapi/books?title=%00").await.expect(400);
        for id in ["0", "-1", "9223372036854775807"] {
            shop.api.get(&format!("{BOOKS}/{id}")).await.expect(404);
        }
        shop.api.get(BOOKS).await.expect(204);
        staff.post(BOOKS, json!({"title": "é".repeat(255)})).await.expect(201);
        assert_eq!(
            staff.put("/webapi/books/1", json!({"title": "x".repeat(256)})).await.status,
            417
        );
        shop.api.get("/webapi/books?title=%C3%A9%C3%A9").await.expect(200);
        staff.patch(BOOKS, json!({})).await.expect_problem(405, "method-not-allowed");
    }
}
