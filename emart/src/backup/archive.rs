//! The archive: a manifest and the files it names, in its order, as a tar file compressed with zstd, whose checksum it
//! carries. What is read may be anybody's: nothing is written that the manifest does not announce, nowhere but below a
//! folder of one's own, and no more of it.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{BufReader, BufWriter, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use sha2::{Digest as _, Sha256};

use super::manifest::{Entry, Manifest};
use crate::disk;

const MANIFEST: &str = "manifest.json";
/// The manifest of some hundred thousand pictures.
const MANIFEST_LIMIT: u64 = 64 << 20;
/// What follows the last file of a tar file is zeros, and not many.
const PADDING_LIMIT: u64 = 1 << 20;
/// zstd's default: fast, and databases get half as long.
const LEVEL: i32 = 3;

/// Writes an archive; each file is read from where `place` says.
pub(super) fn write<W: Write>(
    out: W,
    manifest: &Manifest,
    place: impl Fn(&Entry) -> PathBuf,
) -> anyhow::Result<W> {
    let mut encoder = zstd::Encoder::new(BufWriter::new(out), LEVEL)?;
    encoder.include_checksum(true)?;
    let mut tar = tar::Builder::new(encoder);
    let json = serde_json::to_vec_pretty(manifest)?;
    let at = manifest.taken_at.as_seconds().unsigned_abs();
    tar.append_data(&mut header(json.len() as u64, at), MANIFEST, &*json)?;
    for entry in &manifest.files {
        let path = place(entry);
        let file = File::open(&path).with_context(|| path.display().to_string())?;
        let mut content = Hashing { inner: file.take(entry.bytes), hash: Sha256::new() };
        tar.append_data(&mut header(entry.bytes, at), &entry.path, &mut content)
            .with_context(|| format!("write {} to the archive", entry.path))?;
        if content.hex() != entry.sha256 {
            bail!("{} changed while it was copied; try again", entry.path);
        }
    }
    let out = tar.into_inner()?.finish()?;
    out.into_inner().map_err(|error| error.into_error().into())
}

fn header(bytes: u64, at: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.set_size(bytes);
    header.set_mode(0o600);
    header.set_mtime(at);
    header
}

/// Unpacks an archive into a folder that is there and empty. Whatever is wrong with it is an error.
pub(super) fn read(archive: &Path, into: &Path) -> anyhow::Result<Manifest> {
    let file = File::open(archive).with_context(|| archive.display().to_string())?;
    let decoder = zstd::Decoder::new(BufReader::new(file)).context("it is not an archive")?;
    // Raw: entries that change the meaning of the next (long names, sparse files) are not ours.
    let mut tar = tar::Archive::new(decoder);
    let mut entries = tar.entries()?.raw(true);
    let first = entries.next().context("it is empty")?.map_err(damaged)?;
    let manifest = manifest(first)?;
    let (needed, free) = (manifest.bytes(), disk::free(into)?);
    ensure!(
        needed <= free,
        "it unpacks to {}, and there are {} free on {}",
        disk::size(needed),
        disk::size(free),
        into.display()
    );
    for wanted in &manifest.files {
        let Some(entry) = entries.next() else {
            bail!("it ends before {}: it was cut off", wanted.path);
        };
        unpack(entry.map_err(damaged)?, wanted, into)?;
    }
    if let Some(more) = entries.next() {
        let path = more.map_err(damaged)?.path_bytes().into_owned();
        bail!("it holds {:?}, which its manifest does not name", String::from_utf8_lossy(&path));
    }
    // To its end, where the checksum stands.
    let left = std::io::copy(&mut tar.into_inner().take(PADDING_LIMIT + 1), &mut std::io::sink());
    ensure!(left.map_err(damaged)? <= PADDING_LIMIT, "more follows behind its end");
    Ok(manifest)
}

