//! `/api/v1/books`.

use serde_json::{Value, json};

use super::super::asker::{Ask, Who};
use super::super::paging;
use super::{MODERN, Run, ids, mark, same};

pub(super) async fn check(run: &mut Run<'_>) {
    let mark = mark();
    let isbn = isbn();
    let Some((first, second)) = adding(run, &mark, &isbn).await else { return };
    reading(run, &mark, &isbn, &first, &second).await;
    changing(run, &first).await;
    for book in [&first, &second] {
        let path = format!("{MODERN}/{}", book["id"]);
        run.refused("delete_book", Ask::new("DELETE", &path), true).await;
        for (check, expected) in [("once", "204"), ("again", "404 as a problem")] {
            run.expect("delete_book", check, expected, Ask::new("DELETE", &path), |_| Ok(())).await;
        }
        let ask = Ask::new("GET", &path);
        run.expect("get_book", "deleted", "404 as a problem", ask, |_| Ok(())).await;
    }
}

/// A number with a good check digit that no book is likely to have, as ten digits and as thirteen.
fn isbn() -> (String, String) {
    let now = emart_types::Clock::system().now().as_millis().rem_euclid(1_000_000_000);
    let nine = format!("{now:09}");
    let isbn = emart_books_api::Isbn::with_check_digit(nine.as_bytes());
    isbn.map(|isbn| (isbn.ten().unwrap_or_default(), isbn.to_string())).unwrap_or_default()
}

async fn adding(
    run: &mut Run<'_>,
    mark: &str,
    (ten, thirteen): &(String, String),
) -> Option<(Value, Value)> {
    let sent = json!({"title": format!("Émile {mark} 1"), "authors": ["Ann Lee", "Bo"], "isbn": ten,
        "language": "en", "year": 1990, "rating_hundredths": 425, "published": true,
        "cover_url": "https://covers.example/1.jpg"});
    let ask = Ask::new("POST", MODERN).json(&sent);
    let expected = "201 with Location and ETag, the ISBN as 13 digits";
    let first = run
        .expect("create_book", "a book", expected, ask, |answer| {
            let book = answer.json();
            same(&book["isbn"], &json!(thirteen))?;
            same(&book["authors"], &sent["authors"])?;
            let path = format!("{MODERN}/{}", book["id"]);
            let location = answer.headers.get("location").is_some_and(|value| value == &path[..]);
            let tag = answer.headers.contains_key("etag");
            if location && tag { Ok(()) } else { Err("no Location or no ETag".to_owned()) }
        })
        .await;
    let other = json!({"title": format!("emma {mark} 2")});
    let ask = Ask::new("POST", MODERN).json(&other);
    let second = run.expect("create_book", "another", "201", ask, |_| Ok(())).await;
    let taken = json!({"title": mark, "isbn": thirteen});
    for (check, expected, body) in [
        ("an ISBN that another has", "409 as a problem", taken),
        ("a wrong check digit", "422 as a problem", json!({"title": mark, "isbn": "0306406153"})),
        ("no title", "422 as a problem", json!({"authors": ["Ann"]})),
        ("an empty title", "422 as a problem", json!({"title": " "})),
        ("an unknown field", "422 as a problem", json!({"title": mark, "colour": "red"})),
        (
            "a script for a cover",
            "422 as a problem",
            json!({"title": mark, "cover_url": "javascript:x"}),
        ),
        ("a rating of 6", "422 as a problem", json!({"title": mark, "rating_hundredths": 600})),
    ] {
        let ask = Ask::new("POST", MODERN).json(&body);
        run.expect("create_book", check, expected, ask, |_| Ok(())).await;
    }
    run.refused("create_book", Ask::new("POST", MODERN).json(&other), false).await;
    (first["id"].is_i64() && second["id"].is_i64()).then_some((first, second))
}

async fn reading(
    run: &mut Run<'_>,
    mark: &str,
    (ten, _): &(String, String),
    first: &Value,
    second: &Value,
) {
    let ask = Ask::new("GET", format!("{MODERN}/{}", first["id"])).by(Who::Guest);
    run.expect("get_book", "one", "200 and the book", ask, |a| same(&a.json(), first)).await;
    for (query, expected) in [
        (format!("title={mark}"), vec![first, second]),
        (format!("title={}", mark.to_uppercase()), vec![first, second]),
        (format!("title={mark}&author=ANN%20l"), vec![first]),
        (format!("title={mark}&published=false"), vec![second]),
        (format!("isbn={ten}"), vec![first]),
        (format!("title={mark}_"), vec![]),
    ] {
        let ask = Ask::new("GET", format!("{MODERN}?{query}")).by(Who::Guest);
        run.expect("list_books", "filtered", "200 and those it fits", ask, |answer| {
            let expected: Vec<_> = expected.iter().map(|book| book["id"].clone()).collect();
            same(&Value::from(ids(&answer.json()["items"])), &Value::from(expected))
        })
        .await;
    }
    let ask = Ask::new("GET", format!("{MODERN}?isbn=12"));
    run.expect("list_books", "no ISBN", "400 as a problem", ask, |_| Ok(())).await;
    if let Some(operation) = run.contract.operation("list_books") {
        paging::check(run.contract, operation, run.asker, run.report).await;
    }
}

async fn changing(run: &mut Run<'_>, first: &Value) {
    let path = format!("{MODERN}/{}", first["id"]);
    let tag = match run.asker.ask(Ask::new("GET", &path)).await {
        Ok(answer) => {
            answer.headers.get("etag").and_then(|tag| tag.to_str().ok().map(str::to_owned))
        }
        Err(_) => None,
    };
    let tag = tag.unwrap_or_default();
    let patch = |body: Value| Ask::new("PATCH", &path).json(&body);
    let change = json!({"year": 1991, "isbn": null});
    let ask = patch(change.clone());
    let expected = "428 as a problem";
    run.expect("patch_book", "without If-Match", expected, ask, |_| Ok(())).await;
    run.refused("patch_book", patch(change.clone()).header("if-match", &tag), true).await;
    let ask = patch(change.clone()).header("if-match", &tag);
    let expected = "200, changed in what was named only, with another ETag";
    run.expect("patch_book", "the version that was read", expected, ask, |answer| {
        let (book, mut expected) = (answer.json(), first.clone());
        (expected["year"], expected["isbn"]) = (json!(1991), Value::Null);
        for name in ["isbn_10", "version", "updated_at"] {
            expected[name] = book[name].clone();
        }
        same(&book, &expected)?;
        let new = answer.headers.get("etag").is_some_and(|new| new != &tag[..]);
        if new { Ok(()) } else { Err("the same ETag, or none".to_owned()) }
    })
    .await;
    let ask = patch(change).header("if-match", &tag);
    let expected = "412 as a problem";
    run.expect("patch_book", "an older version", expected, ask, |_| Ok(())).await;
    let ask = patch(json!({"title": ""})).header("if-match", "*");
    run.expect("patch_book", "an empty title", "422 as a problem", ask, |_| Ok(())).await;
}
