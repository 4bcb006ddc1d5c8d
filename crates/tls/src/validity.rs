//! How long a certificate is good for.

use emart_types::Timestamp;

/// From when until when a certificate is good, as DER: the two dates (RFC 5280, section 4.1) in `tbsCertificate`, after
/// its version, serial number, algorithm and issuer.
#[must_use]
pub fn validity(cert: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let (_, certificate, _) = element(cert)?;
    let (_, mut rest, _) = element(certificate)?;
    if rest.first() == Some(&0xa0) {
        rest = element(rest)?.2;
    }
    for _ in ["serial number", "algorithm", "issuer"] {
        rest = element(rest)?.2;
    }
    let (_, validity, _) = element(rest)?;
    let (kind, begins, rest) = element(validity)?;
    let begins = date(kind, begins)?;
    let (kind, ends, _) = element(rest)?;
    Some((begins, date(kind, ends)?))
}

/// The first element of a DER text: its tag, its contents, and what comes after it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [tag, length, rest @ ..] = der else { return None };
    let (length, rest) = match *length {
        short @ 0..=0x7f => (usize::from(short), rest),
        long => {
            let digits = usize::from(long & 0x7f);
            let (digits, rest) = (rest.get(..digits.min(4))?, rest.get(digits..)?);
            (digits.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
    };
    Some((*tag, rest.get(..length)?, rest.get(length..)?))
}

/// `YYMMDDHHMMSSZ` (years from 1950 to 2049) or `YYYYMMDDHHMMSSZ`.
fn date(kind: u8, text: &[u8]) -> Option<Timestamp> {
    const SHORT: u8 = 0x17;
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let text = match kind {
        SHORT if text.get(..2)? < "50" => format!("20{text}"),
        SHORT => format!("19{text}"),
        _ => text.to_owned(),
    };
    let part = |from: usize, to: usize| text.get(from..to);
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, second) = (part(8, 10)?, part(10, 12)?, part(12, 14)?);
    format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dates_of_a_certificate_are_found_in_both_forms() {
        for (year, text) in [(2031, "2031-05-06T00:00:00"), (2061, "2061-05-06T00:00:00")] {
            let mut params = rcgen::CertificateParams::new(["shop.example".to_owned()]).unwrap();
            params.not_before = rcgen::date_time_ymd(2020, 1, 2);
            params.not_after = rcgen::date_time_ymd(year, 5, 6);
            let cert = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
            let (begins, ends) = validity(cert.der()).unwrap();
            assert!(begins.to_string().starts_with("2020-01-02T00:00:00"), "{begins}");
            assert!(ends.to_string().starts_with(text), "{ends}");
        }
    }

    #[test]
    fn what_is_no_certificate_has_no_dates() {
        for der in
            [&b""[..], b"\x30", b"\x30\x84\xff\xff\xff\xff", b"\x30\x03\x30\x01\x00", &[0x30; 64]]
        {
            assert_eq!(validity(der), None, "{der:?}");
        }
    }
}
