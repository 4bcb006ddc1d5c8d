//! Who comes in by a provider's word, and as whom.

use emart_http::Role;
use emart_identity::Who;
use emart_identity_api::{Challenge, ProviderStep, Session, StaffPatch};
use emart_mesh::CallError;
use serde_json::json;

use super::{ada, go, in_now, link, link_due, refused, shops, shops_with};
use crate::access::{calling, hired};
use crate::accounts::{answer, code, protect};
use crate::world::{HOUR, Mail, PASSWORD, World};

const USERS: &str = "SELECT count(*) FROM users";
const LINKS: &str = "SELECT count(*) FROM linked_subjects";

fn code_due(outcome: Result<ProviderStep, CallError>) -> Challenge {
    match outcome.unwrap() {
        ProviderStep::CodeDue(owed) => owed,
        other => panic!("{other:?}"),
    }
}

async fn deactivate(world: &World, by: &Session, whom: &Session) {
    let patch = StaffPatch { position: None, active: Some(false) };
    calling(world, by, world.identity.patch_staff(&whom.user.id, "*", &patch)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn who_is_new_gets_an_account_and_keeps_it_when_their_address_changes() {
    for (world, provider) in shops(Who::Customers).await {
        let first = in_now(go(&world, &provider, &ada(&json!({}))).await);
        assert_eq!(
            (first.user.email.as_str(), first.user.role),
            ("ada@example.com", Role::Customer)
        );
        assert_eq!(first.user.name.as_deref(), Some("Ada"));
        assert!(world.principal(&first.token).await.is_some());
        assert!(matches!(world.mail().await, Mail::Registered(event) if event.confirmed));
        let moved = ada(&json!({ "email": "ada@elsewhere.example", "email_verified": false }));
        let again = in_now(go(&world, &provider, &moved).await);
        assert_eq!(again.user, first.user);
        // There is no password that opens it; a link by e-mail sets one.
        for password in ["", "none:", PASSWORD] {
            assert!(world.sign_in("ada@example.com", password).await.is_err());
        }
        assert_eq!(world.count(USERS).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_address_that_nobody_has_verified_opens_nothing() {
    for (world, provider) in shops(Who::Both).await {
        world.register("ada@example.com").await;
        hired(&world, "boss@example.com", Role::Staff).await;
        for says in [
            json!({ "email": "ada@example.com", "email_verified": false }),
            json!({ "email": "boss@example.com" }),
            json!({ "email": "new@example.com", "email_verified": "no" }),
            json!({ "email": "nonsense", "email_verified": true }),
        ] {
            assert_eq!(refused(go(&world, &provider, &says).await), "email-unverified");
        }
        assert_eq!((world.count(USERS).await, world.count(LINKS).await), (2, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_account_that_is_there_is_linked_by_its_password_once() {
    for (world, provider) in shops(Who::Customers).await {
        let before = world.register("ada@example.com").await;
        let says = ada(&json!({}));
        let due = link_due(go(&world, &provider, &says).await);
        assert_eq!(due.email, "ada@example.com");
        assert_eq!(refused(link(&world, &due, "not the password").await), "bad-credentials");
        assert_eq!(world.count(LINKS).await, 0);
        link_due(go(&world, &provider, &says).await);
        let session = in_now(link(&world, &due, PASSWORD).await);
        assert_eq!(session.user.id, before.user.id);
        assert_eq!(refused(link(&world, &due, PASSWORD).await), "sign-in-expired", "once");
        assert_eq!(in_now(go(&world, &provider, &says).await).user.id, before.user.id);
        // Somebody else who was given the address there is not them.
        let other = ada(&json!({ "sub": "43" }));
        let due = link_due(go(&world, &provider, &other).await);
        assert_eq!(refused(link(&world, &due, PASSWORD).await), "no-account-here");
        let late = link_due(go(&world, &provider, &other).await);
        world.advance(HOUR);
        assert_eq!(refused(link(&world, &late, PASSWORD).await), "sign-in-expired");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_second_factor_is_met_here_unless_it_was_there() {
    for (world, provider) in shops(Who::Customers).await {
        let session = world.register("ada@example.com").await;
        let (secret, _) = protect(&world, &session).await;
        let due = link_due(go(&world, &provider, &ada(&json!({}))).await);
        let owed = code_due(link(&world, &due, PASSWORD).await);
        assert_eq!(world.count(LINKS).await, 0, "a password alone links nothing");
        answer(&world, &owed, &code(&world, &secret).code).await.unwrap();
        assert_eq!(world.count(LINKS).await, 1);
        let one_factor = ada(&json!({ "amr": ["pwd"] }));
        code_due(go(&world, &provider, &one_factor).await);
        let two_factors = ada(&json!({ "amr": ["pwd", "otp", "mfa"] }));
        in_now(go(&world, &provider, &two_factors).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn staff_come_in_when_they_are_there_and_nobody_becomes_staff() {
    for (world, provider) in shops(Who::Staff).await {
        let admin = hired(&world, "admin@example.com", Role::Admin).await;
        let grace = hired(&world, "ada@example.com", Role::Staff).await;
        world.register("customer@example.com").await;
        for email in ["nobody@example.com", "customer@example.com"] {
            let says = json!({ "sub": "1", "email": email, "email_verified": true });
            assert_eq!(refused(go(&world, &provider, &says).await), "no-account-here");
        }
        let session = in_now(go(&world, &provider, &ada(&json!({}))).await);
        assert_eq!((session.user.id, session.user.role), (grace.user.id.clone(), Role::Staff));
        // The address was given to somebody else there.
        let other = ada(&json!({ "sub": "43" }));
        assert_eq!(refused(go(&world, &provider, &other).await), "no-account-here");
        deactivate(&world, &admin, &grace).await;
        assert_eq!(refused(go(&world, &provider, &ada(&json!({}))).await), "no-account-here");
        assert_eq!(world.count(USERS).await, 3);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_provider_lets_in_only_those_it_is_for() {
    for (world, provider) in shops(Who::Customers).await {
        hired(&world, "ada@example.com", Role::Admin).await;
        assert_eq!(refused(go(&world, &provider, &ada(&json!({}))).await), "no-account-here");
        assert_eq!(world.count(LINKS).await, 0);
    }
    let company = shops_with(|provider| {
        provider.who = Who::Both;
        provider.staff_domains = vec!["shop.example".to_owned()];
    });
    for (world, provider) in company.await {
        hired(&world, "ada@example.com", Role::Admin).await;
        hired(&world, "ada@shop.example", Role::Staff).await;
        assert_eq!(refused(go(&world, &provider, &ada(&json!({}))).await), "no-account-here");
        let says = ada(&json!({ "email": "ada@shop.example" }));
        in_now(go(&world, &provider, &says).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn where_the_token_names_no_address_the_provider_is_asked_for_it() {
    for (world, provider) in shops(Who::Customers).await {
        provider.tell(json!({ "sub": "43", "email": "a@example.com", "email_verified": true }));
        assert_eq!(refused(go(&world, &provider, &json!({})).await), "provider-refused");
        provider.tell(json!({ "sub": "42", "email": "a@example.com", "email_verified": true }));
        let session = in_now(go(&world, &provider, &json!({})).await);
        assert_eq!(session.user.email, "a@example.com");
    }
}
