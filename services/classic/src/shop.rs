//! Everything that is sold, as the original shows it: made anew when `catalog` says that it has changed.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use emart_catalog_api::{CategoryId, Listed, Listing, ProductId, VariantId};
use emart_types::{Money, Timestamp};
use serde::Serialize;

use crate::aliases::Aliases;
use crate::domain::money;
use crate::domain::shapes::{Category, CategoryName, Product};

/// What products hang in that hang nowhere: every product of the original has a category.
const NOWHERE: &str = "Other";

/// Everything that is sold, as of one moment.
pub(crate) struct Shop {
    pub(crate) etag: String,
    aliases: Arc<Aliases>,
    /// The last changed first.
    pub(crate) products: Vec<Thing>,
    /// Oldest first.
    pub(crate) categories: Vec<Branch>,
    /// By the id of any variant, as clients know it: the product's place, the variant's.
    by_hex: HashMap<String, (usize, usize)>,
    rendered: OnceLock<Bytes>,
}

/// A product.
pub(crate) struct Thing {
    pub(crate) id: ProductId,
    pub(crate) title: String,
    image_url: String,
    /// Its own category's place.
    category: usize,
    variants: Vec<(VariantId, String, Money)>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// The answer with all products.
#[derive(Serialize)]
struct All {
    success: bool,
    products: Vec<Product<CategoryName>>,
}

/// A category.
pub(crate) struct Branch {
    /// None for where products are that hang nowhere.
    pub(crate) id: Option<CategoryId>,
    pub(crate) hex: String,
    pub(crate) name: String,
    /// The products in it and below, in the order in which they were made.
    products: Vec<usize>,
}

impl Shop {
    pub(crate) fn new(listing: Listing, aliases: Arc<Aliases>) -> Self {
        let mut categories: Vec<Branch> = Vec::new();
        let mut parents: HashMap<CategoryId, Option<CategoryId>> = HashMap::new();
        let mut places: HashMap<CategoryId, usize> = HashMap::new();
        for category in listing.categories {
            let hex = aliases.hex("category", category.id.as_str());
            places.insert(category.id.clone(), categories.len());
            parents.insert(category.id.clone(), category.parent_id);
            let (id, name) = (Some(category.id), category.name);
            categories.push(Branch { id, hex, name, products: Vec::new() });
        }
        let mut listed = listing.products;
        if listed.iter().any(|product| home(product, &places).is_none()) {
            let (hex, name) = (aliases.hex("category", NOWHERE), NOWHERE.to_owned());
            categories.push(Branch { id: None, hex, name, products: Vec::new() });
        }
        let nowhere = categories.len().saturating_sub(1);
        listed.sort_by(|one, other| {
            other.updated_at.cmp(&one.updated_at).then_with(|| other.id.cmp(&one.id))
        });
        let mut by_hex = HashMap::new();
        let mut products = Vec::with_capacity(listed.len());
        for (at, product) in listed.into_iter().enumerate() {
            let category = home(&product, &places);
            for above in above(&product, &parents, &places) {
                categories[above].products.push(at);
            }
            if category.is_none() {
                categories[nowhere].products.push(at);
            }
            let variants = product.variants.into_iter();
            let variants = variants.map(|variant| {
                let hex = aliases.hex("product", variant.id.as_str());
                (variant.id, hex, variant.price)
            });
            let variants: Vec<_> = variants.collect();
            for (place, (_, hex, _)) in variants.iter().enumerate() {
                by_hex.insert(hex.clone(), (at, place));
            }
            products.push(Thing {
                id: product.id,
                title: product.title,
                image_url: product.image_url.unwrap_or_default(),
                category: category.unwrap_or(nowhere),
                variants,
                created_at: product.created_at,
                updated_at: product.updated_at,
            });
        }
        for category in &mut categories {
            category.products.sort_by(|one, other| products[*one].id.cmp(&products[*other].id));
        }
        let (etag, rendered) = (listing.etag, OnceLock::new());
        Self { etag, aliases, products, categories, by_hex, rendered }
    }

    /// Whether it was made of these ids.
    pub(crate) fn is_of(&self, aliases: &Arc<Aliases>) -> bool {
        Arc::ptr_eq(&self.aliases, aliases)
    }

