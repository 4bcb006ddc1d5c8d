//! The PROXY protocol, versions 1 and 2: a proxy that passes connections on says first whose each of them is.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::io::AsyncRead;

use super::prefixed::Prefixed;

const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// The longest line of version 1.
const LONGEST_LINE: usize = 107;
/// What follows the head in version 2: addresses, and notes that are skipped.
const LONGEST_REST: usize = 4096;

/// What a header says: how long it is, and whose the connection is, unless it is the proxy's own.
type Said = (usize, Option<SocketAddr>);

/// No such header.
#[derive(Debug, PartialEq, Eq)]
struct Malformed;

/// Reads the header off a connection, and returns whose it is.
pub(super) async fn read<S: AsyncRead + Unpin>(
    stream: &mut Prefixed<S>,
    proxy: SocketAddr,
) -> io::Result<SocketAddr> {
    loop {
        match parse(stream.seen()) {
            Ok(Some((length, client))) => {
                stream.skip(length);
                return Ok(client.unwrap_or(proxy));
            }
            Ok(None) => {}
            Err(Malformed) => return Err(io::Error::other("no PROXY header, or a malformed one")),
        }
        if !stream.see_more(512).await? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// Reads a header; `None` when there is too little of it yet.
fn parse(bytes: &[u8]) -> Result<Option<Said>, Malformed> {
    let begins = |with: &[u8]| bytes.iter().zip(with).all(|(a, b)| a == b);
    if begins(SIGNATURE) && !bytes.is_empty() {
        return second(bytes);
    }
    if begins(b"PROXY ") { first(bytes) } else { Err(Malformed) }
}

fn first(bytes: &[u8]) -> Result<Option<Said>, Malformed> {
    let head = &bytes[..bytes.len().min(LONGEST_LINE)];
    let Some(end) = head.windows(2).position(|pair| pair == b"\r\n") else {
        return if bytes.len() < LONGEST_LINE { Ok(None) } else { Err(Malformed) };
    };
    let line = std::str::from_utf8(&head[..end]).map_err(|_| Malformed)?;
    let mut words = line.split(' ').skip(1);
    let kind = words.next();
    if kind == Some("UNKNOWN") {
        return Ok(Some((end + 2, None)));
    }
    let mut next = || words.next().ok_or(Malformed);
    let (source, target, from, to) = (next()?, next()?, next()?, next()?);
    let address = |text: &str| text.parse::<IpAddr>().map_err(|_| Malformed);
    let port = |text: &str| text.parse::<u16>().map_err(|_| Malformed);
    let (source, target, from) = (address(source)?, address(target)?, port(from)?);
    port(to)?;
    let fits = match kind {
        Some("TCP4") => source.is_ipv4() && target.is_ipv4(),
        Some("TCP6") => source.is_ipv6() && target.is_ipv6(),
        _ => false,
    };
    if !fits || words.next().is_some() {
        return Err(Malformed);
    }
    Ok(Some((end + 2, Some(SocketAddr::new(source, from)))))
}

fn second(bytes: &[u8]) -> Result<Option<Said>, Malformed> {
    let Some((head, rest)) = bytes.split_first_chunk::<16>() else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes([head[14], head[15]]));
    let (version, command, family) = (head[12] >> 4, head[12] & 15, head[13]);
    if version != 2 || command > 1 || length > LONGEST_REST {
        return Err(Malformed);
    }
    let Some(rest) = rest.get(..length) else { return Ok(None) };
    let client = match (command, family) {
        // The proxy's own: it looks whether the store is there.
        (0, _) => None,
        (_, 0x11) => {
            let part = rest.first_chunk::<12>().ok_or(Malformed)?;
            let ip = Ipv4Addr::new(part[0], part[1], part[2], part[3]);
            Some(SocketAddr::new(ip.into(), u16::from_be_bytes([part[8], part[9]])))
        }
        (_, 0x21) => {
            let part = rest.first_chunk::<36>().ok_or(Malformed)?;
            let ip = *part.first_chunk::<16>().ok_or(Malformed)?;
            let port = u16::from_be_bytes([part[32], part[33]]);
            Some(SocketAddr::new(Ipv6Addr::from(ip).into(), port))
        }
        _ => None,
    };
    Ok(Some((16 + length, client)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version_2(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
        [SIGNATURE, &[0x20 | command, family][..], &length, rest].concat()
    }

    fn goods() -> Vec<(Vec<u8>, Option<&'static str>)> {
        let v4 = [203, 0, 113, 9, 10, 0, 0, 1, 0x30, 0x39, 1, 187];
        let mut v6 = [0; 36];
        v6[15] = 9;
        (v6[32], v6[33]) = (0x30, 0x39);
        vec![
            (b"PROXY TCP4 203.0.113.9 10.0.0.1 12345 443\r\n".to_vec(), Some("203.0.113.9:12345")),
            (b"PROXY TCP6 2001:db8::9 ::1 12345 443\r\n".to_vec(), Some("[2001:db8::9]:12345")),
            (b"PROXY UNKNOWN\r\n".to_vec(), None),
            (b"PROXY UNKNOWN what ever it is\r\n".to_vec(), None),
            (version_2(1, 0x11, &v4), Some("203.0.113.9:12345")),
            (version_2(1, 0x11, &[&v4[..], b"\x04\0\x03abc"].concat()), Some("203.0.113.9:12345")),
            (version_2(1, 0x21, &v6), Some("[::9]:12345")),
            (version_2(0, 0, &[]), None),
            (version_2(1, 0x31, &[0; 216]), None),
        ]
    }

    #[test]
    fn a_header_says_whose_the_connection_is_however_it_comes_in_pieces() {
        for (header, client) in goods() {
            let client = client.map(|text| text.parse().unwrap());
            let with_more = [&header[..], b"GET / HTTP/1.1\r\n"].concat();
            assert_eq!(parse(&with_more), Ok(Some((header.len(), client))));
            for end in 0..header.len() {
                assert_eq!(parse(&header[..end]), Ok(None), "{:?}", &header[..end]);
            }
        }
    }

    #[test]
    fn what_is_no_header_is_refused() {
        let v4 = [0; 11];
        for bytes in [
            b"GET / HTTP/1.1\r\n".to_vec(),
            b"PROXY TCP4 203.0.113.9 10.0.0.1 12345\r\n".to_vec(),
            b"PROXY TCP4 203.0.113.9 10.0.0.1 12345 443 9\r\n".to_vec(),
            b"PROXY TCP4 2001:db8::9 ::1 12345 443\r\n".to_vec(),
            b"PROXY TCP4 203.0.113.9 10.0.0.1 99999 443\r\n".to_vec(),
            b"PROXY  TCP4 203.0.113.9 10.0.0.1 1 443\r\n".to_vec(),
            b"PROXY TCP4 \xff 10.0.0.1 1 443\r\n".to_vec(),
            b"PROXY\r\n".to_vec(),
            [b"PROXY UNKNOWN ", &[b'x'; 200][..]].concat(),
            version_2(1, 0x11, &v4),
            version_2(2, 0x11, &[0; 12]),
            version_2(1, 0x11, &[0; 5000]),
            [SIGNATURE, &[0x11, 0x11, 0, 0][..]].concat(),
        ] {
            assert_eq!(parse(&bytes), Err(Malformed), "{:?}", String::from_utf8_lossy(&bytes));
        }
    }
}
