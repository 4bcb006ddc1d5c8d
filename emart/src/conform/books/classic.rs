//! `/webapi/books`.

use serde_json::{Value, json};

use super::super::asker::{Ask, Who};
use super::{CLASSIC, Run, ids, mark, same};

pub(super) async fn check(run: &mut Run<'_>, delete_all: bool) {
    let was_empty = run.asker.ask(Ask::new("GET", CLASSIC)).await.is_ok_and(|a| a.status == 204);
    if was_empty {
        let (check, expected) = ("without books", "204 and no body");
        run.expect("list_classic_books", check, expected, Ask::new("GET", CLASSIC), |_| Ok(()))
            .await;
    }
    let mark = mark();
    let Some((first, second)) = adding(run, &mark).await else { return };
    reading(run, &mark, &first, &second).await;
    changing(run, &first).await;
    refusals(run, &first).await;
    deleting(run, &first, &second).await;
    if was_empty || delete_all {
        deleting_all(run, &mark).await;
    } else {
        let why = "there are books already; --delete-all checks it, and deletes them";
        run.report.skip("DELETE /webapi/books", "204 and an empty list", why);
    }
}

async fn adding(run: &mut Run<'_>, mark: &str) -> Option<(Value, Value)> {
    let sent = json!({"title": format!("Émile {mark} 1"), "author": "Ann", "publisher": "P", "id": 1,
        "published": true, "colour": "red"});
    let expected = "201, unpublished, null for what was not sent";
    let ask = Ask::new("POST", CLASSIC).json(&sent);
    let first = run
        .expect("create_classic_book", "a book", expected, ask, |answer| {
            let book = answer.json();
            let expected = json!({"id": book["id"], "title": sent["title"], "description": null,
                "author": "Ann", "publisher": "P", "published": false});
            same(&book, &expected)
        })
        .await;
    let sent = json!({"title": format!("emma {mark} 2")});
    let after = first["id"].as_i64().unwrap_or_default();
    let ask = Ask::new("POST", CLASSIC).json(&sent);
    let second = run
        .expect("create_classic_book", "another", "201 and a higher number", ask, |answer| {
            let id = answer.json()["id"].as_i64();
            if id > Some(after) { Ok(()) } else { Err(answer.words()) }
        })
        .await;
    run.refused("create_classic_book", Ask::new("POST", CLASSIC).json(&sent), false).await;
    (first["id"].is_i64() && second["id"].is_i64()).then_some((first, second))
}

async fn reading(run: &mut Run<'_>, mark: &str, first: &Value, second: &Value) {
    let guest = |path: String| Ask::new("GET", path).by(Who::Guest);
    let ask = guest(format!("{CLASSIC}/{}", first["id"]));
    run.expect("get_classic_book", "one", "200 and the book", ask, |a| same(&a.json(), first))
        .await;
    run.expect(
        "list_classic_books",
        "all",
        "200, by number",
        guest(CLASSIC.to_owned()),
        |answer| {
            let ids = ids(&answer.json());
            let sorted = ids.is_sorted_by_key(|id| id.as_i64());
            let there = [first, second].iter().all(|book| ids.contains(&book["id"]));
            if sorted && there {
                Ok(())
            } else {
                Err("an unsorted list, or one without them".to_owned())
            }
        },
    )
    .await;
    let upper = mark.to_uppercase();
    for (title, expected) in [
        (mark.to_owned(), vec![first, second]),
        (format!("emile%20{upper}"), vec![first]),
        (format!("{mark}%202"), vec![second]),
        (format!("{mark}%25"), vec![]),
        (format!("{mark}_"), vec![]),
    ] {
        let ask = guest(format!("{CLASSIC}?title={title}"));
        let words = if expected.is_empty() { "204" } else { "200 and those with it" };
        run.expect("list_classic_books", "by title", words, ask, |answer| {
            let expected: Vec<_> = expected.iter().map(|book| book["id"].clone()).collect();
            same(&Value::from(ids(&answer.json())), &Value::from(expected))
        })
        .await;
    }
    let ask = guest(format!("{CLASSIC}/abc"));
    run.expect("get_classic_book", "no number", "400", ask, |_| Ok(())).await;
}

