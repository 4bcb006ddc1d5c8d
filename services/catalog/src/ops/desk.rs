//! A product on somebody's desk: read as it was written, copied, its pictures put in order.

use std::collections::HashMap;
use std::sync::Arc;

use emart_catalog_api::{ImageId, ProductForEdit, ProductId, PutMedia, PutPicture};
use emart_store::Tx;
use emart_types::Invalid;

use super::products::{Change, update};
use crate::domain::check::MOST_IMAGES;
use crate::domain::product::{Picture, Record};
use crate::domain::stock::StockWork;
use crate::domain::written;
use crate::error::Error;
use crate::model::Batch;
use crate::routes::media::LONGEST_ALT;
use crate::store::images::ImageRow;
use crate::{Catalog, store};

impl Catalog {
    /// A product as it was written.
    pub(crate) async fn product_for_edit(&self, id: &ProductId) -> Result<ProductForEdit, Error> {
        let record = self.record(id).await?.ok_or(Error::NotFound)?;
        let snapshot = self.model.snapshot();
        let images = record.images.iter().filter_map(|picture| picture.image_id.as_ref());
        Ok(ProductForEdit {
            images: images.filter_map(|id| snapshot.image(id)).collect(),
            product: written::put(&record, self.config.currency),
            id: record.id,
            version: record.version,
            created_at: record.created_at,
            updated_at: record.updated_at,
        })
    }

    /// Makes a draft like a product.
    pub(crate) async fn duplicate_product(&self, id: &ProductId) -> Result<ProductId, Error> {
        let record = self.record(id).await?.ok_or(Error::NotFound)?;
        self.create_product(written::copy(&record, self.config.currency)).await
    }

    /// Says which pictures a product has, in which order and with which texts.
    pub(crate) async fn put_media(
        &self,
        id: &ProductId,
        put: PutMedia,
        is_seen: impl FnOnce(i64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        check(&put)?;
        let mut turn = self.turn().await?;
        let before = self.record(id).await?.ok_or(Error::NotFound)?;
        is_seen(before.version)?;
        let now = self.clock.now();
        let change = Arc::new((before, put));
        self.commit(&mut turn, move |tx| {
            let change = Arc::clone(&change);
            async move {
                let (before, put) = &*change;
                let mut images = Vec::with_capacity(put.images.len());
                for (at, picture) in put.images.iter().enumerate() {
                    let row = with_text(&tx, at, picture).await?;
                    images.push(store::images::ensure(&tx, &row, now).await?.image);
                }
                let mut after = rearranged(before, put, &images);
                (after.version, after.updated_at) = (before.version + 1, now);
                let change = Change::new(before.clone(), after, StockWork::default());
                let (batch, ()) = update(&tx, &change).await?;
                Ok((Batch { images, ..batch }, ()))
            }
        })
        .await
    }
}

fn check(put: &PutMedia) -> Result<(), Invalid> {
    let mut invalid = Invalid::new();
    invalid.require(put.images.len() <= MOST_IMAGES, "/images", "at most 250");
    for (at, picture) in put.images.iter().enumerate() {
        let alt = format!("/images/{at}/alt");
        invalid.require(picture.alt.chars().count() <= LONGEST_ALT, &alt, "at most 500 characters");
        invalid.require(!picture.alt.contains(char::is_control), &alt, "must be one line of text");
        let is_twice = put.images[..at].iter().any(|other| other.id == picture.id);
        invalid.require(!is_twice, &format!("/images/{at}/id"), "is there twice");
    }
    invalid.finish()
}

/// The picture under this text: the same files under another text are another picture.
async fn with_text(tx: &Tx, at: usize, picture: &PutPicture) -> Result<ImageRow, Error> {
    let row = store::images::by_id(tx, &picture.id).await?;
    let missing = || Invalid::field(format!("/images/{at}/id"), "there is no such picture");
    let mut row = row.ok_or_else(missing)?;
    let alt = picture.alt.trim();
    if row.image.alt != alt {
        alt.clone_into(&mut row.image.alt);
        row.image.id = ImageId::new();
    }
    Ok(row)
}

fn rearranged(before: &Record, put: &PutMedia, images: &[emart_catalog_api::Image]) -> Record {
    let mut after = before.clone();
    let renamed: HashMap<_, _> =
        put.images.iter().map(|picture| &picture.id).zip(images.iter().map(|i| &i.id)).collect();
    let kept = |id: &ImageId| before.images.iter().find(|p| p.image_id.as_ref() == Some(id));
    let picture = |(asked, image): (&PutPicture, &emart_catalog_api::Image)| {
        let (image_id, alt) = (Some(image.id.clone()), image.alt.clone());
        match kept(&asked.id) {
            Some(kept) => Picture { image_id, alt, ..kept.clone() },
            None => Picture { image_id, alt, source: String::new(), extra: Default::default() },
        }
    };
    after.images = put.images.iter().zip(images).map(picture).collect();
    for variant in &mut after.variants {
        variant.image_id =
            variant.image_id.as_ref().and_then(|id| renamed.get(id)).map(|id| (*id).clone());
    }
    after
}
