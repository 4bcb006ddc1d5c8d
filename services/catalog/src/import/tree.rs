//! Paths of categories: found in the tree, or grown where they are missing.

use emart_catalog_api::CategoryId;

use crate::domain::category::{CategoryRecord, LONGEST_NAME};
use crate::domain::handle;
use crate::ops::free_slug;

/// The tree with what a file adds to it.
#[derive(Debug, Clone)]
pub(super) struct Branches {
    pub(super) all: Vec<CategoryRecord>,
    /// From here on they are new.
    known: usize,
}

impl Branches {
    pub(super) fn new(all: Vec<CategoryRecord>) -> Self {
        Self { known: all.len(), all }
    }

    /// The categories that are new.
    pub(super) fn new_ones(&self) -> &[CategoryRecord] {
        &self.all[self.known..]
    }

    /// The category at the end of a path, if it is there.
    pub(super) fn find(&self, path: &[String]) -> Option<CategoryRecord> {
        let mut found: Option<&CategoryRecord> = None;
        for name in path {
            let parent = found.map(|found| &found.id);
            let lower = name.to_lowercase();
            let is_it = |other: &&CategoryRecord| {
                other.parent_id.as_ref() == parent && other.name.to_lowercase() == lower
            };
            found = Some(self.all.iter().find(is_it)?);
        }
        found.cloned()
    }

    /// The category at the end of a path; those missing on the way are made.
    pub(super) fn at(&mut self, path: &[String]) -> Option<CategoryId> {
        let mut parent: Option<CategoryId> = None;
        for name in path {
            let lower = name.to_lowercase();
            let mut siblings = self.all.iter().filter(|other| other.parent_id == parent);
            let found = siblings.find(|other| other.name.to_lowercase() == lower);
            let id = match found {
                Some(found) => found.id.clone(),
                None => self.grow(name, parent),
            };
            parent = Some(id);
        }
        parent
    }

    fn grow(&mut self, name: &str, parent: Option<CategoryId>) -> CategoryId {
        let siblings = self.all.iter().filter(|other| other.parent_id == parent);
        let position = siblings.map(|other| other.position + 1).max().unwrap_or(0);
        let slug = handle::slug(name, "category", LONGEST_NAME);
        let record = CategoryRecord {
            id: CategoryId::new(),
            slug: free_slug(&slug, &self.all),
            name: name.to_owned(),
            description: String::new(),
            parent_id: parent,
            image_id: None,
            position,
        };
        let id = record.id.clone();
        self.all.push(record);
        id
    }
}
