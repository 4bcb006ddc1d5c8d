//! Making, changing and deleting collections.

use std::sync::Arc;

use emart_catalog_api::{CollectionId, PutCollection};
use emart_http::AuditRecord;

use crate::domain::collection::{self, CollectionRecord, Known};
use crate::domain::{handle, written};
use crate::error::Error;
use crate::model::Batch;
use crate::{Catalog, store};

/// Handles that are tried before giving up.
const HANDLES: usize = 100;

impl Catalog {
    /// Makes a collection.
    pub(crate) async fn create_collection(
        &self,
        put: PutCollection,
    ) -> Result<CollectionId, Error> {
        let mut turn = self.turn().await?;
        let chosen = put.handle.is_some();
        let mut new = self.checked_collection(put, None)?;
        if !chosen {
            new.handle = self.free_handle(&new.handle);
        }
        let (id, now) = (new.id.clone(), written::put_collection(&new));
        let audit = AuditRecord::new("collection.created", id.as_str(), &new.title);
        let new = Arc::new((new, audit.change(None, Some(&now))));
        self.commit(&mut turn, move |tx| {
            let new = Arc::clone(&new);
            async move {
                if !store::collections::insert(&tx, &new.0).await? {
                    return Err(Error::HandleTaken(new.0.handle.clone()));
                }
                let collections = Some(store::collections::collections(&tx).await?);
                let audits = vec![new.1.clone()];
                Ok((Batch { collections, audits, ..Batch::default() }, ()))
            }
        })
        .await?;
        Ok(id)
    }

    /// Replaces a collection, if it still has the version that `is_seen` accepts.
    pub(crate) async fn replace_collection(
        &self,
        id: &CollectionId,
        put: PutCollection,
        is_seen: impl FnOnce(i64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut turn = self.turn().await?;
        let before = self.model.snapshot().collection(id.as_str()).cloned();
        let before = before.ok_or(Error::NotFound)?;
        is_seen(before.version)?;
        let after = self.checked_collection(put, Some(&before))?;
        let (was, is) = (written::put_collection(&before), written::put_collection(&after));
        if was == is {
            return Ok(());
        }
        let taken = self
            .model
            .snapshot()
            .collections()
            .iter()
            .any(|other| other.id != *id && other.handle == after.handle);
        if taken {
            return Err(Error::HandleTaken(after.handle));
        }
        let audit = AuditRecord::new("collection.updated", id.as_str(), &after.title);
        let change = Arc::new((after, audit.change(Some(&was), Some(&is))));
        self.commit(&mut turn, move |tx| {
            let change = Arc::clone(&change);
            async move {
                if !store::collections::update(&tx, &change.0).await? {
                    return Err(Error::Contended);
                }
                let collections = Some(store::collections::collections(&tx).await?);
                let audits = vec![change.1.clone()];
                Ok((Batch { collections, audits, ..Batch::default() }, ()))
            }
        })
        .await
    }

    /// Deletes a collection. Its products stay.
    pub(crate) async fn delete_collection(&self, id: &CollectionId) -> Result<(), Error> {
        let mut turn = self.turn().await?;
        let before = self.model.snapshot().collection(id.as_str()).cloned();
        let before = before.ok_or(Error::NotFound)?;
        let audit = AuditRecord::new("collection.deleted", id.as_str(), &before.title);
        let audit = audit.change(Some(&written::put_collection(&before)), None);
        let gone = Arc::new((id.clone(), audit));
        self.commit(&mut turn, move |tx| {
            let gone = Arc::clone(&gone);
            async move {
                if !store::collections::delete(&tx, &gone.0).await? {
                    return Err(Error::NotFound);
                }
                let collections = Some(store::collections::collections(&tx).await?);
                let audits = vec![gone.1.clone()];
                Ok((Batch { collections, audits, ..Batch::default() }, ()))
            }
        })
        .await
    }

    fn checked_collection(
        &self,
        put: PutCollection,
        before: Option<&CollectionRecord>,
    ) -> Result<CollectionRecord, Error> {
        let snapshot = self.model.snapshot_full();
        let kept = before.map(|before| before.product_ids.clone()).unwrap_or_default();
        let known = Known {
            currency: self.config.currency,
            has_image: &|id| snapshot.image(id).is_some(),
            // One that was chosen and is gone is no reason to refuse the rest.
            has_product: &|id| snapshot.product(id.as_str()).is_some() || kept.contains(id),
            has_category: &|slug| snapshot.tree.by_slug(slug).is_some(),
        };
        Ok(collection::check(put, before, &known, self.clock.now())?)
    }

    fn free_handle(&self, wanted: &str) -> String {
        let snapshot = self.model.snapshot();
        let is_taken = |handle: &str| snapshot.collections().iter().any(|c| c.handle == handle);
        let numbered = |number| match number {
            1 => wanted.to_owned(),
            number => handle::numbered(wanted, number, handle::LONGEST),
        };
        (1..=HANDLES)
            .map(numbered)
            .find(|handle| !is_taken(handle))
            .unwrap_or_else(|| wanted.to_owned())
    }
}
