//! `emart openapi`: a service's contract, as its code says it.

use anyhow::Context as _;
use utoipa::openapi::OpenApi;

use crate::config::Config;
use crate::run::Store;

/// Prints the OpenAPI document of a service.
#[expect(clippy::print_stdout, reason = "the document is the command's answer")]
pub(crate) async fn print(service: &str) -> anyhow::Result<()> {
    // The document does not depend on settings or data: a store that nobody sees gives it.
    let dir = std::env::temp_dir().join(format!("emart-openapi-{}", std::process::id()));
    let mut config = Config::default();
    config.keep_data_in(&dir);
    let store = Store::open(&config).await?;
    let document = store
        .mesh
        .services()
        .find(|found| found.name == service)
        .with_context(|| format!("there is no service {service}"))
        .and_then(|found| Ok(found.openapi.to_pretty_json()?));
    store.close().await;
    std::fs::remove_dir_all(&dir)?;
    println!("{}", document?);
    Ok(())
}

/// The contracts as they are kept beside each service; a test of each compares it with its code.
const CONTRACTS: [(&str, &str); 11] = [
    ("books", include_str!("../../services/books/openapi.json")),
    ("cart", include_str!("../../services/cart/openapi.json")),
    ("catalog", include_str!("../../services/catalog/openapi.json")),
    ("classic", include_str!("../../services/classic/openapi.json")),
    ("content", include_str!("../../services/content/openapi.json")),
    ("identity", include_str!("../../services/identity/openapi.json")),
    ("inventory", include_str!("../../services/inventory/openapi.json")),
    ("notifications", include_str!("../../services/notifications/openapi.json")),
    ("orders", include_str!("../../services/orders/openapi.json")),
    ("payments", include_str!("../../services/payments/openapi.json")),
    ("pricing", include_str!("../../services/pricing/openapi.json")),
];

/// The contract of a service that does not run here; empty for those that have pages only.
pub(crate) fn contract(service: &str) -> anyhow::Result<OpenApi> {
    let Some((_, text)) = CONTRACTS.iter().find(|(name, _)| *name == service) else {
        return Ok(OpenApi::default());
    };
    serde_json::from_str(text).with_context(|| format!("the contract of {service}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_contract_can_be_read() {
        for (service, _) in CONTRACTS {
            assert!(!contract(service).unwrap().paths.paths.is_empty(), "{service}");
        }
    }
}
