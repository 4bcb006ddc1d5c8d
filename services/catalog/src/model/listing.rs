//! Everything that is sold, in short. Made when it is first asked for and kept while the snapshot lasts.

use emart_catalog_api::{Image, Listed, ListedCategory, ListedVariant, Listing};
use sha2::{Digest, Sha256};

use super::{Entry, Snapshot};
use crate::domain::category::CategoryRecord;

/// Its mark is made of what is in it: copies of the service say the same of the same catalogue.
pub(super) fn of(snapshot: &Snapshot) -> Listing {
    let active = snapshot.products().filter(|entry| entry.is_active());
    let mut products: Vec<Listed> = active.map(|entry| listed(entry)).collect();
    products.sort_by(|one, other| one.id.cmp(&other.id));
    let mut categories: Vec<_> = snapshot.tree.records().map(category).collect();
    categories.sort_by(|one, other| one.id.cmp(&other.id));
    let mut listing = Listing { etag: String::new(), products, categories };
    let hash = Sha256::digest(serde_json::to_vec(&listing).unwrap_or_default());
    listing.etag = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    listing
}

fn category(record: &CategoryRecord) -> ListedCategory {
    let (id, name, parent_id) = (record.id.clone(), record.name.clone(), record.parent_id.clone());
    ListedCategory { id, name, parent_id }
}

fn listed(entry: &Entry) -> Listed {
    let product = entry.fixed();
    let variants = product.variants.iter();
    let mut variants: Vec<_> =
        variants.map(|v| ListedVariant { id: v.id.clone(), price: v.price }).collect();
    variants.sort_by(|one, other| one.id.cmp(&other.id));
    Listed {
        id: product.id.clone(),
        title: product.title.clone(),
        image_url: product.images.first().and_then(largest),
        category_ids: entry.category_ids().to_vec(),
        variants,
        created_at: product.created_at,
        updated_at: product.updated_at,
    }
}

fn largest(image: &Image) -> Option<String> {
    image.sources.last().map(|source| source.url.clone())
}
