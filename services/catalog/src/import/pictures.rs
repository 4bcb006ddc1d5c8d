//! The pictures that products of a file name: fetched once each, a few at a time, and no more than reported when
//! that fails.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use futures_util::StreamExt;
use futures_util::stream;

use super::draft::Draft;
use super::fetch::NotFetched;
use super::merge::Taken;
use super::report::Reporter;
use crate::Catalog;
use crate::domain::product::{Picture, Record};
use crate::error::Error;

/// Pictures on their way at the same time.
const AT_ONCE: usize = 6;
/// After so many pictures that could not be had, a host is left alone.
const PATIENCE: u32 = 3;

/// What an import does about pictures.
#[derive(Debug, Clone)]
pub(crate) enum Pictures {
    /// Leaves them for a later run.
    Skip,
    /// Fetches them, from this folder first.
    Fetch(Option<PathBuf>),
}

/// The pictures of a run.
pub(super) struct Gatherer<'a> {
    catalog: &'a Catalog,
    pictures: Pictures,
    pub(super) taken: Taken,
    failed: HashSet<(String, String)>,
    silent_hosts: HashMap<String, u32>,
    /// Not tried, since they were not wanted or their host is silent.
    untried: u64,
}

/// A picture somebody wants.
struct Wanted {
    line: u64,
    handle: String,
    key: (String, String),
}

impl<'a> Gatherer<'a> {
    pub(super) fn new(catalog: &'a Catalog, pictures: Pictures) -> Self {
        Self {
            catalog,
            pictures,
            taken: HashMap::new(),
            failed: HashSet::new(),
            silent_hosts: HashMap::new(),
            untried: 0,
        }
    }

    /// Whether pictures are fetched at all.
    pub(super) const fn fetches(&self) -> bool {
        matches!(self.pictures, Pictures::Fetch(_))
    }

    /// Fetches what these products want and do not have.
    pub(super) async fn gather(
        &mut self,
        drafts: &[(Draft, Option<Record>)],
        report: &mut Reporter,
    ) -> Result<(), Error> {
        let wanted = self.wanted(drafts);
        let Pictures::Fetch(folder) = self.pictures.clone() else {
            self.untried += wanted.len() as u64;
            return Ok(());
        };
        let (catalog, folder) = (self.catalog, folder.as_deref());
        let mut queue = stream::iter(wanted)
            .map(|wanted| async move {
                let fetched = catalog.fetcher.picture(&wanted.key.0, folder).await;
                let taken = match fetched {
                    Ok(picture) => catalog.take_picture(picture, &wanted.key.1).await.map_err(Ok),
                    Err(error) => Err(Err(error)),
                };
                (wanted, taken)
            })
            .buffer_unordered(AT_ONCE);
        while let Some((wanted, taken)) = queue.next().await {
            match taken {
                Ok(image) => {
                    report.images(1);
                    self.taken.insert(wanted.key, image.id);
                }
                Err(Ok(Error::Picture(refused))) => {
                    report.warn(wanted.line, &wanted.handle, said(&wanted.key.0, &refused));
                    self.failed.insert(wanted.key);
                }
                Err(Ok(error)) => return Err(error),
                Err(Err(error)) => {
                    if let NotFetched::Unreachable { host, .. } = &error {
                        *self.silent_hosts.entry(host.clone()).or_default() += 1;
                    }
                    report.warn(wanted.line, &wanted.handle, said(&wanted.key.0, &error));
                    self.failed.insert(wanted.key);
                }
            }
        }
        Ok(())
    }

    /// One message for all that were not tried.
    pub(super) fn finish(&self, report: &mut Reporter) {
        if self.untried == 0 {
            return;
        }
        let count = self.untried;
        let message = match self.pictures {
            Pictures::Skip => format!("{count} pictures were not fetched, as asked"),
            Pictures::Fetch(_) => {
                format!("{count} pictures of hosts that do not answer were not tried")
            }
        };
        report.warn(
            1,
            "",
            format!("{message}; their addresses are kept, and a later run can fetch them"),
        );
    }

    fn wanted(&mut self, drafts: &[(Draft, Option<Record>)]) -> Vec<Wanted> {
        let mut wanted = Vec::new();
        let mut keys = HashSet::new();
        for (draft, before) in drafts {
            for image in draft.images.iter().flatten() {
                let has = before.iter().flat_map(|before| &before.images).any(|picture| {
                    picture.image_id.is_some()
                        && (picture.source.is_empty() && self.is_own(picture, &image.source)
                            || (&picture.source, &picture.alt) == (&image.source, &image.alt))
                });
                let key = (image.source.clone(), image.alt.clone());
                if has || self.taken.contains_key(&key) || self.failed.contains(&key) {
                    continue;
                }
                if self.is_silent(&image.source) {
                    self.untried += 1;
                } else if keys.insert(key.clone()) {
                    wanted.push(Wanted { line: draft.line, handle: draft.handle.clone(), key });
                }
            }
        }
        wanted
    }

    fn is_own(&self, picture: &Picture, source: &str) -> bool {
        let name = picture.image_id.as_ref().and_then(|id| self.catalog.file_name(id));
        name.as_deref() == Some(source)
    }

    fn is_silent(&self, source: &str) -> bool {
        let host =
            url::Url::parse(source).ok().and_then(|url| url.host_str().map(ToOwned::to_owned));
        host.is_some_and(|host| self.silent_hosts.get(&host).is_some_and(|n| *n >= PATIENCE))
    }
}

fn said(source: &str, why: &dyn std::fmt::Display) -> String {
    let source: String = source.chars().take(200).collect();
    format!("the picture {source} was not taken: {why}")
}
