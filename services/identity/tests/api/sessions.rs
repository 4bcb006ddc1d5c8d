//! Sessions of the pages.

use emart_http::Problem;
use emart_identity_api::{Session, Tokens};
use emart_mesh::Call;
use emart_store::vals;

use crate::world::{DAY, DEVICE, HOUR, Mail, PASSWORD, credentials, worlds};

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_unknown_address_and_a_wrong_password_are_answered_alike_after_the_same_work() {
    for world in worlds().await {
        world.register("ada@example.com").await;
        let mut answers = Vec::new();
        for email in ["ada@example.com", "nobody@example.com"] {
            let before = (world.hashes(), world.count("SELECT sum(attempts) FROM throttle").await);
            let error = world.sign_in(email, "not the password").await.unwrap_err();
            let problem = Problem { instance: None, ..error.problem().unwrap().clone() };
            let attempts = world.count("SELECT sum(attempts) FROM throttle").await - before.1;
            answers.push((problem, world.hashes() - before.0, attempts));
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!((answers[0].0.status, answers[0].1, answers[0].2), (401, 1, 1));
        assert_eq!(world.mails().await, []);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_session_ends_after_two_weeks_without_use_and_three_months_in_any_case() {
    for world in worlds().await {
        let used = world.register("ada@example.com").await;
        let unused = world.sign_in("ada@example.com", PASSWORD).await.unwrap();
        for day in [13, 26, 39, 52, 65, 78] {
            world.advance(13 * DAY);
            assert!(world.principal(&used.token).await.is_some(), "day {day}");
            // The use is noted by the job, soon.
            let sql = "SELECT count(*) FROM sessions WHERE used_at = $1";
            let noted = vals![world.clock.now().as_millis()];
            while world.db().one::<i64>(sql, noted).await.unwrap() == 0 {
                tokio::task::yield_now().await;
            }
        }
        assert_eq!(world.principal(&unused.token).await, None);
        world.advance(12 * DAY);
        assert_eq!(world.principal(&used.token).await, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_session_is_known_by_its_digest_only() {
    for world in worlds().await {
        let session = world.register("ada@example.com").await;
        let rows: Vec<String> =
            world.db().all("SELECT token_hash FROM sessions", &[]).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_ne!(rows[0], session.token);
        assert_eq!(world.principal(&rows[0]).await, None);
        assert_eq!(world.principal("").await, None);
        assert_eq!(world.principal("nonsense").await, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn signing_in_again_ends_the_session_the_browser_had() {
    for world in worlds().await {
        let old = world.register("ada@example.com").await;
        let new: Session = Call::post(&world.peer, "/api/v1/identity/sessions")
            .header("emart-session", &old.token)
            .json(&credentials("ada@example.com", PASSWORD))
            .send()
            .await
            .unwrap();
        assert_ne!(new.token, old.token);
        assert_eq!(world.principal(&old.token).await, None);
        assert!(world.principal(&new.token).await.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn signing_out_ends_the_session_and_can_be_done_twice() {
    for world in worlds().await {
        let session = world.register("ada@example.com").await;
        for _ in 0..2 {
            world.identity.delete_session(&session.token).await.unwrap();
            assert_eq!(world.principal(&session.token).await, None);
        }
        Call::delete(&world.peer, "/api/v1/identity/sessions/current").done().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_browser_is_strange_once() {
    for world in worlds().await {
        world.register("ada@example.com").await;
        let other = "another-device-id-altogether";
        for (device, known) in [(DEVICE, false), (DEVICE, true), (other, false)] {
            let credentials = credentials("ada@example.com", PASSWORD);
            world.identity.create_session(&credentials, "Firefox\u{e4} 1", device).await.unwrap();
            let Mail::SignedIn(event) = world.mail().await else { panic!() };
            assert_eq!((event.known_device, event.user_agent.is_some()), (known, true));
        }
        for _ in 0..2 {
            let credentials = credentials("ada@example.com", PASSWORD);
            world.identity.create_session(&credentials, "", "").await.unwrap();
            let Mail::SignedIn(event) = world.mail().await else { panic!() };
            assert!(!event.known_device, "who hides what they are is strange each time");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_over_is_deleted_at_the_next_start() {
    for world in worlds().await {
        world.register("ada@example.com").await;
        let credentials = credentials("ada@example.com", PASSWORD);
        let tokens = Call::post(&world.peer, "/api/v1/identity/tokens").json(&credentials);
        tokens.send::<Tokens>().await.unwrap();
        world.advance(100 * DAY + HOUR);
        let world = world.restart().await;
        for sql in [
            "SELECT count(*) FROM sessions",
            "SELECT count(*) FROM token_families",
            "SELECT count(*) FROM refresh_tokens",
            "SELECT count(*) FROM throttle",
        ] {
            while world.count(sql).await > 0 {
                tokio::task::yield_now().await;
            }
        }
        assert_eq!(world.count("SELECT count(*) FROM users").await, 1);
    }
}
