//! What carries e-mails: the mail server that staff have set, or that of the settings, or a folder.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use emart_notifications_api::EmailId;
use emart_store::{Db, Error};
use lettre::Message;

use super::{mailbox, smtp};
use crate::Config;
use crate::store::mail_server;

/// A way to hand e-mails over, and who they are from.
pub(crate) struct Route {
    carrier: Carrier,
    pub(crate) from: String,
}

enum Carrier {
    /// A mail server.
    Smtp(smtp::Server),
    /// A folder, for trying things out.
    Mailbox(mailbox::Folder),
}

impl Route {
    /// The one the settings ask for.
    fn of_settings(config: &Config) -> anyhow::Result<Self> {
        let carrier = match smtp::url(config)? {
            Some(url) => Carrier::Smtp(smtp::Server::new(&url)?),
            None => Carrier::Mailbox(mailbox::Folder::new(&config.mailbox_dir)?),
        };
        Ok(Self { carrier, from: config.from.clone() })
    }

    /// The one that staff have set.
    pub(crate) fn of_office(kept: &mail_server::Kept) -> anyhow::Result<Self> {
        Ok(Self { carrier: Carrier::Smtp(smtp::Server::of(kept)?), from: kept.from.clone() })
    }

    /// Hands an e-mail over.
    pub(crate) async fn carry(&self, id: &EmailId, message: Message) -> anyhow::Result<()> {
        match &self.carrier {
            Carrier::Smtp(server) => server.send(message).await,
            Carrier::Mailbox(folder) => folder.put(id, message).await,
        }
    }

    pub(crate) const fn is_mailbox(&self) -> bool {
        matches!(self.carrier, Carrier::Mailbox(_))
    }
}

/// The routes there are, kept with their connections.
pub(crate) struct Carriers {
    pub(crate) settings: Arc<Route>,
    /// By the version of what staff have set.
    office: Mutex<Option<(i64, Arc<Route>)>>,
}

impl Carriers {
    pub(crate) fn new(config: &Config) -> anyhow::Result<Self> {
        let settings = Arc::new(Route::of_settings(config).context("the mail server")?);
        Ok(Self { settings, office: Mutex::default() })
    }

    /// The one to use now.
    pub(crate) async fn current(&self, db: &Db) -> Result<Arc<Route>, Error> {
        let kept = db.read(|tx| async move { mail_server::get(&tx).await }).await?;
        let Some(kept) = kept else { return Ok(Arc::clone(&self.settings)) };
        let mut office = self.office.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((version, route)) = &*office
            && *version == kept.version
        {
            return Ok(Arc::clone(route));
        }
        let route = Route::of_office(&kept);
        let route =
            route.map_err(|error| Error::Database(format!("the mail server: {error:#}")))?;
        let route = Arc::new(route);
        *office = Some((kept.version, Arc::clone(&route)));
        Ok(route)
    }
}
