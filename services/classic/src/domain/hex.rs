//! Ids as the original's clients know them: 24 hexadecimal digits, the first eight the seconds at which it was made.

use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const DIGITS: usize = 24;

/// The id that stands for one of ours: always the same.
pub(crate) fn of(kind: &str, id: &str) -> String {
    let hash = Sha256::digest(format!("{kind}:{id}"));
    let tail: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{:08x}{tail}", seconds(id))
}

/// An id as a client sends it, in lower case; `None` for what is none.
pub(crate) fn parse(text: &str) -> Option<String> {
    let is_one = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then(|| text.to_ascii_lowercase())
}

/// The seconds in one of our ids (a UUIDv7 in base 32); nought in what is none.
fn seconds(id: &str) -> u32 {
    let Some((_, body)) = id.split_once('_') else { return 0 };
    let mut bits: u128 = 0;
    for byte in body.bytes() {
        let Some(value) = ALPHABET.iter().position(|known| *known == byte) else { return 0 };
        bits = (bits << 5) | value as u128;
    }
    u32::try_from((bits >> 80) / 1000).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use emart_identity_api::UserId;
    use emart_types::Clock;

    use super::*;

    #[test]
    fn an_id_is_stable_says_when_it_was_made_and_differs_by_kind() {
        let id = UserId::new();
        let hex = of("user", id.as_str());
        assert_eq!(hex, of("user", id.as_str()));
        assert_eq!(parse(&hex).as_deref(), Some(&*hex));
        assert_ne!(hex, of("order", id.as_str()));
        let seconds = i64::from_str_radix(&hex[..8], 16).unwrap();
        assert!((Clock::system().now().as_seconds() - seconds).abs() < 60);
    }

    #[test]
    fn what_is_no_id_is_none() {
        for text in
            ["", "123", "zzzzzzzzzzzzzzzzzzzzzzzz", "ääääääääääää", "0123456789abcdef012345678"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(of("user", "nonsense")[..8], *"00000000");
    }
}
