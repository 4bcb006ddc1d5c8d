//! Which addresses may be asked: the Internet's, never those of this machine and its network (SSRF).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Whether an address is one of the Internet's.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        // IPv4 in other clothes: mapped, translated (NAT64), 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            embedded(high, low)
        }
        [0x2002, high, low, ..] => embedded(high, low),
        // Global unicast is 2000::/3; of that, documentation and Teredo are not for us.
        [0x2001, 0xdb8 | 0, ..] => false,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

/// Checks an address before anybody is asked; names are looked up and checked when connecting.
pub fn check(url: &Url, private_too: bool) -> Result<(), String> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err("only http and https addresses are asked".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address with a user name is not asked".to_owned());
    }
    if private_too {
        return Ok(());
    }
    if url.port().is_some_and(|port| !matches!(port, 80 | 443)) {
        return Err("only the ports 80 and 443 are asked".to_owned());
    }
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(_)) => None,
        None => return Err("the address names no host".to_owned()),
    };
    match literal {
        Some(address) if !is_public(address) => Err(PRIVATE.to_owned()),
        _ => Ok(()),
    }
}

/// What is said of a host within.
pub(crate) const PRIVATE: &str = "the host is in a private network";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_within_are_refused_in_every_spelling() {
        for url in [
            "http://127.0.0.1/x.png",
            "http://localhost:8080/x.png",
            "http://10.0.0.8/",
            "http://192.168.1.1/",
            "http://169.254.169.254/latest/meta-data",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[fd00::1]/",
            "http://[fe80::1]/",
            "http://0/",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://100.64.0.1/",
            "file:///etc/passwd",
            "http://user:x@example.com/",
            "https://example.com:22/",
            "gopher://example.com/",
        ] {
            let parsed = Url::parse(url).unwrap();
            assert!(check(&parsed, false).is_err(), "{url}");
        }
        for url in [
            "https://cdn.shopify.com/a.jpg?v=1",
            "http://93.184.216.34/a",
            "https://[2606:4700::1]/a",
        ] {
            assert_eq!(check(&Url::parse(url).unwrap(), false), Ok(()), "{url}");
        }
        assert_eq!(check(&Url::parse("http://127.0.0.1:9/").unwrap(), true), Ok(()));
    }
}
