//! What a webhook must be like, how long the waits between tries are, and when it is turned off by itself.

use std::time::Duration;

use emart_notifications_api::{NewWebhook, WebhookEvent};
use emart_types::{Invalid, Timestamp};
use url::Url;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// The waits after the first failure, the second, …: as Standard Webhooks advises.
const WAITS: [u64; 9] =
    [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
/// How often a delivery is tried.
pub(crate) const TRIES: u32 = 10;

/// Puts a webhook in order: blanks go, events stand once each, in their order.
pub(crate) fn checked(mut new: NewWebhook, private_too: bool) -> Result<NewWebhook, Invalid> {
    let mut invalid = Invalid::new();
    new.url = new.url.trim().to_owned();
    new.description = new.description.trim().to_owned();
    new.events.sort_unstable();
    new.events.dedup();
    if let Err(why) = check_url(&new.url, private_too) {
        invalid.push("/url", why);
    }
    let short = new.description.chars().count() <= 200;
    let line = !new.description.chars().any(char::is_control);
    invalid.require(short && line, "/description", "must be at most 200 characters on one line");
    invalid.require(!new.events.is_empty(), "/events", "choose at least one");
    let test = new.events.contains(&WebhookEvent::WebhookTest);
    invalid.require(!test, "/events", "webhook.test is sent by hand only");
    invalid.finish()?;
    Ok(new)
}

fn check_url(text: &str, private_too: bool) -> Result<(), String> {
    if text.len() > 2000 {
        return Err("must be at most 2000 bytes".to_owned());
    }
    let url =
        Url::parse(text).map_err(|_| "must be an address such as https://example.com/hook")?;
    if url.scheme() != "https" && !private_too {
        return Err("must begin with https://".to_owned());
    }
    if url.fragment().is_some() {
        return Err("must not have a # in it".to_owned());
    }
    emart_outside::check(&url, private_too)
}

/// When a delivery that has failed so often is tried again; `None`: it is given up.
pub(crate) fn next_try(tries: u32, now: Timestamp) -> Option<Timestamp> {
    if tries >= TRIES {
        return None;
    }
    let wait = WAITS.get(tries.saturating_sub(1) as usize).copied()?;
    Some(now.plus(Duration::from_secs(wait)))
}

/// Why a webhook is turned off after a failure, if it is.
pub(crate) fn off_because(
    status: Option<u16>,
    failing_since: Timestamp,
    now: Timestamp,
    days: u32,
) -> Option<String> {
    if status == Some(410) {
        return Some("the receiver says that it is gone (410)".to_owned());
    }
    let patience = Duration::from_secs(24 * HOUR * u64::from(days));
    (now.since(failing_since) >= patience).then(|| format!("nothing went through for {days} days"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(url: &str) -> NewWebhook {
        let events = vec![WebhookEvent::StockChanged, WebhookEvent::OrderPlaced];
        NewWebhook { url: url.to_owned(), description: String::new(), events, enabled: true }
    }

    #[test]
    fn addresses_within_are_refused_unless_the_settings_allow_them() {
        for url in [
            "https://127.0.0.1/",
            "https://10.1.2.3/hook",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest",
            "http://example.com/",
            "https://user:pw@example.com/",
            "https://example.com:9200/",
            "https://example.com/#x",
            "ftp://example.com/",
            "example.com",
            "",
        ] {
            assert!(checked(new(url), false).is_err(), "{url}");
        }
        assert!(checked(new("https://example.com/hook?a=1"), false).is_ok());
        assert!(checked(new("http://127.0.0.1:9000/hook"), true).is_ok());
    }

    #[test]
    fn tries_end_after_three_days_or_so() {
        let now = Timestamp::from_millis(0);
        assert_eq!(next_try(1, now), Some(Timestamp::from_millis(5000)));
        let waits: Vec<_> = (1..).map_while(|tries| next_try(tries, now)).collect();
        assert_eq!(waits.len(), 9);
    }

    #[test]
    fn a_webhook_is_turned_off_when_it_is_gone_or_has_failed_for_days() {
        let (then, day) = (Timestamp::from_millis(0), Duration::from_secs(24 * HOUR));
        assert!(off_because(Some(500), then, then.plus(day * 4), 5).is_none());
        assert!(off_because(Some(500), then, then.plus(day * 5), 5).is_some());
        assert!(off_because(Some(410), then, then, 5).is_some());
    }
}
