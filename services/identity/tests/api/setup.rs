//! The first administrator, and those after.

use emart_http::{Caller, Context, Role};
use emart_identity_api::{NewUser, Setup};
use futures_util::future::join_all;

use crate::world::{PASSWORD, worlds};

fn setup(token: &str, email: &str) -> Setup {
    Setup {
        token: token.to_owned(),
        email: email.to_owned(),
        password: "the owner's password".to_owned(),
    }
}

fn new_user(email: &str, role: Role) -> NewUser {
    NewUser { email: email.to_owned(), password: PASSWORD.to_owned(), role }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn of_all_who_use_the_link_at_once_one_becomes_administrator() {
    for world in worlds().await {
        let token = world.identity.setup_state().await.unwrap().token.unwrap();
        let tries: Vec<_> = (0..5).map(|n| setup(&token, &format!("{n}@example.com"))).collect();
        let answers = join_all(tries.iter().map(|setup| world.identity.setup(setup))).await;
        let sessions: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
        assert_eq!(sessions.len(), 1);
        assert!(
            answers.iter().filter_map(|a| a.as_ref().err()).all(|error| error.is("setup-done"))
        );
        let principal = world.principal(&sessions[0].token).await.unwrap();
        assert_eq!(principal.role, Role::Admin);
        assert_eq!(world.count("SELECT count(*) FROM users").await, 1);

        assert_eq!(world.identity.setup_state().await.unwrap().token, None);
        let world = world.restart().await;
        assert_eq!(world.identity.setup_state().await.unwrap().token, None);
        assert!(
            world
                .identity
                .setup(&setup(&token, "late@example.com"))
                .await
                .unwrap_err()
                .is("setup-done")
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_link_is_new_at_each_start_and_costs_strangers_nothing_to_get_wrong() {
    for world in worlds().await {
        let old = world.identity.setup_state().await.unwrap().token.unwrap();
        let world = world.restart().await;
        let new = world.identity.setup_state().await.unwrap().token.unwrap();
        assert_ne!(old, new);
        for wrong in [old.as_str(), "", "x"] {
            let error = world.identity.setup(&setup(wrong, "thief@example.com")).await.unwrap_err();
            assert!(error.is("link-expired"));
        }
        assert_eq!(world.hashes(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_bad_password_does_not_use_the_link_up() {
    for world in worlds().await {
        let token = world.identity.setup_state().await.unwrap().token.unwrap();
        let bad = Setup { password: "short".to_owned(), ..setup(&token, "owner@example.com") };
        assert!(world.identity.setup(&bad).await.unwrap_err().is("invalid"));
        assert!(world.identity.setup(&setup(&token, "owner@example.com")).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_owner_who_has_shopped_before_keeps_their_account() {
    for world in worlds().await {
        let before = world.register("owner@example.com").await;
        let token = world.identity.setup_state().await.unwrap().token.unwrap();
        let session = world.identity.setup(&setup(&token, "owner@example.com")).await.unwrap();
        assert_eq!((session.user.id, session.user.role), (before.user.id, Role::Admin));
        assert_eq!(world.principal(&before.token).await, None);
        assert!(world.sign_in("owner@example.com", PASSWORD).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn only_administrators_make_people_with_a_role() {
    for world in worlds().await {
        let new = new_user("clerk@example.com", Role::Staff);
        for caller in [
            Caller::guest(),
            Caller::person(Role::Customer, "usr_1"),
            Caller::person(Role::Staff, "usr_1"),
        ] {
            let refused = Context::new(caller).scope(world.identity.create_user(&new)).await;
            assert!(refused.unwrap_err().is("forbidden"));
        }
        let cli = || Context::new(Caller::service("cli"));
        let user = cli().scope(world.identity.create_user(&new)).await.unwrap();
        assert_eq!(user.role, Role::Staff);
        let again = cli().scope(world.identity.create_user(&new)).await;
        assert!(again.unwrap_err().is("email-taken"));
        assert!(world.sign_in("clerk@example.com", PASSWORD).await.is_ok());
        assert!(
            world.identity.setup_state().await.unwrap().token.is_some(),
            "staff is no administrator"
        );
        cli()
            .scope(world.identity.create_user(&new_user("owner@example.com", Role::Admin)))
            .await
            .unwrap();
        assert_eq!(world.identity.setup_state().await.unwrap().token, None);
    }
}
