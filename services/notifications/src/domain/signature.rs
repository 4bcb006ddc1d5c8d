//! Signatures of deliveries, as Standard Webhooks has them (<https://www.standardwebhooks.com>): HMAC-SHA256 over the
//! message's id, the time and the body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const PREFIX: &str = "whsec_";

/// A secret from these bytes.
pub(crate) fn secret(bytes: [u8; 32]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(bytes))
}

/// What stands in `webhook-signature`: one signature for each secret.
pub(crate) fn signatures(secrets: &[&str], id: &str, seconds: i64, body: &str) -> String {
    let one = |secret: &&str| {
        let key = STANDARD.decode(secret.trim_start_matches(PREFIX)).unwrap_or_default();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{seconds}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specifications_own_example_comes_out() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", r#"{"test": 2432232314}"#);
        assert_eq!(
            signatures(&[secret], id, 1_614_265_330, body),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn two_secrets_sign_side_by_side() {
        let (a, b) = (secret([1; 32]), secret([2; 32]));
        let both = signatures(&[&a, &b], "msg_1", 1, "{}");
        let each = [signatures(&[&a], "msg_1", 1, "{}"), signatures(&[&b], "msg_1", 1, "{}")];
        assert_eq!(both, each.join(" "));
    }
}
