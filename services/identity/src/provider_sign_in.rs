//! Who may come in by a provider's word: whoever is linked with what the provider calls them, and by a verified address
//! who works here already or is new. An account that is there gives its password once before it is linked.

use emart_http::{AuditRecord, Role};
use emart_identity_api::{Audited, Challenge, LinkDue, Session, User, UserId};
use emart_store::Tx;
use emart_types::Timestamp;

use crate::Identity;
use crate::domain::id_token::Claims;
use crate::domain::{self, email};
use crate::error::Error;
use crate::ops::Proof;
use crate::providers::Provider;
use crate::secrets;
use crate::store::providers::{self, Offer, Subject};
use crate::store::users::{self, Account};
use crate::visit::Visit;

/// How long somebody may be at a provider's, and how long a link waits for a password.
pub(crate) const JOURNEY: std::time::Duration = std::time::Duration::from_secs(600);

/// What came of it.
pub(crate) enum Step {
    In(Session),
    CodeDue(Challenge),
    LinkDue(LinkDue),
}

/// Who a provider's word stands for.
enum Known {
    /// Linked, now or before.
    Linked(Account),
    /// Somebody with an account that is not linked yet.
    Unproven(User),
}

impl Identity {
    /// Lets somebody in by what a provider says of them.
    pub(crate) async fn enter_by(
        &self,
        tx: &Tx,
        (provider, claims): (&Provider, &Claims),
        visit: &Visit,
        now: Timestamp,
    ) -> Result<Step, Error> {
        let (issuer, subject) = (claims.iss.clone(), claims.sub.clone());
        let subject = Subject { issuer, subject };
        let second_factor_met = claims.second_factor_met();
        match self.known(tx, (provider, claims), &subject, now).await? {
            Known::Linked(account) => {
                let proof = Proof::of_provider(self, account, visit);
                self.after_proof(tx, proof, (None, second_factor_met), visit, now).await
            }
            Known::Unproven(user) => {
                let (link, expires_at) = (secrets::new_token(), now.plus(JOURNEY));
                let offer = Offer { user_id: user.id, subject, second_factor_met };
                providers::offer(tx, &secrets::digest(&link), &offer, expires_at).await?;
                Ok(Step::LinkDue(LinkDue { link, email: user.email, expires_at }))
            }
        }
    }

    /// Goes on with somebody who is proven: to the code they owe, or in. What is to be linked is linked with the last
    /// proof, not with the first.
    pub(crate) async fn after_proof(
        &self,
        tx: &Tx,
        proof: Proof,
        (link, second_factor_met): (Option<Subject>, bool),
        visit: &Visit,
        now: Timestamp,
    ) -> Result<Step, Error> {
        if proof.account.two_factor && !second_factor_met {
            return Ok(Step::CodeDue(self.owe_code(tx, proof, link, now).await?));
        }
        self.enter(tx, &proof, visit, now).await?;
        self.link(tx, link, &proof.account.user, now).await?;
        let session = self.new_session(proof.account.user, now);
        self.keep_session(tx, &session, visit, now).await?;
        Ok(Step::In(session))
    }

    /// Links, if there is something to be linked.
    pub(crate) async fn link(
        &self,
        tx: &Tx,
        subject: Option<Subject>,
        user: &User,
        now: Timestamp,
    ) -> Result<(), Error> {
        let Some(subject) = subject else { return Ok(()) };
        if !providers::link(tx, &subject, &user.id, now).await? {
            return Err(Error::NoAccountHere(subject.issuer));
        }
        if user.role >= Role::Staff {
            let mut record = AuditRecord::new("staff.linked", user.id.as_str(), &user.email);
            user.id.as_str().clone_into(&mut record.actor);
            let record = record.change(None, Some(&subject.issuer));
            self.outbox.emit(tx, &Audited(record)).await?;
        }
        Ok(())
    }

    async fn known(
        &self,
        tx: &Tx,
        (provider, claims): (&Provider, &Claims),
        subject: &Subject,
        now: Timestamp,
    ) -> Result<Known, Error> {
        let label = || provider.label().to_owned();
        let let_in = |user: &User| match user.role {
            Role::Staff | Role::Admin => provider.config.lets_in(&user.email),
            _ => provider.config.customers(),
        };
        if let Some(id) = providers::linked(tx, subject, now).await? {
            // Whoever was deactivated has no account.
            let account = users::account(tx, id.as_str()).await?;
            let account = account.filter(|account| let_in(&account.user));
            return account.map(Known::Linked).ok_or_else(|| Error::NoAccountHere(label()));
        }
        let address = claims.profile.email.as_deref().unwrap_or_default();
        let Ok(address) = email::normalise("/email", address) else {
            return Err(Error::EmailUnverified(label()));
        };
        if !claims.profile.is_verified() {
            return Err(Error::EmailUnverified(label()));
        }
        let account = match users::account_by_email(tx, &address).await? {
            Some(account) if !let_in(&account.user) => {
                return Err(Error::NoAccountHere(label()));
            }
            // Whoever runs the store has named the provider as one to vouch for them.
            Some(account) if account.user.role >= Role::Staff => account,
            Some(account) => return Ok(Known::Unproven(account.user)),
            None if !provider.config.customers() => return Err(Error::NoAccountHere(label())),
            None => self.new_customer(tx, address, (provider, claims), now).await?,
        };
        self.link(tx, Some(subject.clone()), &account.user, now).await?;
        Ok(Known::Linked(account))
    }

    /// Makes an account without a password; a link by e-mail sets one.
    async fn new_customer(
        &self,
        tx: &Tx,
        email: String,
        (provider, claims): (&Provider, &Claims),
        now: Timestamp,
    ) -> Result<Account, Error> {
        let mut invalid = emart_types::Invalid::new();
        let name = domain::name(&mut invalid, "/name", claims.profile.name.as_deref());
        // A name that is none is no reason to turn somebody away.
        let name = name.filter(|_| invalid.finish().is_ok());
        let user = User { id: UserId::new(), email, name, role: Role::Customer, created_at: now };
        let no_password = secrets::no_password();
        // Somebody with this address was deactivated, or registers at this very moment.
        if !users::insert_user(tx, &user, &no_password).await? {
            return Err(Error::NoAccountHere(provider.label().to_owned()));
        }
        self.tell_registered(tx, &user, true).await?;
        Ok(Account { user, password_hash: no_password, two_factor: false })
    }
}
