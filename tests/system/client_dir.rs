//! Another client at the root, the shop's pages below `/store`.

use std::collections::BTreeSet;

use emart_tests::{Engine, Store};
use tempfile::TempDir;

/// The links of a page.
fn links(page: &str) -> BTreeSet<String> {
    let pointers = ["href=\"/", "action=\"/", "src=\"/"];
    let each = |pointer: &&'static str| {
        let parts = page.split(*pointer).skip(1);
        parts.map(|rest| format!("/{}", rest.split('"').next().unwrap())).collect::<Vec<_>>()
    };
    pointers.iter().flat_map(each).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_link_of_the_shop_stays_in_the_shop_while_another_client_has_the_root() {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join("index.html"), "<app-root></app-root>").unwrap();
    let client_dir = dir.path().to_str().unwrap();
    let settings = [("EMART_GATEWAY__CLIENT_DIR", client_dir)];
    let store = Store::on(Engine::Sqlite, 5, &settings).await.unwrap();
    let mut client = store.client().await.unwrap();
    for path in ["/", "/dashboard", "/p/tea"] {
        let answer = client.get(path).await.unwrap();
        assert_eq!(answer.body, "<app-root></app-root>", "{path}");
    }
    let (mut seen, mut left) = (BTreeSet::new(), vec!["/store/".to_owned()]);
    while let Some(path) = left.pop() {
        let answer = client.send("GET", &path, &[("accept", "text/html")], "").await.unwrap();
        let location = answer.headers.get("location").map(|to| to.to_str().unwrap().to_owned());
        let get_only = answer.status != 405;
        assert!(answer.status < 400 || !get_only, "{path}: {}", answer.status);
        let page = String::from_utf8_lossy(&answer.body);
        for link in links(&page).into_iter().chain(location) {
            let link = link.replace("&amp;", "&").replace("&#38;", "&");
            let path = link.split(['#', '?']).next().unwrap().to_owned();
            let stays =
                path == "/store" || path.starts_with("/store/") || path.starts_with("/images/");
            assert!(stays, "{link} leaves the shop");
            if seen.insert(path) {
                left.push(link);
            }
        }
    }
    for page in
        ["/store/p/tea", "/store/cart", "/store/search", "/store/sign-in", "/store/register"]
    {
        assert!(seen.contains(page), "{page} was not found: {seen:?}");
    }
    let sitemap = client.get("/store/sitemap.xml").await.unwrap();
    assert!(String::from_utf8_lossy(&sitemap.body).contains("/store/p/tea</loc>"));
}