fn manifest<R: Read>(entry: tar::Entry<'_, R>) -> anyhow::Result<Manifest> {
    let (is_file, bytes) = (entry.header().entry_type().is_file(), entry.size());
    let ours = is_file && &*entry.path_bytes() == MANIFEST.as_bytes();
    ensure!(ours && bytes <= MANIFEST_LIMIT, "it is not an archive of `emart backup`");
    let mut json = Vec::new();
    entry.take(bytes).read_to_end(&mut json).map_err(damaged)?;
    Manifest::read(&json)
}

fn unpack<R: Read>(entry: tar::Entry<'_, R>, wanted: &Entry, into: &Path) -> anyhow::Result<()> {
    let path = &wanted.path;
    let named = &*entry.path_bytes() == path.as_bytes();
    let is_file = entry.header().entry_type().is_file() && entry.link_name_bytes().is_none();
    ensure!(
        named && is_file && entry.size() == wanted.bytes,
        "it does not hold the file {path} that its manifest names"
    );
    let target = into.join(path);
    if let Some(dir) = target.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    }
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(&target)?;
    let mut content = Hashing { inner: entry, hash: Sha256::new() };
    let written = std::io::copy(&mut content, &mut file).map_err(damaged)?;
    ensure!(written == wanted.bytes, "it ends in the middle of {path}: it was cut off");
    ensure!(content.hex() == wanted.sha256, "{path} in it is damaged: its checksum is another");
    Ok(())
}

fn damaged(error: std::io::Error) -> anyhow::Error {
    let disk = matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::PermissionDenied);
    anyhow::Error::from(error).context(if disk {
        "cannot unpack it"
    } else {
        "it is damaged or cut off"
    })
}

/// The length and hash of a file.
pub(super) fn measure(path: &Path) -> std::io::Result<(u64, String)> {
    let mut content = Hashing { inner: File::open(path)?, hash: Sha256::new() };
    let bytes = std::io::copy(&mut content, &mut std::io::sink())?;
    Ok((bytes, content.hex()))
}

/// A reader that hashes what goes through.
struct Hashing<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(&buffer[..read]);
        Ok(read)
    }
}

