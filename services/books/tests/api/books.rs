//! `/api/v1/books`.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::Shop;

const BOOKS: &str = "/api/v1/books";

fn omens() -> Value {
    json!({
        "title": " Good Omens ", "authors": ["Terry Pratchett", "Neil Gaiman"], "publisher": "Gollancz",
        "isbn": "0-575-04800-X", "language": "en", "year": 1990, "rating_hundredths": 425,
        "cover_url": "https://covers.example/omens.jpg", "description": "The end.", "published": true,
    })
}

#[tokio::test]
async fn a_book_is_kept_whole_and_webapi_shows_the_same() {
    for shop in Shop::both().await {
        let made = shop.api.customer("usr_ann").post(BOOKS, omens()).await;
        assert_eq!(
            (&made.headers["location"], &made.headers["etag"]),
            (&"/api/v1/books/1".parse().unwrap(), &"\"1\"".parse().unwrap())
        );
        let book = made.expect(201);
        assert_eq!(book["title"], "Good Omens");
        assert_eq!(
            (&book["isbn"], &book["isbn_10"]),
            (&json!("9780575048003"), &json!("057504800X"))
        );
        assert_eq!(shop.api.get("/api/v1/books/1").await.expect(200), book);
        let known = shop.api.header("if-none-match", "\"1\"").get("/api/v1/books/1").await;
        assert_eq!((known.status, known.body.len()), (304, 0));

        let classic = shop.api.get("/webapi/books/1").await.expect(200);
        assert_eq!(
            classic,
            json!({"id": 1, "title": "Good Omens", "description": "The end.",
            "author": "Terry Pratchett, Neil Gaiman", "publisher": "Gollancz", "published": true})
        );
        shop.api.staff().put("/webapi/books/1", &classic).await.expect(200);
        let after = shop.api.get("/api/v1/books/1").await.expect(200);
        assert_eq!((&after["authors"], &after["isbn"]), (&book["authors"], &book["isbn"]));
        assert_eq!(after["version"], 2);
    }
}

#[tokio::test]
async fn a_patch_changes_what_it_names_of_the_version_that_was_read() {
    for shop in Shop::both().await {
        let staff = shop.api.staff();
        let book = staff.post(BOOKS, omens()).await.expect(201);
        let path = "/api/v1/books/1";
        staff.patch(path, json!({"year": 1991})).await.expect_problem(428, "version-required");
        shop.api
            .customer("usr_ann")
            .header("if-match", "\"1\"")
            .patch(path, json!({}))
            .await
            .expect(403);
        let first = staff.header("if-match", "\"1\"");
        let changed = first.patch(path, json!({"year": 1991, "isbn": null})).await;
        assert_eq!(changed.headers["etag"], "\"2\"");
        let changed = changed.expect(200);
        let mut expected = book;
        (expected["year"], expected["version"]) = (json!(1991), json!(2));
        (expected["isbn"], expected["isbn_10"]) = (Value::Null, Value::Null);
        assert_eq!(changed, expected);
        first.patch(path, json!({"year": 1992})).await.expect_problem(412, "version-conflict");
        let second = staff.header("if-match", "\"2\"");
        let wrong = second.patch(path, json!({"title": "", "year": 20_000})).await;
        let pointers = wrong.expect_problem(422, "invalid")["errors"].as_array().unwrap().len();
        assert_eq!(pointers, 2);
        for body in [json!({"colour": "red"}), json!([]), json!(["Emma"])] {
            second.patch(path, body).await.expect_problem(422, "invalid");
        }
        assert_eq!(shop.api.get(path).await.expect(200), changed);
    }
}

#[tokio::test]
async fn of_changes_to_one_version_at_once_one_is_taken() {
    for shop in Shop::both().await {
        shop.api.staff().post(BOOKS, omens()).await.expect(201);
        let first = shop.api.staff().header("if-match", "\"1\"");
        let patches = (0..8).map(|year| first.patch("/api/v1/books/1", json!({"year": year})));
        let patches: Vec<_> = patches.collect();
        let mut statuses: Vec<_> = join_all(patches).await.iter().map(|a| a.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
    }
}

#[tokio::test]
async fn an_isbn_is_one_books_own_and_its_check_digit_right() {
    for shop in Shop::both().await {
        let staff = shop.api.staff();
        staff.post(BOOKS, omens()).await.expect(201);
        staff
            .post(BOOKS, json!({"title": "Other", "isbn": "9780575048003"}))
            .await
            .expect_problem(409, "isbn-taken");
        let wrong = staff.post(BOOKS, json!({"title": "Other", "isbn": "0575048001"})).await;
        assert_eq!(wrong.expect_problem(422, "invalid")["errors"][0]["pointer"], "/isbn");
        staff.post(BOOKS, json!({"title": "Other"})).await.expect(201);
        let list = shop.api.get(BOOKS).await.expect(200);
        let id = list["items"][1]["id"].as_i64().unwrap();
        let (any, path) = (staff.header("if-match", "*"), format!("{BOOKS}/{id}"));
        let taken = any.patch(&path, json!({"isbn": "057504800X"})).await;
        taken.expect_problem(409, "isbn-taken");
        staff.delete("/api/v1/books/1").await.expect(204);
        staff.delete("/api/v1/books/1").await.expect_problem(404, "not-found");
        shop.api.get("/api/v1/books/1").await.expect_problem(404, "not-found");
        shop.api.get("/api/v1/books/x").await.expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn lists_are_paged_and_filtered() {
    for shop in Shop::both().await {
        let staff = shop.api.staff();
        staff.post(BOOKS, omens()).await.expect(201);
        for (title, author) in [
            ("Émile", "Jean-Jacques Rousseau"),
            ("Emma", "Jane Austen"),
            ("Persuasion", "Jane Austen"),
        ] {
            staff.post(BOOKS, json!({"title": title, "authors": [author]})).await.expect(201);
        }
        for (query, ids) in [
            ("", vec![1, 2, 3, 4]),
            ("title=EM", vec![2, 3]),
            ("author=austen", vec![3, 4]),
            ("author=gaiman", vec![1]),
            ("title=em&author=jane", vec![3]),
            ("isbn=0-575-04800-X", vec![1]),
            ("isbn=9780306406157", vec![]),
            ("published=true", vec![1]),
            ("published=false", vec![2, 3, 4]),
            ("title=%25", vec![]),
        ] {
            let page = shop.api.get(&format!("{BOOKS}?{query}")).await.expect(200);
            let found: Vec<_> =
                page["items"].as_array().unwrap().iter().map(|b| b["id"].clone()).collect();
            assert_eq!(
                (found, &page["next_cursor"]),
                (ids.into_iter().map(Value::from).collect(), &Value::Null),
                "{query}"
            );
        }
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = shop.api.get(&format!("{BOOKS}?limit=1&cursor={cursor}")).await.expect(200);
            seen.push(page["items"][0]["id"].as_i64().unwrap());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, [1, 2, 3, 4]);
        for query in ["limit=0", "limit=101", "limit=x", "isbn=12", "published=maybe"] {
            shop.api.get(&format!("{BOOKS}?{query}")).await.expect_problem(400, "bad-query");
        }
        shop.api.get(&format!("{BOOKS}?cursor=x")).await.expect_problem(400, "bad-cursor");
        let long = "x".repeat(201);
        shop.api.get(&format!("{BOOKS}?title={long}")).await.expect_problem(400, "bad-query");
    }
}