async fn changing(run: &mut Run<'_>, first: &Value) {
    let path = format!("{CLASSIC}/{}", first["id"]);
    let put = json!({"title": first["title"], "description": "D", "published": true});
    let changed = json!({"id": first["id"], "title": first["title"], "description": "D",
        "author": null, "publisher": null, "published": true});
    let ask = Ask::new("PUT", &path).json(&put);
    let expected = "200, null for what was not sent";
    run.expect("replace_classic_book", "all of it", expected, ask, |a| same(&a.json(), &changed))
        .await;
    let published = || Ask::new("GET", format!("{CLASSIC}/published")).by(Who::Guest);
    let operation = "list_published_classic_books";
    run.expect(operation, "now with it", "200", published(), |answer| {
        let list = answer.json();
        let books = list.as_array().map(Vec::as_slice).unwrap_or_default();
        let all = books.iter().all(|book| book["published"] == true);
        if all && books.contains(&changed) { Ok(()) } else { Err(answer.words()) }
    })
    .await;
    let ask = Ask::new("PUT", &path).json(&json!({"title": first["title"]}));
    let expected = "200, unpublished when that is not sent";
    run.expect("replace_classic_book", "without `published`", expected, ask, |answer| {
        same(&answer.json()["published"], &Value::Bool(false))
    })
    .await;
    run.expect(operation, "now without it", "as documented", published(), |answer| {
        let there = ids(&answer.json()).contains(&first["id"]);
        if there { Err(answer.words()) } else { Ok(()) }
    })
    .await;
    run.refused("replace_classic_book", Ask::new("PUT", &path).json(&put), true).await;
    let ask = Ask::new("PUT", format!("{CLASSIC}/999999999999")).json(&put);
    run.expect("replace_classic_book", "an unknown one", "404 and no body", ask, |_| Ok(())).await;
}

async fn refusals(run: &mut Run<'_>, first: &Value) {
    let path = format!("{CLASSIC}/{}", first["id"]);
    for field in ["title", "author", "publisher", "description"] {
        let long = json!({field: "é".repeat(256)});
        let expected = "417 and no body";
        let check = format!("256 characters of {field}");
        let ask = Ask::new("POST", CLASSIC).json(&long);
        run.expect("create_classic_book", &check, expected, ask, |_| Ok(())).await;
        let ask = Ask::new("PUT", &path).json(&long);
        run.expect("replace_classic_book", &check, expected, ask, |_| Ok(())).await;
    }
    let ask = Ask::new("GET", &path);
    let expected = "200 and the title it had";
    run.expect("get_classic_book", "after all that", expected, ask, |answer| {
        same(&answer.json()["title"], &first["title"])
    })
    .await;
}

async fn deleting(run: &mut Run<'_>, first: &Value, second: &Value) {
    for book in [first, second] {
        let path = format!("{CLASSIC}/{}", book["id"]);
        run.refused("delete_classic_book", Ask::new("DELETE", &path), true).await;
        for (check, expected) in [("once", "204 and no body"), ("again", "417 and no body")] {
            let ask = Ask::new("DELETE", &path);
            run.expect("delete_classic_book", check, expected, ask, |_| Ok(())).await;
        }
        let ask = Ask::new("GET", &path);
        run.expect("get_classic_book", "deleted", "404 and no body", ask, |_| Ok(())).await;
    }
}

async fn deleting_all(run: &mut Run<'_>, mark: &str) {
    let ask = Ask::new("POST", CLASSIC).json(&json!({"title": mark}));
    run.expect("create_classic_book", "one more", "201", ask, |_| Ok(())).await;
    run.refused("delete_all_classic_books", Ask::new("DELETE", CLASSIC), true).await;
    for (check, expected) in [("all", "204 and no body"), ("all, again", "204 and no body")] {
        let ask = Ask::new("DELETE", CLASSIC);
        run.expect("delete_all_classic_books", check, expected, ask, |_| Ok(())).await;
    }
    for (operation, path) in [
        ("list_classic_books", CLASSIC),
        ("list_published_classic_books", "/webapi/books/published"),
    ] {
        let (check, expected) = ("without books", "204 and no body");
        run.expect(operation, check, expected, Ask::new("GET", path), |_| Ok(())).await;
    }
}
