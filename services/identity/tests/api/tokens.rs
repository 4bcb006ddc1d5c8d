//! Tokens for programs.

use std::time::Duration;

use emart_identity_api::{PasswordChange, Refresh, Tokens};
use emart_mesh::{Call, CallError};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;

use crate::world::{DAY, PASSWORD, World, by, credentials, worlds};

async fn sign_in(world: &World) -> Tokens {
    let credentials = credentials("ada@example.com", PASSWORD);
    Call::post(&world.peer, "/api/v1/identity/tokens").json(&credentials).send().await.unwrap()
}

async fn refresh(world: &World, token: &str) -> Result<Tokens, CallError> {
    let body = Refresh { refresh_token: token.to_owned() };
    Call::post(&world.peer, "/api/v1/identity/tokens/refresh").json(&body).send().await
}

async fn good(world: &World, tokens: &Tokens) -> bool {
    world.identity.principal_of_token(&tokens.access_token).await.unwrap().is_some()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_access_token_says_who_is_calling_for_ten_minutes() {
    for world in worlds().await {
        let ada = world.register("ada@example.com").await;
        let tokens = sign_in(&world).await;
        assert_eq!((tokens.token_type.as_str(), tokens.expires_in), ("Bearer", 600));
        for _ in 0..2 {
            let principal =
                world.identity.principal_of_token(&tokens.access_token).await.unwrap().unwrap();
            assert_eq!(
                (principal.user_id, principal.email),
                (ada.user.id.to_string(), ada.user.email.clone())
            );
        }
        world.advance(Duration::from_secs(600));
        assert!(!good(&world, &tokens).await);
        for nonsense in ["", "a", "a.b.c"] {
            assert_eq!(world.identity.principal_of_token(nonsense).await.unwrap(), None);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn anyone_can_verify_an_access_token_with_the_published_keys() {
    for world in worlds().await {
        world.register("ada@example.com").await;
        let token = sign_in(&world).await.access_token;
        let jwks = "/api/v1/identity/.well-known/jwks.json";
        let keys: JwkSet = Call::get(&world.peer, jwks).send().await.unwrap();
        let header = jsonwebtoken::decode_header(&token).unwrap();
        let key = DecodingKey::from_jwk(keys.find(&header.kid.unwrap()).unwrap()).unwrap();
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&["emart"]);
        validation.set_issuer(&["http://127.0.0.1:8080"]);
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Value>(&token, &key, &validation).unwrap().claims;
        assert_eq!(claims["role"], "customer");
        assert!(claims["jti"].is_string());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_keys_that_sign_come_and_go_and_what_they_signed_stays_good() {
    for world in worlds().await {
        world.register("ada@example.com").await;
        let keys = async |world: &World| {
            let jwks = "/api/v1/identity/.well-known/jwks.json";
            let keys: JwkSet = Call::get(&world.peer, jwks).send().await.unwrap();
            keys.keys.iter().map(|key| key.common.key_id.clone().unwrap()).collect::<Vec<_>>()
        };
        let kid = |tokens: &Tokens| {
            jsonwebtoken::decode_header(&tokens.access_token).unwrap().kid.unwrap()
        };
        let old = keys(&world).await;
        // A start looks after the keys, as the job does every few minutes.
        world.advance(90 * DAY);
        let world = rotated(world).await;
        let both = keys(&world).await;
        assert_eq!((both.len(), &both[1]), (2, &old[0]));
        assert_eq!(kid(&sign_in(&world).await), old[0], "a new key is shown before it signs");
        world.advance(Duration::from_secs(3600));
        let world = world.restart().await;
        assert_eq!(kid(&sign_in(&world).await), both[0]);
        world.advance(91 * DAY);
        let world = rotated(world).await;
        let later = keys(&world).await;
        assert!(!later.contains(&old[0]) && later.contains(&both[0]), "{later:?}");
    }
}

/// The world after a start whose job has looked after the keys.
async fn rotated(world: World) -> World {
    let world = world.restart().await;
    let newest = "SELECT MAX(created_at) FROM signing_keys";
    let now = world.clock.now().as_millis();
    // The job's commit is announced to nobody.
    while world.count(newest).await < now {
        tokio::task::yield_now().await;
    }
    world.restart().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn tokens_outlive_a_restart() {
    for world in worlds().await {
        world.register("ada@example.com").await;
        let tokens = sign_in(&world).await;
        let world = world.restart().await;
        assert!(good(&world, &tokens).await);
        assert!(refresh(&world, &tokens.refresh_token).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_refresh_token_works_once_and_its_reuse_ends_the_whole_family() {
    for world in worlds().await {
        world.register("ada@example.com").await;
        let (first, other) = (sign_in(&world).await, sign_in(&world).await);
        let second = refresh(&world, &first.refresh_token).await.unwrap();
        let third = refresh(&world, &second.refresh_token).await.unwrap();
        assert!(good(&world, &third).await);

        let reused = refresh(&world, &first.refresh_token).await.unwrap_err();
        assert!(reused.is("refresh-refused"));
        assert!(refresh(&world, &third.refresh_token).await.unwrap_err().is("refresh-refused"));
        assert!(!good(&world, &third).await, "its access tokens end as well");
        assert!(good(&world, &other).await, "another sign-in is not concerned");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn of_two_who_refresh_at_once_one_is_a_thief_and_the_family_ends() {
    for world in worlds().await {
        world.register("ada@example.com").await;
        let first = sign_in(&world).await;
        let token = &first.refresh_token;
        let (a, b) = tokio::join!(refresh(&world, token), refresh(&world, token));
        let mut winners: Vec<Tokens> = [a, b].into_iter().filter_map(Result::ok).collect();
        assert_eq!(winners.len(), 1);
        let won = winners.remove(0);
        assert!(!good(&world, &won).await);
        assert!(refresh(&world, &won.refresh_token).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_refresh_token_ends_unused_after_two_weeks_and_its_family_after_three_months() {
    for world in worlds().await {
        world.register("ada@example.com").await;
        let unused = sign_in(&world).await;
        let mut newest = sign_in(&world).await;
        for _ in 0..6 {
            world.advance(14 * DAY - Duration::from_secs(1));
            newest = refresh(&world, &newest.refresh_token).await.unwrap();
        }
        assert!(refresh(&world, &unused.refresh_token).await.is_err());
        world.advance(7 * DAY);
        assert!(refresh(&world, &newest.refresh_token).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn revoking_ends_the_family_and_tells_nothing() {
    for world in worlds().await {
        world.register("ada@example.com").await;
        let tokens = sign_in(&world).await;
        for token in [tokens.refresh_token.as_str(), "unknown", ""] {
            let body = Refresh { refresh_token: token.to_owned() };
            Call::post(&world.peer, "/api/v1/identity/tokens/revoke")
                .json(&body)
                .done()
                .await
                .unwrap();
        }
        assert!(!good(&world, &tokens).await);
        assert!(refresh(&world, &tokens.refresh_token).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_new_password_ends_every_token() {
    for world in worlds().await {
        let ada = world.register("ada@example.com").await;
        let tokens = sign_in(&world).await;
        let change =
            PasswordChange { current: PASSWORD.to_owned(), new: "another long one".to_owned() };
        by(&ada, world.identity.change_password(&change, "")).await.unwrap();
        assert!(!good(&world, &tokens).await);
        assert!(refresh(&world, &tokens.refresh_token).await.is_err());
    }
}
