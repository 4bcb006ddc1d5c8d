//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::request::Parts;
use http::{HeaderMap, header};

use crate::network::Network;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The client's address: the connection's, or behind proxies that are trusted the one they name.
pub(crate) fn address(parts: &Parts, trusted: &[Network]) -> Option<IpAddr> {
    let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = connection.map(|ConnectInfo(address)| address.ip().to_canonical())?;
    if trusted.is_empty() {
        return Some(peer);
    }
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer;
    // From the nearest proxy outwards: what stands left of the first stranger is only what that stranger says.
    let lines: Vec<&str> = forwarded(&parts.headers).collect();
    for entry in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !is_trusted(client) {
            break;
        }
        let Ok(address) = entry.trim().parse::<IpAddr>() else { break };
        client = address.to_canonical();
    }
    Some(client)
}

/// Whether a request says that it came through a proxy.
pub(crate) fn came_through_proxy(headers: &HeaderMap) -> bool {
    [FORWARDED_FOR, "x-real-ip"].into_iter().any(|name| headers.contains_key(name))
        || headers.contains_key(header::FORWARDED)
        || headers.contains_key(header::VIA)
}

fn forwarded(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn client(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut request = Request::builder();
        for line in forwarded {
            request = request.header(FORWARDED_FOR, *line);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        address(&parts, &trusted).unwrap().to_string()
    }

    #[test]
    fn a_stranger_cannot_say_where_they_come_from() {
        assert_eq!(client("203.0.113.9", &["10.0.0.1"], &[]), "203.0.113.9");
        assert_eq!(client("203.0.113.9", &["10.0.0.1"], &["127.0.0.1"]), "203.0.113.9");
    }

    #[test]
    fn a_trusted_proxy_says_it_and_what_the_client_added_before_does_not_count() {
        let trusted = ["127.0.0.1", "10.0.0.0/8"];
        assert_eq!(client("127.0.0.1", &["198.51.100.7"], &trusted), "198.51.100.7");
        assert_eq!(client("127.0.0.1", &["1.1.1.1, 198.51.100.7"], &trusted), "198.51.100.7");
        assert_eq!(client("127.0.0.1", &["198.51.100.7, 10.0.0.3"], &trusted), "198.51.100.7");
        assert_eq!(client("127.0.0.1", &["1.1.1.1", "198.51.100.7"], &trusted), "198.51.100.7");
        assert_eq!(client("127.0.0.1", &["198.51.100.7, nonsense"], &trusted), "127.0.0.1");
        assert_eq!(client("127.0.0.1", &[], &trusted), "127.0.0.1");
    }
}
