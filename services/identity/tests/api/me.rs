//! The person who is calling: name and password.

use emart_http::{Caller, Context, Role};
use emart_identity_api::{PasswordChange, PasswordReset, UserPatch};

use crate::world::{HOUR, Mail, PASSWORD, by, worlds};

fn change(current: &str, new: &str) -> PasswordChange {
    PasswordChange { current: current.to_owned(), new: new.to_owned() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_person_sees_themselves_and_a_guest_nobody() {
    for world in worlds().await {
        let ada = world.register("ada@example.com").await;
        assert_eq!(by(&ada, world.identity.me()).await.unwrap(), ada.user);
        assert!(world.identity.me().await.unwrap_err().is("unauthorized"));
        let gone = Caller::person(Role::Customer, "usr_00000000000000000000000000");
        let gone = Context::new(gone).scope(world.identity.me()).await;
        assert!(gone.unwrap_err().is("unauthorized"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_name_is_changed_kept_or_taken_away() {
    for world in worlds().await {
        let ada = world.register("ada@example.com").await;
        for (patch, name) in
            [(Some(" Countess "), Some("Countess")), (None, Some("Countess")), (Some(""), None)]
        {
            let patch = UserPatch { name: patch.map(ToOwned::to_owned) };
            let user = by(&ada, world.identity.patch_me(&patch)).await.unwrap();
            assert_eq!(user.name.as_deref(), name);
        }
        let long = UserPatch { name: Some("x".repeat(101)) };
        assert!(by(&ada, world.identity.patch_me(&long)).await.unwrap_err().is("invalid"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_new_password_ends_every_session_but_the_one_it_was_set_in() {
    for world in worlds().await {
        let here = world.register("ada@example.com").await;
        let there = world.sign_in("ada@example.com", PASSWORD).await.unwrap();
        world.mail().await;
        let wrong = by(
            &here,
            world.identity.change_password(&change("wrong", "another long one"), &here.token),
        )
        .await;
        assert_eq!(wrong.unwrap_err().problem().unwrap().errors[0].pointer, "/current");
        let weak =
            by(&here, world.identity.change_password(&change(PASSWORD, "1234567890"), &here.token))
                .await;
        assert_eq!(weak.unwrap_err().problem().unwrap().errors[0].pointer, "/new");

        by(
            &here,
            world.identity.change_password(&change(PASSWORD, "another long one"), &here.token),
        )
        .await
        .unwrap();
        assert!(world.principal(&here.token).await.is_some());
        assert_eq!(world.principal(&there.token).await, None);
        assert!(
            matches!(world.mail().await, Mail::PasswordChanged(mail) if mail.email == "ada@example.com")
        );
        assert!(world.sign_in("ada@example.com", PASSWORD).await.is_err());
        assert!(world.sign_in("ada@example.com", "another long one").await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn passwords_cannot_be_guessed_in_a_session_someone_left_open() {
    for world in worlds().await {
        let ada = world.register("ada@example.com").await;
        let wrong = change("wrong", "another long one");
        for _ in 0..5 {
            assert!(
                by(&ada, world.identity.change_password(&wrong, &ada.token))
                    .await
                    .unwrap_err()
                    .is("invalid")
            );
        }
        let refused = by(&ada, world.identity.change_password(&wrong, &ada.token)).await;
        assert!(refused.unwrap_err().is("too-many-attempts"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn of_two_new_passwords_set_at_once_one_is_set() {
    for world in worlds().await {
        let ada = world.register("ada@example.com").await;
        let (one, two) =
            (change(PASSWORD, "the first new one"), change(PASSWORD, "the second new one"));
        let (a, b) = tokio::join!(
            by(&ada, world.identity.change_password(&one, &ada.token)),
            by(&ada, world.identity.change_password(&two, &ada.token)),
        );
        assert!(a.is_ok() != b.is_ok());
        let new = if a.is_ok() { "the first new one" } else { "the second new one" };
        assert!(world.sign_in("ada@example.com", new).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_forgotten_password_is_replaced_by_the_link_in_the_mail_once() {
    for world in worlds().await {
        let before = world.register("ada@example.com").await;
        world.identity.request_password_reset("nobody@example.com").await.unwrap();
        world.identity.request_password_reset("Ada@example.com").await.unwrap();
        let Mail::Reset(mail) = world.mail().await else { panic!("nobody gets no mail") };
        let weak = PasswordReset { token: mail.token.clone(), password: "short".to_owned() };
        assert!(world.identity.reset_password(&weak).await.unwrap_err().is("invalid"));

        let reset =
            PasswordReset { token: mail.token, password: "remembered this time".to_owned() };
        world.identity.reset_password(&reset).await.unwrap();
        assert!(world.identity.reset_password(&reset).await.unwrap_err().is("link-expired"));
        assert_eq!(world.principal(&before.token).await, None);
        assert!(matches!(world.mail().await, Mail::PasswordChanged(_)));
        assert!(world.sign_in("ada@example.com", "remembered this time").await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_reset_link_works_for_an_hour() {
    for world in worlds().await {
        world.register("ada@example.com").await;
        world.identity.request_password_reset("ada@example.com").await.unwrap();
        let Mail::Reset(mail) = world.mail().await else { panic!() };
        world.advance(HOUR);
        let reset =
            PasswordReset { token: mail.token, password: "remembered this time".to_owned() };
        assert!(world.identity.reset_password(&reset).await.unwrap_err().is("link-expired"));
    }
}
