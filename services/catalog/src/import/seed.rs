//! Descriptions and pictures of categories, from a file with the columns `path, slug, description, image`.

use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use emart_catalog_api::{CategoryId, ImageId, PutCategory};

use super::cells::path;
use super::tree::Branches;
use super::{Unreadable, text};
use crate::Catalog;
use crate::error::Error;

/// A row of the file.
struct Seed {
    path: Vec<String>,
    slug: String,
    description: String,
    image: String,
}

impl Catalog {
    /// Makes or changes the categories of a file, pictures from `folder`. Returns how many there are.
    pub(crate) async fn import_categories(
        &self,
        csv: &[u8],
        folder: Option<&Path>,
    ) -> Result<usize, Error> {
        let seeds = read(csv)?;
        for (position, seed) in (0i64..).zip(&seeds) {
            let Some((name, above)) = seed.path.split_last() else { continue };
            let image_id = self.seed_picture(seed, name, folder).await?;
            // The tree as it is now, with what other copies of the service have made of it.
            drop(self.turn().await?);
            let all = self.model.snapshot().tree.records().cloned().collect();
            let branches = Branches::new(all);
            let known = branches.find(&seed.path);
            let parent_id = branches.find(above);
            let image_id = image_id.or_else(|| known.as_ref().and_then(|k| k.image_id.clone()));
            let put = PutCategory {
                name: name.clone(),
                slug: (!seed.slug.is_empty()).then(|| seed.slug.clone()),
                description: seed.description.clone(),
                parent_id: parent_id.map(|parent| parent.id),
                image_id,
                position,
            };
            self.put_seed(known.map(|known| known.id), put).await?;
        }
        Ok(seeds.len())
    }

    /// A slug that another category has gives way to one of the name.
    async fn put_seed(&self, known: Option<CategoryId>, mut put: PutCategory) -> Result<(), Error> {
        loop {
            let done = match &known {
                Some(known) => self.replace_category(known, put.clone()).await,
                None => self.create_category(put.clone()).await.map(|_| ()),
            };
            match done {
                Err(Error::SlugTaken(_)) if put.slug.is_some() => put.slug = None,
                done => return done,
            }
        }
    }

    async fn seed_picture(
        &self,
        seed: &Seed,
        name: &str,
        folder: Option<&Path>,
    ) -> Result<Option<ImageId>, Error> {
        if seed.image.is_empty() || folder.is_none() {
            return Ok(None);
        }
        match self.fetcher.picture(&seed.image, folder).await {
            Ok(picture) => Ok(Some(self.take_picture(picture, name).await?.id)),
            Err(error) => {
                tracing::warn!(category = name, %error, "the category's picture was not taken");
                Ok(None)
            }
        }
    }
}

fn read(csv: &[u8]) -> Result<Vec<Seed>, Unreadable> {
    let (text, separator) = text::read(csv)?;
    let mut reader =
        ReaderBuilder::new().flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let broken = |error: csv::Error| Unreadable::Csv(error.to_string());
    let header = reader.headers().map_err(broken)?.clone();
    let place = |name: &str| header.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name));
    let Some(path_at) = place("path") else { return Err(Unreadable::Columns("path".to_owned())) };
    let (slug, description, image) = (place("slug"), place("description"), place("image"));
    let mut seeds = Vec::new();
    for row in reader.records() {
        let row = row.map_err(broken)?;
        let cell = |row: &StringRecord, at: Option<usize>| {
            at.and_then(|at| row.get(at)).unwrap_or_default().trim().to_owned()
        };
        seeds.push(Seed {
            path: path(row.get(path_at).unwrap_or_default()),
            slug: cell(&row, slug),
            description: cell(&row, description),
            image: cell(&row, image),
        });
    }
    Ok(seeds)
}
