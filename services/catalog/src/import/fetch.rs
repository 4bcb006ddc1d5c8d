//! Fetching pictures that a file only names: from the web, or from a folder beside the file.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use emart_outside::{NotAsked, Outside};
use http::{Response, StatusCode, header, request};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use url::Url;

use crate::Config;

const REDIRECTS: usize = 3;
/// For one picture, redirects included.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a picture was not fetched.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum NotFetched {
    /// The host does not answer: neither will it for other pictures.
    #[error("{host} cannot be reached: {why}")]
    Unreachable { host: String, why: String },
    /// Anything about this picture alone.
    #[error("{0}")]
    Refused(String),
}

impl NotFetched {
    fn refused(why: impl Into<String>) -> Self {
        Self::Refused(why.into())
    }
}

/// Fetches pictures.
#[derive(Debug)]
pub(crate) struct Fetcher {
    outside: Outside,
    most_bytes: usize,
}

impl Fetcher {
    pub(crate) fn new(config: &Config) -> Self {
        let outside = Outside::new(config.fetch_private_addresses);
        Self { outside, most_bytes: config.picture_mib << 20 }
    }

    /// The bytes of a picture. A folder is looked into first, by the last part of the name.
    pub(super) async fn picture(
        &self,
        source: &str,
        folder: Option<&Path>,
    ) -> Result<Bytes, NotFetched> {
        let url = Url::parse(source).ok().filter(|url| url.scheme().len() > 1);
        if let Some(folder) = folder {
            let name = match &url {
                Some(url) => url.path_segments().and_then(|mut parts| parts.next_back()),
                None => Some(source),
            };
            if let Some(picture) = self.look_in_folder(folder, name.unwrap_or_default()).await? {
                return Ok(picture);
            }
        }
        match (url, folder) {
            (Some(url), _) => {
                let host = url.host_str().unwrap_or_default().to_owned();
                let fetched = tokio::time::timeout(PATIENCE, self.ask_the_web(url)).await;
                fetched.unwrap_or_else(|_| {
                    Err(NotFetched::Unreachable { host, why: "no answer in time".to_owned() })
                })
            }
            (None, Some(_)) => Err(NotFetched::refused("there is no such file in the folder")),
            (None, None) => Err(NotFetched::refused("it is no address; give the folder it is in")),
        }
    }

    /// A file in the folder or below it; `None` when it is not there.
    async fn look_in_folder(&self, folder: &Path, name: &str) -> Result<Option<Bytes>, NotFetched> {
        let name = Path::new(name);
        let within = name.components().all(|part| matches!(part, Component::Normal(_)));
        if !within || name.as_os_str().is_empty() {
            return Err(NotFetched::refused("the name leads out of the folder"));
        }
        let refused = |error: io::Error| NotFetched::refused(error.to_string());
        let Some(path) = real(&folder.join(name)).await.map_err(refused)? else { return Ok(None) };
        // A link may lead out of it.
        let folder = real(folder).await.map_err(refused)?.unwrap_or_default();
        if !path.starts_with(&folder) {
            return Err(NotFetched::refused("the name leads out of the folder"));
        }
        let meta = tokio::fs::metadata(&path).await.map_err(refused)?;
        if !meta.is_file() {
            return Ok(None);
        }
        if meta.len() > self.most_bytes as u64 {
            return Err(NotFetched::refused(format!("larger than {} MiB", self.most_bytes >> 20)));
        }
        Ok(Some(tokio::fs::read(path).await.map_err(refused)?.into()))
    }

    async fn ask_the_web(&self, mut url: Url) -> Result<Bytes, NotFetched> {
        for _ in 0..=REDIRECTS {
            let response = self.ask(&url).await?;
            if response.status().is_redirection() {
                let location = response.headers().get(header::LOCATION);
                let location = location.and_then(|value| value.to_str().ok());
                let next = location.and_then(|location| url.join(location).ok());
                url = next.ok_or_else(|| NotFetched::refused("it redirects to nowhere"))?;
                continue;
            }
            if response.status() != StatusCode::OK {
                return Err(NotFetched::refused(format!("the host answers {}", response.status())));
            }
            let body = Limited::new(response.into_body(), self.most_bytes).collect().await;
            let body = body.map_err(|error| NotFetched::refused(error.to_string()))?;
            return Ok(body.to_bytes());
        }
        Err(NotFetched::refused(format!("it redirects more than {REDIRECTS} times")))
    }

    async fn ask(&self, url: &Url) -> Result<Response<Incoming>, NotFetched> {
        let asked = self.outside.ask(url, request::Builder::new(), Bytes::new()).await;
        asked.map_err(|error| match error {
            NotAsked::Refused(why) => NotFetched::Refused(why),
            NotAsked::Unreachable { host, why } => NotFetched::Unreachable { host, why },
        })
    }
}

async fn real(path: &Path) -> io::Result<Option<PathBuf>> {
    match tokio::fs::canonicalize(path).await {
        Ok(path) => Ok(Some(path)),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