    /// A product and its variant by the id a client knows.
    pub(crate) fn find(&self, hex: &str) -> Option<(&Thing, &VariantId, &Money)> {
        let (at, place) = self.by_hex.get(hex)?;
        let thing = self.products.get(*at)?;
        let (variant, _, price) = thing.variants.get(*place)?;
        Some((thing, variant, price))
    }

    /// A category by its name, to the letter; the oldest of that name.
    pub(crate) fn category(&self, name: &str) -> Option<&Branch> {
        self.categories.iter().find(|category| category.name == name)
    }

    /// A category by our id.
    pub(crate) fn branch(&self, id: &CategoryId) -> Option<&Branch> {
        self.categories.iter().find(|category| category.id.as_ref() == Some(id))
    }

    /// The list of all products.
    pub(crate) fn rendered(&self) -> Bytes {
        let render = || {
            let products: Vec<_> = self
                .products
                .iter()
                .map(|thing| {
                    let Branch { hex, name, .. } = &self.categories[thing.category];
                    thing.shown(Some(CategoryName { id: hex.clone(), cat_name: name.clone() }))
                })
                .collect();
            serde_json::to_vec(&All { success: true, products }).unwrap_or_default().into()
        };
        self.rendered.get_or_init(render).clone()
    }

    /// Products with a text in their names, with their whole categories.
    pub(crate) fn search(&self, text: &str) -> Vec<Product<Category>> {
        let wanted = text.to_lowercase();
        let found =
            self.products.iter().filter(|thing| thing.title.to_lowercase().contains(&wanted));
        found.map(|thing| thing.shown(Some(self.shown(&self.categories[thing.category])))).collect()
    }

    /// The products of a category, without it.
    pub(crate) fn products_of(&self, category: &Branch) -> Vec<Product<String>> {
        category.products.iter().map(|at| self.products[*at].shown(None)).collect()
    }

    /// A product by any of its variants, with its category's id.
    pub(crate) fn product(&self, hex: &str) -> Option<Product<String>> {
        let (thing, _, price) = self.find(hex)?;
        let mut shown = thing.shown(Some(self.categories[thing.category].hex.clone()));
        hex.clone_into(&mut shown.id);
        shown.price = money::number(*price);
        Some(shown)
    }

    /// The same by our id.
    pub(crate) fn product_by_id(&self, id: &ProductId) -> Option<Product<String>> {
        let thing = self.products.iter().find(|thing| thing.id == *id)?;
        Some(thing.shown(Some(self.categories[thing.category].hex.clone())))
    }

    /// A category with the ids of its products.
    pub(crate) fn shown(&self, category: &Branch) -> Category {
        let products = category.products.iter();
        let products: Vec<String> =
            products.map(|at| self.products[*at].hex().to_owned()).collect();
        let version = i64::try_from(products.len()).unwrap_or(i64::MAX);
        Category { products, id: category.hex.clone(), cat_name: category.name.clone(), version }
    }
}

impl Thing {
    fn hex(&self) -> &str {
        self.variants.first().map_or("", |(_, hex, _)| hex)
    }

    fn shown<C>(&self, category: Option<C>) -> Product<C> {
        Product {
            id: self.hex().to_owned(),
            prod_name: self.title.clone(),
            price: self
                .variants
                .first()
                .map_or_else(|| 0.into(), |(_, _, price)| money::number(*price)),
            image_url: self.image_url.clone(),
            category,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: 0,
        }
    }
}

/// The place of the category that a product calls its own.
fn home(product: &Listed, places: &HashMap<CategoryId, usize>) -> Option<usize> {
    product.category_ids.iter().find_map(|id| places.get(id).copied())
}

/// The places of the categories that a product hangs in, and of those above, each once.
fn above(
    product: &Listed,
    parents: &HashMap<CategoryId, Option<CategoryId>>,
    places: &HashMap<CategoryId, usize>,
) -> Vec<usize> {
    let up = |id: &CategoryId| parents.get(id).cloned().flatten();
    let lines = product.category_ids.iter();
    let all = lines.flat_map(|id| std::iter::successors(Some(id.clone()), up).take(8));
    let mut all: Vec<usize> = all.filter_map(|id| places.get(&id).copied()).collect();
    all.sort_unstable();
    all.dedup();
    all
}
