//! The category tree in memory.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use emart_catalog_api::{Category, CategoryId, CategoryRef, Image, ImageId};

use crate::domain::category::{CategoryRecord, DEEPEST};

static VERSIONS: AtomicU64 = AtomicU64::new(1);

/// The tree as of one moment.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    version: u64,
    nodes: HashMap<CategoryId, Node>,
    by_slug: HashMap<String, CategoryId>,
}

#[derive(Debug)]
struct Node {
    record: CategoryRecord,
    image: Option<Image>,
}

impl Tree {
    /// `image` finds a picture by its id.
    pub(crate) fn new(
        records: Vec<CategoryRecord>,
        image: impl Fn(&ImageId) -> Option<Image>,
    ) -> Self {
        let slug = |record: &CategoryRecord| (record.slug.clone(), record.id.clone());
        let by_slug = records.iter().map(slug).collect();
        let node = |record: CategoryRecord| {
            let image = record.image_id.as_ref().and_then(&image);
            (record.id.clone(), Node { record, image })
        };
        let nodes = records.into_iter().map(node).collect();
        Self { version: VERSIONS.fetch_add(1, Ordering::Relaxed), nodes, by_slug }
    }

    /// Another number for every tree there has been in this process.
    pub(crate) const fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn by_slug(&self, slug: &str) -> Option<&CategoryRecord> {
        self.get(self.by_slug.get(slug)?)
    }

    pub(crate) fn get(&self, id: &CategoryId) -> Option<&CategoryRecord> {
        self.nodes.get(id).map(|node| &node.record)
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = &CategoryRecord> {
        self.nodes.values().map(|node| &node.record)
    }

    /// A category and those above it, from it up.
    pub(crate) fn upwards(&self, id: &CategoryId) -> impl Iterator<Item = &CategoryRecord> {
        let above = |record: &&CategoryRecord| self.get(record.parent_id.as_ref()?);
        std::iter::successors(self.get(id), above).take(DEEPEST)
    }

    /// The way from the root to a category.
    pub(crate) fn path(&self, id: &CategoryId) -> Option<Vec<CategoryRef>> {
        let mut path: Vec<_> = self
            .upwards(id)
            .map(|record| CategoryRef { slug: record.slug.clone(), name: record.name.clone() })
            .collect();
        path.reverse();
        (!path.is_empty()).then_some(path)
    }

    /// The tree as shoppers see it, with so many products in each category and below.
    pub(crate) fn categories(&self, counts: &HashMap<&CategoryId, u32>) -> Vec<Category> {
        let mut below: HashMap<Option<&CategoryId>, Vec<&Node>> = HashMap::new();
        for node in self.nodes.values() {
            below.entry(node.record.parent_id.as_ref()).or_default().push(node);
        }
        for siblings in below.values_mut() {
            siblings.sort_by_key(|node| {
                (node.record.position, node.record.name.to_lowercase(), &node.record.id)
            });
        }
        branch(None, &below, counts, DEEPEST)
    }
}

fn branch(
    parent: Option<&CategoryId>,
    below: &HashMap<Option<&CategoryId>, Vec<&Node>>,
    counts: &HashMap<&CategoryId, u32>,
    levels: usize,
) -> Vec<Category> {
    if levels == 0 {
        return Vec::new();
    }
    let children = below.get(&parent).map_or(&[][..], Vec::as_slice);
    let category = |node: &&Node| {
        let record = &node.record;
        Category {
            id: record.id.clone(),
            slug: record.slug.clone(),
            name: record.name.clone(),
            description: record.description.clone(),
            image: node.image.clone(),
            product_count: counts.get(&record.id).copied().unwrap_or(0),
            position: record.position,
            children: branch(Some(&record.id), below, counts, levels - 1),
        }
    };
    children.iter().map(category).collect()
}
