//! `content`, on both engines: the profile, pages, menus; who may write them, and what never comes in.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use emart_content::Config;
use emart_events::Host;
use emart_http::{Caller, Permissions, Role};
use emart_telemetry::Metrics;
use emart_testkit::{Api, TestStore, stores};
use emart_types::Clock;
use serde_json::{Value, json};

const PROFILE: &str = "/api/v1/content/profile";
const PAGES: &str = "/api/v1/content/pages";
const SITE: &str = "/api/v1/content/site";

struct Desk {
    clerk: Api,
    guest: Api,
    _host: Host,
    _store: TestStore,
}

async fn both() -> Vec<Desk> {
    let mut desks = Vec::new();
    for store in stores().await {
        let clock = Clock::fixed("2026-11-23T12:00:00Z".parse().unwrap());
        let host = Host::new(clock, Metrics::new(), store.settings().clone());
        let config = Config {
            shop_name: "E-Mart".to_owned(),
            language: "en".to_owned(),
            ..Config::default()
        };
        let service = emart_content::service(&config, &host).await.unwrap();
        let guest = Api::new(&service);
        desks.push(Desk { clerk: guest.staff(), guest, _host: host, _store: store });
    }
    desks
}

fn page(handle: &str, state: &str) -> Value {
    json!({"handle": handle, "title": "About us", "body": "We sell tea.", "state": state})
}

#[tokio::test]
async fn the_settings_count_until_staff_set_something_and_again_afterwards() {
    for desk in both().await {
        let first = desk.guest.get(PROFILE).await.expect(200);
        assert_eq!((&first["name"], &first["version"]), (&"E-Mart".into(), &0.into()));
        let put = json!({"name": "Tea & Co", "language": "en", "accent": "#7a1f1f"});
        let seen = desk.clerk.header("if-match", "\"0\"");
        let set = seen.put(PROFILE, &put).await.expect(200);
        assert_eq!(set["accent"], "#7a1f1f");
        seen.put(PROFILE, &put).await.expect_problem(412, "version-conflict");
        desk.clerk.put(PROFILE, &put).await.expect_problem(428, "version-required");
        assert_eq!(desk.guest.get(SITE).await.expect(200)["profile"]["name"], "Tea & Co");
        desk.clerk.delete(PROFILE).await.expect(200);
        assert_eq!(desk.guest.get(PROFILE).await.expect(200)["name"], "E-Mart");
    }
}

#[tokio::test]
async fn only_who_may_write_content_writes_it() {
    for desk in both().await {
        let nothing = Caller::person(Role::Staff, "usr_2").allowed(Permissions::NONE);
        for (api, status, slug) in [
            (desk.guest.clone(), 401, "unauthorized"),
            (desk.guest.customer("usr_1"), 403, "forbidden"),
            (desk.guest.by(nothing), 403, "forbidden"),
        ] {
            let api = api.header("if-match", "\"0\"");
            let put = json!({"name": "X", "language": "en"});
            api.put(PROFILE, &put).await.expect_problem(status, slug);
            api.delete(PROFILE).await.expect_problem(status, slug);
            api.post(PAGES, page("about", "draft")).await.expect_problem(status, slug);
            let menu = json!({"items": []});
            api.put("/api/v1/content/menus/header", menu).await.expect_problem(status, slug);
        }
    }
}

