//! Another client's files at `/`, where the shop's own pages are otherwise: a single-page app as its build left it. All
//! of it is in memory; a request names one of these files or none, and can reach nothing else on the disk.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use percent_encoding::percent_decode_str;

/// Where the shop's own pages are meanwhile.
pub(crate) const SHOP: &str = "/store";
const INDEX: &str = "index.html";
/// What a folder may hold: it is a client's build, not a home directory named by mistake.
const MOST_FILES: usize = 5_000;
const MOST_BYTES: usize = 128 << 20;
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
/// What such a client may load and do: its own scripts; styles, fonts and pictures from elsewhere as well. The hash is that of
/// `this.media='all'`, by which Angular's builds switch their style sheet on.
pub(crate) const POLICY: &str = "default-src 'self'; \
    script-src 'self' 'unsafe-hashes' 'sha256-MhtPZXr7+LpJUY5qtMutB+qWfQtMaPccfe7QXtCcEYc='; \
    style-src 'self' 'unsafe-inline' https:; font-src 'self' data: https:; img-src 'self' data: blob: https:; \
    object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/// A folder's files, by their paths in it.
pub(crate) struct Files {
    files: HashMap<String, File>,
    policy: HeaderValue,
}

struct File {
    body: Bytes,
    kind: HeaderValue,
    tag: HeaderValue,
    keep: HeaderValue,
}

impl Files {
    /// Reads a folder with all below it, but for what begins with a dot or lies elsewhere.
    pub(crate) fn read(dir: &Path, policy: Option<&str>) -> anyhow::Result<Self> {
        let root = dir.canonicalize().with_context(|| format!("client_dir: {}", dir.display()))?;
        let policy = HeaderValue::from_str(policy.unwrap_or(POLICY)).context("client_policy")?;
        let (mut files, mut bytes, mut left) = (HashMap::new(), 0, vec![root.clone()]);
        while let Some(folder) = left.pop() {
            for path in entries(&folder, &root)? {
                if path.is_dir() {
                    left.push(path);
                    continue;
                }
                let (name, file) = File::read(&path, &root)?;
                bytes += file.body.len();
                files.insert(name, file);
                let fits = files.len() <= MOST_FILES && bytes <= MOST_BYTES;
                ensure!(
                    fits,
                    "client_dir: {} holds more than {MOST_FILES} files or 128 MiB",
                    dir.display()
                );
            }
        }
        ensure!(files.contains_key(INDEX), "client_dir: there is no {INDEX} in {}", dir.display());
        Ok(Self { files, policy })
    }

    /// Answers a request: a file, or the client itself, which knows what to make of the address.
    pub(crate) fn answer(&self, parts: &Parts) -> Response {
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")])
                .into_response();
        }
        let Ok(path) = percent_decode_str(parts.uri.path().trim_start_matches('/')).decode_utf8()
        else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
        let found = match self.files.get(&*path) {
            None if is_file => None,
            None => self.files.get(INDEX),
            found => found,
        };
        found.map_or_else(
            || StatusCode::NOT_FOUND.into_response(),
            |file| self.send(file, &parts.headers),
        )
    }

    fn send(&self, file: &File, asked: &HeaderMap) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(header::ETAG, file.tag.clone());
        headers.insert(header::CACHE_CONTROL, file.keep.clone());
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        let has =
            asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        if has
            .flat_map(|tags| tags.split(','))
            .any(|tag| tag.trim().trim_start_matches("W/") == file.tag)
        {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        headers.insert(header::CONTENT_TYPE, file.kind.clone());
        (headers, file.body.clone()).into_response()
    }
}

/// What is in a folder, links followed as long as they stay within the root.
fn entries(folder: &Path, root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let listing =
        std::fs::read_dir(folder).with_context(|| format!("client_dir: {}", folder.display()))?;
    for entry in listing {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        let inside = !entry.file_type()?.is_symlink()
            // A link to a folder may lead in circles; a build has none.
            || path.canonicalize().is_ok_and(|real| real.starts_with(root) && real.is_file());
        if inside {
            found.push(path);
        } else {
            tracing::warn!(path = %path.display(), "a link out of client_dir is not served");
        }
    }
    Ok(found)
}

impl File {
    fn read(path: &Path, root: &Path) -> anyhow::Result<(String, Self)> {
        let name = path.strip_prefix(root)?.to_str();
        let name = name.with_context(|| format!("client_dir: {} is not UTF-8", path.display()))?;
        let body =
            std::fs::read(path).with_context(|| format!("client_dir: {}", path.display()))?;
        let tag = format!("\"{:016x}\"", fingerprint(&body));
        let keep = if is_named_by_content(name) { FOR_EVER } else { ASK_AGAIN };
        let file = Self {
            body: body.into(),
            kind: HeaderValue::from_static(kind(name)),
            tag: HeaderValue::try_from(tag)?,
            keep,
        };
        Ok((name.to_owned(), file))
    }
}

/// FNV-1a, 64 bits: it tells one build's file from the next one's; nothing rests on it.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Whether a name holds a hash of what is in the file, as builds write it: `main.0f3c9a1b2d4e.js`, `main-ABCD1234.js`.
fn is_named_by_content(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or_default();
    let is_hash = |part: &str| {
        part.len() >= 8
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && part.bytes().any(|byte| byte.is_ascii_digit())
    };
    name.split(['.', '-']).skip(1).any(is_hash)
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "html" | "htm" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "xml" => "application/xml",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "eot" => "application/vnd.ms-fontobject",
        "wasm" => "application/wasm",
        "pdf" => "application/pdf",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_hash_is_kept_for_ever_and_no_other() {
        for (name, kept) in [
            ("main.0f3c9a1b2d4e5f60718a.js", true),
            ("assets/index-B2x9Qp4Z.css", true),
            ("main-es2015.0f3c9a1b2d4e.js", true),
            ("index.html", false),
            ("3rdpartylicenses.txt", false),
            ("assets/background.png", false),
            ("polyfills.js", false),
        ] {
            assert_eq!(is_named_by_content(name), kept, "{name}");
        }
    }
}
