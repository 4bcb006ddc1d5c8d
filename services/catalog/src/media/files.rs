//! The files: named by content, written whole or not at all.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use super::renditions::Format;

/// Characters of a hash.
const HASH: usize = 32;

/// The format of a file with this name; `None` for anything but `<hash>-<width>.<extension>`, so that no name leads
/// out of the directory.
pub(super) fn format_of(name: &str) -> Option<Format> {
    let (hash, rest) = name.split_once('-')?;
    let (width, extension) = rest.split_once('.')?;
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    let is_hash = hash.len() == HASH && hash.bytes().all(hex);
    let is_width = (1..=5).contains(&width.len()) && width.bytes().all(|b| b.is_ascii_digit());
    let format = [Format::Jpeg, Format::WebP].into_iter().find(|f| f.extension() == extension)?;
    (is_hash && is_width).then_some(format)
}

/// Writes a file. Whoever reads it meanwhile sees the old one (which is the same) or none.
pub(super) fn write(dir: &Path, name: &str, content: &[u8]) -> std::io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(dir.join(name)).map_err(|error| error.error)?;
    Ok(())
}

/// Makes the names of new files survive a power cut.
pub(super) fn settle(dir: &Path) -> std::io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_ours_are_names() {
        let hash = "0123456789abcdef0123456789abcdef";
        assert_eq!(format_of(&format!("{hash}-640.webp")), Some(Format::WebP));
        assert_eq!(format_of(&format!("{hash}-1600.jpg")), Some(Format::Jpeg));
        for bad in [
            "../../etc/passwd".to_owned(),
            format!("{hash}-640.webp/.."),
            format!("{hash}-640.svg"),
            format!("{hash}-.webp"),
            format!("{}-640.webp", hash.to_uppercase()),
            format!("/{hash}-640.webp"),
            format!("{hash}-640.jpg\0"),
        ] {
            assert_eq!(format_of(&bad), None, "{bad}");
        }
    }
}
