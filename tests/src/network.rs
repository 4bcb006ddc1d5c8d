//! The lines of a split store's network that a test can spoil.

use std::net::SocketAddr;

use anyhow::Context as _;

use crate::Proxy;

/// A line with a proxy on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// From everybody to a service, one proxy before each of its copies.
    To(&'static str),
    /// From all copies of one service to those of another.
    Between(&'static str, &'static str),
    /// From every process to NATS.
    Nats,
    /// From every process to PostgreSQL.
    Postgres,
}

/// The proxies of a store, by line.
#[derive(Debug, Default)]
pub(crate) struct Network(Vec<(Line, Vec<Proxy>)>);

impl Network {
    /// Puts proxies before these addresses; returns where they listen.
    pub(crate) async fn spoil(
        &mut self,
        line: Line,
        targets: &[SocketAddr],
    ) -> anyhow::Result<Vec<SocketAddr>> {
        let mut proxies = Vec::new();
        for target in targets {
            proxies.push(Proxy::before(*target).await?);
        }
        let addrs = proxies.iter().map(|proxy| proxy.addr).collect();
        self.0.push((line, proxies));
        Ok(addrs)
    }

    /// Puts a proxy before the server of a URL, `scheme://user@host:port/path`; returns the URL that goes through it.
    pub(crate) async fn spoil_url(&mut self, line: Line, url: &str) -> anyhow::Result<String> {
        let (scheme, rest) = url.split_once("://").context("no URL")?;
        let (place, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, host) = place.rsplit_once('@').unwrap_or(("", place));
        let target = tokio::net::lookup_host(host).await?.next().context("no such host")?;
        let proxies = self.spoil(line, &[target]).await?;
        let at = if user.is_empty() { "" } else { "@" };
        Ok(format!("{scheme}://{user}{at}{}/{path}", proxies[0]))
    }

    /// The proxies on a line, in the order of the copies.
    pub(crate) fn line(&self, line: Line) -> &[Proxy] {
        let found = self.0.iter().find(|(known, _)| *known == line);
        found.map_or(&[], |(_, proxies)| proxies)
    }
}
