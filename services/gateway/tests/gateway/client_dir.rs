//! Another client at the root.

use std::path::Path;

use axum::body::Body;
use emart_gateway::Config;
use tempfile::TempDir;

use crate::shop::Shop;

/// A client as a build leaves it.
fn build() -> TempDir {
    let dir = TempDir::new().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("index.html", "<!doctype html><app-root></app-root>");
    write("main.0f3c9a1b2d4e5f60.js", "start()");
    write("assets/a picture.svg", "<svg/>");
    write(".env", "SECRET=1");
    write(".git/config", "secret");
    dir
}

fn at(dir: &Path) -> Config {
    Config { client_dir: Some(dir.to_owned()), ..Config::default() }
}

#[tokio::test]
async fn it_has_the_root_and_the_shop_moves_aside() {
    let dir = build();
    let shop = Shop::configured(at(dir.path())).await;
    for path in ["/", "/index.html", "/dashboard", "/products/12?page=2", "/cart"] {
        let answer = shop.get(path, &[]).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, "text/html; charset=utf-8")
        );
        assert!(answer.text().contains("app-root"), "{path}");
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert!(answer.header("content-security-policy").contains("unsafe-hashes"));
    }
    assert_eq!(shop.get("/store/p/tea", &[]).await.seen().path, "/store/p/tea");
    assert_eq!(shop.get("/api/v1/carts/1", &[]).await.seen().path, "/api/v1/carts/1");
    assert_eq!(shop.get("/admin", &[]).await.seen().path, "/admin", "the back office stays");
    let own = shop.get("/store/page", &[]).await;
    assert!(!own.header("content-security-policy").contains("unsafe"), "our own pages stay strict");
}

#[tokio::test]
async fn its_files_are_themselves_and_browsers_keep_them() {
    let dir = build();
    let shop = Shop::configured(at(dir.path())).await;
    let script = shop.get("/main.0f3c9a1b2d4e5f60.js", &[]).await;
    assert_eq!(
        (script.text(), script.header("content-type")),
        ("start()", "text/javascript; charset=utf-8")
    );
    assert!(script.header("cache-control").contains("immutable"));
    let again =
        shop.get("/main.0f3c9a1b2d4e5f60.js", &[("if-none-match", script.header("etag"))]).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(
        shop.get("/assets/a%20picture.svg", &[]).await.header("content-type"),
        "image/svg+xml"
    );
    let answer = shop.send("POST", "/dashboard", &[], Body::from("{}")).await;
    assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"));
}

#[tokio::test]
async fn nothing_but_its_files_can_be_had() {
    let dir = build();
    let outside = TempDir::new().unwrap();
    std::fs::write(outside.path().join("secret.txt"), "secret").unwrap();
    let link =
        |name: &str, to: &Path| std::os::unix::fs::symlink(to, dir.path().join(name)).unwrap();
    link("secret.txt", &outside.path().join("secret.txt"));
    link("outside", outside.path());
    link("circle", dir.path());
    let shop = Shop::configured(at(dir.path())).await;
    for path in [
        "/.env",
        "/%2eenv",
        "/secret.txt",
        "/outside/secret.txt",
        "/../../etc/passwd.txt",
        "/..%2f..%2fetc%2fpasswd.txt",
        "/%ff.js",
        "/missing.js",
        "/assets/a%20picture.svg/../../x.js",
    ] {
        let answer = shop.get(path, &[]).await;
        assert_eq!(answer.status, 404, "{path}: {}", String::from_utf8_lossy(&answer.body));
        assert!(!String::from_utf8_lossy(&answer.body).contains("secret"), "{path}");
    }
    // An address without an ending is the client's to make sense of.
    assert!(shop.get("/.git/config", &[]).await.text().contains("app-root"));
}

#[tokio::test]
async fn a_folder_that_is_no_client_is_refused_and_a_new_build_taken_up() {
    let dir = build();
    let shop = Shop::configured(at(dir.path())).await;
    std::fs::write(dir.path().join("index.html"), "<p>the next build</p>").unwrap();
    shop.reload.apply(&at(dir.path())).unwrap();
    assert!(shop.get("/", &[]).await.text().contains("next build"));
    std::fs::remove_file(dir.path().join("index.html")).unwrap();
    let said = shop.reload.apply(&at(dir.path())).unwrap_err().to_string();
    assert!(said.contains("no index.html"), "{said}");
    assert!(shop.get("/", &[]).await.text().contains("next build"));
    let said = shop.reload.apply(&at(Path::new("/no/such/folder"))).unwrap_err().to_string();
    assert!(said.contains("/no/such/folder"), "{said}");
}
