//! How fast passwords can be tried and mails asked for: the same for addresses with and without an account.

use std::time::Duration;

use emart_mesh::CallError;
use futures_util::future::join_all;

use crate::world::{DAY, DEVICE, PASSWORD, World, credentials, from, registration, worlds};

async fn guess(world: &World, email: &str) -> CallError {
    let credentials = credentials(email, "not the password");
    world.identity.create_session(&credentials, "curl", "").await.unwrap_err()
}

fn wait(error: &CallError) -> Option<u64> {
    error.is("too-many-attempts").then(|| error.problem().unwrap().retry_after_seconds.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn each_guess_after_the_fifth_waits_twice_as_long_for_known_and_unknown_addresses() {
    for world in worlds().await {
        world.register("ada@example.com").await;
        for email in ["ada@example.com", "nobody@example.com"] {
            for _ in 0..5 {
                assert!(guess(&world, email).await.is("bad-credentials"));
            }
            for seconds in [1, 2, 4, 8] {
                let hashes = world.hashes();
                assert_eq!(wait(&guess(&world, email).await), Some(seconds), "{email}");
                assert_eq!(world.hashes(), hashes, "nothing is hashed for who has to wait");
                world.advance(Duration::from_secs(seconds));
                assert!(guess(&world, email).await.is("bad-credentials"));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn guesses_made_at_once_are_counted_one_by_one() {
    for world in worlds().await {
        world.register("ada@example.com").await;
        let hashes = world.hashes();
        let errors = join_all((0..20).map(|_| guess(&world, "ada@example.com"))).await;
        let tried = errors.iter().filter(|error| error.is("bad-credentials")).count();
        assert_eq!((tried, world.hashes() - hashes), (5, 5));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_right_password_makes_the_address_free_again_and_so_does_a_day() {
    for world in worlds().await {
        world.register("ada@example.com").await;
        for _ in 0..4 {
            guess(&world, "ada@example.com").await;
        }
        world.sign_in("ada@example.com", PASSWORD).await.unwrap();
        for _ in 0..5 {
            assert!(guess(&world, "ada@example.com").await.is("bad-credentials"));
        }
        assert!(wait(&guess(&world, "ada@example.com").await).is_some());
        world.advance(DAY + DAY);
        for _ in 0..5 {
            assert!(guess(&world, "ada@example.com").await.is("bad-credentials"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_strangers_guesses_do_not_lock_out_a_browser_the_person_has_used() {
    for world in worlds().await {
        world.register("ada@example.com").await;
        world.sign_in("ada@example.com", PASSWORD).await.unwrap();
        for _ in 0..6 {
            guess(&world, "ada@example.com").await;
        }
        let right = credentials("ada@example.com", PASSWORD);
        let elsewhere = world.identity.create_session(&right, "curl", "").await.unwrap_err();
        assert!(wait(&elsewhere).is_some());
        assert!(world.identity.create_session(&right, "Firefox", DEVICE).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_client_cannot_try_one_password_on_every_address() {
    for world in worlds().await {
        for n in 0..50 {
            let error = from("192.0.2.7", guess(&world, &format!("{n}@example.com"))).await;
            assert!(error.is("bad-credentials"), "{n}");
        }
        assert!(wait(&from("192.0.2.7", guess(&world, "51@example.com")).await).is_some());
        assert!(from("192.0.2.8", guess(&world, "51@example.com")).await.is("bad-credentials"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn mails_to_one_address_are_few_whether_it_has_an_account_or_not() {
    for world in worlds().await {
        world.register("ada@example.com").await;
        world.advance(DAY + DAY);
        for email in ["ada@example.com", "nobody@example.com"] {
            world.identity.register(&registration(email)).await.unwrap();
            world.identity.request_password_reset(email).await.unwrap();
            world.identity.request_password_reset(email).await.unwrap();
            let refused = world.identity.request_password_reset(email).await.unwrap_err();
            assert_eq!(wait(&refused), Some(60), "{email}");
            let refused = world.identity.register(&registration(email)).await.unwrap_err();
            assert_eq!(wait(&refused), Some(60), "{email}");
        }
    }
}
