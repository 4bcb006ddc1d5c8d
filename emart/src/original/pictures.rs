//! Pictures of products, out of a folder.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use emart_catalog_api::ImageId;

use super::Move;

/// A product that wants its picture.
pub(super) struct Pictured<'a> {
    pub(super) number: usize,
    pub(super) hex: &'a str,
    pub(super) title: &'a str,
    pub(super) picture: Option<&'a Path>,
}

impl Move<'_> {
    /// Takes the picture of a product in; one that cannot be is said, and left out.
    pub(super) async fn take_picture(
        &mut self,
        product: &Pictured<'_>,
    ) -> anyhow::Result<Option<ImageId>> {
        let Some(path) = product.picture else { return Ok(None) };
        let bytes = match std::fs::read(path) {
            Ok(bytes) => Bytes::from(bytes),
            Err(error) => {
                let said = format!("without its picture: {}: {error}", path.display());
                self.report.say("product", product.number, product.hex, said);
                return Ok(None);
            }
        };
        match self.catalog.create_image(product.title, bytes).await {
            Ok(image) => Ok(Some(image.id)),
            Err(error) if error.is_refusal() => {
                let said = format!("without its picture: {}: {error}", path.display());
                self.report.say("product", product.number, product.hex, said);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The file that an address ends with, where the folder has it.
pub(super) fn file_in(folder: &Path, url: &str) -> Option<PathBuf> {
    let last = url.rsplit(['/', '\\']).next().filter(|name| !name.is_empty())?;
    let plain: String = percent_encoding::percent_decode_str(last).decode_utf8_lossy().into();
    let names = [last.to_owned(), plain];
    let inside = names.iter().filter(|name| !name.contains(['/', '\\']) && *name != "..");
    inside.map(|name| folder.join(name)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_the_file_its_address_ends_with_and_none_outside_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("images");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("blue pen-1.png"), "x").unwrap();
        std::fs::write(dir.path().join("secret.png"), "x").unwrap();
        let found = |url| file_in(&folder, url).is_some();
        assert!(found("http://api:5000/images/blue pen-1.png"));
        assert!(found("http://api:5000/images/blue%20pen-1.png"));
        for url in ["http://x/images/other.png", "..", "", "http://x/..%2Fsecret.png", "x/"] {
            assert!(!found(url), "{url}");
        }
    }
}
