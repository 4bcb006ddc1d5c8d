//! Where a peer is: `http://orders:7000`. Several, separated by commas, are copies, as are all addresses of a name.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use http::Uri;
use http::uri::Scheme;

/// One address or name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PeerUrl {
    pub(crate) scheme: Scheme,
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl PeerUrl {
    /// Reads a setting.
    pub(crate) fn list(text: &str) -> Result<Vec<Self>, String> {
        text.split(',').map(|url| url.trim().parse()).collect()
    }

    /// The address, when it is one and no name.
    pub(crate) fn addr(&self) -> Option<SocketAddr> {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        Some(SocketAddr::new(host.parse::<IpAddr>().ok()?, self.port))
    }
}

impl FromStr for PeerUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not like http://orders:7000");
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let scheme = uri.scheme().filter(|scheme| ["http", "https"].contains(&scheme.as_str()));
        let scheme = scheme.ok_or_else(wrong)?.clone();
        let authority = uri.authority().ok_or_else(wrong)?;
        if !matches!(uri.path(), "" | "/")
            || uri.query().is_some()
            || authority.as_str().contains('@')
        {
            return Err(wrong());
        }
        let usual = if scheme == Scheme::HTTPS { 443 } else { 80 };
        let (host, port) = (authority.host().to_owned(), authority.port_u16().unwrap_or(usual));
        if host.is_empty() || port == 0 {
            return Err(wrong());
        }
        Ok(Self { scheme, host, port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_addresses_and_lists_of_them_are_read() {
        let urls =
            PeerUrl::list("http://orders:7000, http://127.0.0.1:7001/,https://[::1]").unwrap();
        assert_eq!(urls[0].addr(), None);
        assert_eq!(urls[1].addr(), Some("127.0.0.1:7001".parse().unwrap()));
        assert_eq!(urls[2].addr(), Some("[::1]:443".parse().unwrap()));
    }

    #[test]
    fn what_is_no_address_is_refused_with_an_example() {
        for text in [
            "",
            "orders",
            "orders:7000",
            "ftp://orders",
            "http://a/b",
            "http://u@a",
            "http://a:0",
            "http://a,",
        ] {
            assert!(PeerUrl::list(text).unwrap_err().contains("http://orders:7000"), "{text}");
        }
    }
}
