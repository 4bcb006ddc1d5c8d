//! Signing in by an OpenID Connect provider, which listens on a socket and signs with keys of its own.

mod answers;
mod people;

use std::sync::Arc;

use emart_identity::{Config, Provider, Who};
use emart_identity_api::{LinkDue, NewLink, ProviderAnswer, ProviderStep, Session};
use emart_mesh::CallError;
use emart_testkit::{Returned, TestProvider};
use emart_types::{Clock, Secret, Timestamp};
use serde_json::{Value, json};

use crate::world::{DEVICE, World, config};

/// On each engine a store that knows one provider, `id`, for whom it is.
async fn shops(who: Who) -> Vec<(World, TestProvider)> {
    shops_with(|provider| provider.who = who).await
}

async fn shops_with(change: impl Fn(&mut Provider)) -> Vec<(World, TestProvider)> {
    let mut shops = Vec::new();
    for store in emart_testkit::stores().await {
        let clock = Clock::fixed(Timestamp::from_millis(1_800_000_000_000));
        let provider = TestProvider::start(&clock).await;
        let (client_id, secret) = provider.client();
        let mut settings = Provider {
            issuer: provider.issuer(),
            client_id: client_id.to_owned(),
            client_secret: Some(Secret::new(secret.to_owned())),
            label: "Example".to_owned(),
            private_addresses: true,
            ..Provider::default()
        };
        change(&mut settings);
        let other = Provider { label: String::new(), ..settings.clone() };
        let providers = [("id".to_owned(), settings), ("other".to_owned(), other)].into();
        let config = Config { providers, ..config() };
        assert!(!config.check().iter().any(|wrong| wrong.starts_with("providers")));
        shops.push((World::start(Arc::new(store), clock, &config).await, provider));
    }
    shops
}

/// What the provider says of Ada, and what else.
fn ada(more: &Value) -> Value {
    let mut says = json!({ "email": "Ada@Example.com", "email_verified": true, "name": "Ada" });
    for (name, value) in more.as_object().unwrap() {
        says[name] = value.clone();
    }
    says
}

/// Somebody goes to the provider, and comes back with an answer.
async fn at(world: &World, provider: &TestProvider, says: &Value) -> ProviderAnswer {
    let begun = world.identity.begin_provider_sign_in("id").await.unwrap();
    let Returned { state, code, path } = provider.sign_in(&begun.location, says);
    assert!(path.starts_with("/sign-in/with/id/return?"), "{path}");
    let (provider, binding) = ("id".to_owned(), begun.binding);
    ProviderAnswer { provider, binding, state, code, iss: None }
}

async fn finish(world: &World, answer: &ProviderAnswer) -> Result<ProviderStep, CallError> {
    world.identity.finish_provider_sign_in(answer, "Firefox", DEVICE).await
}

/// Goes there and back again.
async fn go(
    world: &World,
    provider: &TestProvider,
    says: &Value,
) -> Result<ProviderStep, CallError> {
    let answer = at(world, provider, says).await;
    finish(world, &answer).await
}

/// What was refused: the problem's slug.
fn refused(outcome: Result<ProviderStep, CallError>) -> String {
    let error = outcome.expect_err("nobody was to come in");
    let problem = error.problem().unwrap();
    assert!(problem.status < 500, "{problem:?}");
    problem.kind.trim_start_matches("/problems/").to_owned()
}

fn in_now(outcome: Result<ProviderStep, CallError>) -> Session {
    match outcome.unwrap() {
        ProviderStep::In(session) => *session,
        other => panic!("{other:?}"),
    }
}

fn link_due(outcome: Result<ProviderStep, CallError>) -> LinkDue {
    match outcome.unwrap() {
        ProviderStep::LinkDue(due) => due,
        other => panic!("{other:?}"),
    }
}

async fn link(world: &World, due: &LinkDue, password: &str) -> Result<ProviderStep, CallError> {
    let new = NewLink { link: due.link.clone(), password: password.to_owned() };
    world.identity.link_provider(&new, "Firefox", DEVICE).await
}
