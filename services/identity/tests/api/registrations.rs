//! Accounts: asked for by anyone, made by whoever reads the address's mail.

use emart_http::Role;
use emart_identity_api::NewRegistration;
use emart_mesh::Call;

use crate::world::{HOUR, Mail, PASSWORD, registration, worlds};

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_account_is_made_by_the_link_in_the_mail_and_once() {
    for world in worlds().await {
        world.identity.register(&registration(" Ada@Example.com ")).await.unwrap();
        assert!(
            world.sign_in("ada@example.com", PASSWORD).await.unwrap_err().is("bad-credentials")
        );
        let Mail::Requested(mail) = world.mail().await else { panic!() };
        assert_eq!((mail.email.as_str(), mail.name.as_deref()), ("ada@example.com", Some("Ada")));

        let session = world.identity.confirm_registration(&mail.token).await.unwrap();
        assert_eq!(
            (session.user.email.as_str(), session.user.role),
            ("ada@example.com", Role::Customer)
        );
        assert_eq!(
            world.principal(&session.token).await.unwrap().user_id,
            session.user.id.as_str()
        );
        assert!(matches!(world.mail().await, Mail::Registered(_)));
        let again = world.identity.confirm_registration(&mail.token).await.unwrap_err();
        assert!(again.is("link-expired"));
        world.sign_in("ADA@example.com", PASSWORD).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_answer_does_not_tell_whether_an_address_has_an_account() {
    for world in worlds().await {
        world.register("ada@example.com").await;
        let mut answers = Vec::new();
        for email in ["ada@example.com", "nobody@example.com"] {
            let hashes = world.hashes();
            let call = Call::post(&world.peer, "/api/v1/identity/registrations")
                .json(&registration(email));
            let (head, body) = call.bytes().await.unwrap();
            answers.push((head.status, head.headers, body, world.hashes() - hashes));
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!((answers[0].0.as_u16(), answers[0].3), (202, 1));
        assert!(
            matches!(world.mail().await, Mail::Repeated(mail) if mail.email == "ada@example.com")
        );
        assert!(
            matches!(world.mail().await, Mail::Requested(mail) if mail.email == "nobody@example.com")
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn of_two_who_ask_with_one_address_the_reader_of_the_mail_decides() {
    for world in worlds().await {
        let attacker = NewRegistration {
            password: "attacker's choice".to_owned(),
            ..registration("ada@example.com")
        };
        world.identity.register(&attacker).await.unwrap();
        let Mail::Requested(theirs) = world.mail().await else { panic!() };
        world.identity.register(&registration("ada@example.com")).await.unwrap();
        let Mail::Requested(mine) = world.mail().await else { panic!() };
        world.identity.confirm_registration(&mine.token).await.unwrap();
        let refused = world.identity.confirm_registration(&theirs.token).await.unwrap_err();
        assert!(refused.is("link-expired"));
        assert!(world.sign_in("ada@example.com", "attacker's choice").await.is_err());
        assert!(world.sign_in("ada@example.com", PASSWORD).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_link_that_two_open_at_once_makes_one_account() {
    for world in worlds().await {
        world.identity.register(&registration("ada@example.com")).await.unwrap();
        let Mail::Requested(mail) = world.mail().await else { panic!() };
        let confirm = || world.identity.confirm_registration(&mail.token);
        let (a, b, c) = tokio::join!(confirm(), confirm(), confirm());
        assert_eq!([a, b, c].iter().filter(|answer| answer.is_ok()).count(), 1);
        assert_eq!(world.count("SELECT count(*) FROM users").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_link_works_for_a_day() {
    for world in worlds().await {
        world.identity.register(&registration("ada@example.com")).await.unwrap();
        let Mail::Requested(mail) = world.mail().await else { panic!() };
        world.advance(24 * HOUR);
        assert!(
            world.identity.confirm_registration(&mail.token).await.unwrap_err().is("link-expired")
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_will_not_do_is_said_field_by_field() {
    for world in worlds().await {
        let bad = NewRegistration {
            email: "ada".to_owned(),
            password: "short".to_owned(),
            name: Some("a\u{7}".to_owned()),
        };
        let error = world.identity.register(&bad).await.unwrap_err();
        let pointers: Vec<_> =
            error.problem().unwrap().errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(pointers, ["/email", "/password", "/name"]);
        let common = NewRegistration {
            password: "Password123".to_owned(),
            ..registration("ada@example.com")
        };
        assert!(world.identity.register(&common).await.unwrap_err().is("invalid"));
        assert_eq!(world.hashes(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_was_asked_for_before_a_crash_is_answered_after_it() {
    for world in worlds().await {
        let sql = "INSERT INTO requests (kind, email, name, password_hash, asked_at)
            VALUES ('registration', 'ada@example.com', NULL, '$argon2id$', 1)";
        world.db().exec(sql, &[]).await.unwrap();
        let world = world.restart().await;
        assert!(
            matches!(world.mail().await, Mail::Requested(mail) if mail.email == "ada@example.com")
        );
    }
}
