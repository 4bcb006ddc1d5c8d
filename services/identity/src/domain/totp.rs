//! The codes of the second step: RFC 6238 with SHA-1, six digits and half a minute, as every app has it.

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;

const STEP_SECONDS: i64 = 30;
/// A clock may be wrong by one step.
const SLACK: i64 = 1;

/// The secret as people type it.
pub(crate) fn spelled(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// What apps read out of a QR code (Google's key URI format).
pub(crate) fn uri(issuer: &str, account: &str, secret: &[u8]) -> String {
    let encoded = |text: &str| {
        text.bytes().fold(String::new(), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
            out
        })
    };
    let (issuer, account) = (encoded(issuer), encoded(account));
    let secret = spelled(secret);
    format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}")
}

/// The step that a code is of, if it is one of those around now.
pub(crate) fn step_of(secret: &[u8], code: &str, now_seconds: i64) -> Option<i64> {
    let code = code.as_bytes();
    let now = now_seconds / STEP_SECONDS;
    // All are made, so that the time it takes tells nothing.
    let matching = (now - SLACK..=now + SLACK).filter(|step| {
        aws_lc_rs::constant_time::verify_slices_are_equal(code_at(secret, *step).as_bytes(), code)
            .is_ok()
    });
    matching.fold(None, |found, step| found.or(Some(step)))
}

/// The code of a step.
pub(crate) fn code_at(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes.last().copied().unwrap_or_default() & 0x0f);
    let four: [u8; 4] =
        bytes.get(offset..offset + 4).and_then(|slice| slice.try_into().ok()).unwrap_or_default();
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000_i64, "353130"),
        ] {
            assert_eq!(code_at(secret, seconds / STEP_SECONDS), code);
            assert_eq!(step_of(secret, code, seconds), Some(seconds / STEP_SECONDS));
        }
    }

    #[test]
    fn a_clock_may_be_wrong_by_half_a_minute_and_no_more() {
        let secret = b"12345678901234567890";
        assert!(step_of(secret, "287082", 59 + 30).is_some());
        assert!(step_of(secret, "287082", 59 - 30).is_some());
        assert_eq!(step_of(secret, "287082", 59 + 61), None);
        for code in ["", "28708", "2870822", "abcdef"] {
            assert_eq!(step_of(secret, code, 59), None);
        }
    }

    #[test]
    fn an_address_and_a_shop_may_hold_what_a_uri_may_not() {
        let uri = uri("Tea & Co", "ada+shop@example.com", b"12345678901234567890");
        assert!(
            uri.starts_with("otpauth://totp/Tea%20%26%20Co:ada%2Bshop@example.com?secret=GEZD")
        );
    }
}
