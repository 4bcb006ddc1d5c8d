//! What can be set about NATS.

mod look;

use std::path::PathBuf;
use std::time::Duration;

use async_nats::ServerAddr;
use emart_types::Secret;
use serde::{Deserialize, Serialize};

pub use self::look::BusFacts;
use crate::Delivery;

/// Where NATS is, and how long it keeps events.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Nats {
    /// `nats://host:port`, `tls://host:port`, with `user:password@` before the host if need be; several of one cluster
    /// with commas between them. Without it, events stay within the process.
    pub url: Option<Secret<String>>,
    /// A file that holds `url`, for container secrets.
    pub url_file: Option<PathBuf>,
    /// A token, if the server wants one.
    pub token: Option<Secret<String>>,
    /// A file that holds `token`.
    pub token_file: Option<PathBuf>,
    /// The contents of a `.creds` file (`nsc generate creds`), if the server wants that.
    pub credentials: Option<Secret<String>>,
    /// A file that holds `credentials`.
    pub credentials_file: Option<PathBuf>,
    /// The first word of every name at the broker, so that several stores can use the same one.
    pub namespace: String,
    /// How long the broker keeps an event, which is how long a consumer may be away. Shorter than
    /// [`Delivery::memory`]: what the broker still has must be recognised.
    pub max_age_hours: u32,
    /// How much the broker keeps of each service's events; then events wait in the outbox. No limit by default but the
    /// broker's own.
    pub max_mib: Option<u32>,
    /// How many servers of a cluster keep every event.
    pub replicas: u8,
    /// How long a copy that died keeps what only one may do from the others.
    pub lease_ms: u32,
}

impl Default for Nats {
    fn default() -> Self {
        Self {
            url: None,
            url_file: None,
            token: None,
            token_file: None,
            credentials: None,
            credentials_file: None,
            namespace: "emart".to_owned(),
            max_age_hours: 6 * 24,
            max_mib: None,
            replicas: 1,
            lease_ms: 15_000,
        }
    }
}

impl Nats {
    /// The same settings with what is in files read from there.
    pub fn read(mut self) -> Result<Self, String> {
        let files = [
            ("url", &self.url_file, &mut self.url),
            ("token", &self.token_file, &mut self.token),
            ("credentials", &self.credentials_file, &mut self.credentials),
        ];
        for (name, file, value) in files {
            let Some(file) = file else { continue };
            if value.is_some() {
                return Err(format!("{name} or {name}_file, not both"));
            }
            let text = std::fs::read_to_string(file)
                .map_err(|error| format!("{name}_file: {}: {error}", file.display()))?;
            *value = Some(Secret::new(text.trim().to_owned()));
        }
        Ok(self)
    }

    /// What is wrong with these settings, if something is.
    pub fn check(&self) -> Result<(), String> {
        if self.url.is_some() {
            self.addresses()?;
        }
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if self.namespace.is_empty() || !self.namespace.bytes().all(allowed) {
            return Err("namespace: 1 or more characters of a-z, 0-9 and _".to_owned());
        }
        if self.token.is_some() && self.credentials.is_some() {
            return Err("token or credentials, not both".to_owned());
        }
        if let Some(credentials) = &self.credentials {
            async_nats::ConnectOptions::with_credentials(credentials.expose())
                .map_err(|_| "credentials: this is not what a .creds file contains".to_owned())?;
        }
        let least = |name, value: u32, least| {
            if value < least { Err(format!("{name}: {least} or more")) } else { Ok(()) }
        };
        least("max_age_hours", self.max_age_hours, 1)?;
        if self.max_age() >= Delivery::default().memory {
            return Err(
                "max_age_hours: less than 168, for which handled events are remembered".to_owned()
            );
        }
        least("lease_ms", self.lease_ms, 100)?;
        least("max_mib", self.max_mib.unwrap_or(1), 1)?;
        match self.replicas {
            1..=5 => Ok(()),
            _ => Err("replicas: 1 to 5".to_owned()),
        }
    }

    /// The servers. What is wrong with a URL is said without it: there may be a password in it.
    pub(crate) fn addresses(&self) -> Result<Vec<ServerAddr>, String> {
        let Some(url) = &self.url else { return Err("url: missing".to_owned()) };
        let urls = url.expose().split(',').map(|url| url.trim().parse());
        urls.collect::<Result<_, _>>().map_err(|_| "url: expected nats://host:port".to_owned())
    }

    /// Who the URL says we are, for the client library does not read it there: a name with a password, or a token.
    pub(crate) fn user(&self) -> Option<(String, Option<String>)> {
        let addresses = self.addresses().ok()?;
        let address = addresses.iter().find(|address| address.has_user_pass())?;
        Some((decoded(address.username()?), address.password().map(decoded)))
    }

    pub(crate) fn lease(&self) -> Duration {
        Duration::from_millis(self.lease_ms.into())
    }

    pub(crate) fn max_age(&self) -> Duration {
        Duration::from_secs(u64::from(self.max_age_hours) * 60 * 60)
    }
}

/// Undoes `%40` and the like, which stand for what has a meaning in a URL.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = match rest {
            [b'%', code @ ..] => code.get(..2).and_then(|code| std::str::from_utf8(code).ok()),
            _ => None,
        };
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_and_never_with_a_secret() {
        let secret = |text: &str| Some(Secret::new(text.to_owned()));
        Nats::default().check().unwrap();
        let bad = [
            Nats { url: secret("nats://me:hunter2@["), ..Nats::default() },
            Nats { namespace: "a.b".to_owned(), ..Nats::default() },
            Nats { credentials: secret("hunter2"), ..Nats::default() },
            Nats { lease_ms: 1, ..Nats::default() },
            Nats { max_age_hours: 168, ..Nats::default() },
            Nats { replicas: 0, ..Nats::default() },
        ];
        for nats in bad {
            let error = nats.check().unwrap_err();
            assert!(!format!("{error} {nats:?}").contains("hunter2"), "{error}");
        }
        let two = secret("nats://a:4222, tls://me:hunter2@b");
        assert_eq!(Nats { url: two, ..Nats::default() }.addresses().unwrap().len(), 2);
    }

    #[test]
    fn secrets_come_from_files_if_files_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("url");
        std::fs::write(&file, "nats://me:hunter2@a\n").unwrap();
        let nats = Nats { url_file: Some(file.clone()), ..Nats::default() };
        let read = nats.clone().read().unwrap();
        assert_eq!(read.addresses().unwrap()[0].password(), Some("hunter2"));
        assert!(read.read().unwrap_err().contains("not both"));
        std::fs::remove_file(file).unwrap();
        assert!(nats.read().unwrap_err().starts_with("url_file: "));
    }

    #[test]
    fn a_url_says_who_we_are() {
        let user =
            |url: &str| Nats { url: Some(Secret::new(url.to_owned())), ..Nats::default() }.user();
        assert_eq!(user("nats://a"), None);
        assert_eq!(user("nats://s3cret@a"), Some(("s3cret".to_owned(), None)));
        let both = Some(("me".to_owned(), Some("a@b:ü%".to_owned())));
        assert_eq!(user("nats://a,nats://me:a%40b%3a%C3%BC%@b:1"), both);
    }
}