impl<R> Hashing<R> {
    fn hex(self) -> String {
        use std::fmt::Write as _;
        self.hash.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use emart_types::Timestamp;

    use super::super::manifest::FORMAT;
    use super::*;

    const FILES: [(&str, &[u8]); 3] =
        [("media/a.webp", b"a picture"), ("media/b.webp", &[7; 3000]), ("orders.db", b"rows")];

    fn manifest(files: &[(&str, &[u8])]) -> Manifest {
        let entry = |(path, content): &(&str, &[u8])| {
            let mut content = Hashing { inner: *content, hash: Sha256::new() };
            let bytes = std::io::copy(&mut content, &mut std::io::sink()).unwrap();
            let (path, sha256) = ((*path).to_owned(), content.hex());
            Entry { path, bytes, sha256, tables: BTreeMap::new() }
        };
        Manifest {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            taken_at: Timestamp::default(),
            shop: "Shop".to_owned(),
            files: files.iter().map(entry).collect(),
        }
    }

    fn good() -> Vec<u8> {
        let dir = tempfile::tempdir().unwrap();
        for (path, content) in FILES {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        write(Vec::new(), &manifest(&FILES), |entry| dir.path().join(&entry.path)).unwrap()
    }

    /// What comes out: an error, or every file as it was.
    fn read_bytes(archive: &[u8]) -> anyhow::Result<()> {
        let dir = tempfile::tempdir()?;
        let (path, into) = (dir.path().join("archive"), dir.path().join("into"));
        std::fs::write(&path, archive)?;
        std::fs::create_dir(&into)?;
        let read = read(&path, &into);
        let outside = std::fs::read_dir(dir.path())?.count();
        assert_eq!(outside, 2, "something was written beside the folder");
        read?;
        for (path, content) in FILES {
            assert!(std::fs::read(into.join(path))? == content, "{path}");
        }
        Ok(())
    }

    /// An archive put together by hand.
    fn forged(manifest: &Manifest, files: &[(tar::Header, &str, &[u8])]) -> Vec<u8> {
        let mut tar = tar::Builder::new(zstd::Encoder::new(Vec::new(), 1).unwrap());
        let json = serde_json::to_vec(manifest).unwrap();
        tar.append_data(&mut header(json.len() as u64, 0), MANIFEST, &*json).unwrap();
        for (head, path, content) in files {
            let mut head = head.clone();
            let name = &mut head.as_old_mut().name;
            name.fill(0);
            name[..path.len()].copy_from_slice(path.as_bytes());
            head.set_cksum();
            tar.append(&head, *content).unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap()
    }

    #[test]
    fn no_flipped_bit_and_no_missing_end_goes_unnoticed() {
        let good = good();
        read_bytes(&good).unwrap();
        let mut unnoticed = Vec::new();
        for at in 0..good.len() {
            let mut flipped = good.clone();
            flipped[at] ^= 1 << (at % 8);
            if read_bytes(&flipped).is_ok() {
                unnoticed.push(at);
            }
            assert!(read_bytes(&good[..at]).is_err(), "cut off at {at}");
        }
        // zstd can say the same thing in several ways: what came out was compared, and is the same.
        assert!(unnoticed.len() * 20 < good.len(), "{unnoticed:?} of {}", good.len());
        assert!(read_bytes(&[&*good, b"more"].concat()).is_err());
    }

    #[test]
    fn an_archive_that_means_harm_is_refused() {
        let file = |bytes: usize| header(bytes as u64, 0);
        let kind = |kind: tar::EntryType, bytes: usize| {
            let mut header = file(bytes);
            header.set_entry_type(kind);
            header.set_link_name("/etc/passwd").unwrap();
            header
        };
        let files: &[(&str, &[u8])] = &[("a.db", b"rows")];
        let honest = manifest(files);
        let outside = manifest(&[("../outside.db", b"rows")]);
        let mut huge = honest.clone();
        huge.files[0].bytes = u64::MAX / 2;
        let long = vec![0; 4 << 20];
        for (what, archive) in [
            ("a path outside", forged(&outside, &[(file(4), "../outside.db", b"rows")])),
            (
                "a path the manifest has not",
                forged(&honest, &[(file(4), "../outside.db", b"rows")]),
            ),
            ("a symlink", forged(&honest, &[(kind(tar::EntryType::Symlink, 0), "a.db", b"")])),
            ("a hard link", forged(&honest, &[(kind(tar::EntryType::Link, 0), "a.db", b"")])),
            ("a device", forged(&honest, &[(kind(tar::EntryType::Char, 0), "a.db", b"")])),
            (
                "a long name",
                forged(&honest, &[(kind(tar::EntryType::GNULongName, 4), "x", b"a.db")]),
            ),
            ("more bytes", forged(&honest, &[(file(5), "a.db", b"rows!")])),
            ("other bytes", forged(&honest, &[(file(4), "a.db", b"rowz")])),
            ("more than the disk", forged(&huge, &[(file(4), "a.db", b"rows")])),
            ("nothing", forged(&honest, &[])),
            (
                "one more file",
                forged(&honest, &[(file(4), "a.db", b"rows"), (file(4), "b.db", b"rows")]),
            ),
            (
                "the same file again",
                forged(&honest, &[(file(4), "a.db", b"rows"), (file(4), "a.db", b"rows")]),
            ),
            ("a bomb behind the end", {
                let bomb = zstd::encode_all(&*long, 1).unwrap();
                [forged(&honest, &[(file(4), "a.db", b"rows")]), bomb].concat()
            }),
        ] {
            let read = read_bytes(&archive);
            assert!(read.is_err(), "{what} was taken");
        }
    }
}
