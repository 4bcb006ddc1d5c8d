//! Making, changing and deleting categories.

use std::sync::Arc;

use emart_catalog_api::{CategoryId, PutCategory};
use emart_http::AuditRecord;
use emart_store::Tx;
use emart_types::Invalid;

use crate::domain::category::{self, CategoryRecord};
use crate::domain::handle;
use crate::domain::written::audited_category;
use crate::error::Error;
use crate::model::Batch;
use crate::{Catalog, store};

/// The longest slug.
const LONGEST: usize = 100;

impl Catalog {
    /// Makes a category.
    pub(crate) async fn create_category(&self, put: PutCategory) -> Result<CategoryId, Error> {
        let mut turn = self.turn().await?;
        let chosen = put.slug.is_some();
        let new = self.checked_category(&put)?;
        let id = new.id.clone();
        let audit = AuditRecord::new("category.created", id.as_str(), &new.name);
        let audit = audit.change(None, Some(&audited_category(&new)));
        let new = Arc::new((new, audit));
        self.commit(&mut turn, move |tx| {
            let new = Arc::clone(&new);
            async move {
                let (batch, ()) = insert(&tx, new.0.clone(), chosen).await?;
                Ok((Batch { audits: vec![new.1.clone()], ..batch }, ()))
            }
        })
        .await?;
        Ok(id)
    }

    /// Replaces a category; without a slug it keeps its own.
    pub(crate) async fn replace_category(
        &self,
        id: &CategoryId,
        put: PutCategory,
    ) -> Result<(), Error> {
        let mut turn = self.turn().await?;
        let chosen = put.slug.is_some();
        let mut new = self.checked_category(&put)?;
        new.id = id.clone();
        let before = self.model.snapshot().tree.get(id).map(audited_category);
        let audit = AuditRecord::new("category.updated", id.as_str(), &new.name);
        let audit = audit.change(before.as_ref(), Some(&audited_category(&new)));
        let new = Arc::new((new, audit));
        self.commit(&mut turn, move |tx| {
            let new = Arc::clone(&new);
            async move {
                let (batch, ()) = update(&tx, new.0.clone(), chosen).await?;
                Ok((Batch { audits: vec![new.1.clone()], ..batch }, ()))
            }
        })
        .await
    }

    /// Deletes a category that has none below it. Its products stay.
    pub(crate) async fn delete_category(&self, id: &CategoryId) -> Result<(), Error> {
        let mut turn = self.turn().await?;
        let before = self.model.snapshot().tree.get(id).cloned();
        let name = before.as_ref().map(|before| before.name.clone()).unwrap_or_default();
        let audit = AuditRecord::new("category.deleted", id.as_str(), &name);
        let audit = audit.change(before.as_ref().map(audited_category).as_ref(), None);
        let gone = Arc::new((id.clone(), audit));
        self.commit(&mut turn, move |tx| {
            let gone = Arc::clone(&gone);
            async move {
                let id = gone.0.clone();
                let all = store::categories::lock_tree(&tx).await?;
                if all.iter().any(|other| other.parent_id.as_ref() == Some(&id)) {
                    return Err(Error::CategoryNotEmpty);
                }
                if !store::categories::delete(&tx, &id).await? {
                    return Err(Error::NotFound);
                }
                let rest = all.into_iter().filter(|other| other.id != id).collect();
                let audits = vec![gone.1.clone()];
                Ok((Batch { categories: Some(rest), audits, ..Batch::default() }, ()))
            }
        })
        .await
    }

    fn checked_category(&self, put: &PutCategory) -> Result<CategoryRecord, Error> {
        let record = category::check(put)?;
        if let Some(image) = &record.image_id
            && self.model.snapshot().image(image).is_none()
        {
            return Err(Invalid::field("/image_id", "there is no such picture").into());
        }
        Ok(record)
    }
}

async fn insert(tx: &Tx, mut new: CategoryRecord, chosen: bool) -> Result<(Batch, ()), Error> {
    let mut all = store::categories::lock_tree(tx).await?;
    category::check_place(&new, &all)?;
    if !chosen {
        new.slug = free_slug(&new.slug, &all);
    }
    if !store::categories::insert(tx, &new).await? {
        return Err(Error::SlugTaken(new.slug));
    }
    all.push(new);
    Ok((Batch { categories: Some(all), ..Batch::default() }, ()))
}

async fn update(tx: &Tx, mut new: CategoryRecord, chosen: bool) -> Result<(Batch, ()), Error> {
    let mut all = store::categories::lock_tree(tx).await?;
    let old = all.iter().find(|other| other.id == new.id).ok_or(Error::NotFound)?;
    if !chosen {
        new.slug.clone_from(&old.slug);
    }
    category::check_place(&new, &all)?;
    if all.iter().any(|other| other.slug == new.slug && other.id != new.id) {
        return Err(Error::SlugTaken(new.slug));
    }
    if !store::categories::update(tx, &new).await? {
        return Err(Error::NotFound);
    }
    if let Some(old) = all.iter_mut().find(|other| other.id == new.id) {
        *old = new;
    }
    Ok((Batch { categories: Some(all), ..Batch::default() }, ()))
}

/// The slug, with a number where another category has it.
pub(crate) fn free_slug(slug: &str, all: &[CategoryRecord]) -> String {
    let taken = |slug: &str| all.iter().any(|other| other.slug == slug);
    let mut free = slug.to_owned();
    let mut number = 1;
    while taken(&free) {
        number += 1;
        free = handle::numbered(slug, number, LONGEST);
    }
    free
}
