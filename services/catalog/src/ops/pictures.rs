//! Taking pictures in.

use std::sync::Arc;

use bytes::Bytes;
use emart_catalog_api::{Image, ImageId};
use emart_store::{EngineKind, Tx};

use crate::error::Error;
use crate::media::{Failure, File, Format, Media, Taken};
use crate::model::Batch;
use crate::store::images::ImageRow;
use crate::{Catalog, store};

impl Catalog {
    /// Takes a picture in, or finds the one that is the same.
    pub(crate) async fn take_picture(&self, picture: Bytes, alt: &str) -> Result<Image, Error> {
        let hash = Media::hash(&picture);
        let lookup = hash.clone();
        let find = |tx| async move { store::images::by_hash(&tx, &lookup).await };
        let taken = match self.db.read(find).await? {
            Some(row) => Taken { row, files: Vec::new() },
            None => self.media.take(hash, picture, alt).await?,
        };
        self.keep_picture(taken, alt).await
    }

    /// The picture with this text: the same files under another text are another picture.
    async fn keep_picture(&self, taken: Taken, alt: &str) -> Result<Image, Error> {
        let Taken { mut row, files } = taken;
        if row.image.alt != alt {
            alt.clone_into(&mut row.image.alt);
            row.image.id = ImageId::new();
        }
        let now = self.clock.now();
        let mut turn = self.turn().await?;
        // On SQLite they are in the directory, where every reader is.
        let files = if turn.are_several() { files } else { Vec::new() };
        let new = Arc::new((row, files));
        self.commit(&mut turn, move |tx| {
            let new = Arc::clone(&new);
            async move {
                store::images::keep_files(&tx, &new.1).await?;
                let ImageRow { image, .. } = store::images::ensure(&tx, &new.0, now).await?;
                Ok((Batch { images: vec![image.clone()], ..Batch::default() }, image))
            }
        })
        .await
    }

    /// A picture's file: from memory, from the directory, or from where another copy of the service has kept it.
    pub(crate) async fn picture_file(&self, name: &str) -> Result<(Format, Bytes), Error> {
        let format = match self.media.file(name).await? {
            File::Here(format, file) => return Ok((format, file)),
            File::Missing(format) if self.db.engine() == EngineKind::Postgres => format,
            File::Missing(_) | File::NotOurs => return Err(Error::NotFound),
        };
        let read = |tx: Tx| async move { store::images::file(&tx, name).await };
        let file: Vec<u8> = self.db.read(read).await?.ok_or(Error::NotFound)?;
        Ok((format, self.media.keep(name, file).await))
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refused) => Self::Picture(refused),
            Failure::Disk(error) => Self::Disk(error),
        }
    }
}
