//! Pictures as files: taken in once by what they hold, kept in every size, never changed.

mod files;
mod renditions;

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use emart_catalog_api::{Image, ImageId, ImageSource};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use self::renditions::Rendition;
pub(crate) use self::renditions::{Format, Refused};
use crate::Config;
use crate::store::images::ImageRow;

/// Part of every name: another way of encoding gives other names, so that nobody keeps the old files.
const ENCODING: &[u8] = b"emart-1";
/// Pictures that are decoded at the same time; each may take 200 MB.
const AT_ONCE: usize = 2;
/// Files kept in memory.
const CACHED_BYTES: u64 = 16 << 20;
const CACHED_FILES: usize = 512;

/// The pictures' directory.
#[derive(Debug)]
pub(crate) struct Media {
    dir: Arc<PathBuf>,
    most_bytes: usize,
    most_pixels: u64,
    turns: Arc<Semaphore>,
    hot: Cache<String, Bytes, Size>,
}

#[derive(Debug, Clone)]
struct Size;

impl Weighter<String, Bytes> for Size {
    fn weight(&self, name: &String, file: &Bytes) -> u64 {
        (name.len() + file.len()) as u64
    }
}

/// A picture that was taken in.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) row: ImageRow,
    /// Its files by name.
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

/// What there is of a name.
#[derive(Debug)]
pub(crate) enum File {
    Here(Format, Bytes),
    /// It is a name of ours, but there is no such file here.
    Missing(Format),
    NotOurs,
}

/// Why a picture was not taken in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Disk(#[from] std::io::Error),
}

impl Media {
    pub(crate) fn open(config: &Config) -> std::io::Result<Self> {
        std::fs::create_dir_all(&config.media_dir)?;
        Ok(Self {
            dir: Arc::new(config.media_dir.clone()),
            most_bytes: config.picture_mib << 20,
            most_pixels: u64::from(config.picture_megapixels) * 1_000_000,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            hot: Cache::with_weighter(CACHED_FILES, CACHED_BYTES, Size),
        })
    }

    /// The largest picture that is taken in.
    pub(crate) const fn most_bytes(&self) -> usize {
        self.most_bytes
    }

    /// The name that a picture's files begin with.
    pub(crate) fn hash(picture: &[u8]) -> String {
        let digest = Sha256::new().chain_update(ENCODING).chain_update(picture).finalize();
        digest[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Decodes a picture, writes it in all sizes and says what became of it. Off the threads that serve requests.
    pub(crate) async fn take(
        &self,
        hash: String,
        picture: Bytes,
        alt: &str,
    ) -> Result<Taken, Failure> {
        if picture.len() > self.most_bytes {
            return Err(Refused::TooManyBytes(self.most_bytes >> 20).into());
        }
        let _turn = self.turns.acquire().await.expect("the semaphore is never closed");
        let (dir, most_pixels, name) = (Arc::clone(&self.dir), self.most_pixels, hash.clone());
        let work = move || -> Result<(Vec<_>, Vec<_>), Failure> {
            let renditions = renditions::render(&picture, most_pixels)?;
            let mut sizes = Vec::with_capacity(renditions.len());
            let mut files = Vec::with_capacity(renditions.len());
            for Rendition { width, height, format, file } in renditions {
                let name = format!("{name}-{width}.{}", format.extension());
                files::write(&dir, &name, &file)?;
                sizes.push((width, height, name.clone()));
                files.push((name, file));
            }
            files::settle(&dir)?;
            Ok((sizes, files))
        };
        let done = tokio::task::spawn_blocking(work).await;
        let gave_up = |_| Refused::Damaged("the decoder gave up".to_owned());
        let (sizes, files) = done.map_err(gave_up)??;
        let (width, height) = sizes.last().map_or((0, 0), |(width, height, _)| (*width, *height));
        let source = |(width, _, name)| ImageSource { width, url: format!("/images/{name}") };
        let sources = sizes.into_iter().map(source).collect();
        let image = Image { id: ImageId::new(), alt: alt.to_owned(), width, height, sources };
        Ok(Taken { row: ImageRow { hash, image }, files })
    }

    /// A file by its name.
    pub(crate) async fn file(&self, name: &str) -> std::io::Result<File> {
        let Some(format) = files::format_of(name) else { return Ok(File::NotOurs) };
        if let Some(file) = self.hot.get(name) {
            return Ok(File::Here(format, file));
        }
        match tokio::fs::read(self.dir.join(name)).await {
            Ok(file) => {
                let file = Bytes::from(file);
                self.hot.insert(name.to_owned(), file.clone());
                Ok(File::Here(format, file))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(File::Missing(format)),
            Err(error) => Err(error),
        }
    }

    /// Keeps a file that came from elsewhere, for the next who asks. `name` is one of ours.
    pub(crate) async fn keep(&self, name: &str, file: Vec<u8>) -> Bytes {
        let file = Bytes::from(file);
        self.hot.insert(name.to_owned(), file.clone());
        let (dir, owned, copy) = (Arc::clone(&self.dir), name.to_owned(), file.clone());
        let write = tokio::task::spawn_blocking(move || files::write(&dir, &owned, &copy));
        if let Ok(Err(error)) = write.await {
            tracing::warn!(name, %error, "a picture could not be kept in the directory");
        }
        file
    }
}