#[tokio::test]
async fn a_draft_is_there_for_staff_and_a_published_page_for_everybody() {
    for desk in both().await {
        let made = desk.clerk.post(PAGES, page("about", "draft")).await.expect(201);
        let path = format!("{PAGES}/{}", made["id"].as_str().unwrap());
        let by_handle = format!("{PAGES}/by-handle/about");
        for path in [&path, &by_handle] {
            desk.guest.get(path).await.expect_problem(404, "not-found");
            desk.clerk.get(path).await.expect(200);
        }
        assert!(desk.guest.get(PAGES).await.expect(200)["items"].as_array().unwrap().is_empty());
        desk.clerk
            .post(PAGES, page("about", "draft"))
            .await
            .expect_problem(409, "page-handle-taken");
        let publish = json!({"state": "published"});
        desk.clerk.patch(&path, &publish).await.expect_problem(428, "version-required");
        let seen = desk.clerk.header("if-match", "\"1\"");
        assert_eq!(seen.patch(&path, &publish).await.expect(200)["state"], "published");
        seen.patch(&path, &publish).await.expect_problem(412, "version-conflict");
        assert_eq!(desk.guest.get(&by_handle).await.expect(200)["body"], "<p>We sell tea.</p>");
        let other = desk.clerk.post(PAGES, page("terms", "draft")).await.expect(201);
        let other = format!("{PAGES}/{}", other["id"].as_str().unwrap());
        let taken = seen.patch(&other, json!({"handle": "about"})).await;
        taken.expect_problem(409, "page-handle-taken");
        desk.clerk.delete(&path).await.expect(204);
        desk.guest.get(&by_handle).await.expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_menu_leads_to_what_is_there_and_never_into_a_script() {
    for desk in both().await {
        let menu = "/api/v1/content/menus/footer";
        let seen = desk.clerk.header("if-match", "\"0\"");
        for value in ["javascript:alert(1)", "//evil.example", "data:text/html,x"] {
            let link = json!({"kind": "url", "value": value});
            let put = json!({"items": [{"label": "Here", "link": link}]});
            let problem = seen.put(menu, put).await.expect_problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], "/items/0/link/value", "{value}");
        }
        let items = json!([
            {"label": "About", "link": {"kind": "page", "value": "about"}},
            {"label": "Tea", "link": {"kind": "category", "value": "tea"}},
            {"label": "News", "link": {"kind": "url", "value": "https://news.example/"}},
        ]);
        seen.put(menu, json!({"items": items})).await.expect(200);
        let labels = |site: &Value| {
            let items = site["footer"].as_array().unwrap().clone();
            items.iter().map(|item| item["href"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let site = desk.guest.get(SITE).await;
        assert_eq!(labels(&site.expect(200)), ["/c/tea", "https://news.example/"]);
        desk.clerk.post(PAGES, page("about", "published")).await.expect(201);
        let etag = site.headers["etag"].to_str().unwrap();
        let later = desk.guest.header("if-none-match", etag).get(SITE).await;
        assert_eq!(labels(&later.expect(200))[0], "/pages/about");
        let etag = later.headers["etag"].to_str().unwrap();
        desk.guest.header("if-none-match", etag).get(SITE).await.expect(304);
        desk.guest.get("/api/v1/content/menus/attic").await.expect_problem(404, "not-found");
    }
}

#[tokio::test]
async fn hostile_pages_are_kept_without_what_acts() {
    for desk in both().await {
        let hostile = concat!(
            "<p onmouseover=alert(1)>Hi</p><script>alert(1)</script>",
            "<img src=x onerror=alert(1)><iframe src=//evil></iframe><svg onload=alert(1)>",
            "<a href=\" javascript:alert(1)\">x</a><form action=/x><input></form><style>*{}</style>",
        );
        let mut new = page("about", "published");
        new["body"] = hostile.into();
        let preview = desk.clerk.post("/api/v1/content/page-previews", &new).await.expect(200);
        let made = desk.clerk.post(PAGES, &new).await.expect(201);
        assert_eq!(preview["body"], made["body"]);
        let body = made["body"].as_str().unwrap();
        for word in ["script", "onerror", "onload", "onmouseover", "iframe", "form", "style"] {
            assert!(!body.contains(word), "{word} in {body}");
        }
        let wrong = json!({"handle": "A b", "title": "", "body": ""});
        let problem = desk.clerk.post(PAGES, wrong).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 2);
    }
}
