//! The mailbox folder: each e-mail a file named by its id, so that putting it there twice leaves one.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use emart_notifications_api::EmailId;
use lettre::Message;

/// A folder of `.eml` files, which every mail program opens.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Makes the folder.
    pub(crate) fn new(path: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self(path.to_owned()))
    }

    /// Puts an e-mail into it, whole or not at all.
    pub(crate) async fn put(&self, id: &EmailId, message: Message) -> anyhow::Result<()> {
        let (unfinished, file) =
            (self.0.join(format!(".{id}.part")), self.0.join(format!("{id}.eml")));
        tokio::fs::write(&unfinished, message.formatted()).await?;
        tokio::fs::rename(&unfinished, &file).await?;
        Ok(())
    }
}
