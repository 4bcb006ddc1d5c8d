//! A mail server, by SMTP.

use std::time::Duration;

use anyhow::Context as _;
use emart_notifications_api::MailSecurity;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use url::Url;

use crate::Config;
use crate::store::mail_server::Kept;

/// How long a mail server may take for one e-mail.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A mail server and the connections to it.
#[derive(Debug)]
pub(crate) struct Server(AsyncSmtpTransport<Tokio1Executor>);

impl Server {
    /// `smtps://user:password@host`, `smtp://host:587?tls=required`, `smtp://host:25`.
    pub(crate) fn new(url: &str) -> anyhow::Result<Self> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).context("smtp_url")?;
        Ok(Self(builder.timeout(Some(TIMEOUT)).build()))
    }

    /// The one that staff have set.
    pub(crate) fn of(kept: &Kept) -> anyhow::Result<Self> {
        type Transport = AsyncSmtpTransport<Tokio1Executor>;
        let builder = match kept.security {
            MailSecurity::Tls => Transport::relay(&kept.host)?,
            MailSecurity::Starttls => Transport::starttls_relay(&kept.host)?,
            MailSecurity::None => Transport::builder_dangerous(&kept.host),
        };
        let builder = builder.port(kept.port).timeout(Some(TIMEOUT));
        let builder = if kept.username.is_empty() {
            builder
        } else {
            let password = kept.password.expose().clone();
            builder.credentials(Credentials::new(kept.username.clone(), password))
        };
        Ok(Self(builder.build()))
    }

    /// Hands an e-mail over.
    pub(crate) async fn send(&self, message: Message) -> anyhow::Result<()> {
        self.0.send(message).await?;
        Ok(())
    }
}

/// Whether an URL can be a mail server's.
pub(crate) fn check_url(url: &str) -> Result<(), String> {
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
    builder.map(|_| ()).map_err(|error| error.to_string())
}

/// The mail server of the settings, if there is one.
pub(crate) fn url(config: &Config) -> anyhow::Result<Option<String>> {
    if let Some(url) = &config.smtp_url {
        return Ok(Some(url.expose().clone()));
    }
    let Some(file) = &config.smtp_url_file else { return Ok(None) };
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("notifications.smtp_url_file {}", file.display()))?;
    Ok(Some(text.trim().to_owned()))
}

/// The name of the settings' mail server: nothing else of its address, which may hold a password.
pub(crate) fn host(config: &Config) -> Option<String> {
    let url = url(config).ok().flatten()?;
    Url::parse(&url).ok()?.host_str().map(ToOwned::to_owned)
}
