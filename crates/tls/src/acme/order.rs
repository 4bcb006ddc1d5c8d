//! One order: an account, a proof for each name, the certificate.

use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, Error, Identifier, NewAccount,
    NewOrder, Order, OrderStatus, RetryPolicy,
};

use super::{Acme, proof};

/// How long the authority may take to see the proofs, and to issue the certificate.
const PATIENCE: Duration = Duration::from_secs(120);
const NO_SUCH_ACCOUNT: &str = "urn:ietf:params:acme:error:accountDoesNotExist";

const REACH: &str = "see whether gateway.tls.acme.directory is the authority's address and can be reached from here; one of your own needs gateway.tls.acme.ca_file";
const AGREE: &str = "the authority says why; see gateway.tls.acme (domains, contact)";
const PROVE: &str = "each of gateway.tls.acme.domains must lead to this store: its address in the DNS, and port 443 there to the port the store listens on, as TLS";
const WRITE: &str = "the store must be able to write in gateway.tls.acme.folder (data/acme)";

/// An order that failed, and what can be done about it.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: anyhow::Error,
    pub(super) advice: &'static str,
}

/// What goes wrong here without advice of its own are files.
impl From<anyhow::Error> for Failed {
    fn from(error: anyhow::Error) -> Self {
        Self { error, advice: WRITE }
    }
}

fn to<E: Into<anyhow::Error>>(advice: &'static str) -> impl Fn(E) -> Failed {
    move |error| Failed { error: error.into(), advice }
}

impl Acme {
    /// Orders a certificate and takes it up.
    pub(super) async fn order(&self) -> Result<(), Failed> {
        let account = self.account().await?;
        let ordered = self.order_with(&account).await;
        for domain in &self.wanted.domains {
            self.folder.hide_proof(domain);
        }
        self.folder.keep(&ordered?)?;
        self.kept.look();
        let until = self.kept.current().as_ref().as_ref().map(|kept| kept.ends.to_string());
        let domains = self.wanted.domains.join(", ");
        tracing::info!(domains, until, "a certificate was issued and is in use");
        Ok(())
    }

    /// The account of before, or a new one.
    async fn account(&self) -> Result<Account, Failed> {
        let asked = || Account::builder_with_http(Box::new(self.authority.clone()));
        if let Some(kept) = self.folder.account()? {
            let kept: AccountCredentials =
                serde_json::from_slice(&kept).context("account.json").map_err(to(WRITE))?;
            return asked().from_credentials(kept).await.map_err(to(REACH));
        }
        let contact: Vec<&str> = self.wanted.contact.iter().map(String::as_str).collect();
        let new = NewAccount {
            contact: &contact,
            terms_of_service_agreed: true,
            only_return_existing: false,
        };
        let (account, credentials) = asked()
            .create(&new, self.wanted.directory.clone(), None)
            .await
            .map_err(|error| match error {
                Error::Api(_) => to(AGREE)(error),
                error => to(REACH)(error),
            })?;
        let credentials = serde_json::to_vec(&credentials).context("account.json")?;
        self.folder.keep_account(&credentials)?;
        Ok(account)
    }

    /// The key and the certificate with those that vouch for it, as PEM.
    async fn order_with(&self, account: &Account) -> Result<String, Failed> {
        let names: Vec<_> = self.wanted.domains.iter().cloned().map(Identifier::Dns).collect();
        let order = account.new_order(&NewOrder::new(&names)).await;
        let mut order = order.inspect_err(|error| self.forget(error)).map_err(to(AGREE))?;
        self.prove(&mut order).await?;
        let retry = RetryPolicy::new().timeout(PATIENCE);
        let status = order.poll_ready(&retry).await.map_err(to(PROVE))?;
        if status != OrderStatus::Ready {
            return Err(to(PROVE)(why_not(&mut order).await));
        }
        let key = order.finalize().await.map_err(to(AGREE))?;
        let chain = order.poll_certificate(&retry).await.map_err(to(AGREE))?;
        Ok(key + &chain)
    }

    /// An authority that does not know the account any more gets a new one with the next order.
    fn forget(&self, error: &Error) {
        if let Error::Api(problem) = error
            && problem.r#type.as_deref() == Some(NO_SUCH_ACCOUNT)
        {
            self.folder.forget_account();
        }
    }

    /// Shows the proof for each name that wants one, and says so to the authority.
    async fn prove(&self, order: &mut Order) -> Result<(), Failed> {
        let mut authorizations = order.authorizations();
        while let Some(next) = authorizations.next().await {
            let mut authorization = next.map_err(to(REACH))?;
            if authorization.status == AuthorizationStatus::Valid {
                continue;
            }
            let mut challenge = authorization
                .challenge(ChallengeType::TlsAlpn01)
                .context("the authority does not offer TLS-ALPN-01")
                .map_err(to(AGREE))?;
            let name = challenge.identifier().to_string();
            let ours = self.wanted.domains.contains(&name);
            let domain = ours.then_some(&name).with_context(|| format!("`{name}` is not ours"));
            let domain = domain.map_err(to(AGREE))?;
            let digest = challenge.key_authorization().digest();
            let shown = proof::of(domain, digest.as_ref()).context("the proof")?;
            self.folder.show_proof(domain, &shown)?;
            challenge.set_ready().await.map_err(to(PROVE))?;
        }
        Ok(())
    }
}

/// What the authority found when it came to see.
async fn why_not(order: &mut Order) -> anyhow::Error {
    match found(order).await {
        Ok(()) => anyhow!("the authority does not say why"),
        Err(error) => error,
    }
}

async fn found(order: &mut Order) -> anyhow::Result<()> {
    let mut authorizations = order.authorizations();
    while let Some(next) = authorizations.next().await {
        let mut authorization = next?;
        let state = authorization.refresh().await?;
        let name = state.identifier().to_string();
        let problem = state.challenges.iter().find_map(|challenge| challenge.error.as_ref());
        if let Some(problem) = problem {
            bail!("{name}: {problem}");
        }
    }
    Ok(())
}
