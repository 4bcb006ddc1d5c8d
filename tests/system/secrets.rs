//! What must not be kept: card numbers and passwords, in databases, logs and e-mails.

use std::path::Path;

use emart_tests::Store;
use serde_json::json;

use crate::GOOD_CARD;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_number_and_a_password_are_nowhere_afterwards() {
    let store = Store::with_tea(10).await.unwrap();
    let tea = store.tea().await.unwrap();
    let mut client = store.client().await.unwrap();
    let password = "a rather peculiar phrase";
    let registration = json!({"email": "eve@example.com", "password": password, "name": null});
    let answer = client.post("/api/v1/identity/registrations", &[], &registration).await.unwrap();
    assert_eq!(answer.status, 202);
    for (n, number) in [GOOD_CARD, "4000 0000 0000 0002"].into_iter().enumerate() {
        let cart = client.cart(&tea, 1).await.unwrap();
        client.buy(&cart, number, &format!("k{n}")).await.unwrap();
    }
    let mut files = 0;
    search(
        &store.data(),
        &mut files,
        &[GOOD_CARD, "4000000000000002", "4000 0000 0000 0002", password],
    );
    assert!(files > 10, "{files} files were searched");
    assert!(!store.log().contains(GOOD_CARD));
}

/// Looks for secrets in every file of a folder.
pub(crate) fn search(dir: &Path, files: &mut usize, secrets: &[&str]) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search(&path, files, secrets);
        } else if path.is_file() {
            *files += 1;
            let content = std::fs::read(&path).unwrap();
            for secret in secrets {
                let found = content.windows(secret.len()).any(|part| part == secret.as_bytes());
                assert!(!found, "{secret} stands in {}", path.display());
            }
        }
    }
}
