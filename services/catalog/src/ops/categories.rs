//! Making, changing and deleting categories.

use std::sync::Arc;

use emart_catalog_api::{CategoryId, PutCategory};
use emart_store::Tx;
use emart_types::Invalid;

use crate::domain::category::{self, CategoryRecord};
use crate::domain::handle;
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
        let new = Arc::new(self.checked_category(&put)?);
        let id = new.id.clone();
        self.commit(&mut turn, move |tx| {
            let new = Arc::clone(&new);
            async move { insert(&tx, (*new).clone(), chosen).await }
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
        let new = Arc::new(new);
        self.commit(&mut turn, move |tx| {
            let new = Arc::clone(&new);
            async move { update(&tx, (*new).clone(), chosen).await }
        })
        .await
    }

    /// Deletes a category that has none below it. Its products stay.
    pub(crate) async fn delete_category(&self, id: &CategoryId) -> Result<(), Error> {
        let mut turn = self.turn().await?;
        let id = id.clone();
        self.commit(&mut turn, move |tx| {
            let id = id.clone();
            async move {
                let all = store::categories::lock_tree(&tx).await?;
                if all.iter().any(|other| other.parent_id.as_ref() == Some(&id)) {
                    return Err(Error::CategoryNotEmpty);
                }
                if !store::categories::delete(&tx, &id).await? {
                    return Err(Error::NotFound);
                }
                let rest = all.into_iter().filter(|other| other.id != id).collect();
                Ok((Batch { categories: Some(rest), ..Batch::default() }, ()))
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
