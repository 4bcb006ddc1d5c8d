//! Which of a provider's answers count.

use emart_identity::Who;
use emart_identity_api::ProviderAnswer;
use jsonwebtoken::Algorithm;
use serde_json::json;

use super::{ada, at, finish, go, in_now, refused, shops};
use crate::world::HOUR;

const MINUTE: std::time::Duration = std::time::Duration::from_secs(61);

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn tokens_signed_with_any_key_of_today_are_taken_and_no_others() {
    for (world, provider) in shops(Who::Customers).await {
        in_now(go(&world, &provider, &ada(&json!({}))).await);
        for algorithm in [Algorithm::ES256, Algorithm::RS256, Algorithm::PS256, Algorithm::EdDSA] {
            world.advance(MINUTE);
            provider.sign_with(algorithm, &format!("{algorithm:?}"));
            in_now(go(&world, &provider, &ada(&json!({}))).await);
        }
        let asked = provider.times_asked_for_keys();
        in_now(go(&world, &provider, &ada(&json!({}))).await);
        assert_eq!(provider.times_asked_for_keys(), asked, "they are kept");
        // Unknown keys do not make the store ask again and again.
        provider.sign_with(Algorithm::EdDSA, "newer");
        world.advance(MINUTE);
        in_now(go(&world, &provider, &ada(&json!({}))).await);
        provider.sign_with(Algorithm::EdDSA, "newest");
        for _ in 0..3 {
            let outcome = go(&world, &provider, &ada(&json!({}))).await;
            assert_eq!(refused(outcome), "provider-refused");
        }
        assert_eq!(provider.times_asked_for_keys(), asked + 1);
        provider.sign_with_a_strange_key();
        world.advance(HOUR);
        assert_eq!(refused(go(&world, &provider, &ada(&json!({}))).await), "provider-refused");
        provider.sign_nothing();
        assert_eq!(refused(go(&world, &provider, &ada(&json!({}))).await), "provider-refused");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_was_said_to_another_or_long_ago_opens_nothing() {
    for (world, provider) in shops(Who::Customers).await {
        let now = world.clock.now().as_seconds();
        for lie in [
            json!({ "nonce": "another" }),
            json!({ "nonce": null }),
            json!({ "aud": "another" }),
            json!({ "aud": ["shop", "another"] }),
            json!({ "aud": ["shop", "another"], "azp": "another" }),
            json!({ "iss": "https://another.example" }),
            json!({ "exp": now - 120 }),
            json!({ "exp": null }),
            json!({ "iat": now - 3600 }),
            json!({ "iat": now + 3600 }),
            json!({ "sub": "" }),
            json!({ "sub": null }),
        ] {
            let outcome = go(&world, &provider, &ada(&lie)).await;
            assert_eq!(refused(outcome), "provider-refused", "{lie}");
        }
        assert_eq!(world.count("SELECT count(*) FROM users").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_answer_works_once_in_the_browser_that_asked_and_soon() {
    for (world, provider) in shops(Who::Customers).await {
        let says = ada(&json!({}));
        let mine = at(&world, &provider, &says).await;
        let theirs = at(&world, &provider, &says).await;
        for wrong in [
            ProviderAnswer { binding: theirs.binding.clone(), ..mine.clone() },
            ProviderAnswer { binding: String::new(), ..mine.clone() },
            ProviderAnswer { state: theirs.state.clone(), ..mine.clone() },
            ProviderAnswer { provider: "other".to_owned(), ..mine.clone() },
        ] {
            assert_eq!(refused(finish(&world, &wrong).await), "sign-in-expired");
        }
        in_now(finish(&world, &mine).await);
        assert_eq!(refused(finish(&world, &mine).await), "sign-in-expired", "again");
        // The code of another sign-in, or one that was used: the verifier is not the right one.
        let another = at(&world, &provider, &says).await;
        let stolen = ProviderAnswer { code: another.code.clone(), ..theirs };
        assert_eq!(refused(finish(&world, &stolen).await), "provider-refused");
        let replayed = ProviderAnswer { code: mine.code.clone(), ..another };
        assert_eq!(refused(finish(&world, &replayed).await), "provider-refused");
        let mixed_up = at(&world, &provider, &says).await;
        let iss = Some("https://another.example".to_owned());
        let mixed_up = ProviderAnswer { iss, ..mixed_up };
        assert_eq!(refused(finish(&world, &mixed_up).await), "provider-refused");
        let late = at(&world, &provider, &says).await;
        world.advance(HOUR);
        assert_eq!(refused(finish(&world, &late).await), "sign-in-expired");
        let long = ProviderAnswer { code: "c".repeat(5000), ..late };
        assert_eq!(refused(finish(&world, &long).await), "invalid");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_provider_that_is_away_is_said_to_be() {
    for (world, provider) in shops(Who::Customers).await {
        let begun = at(&world, &provider, &ada(&json!({}))).await;
        provider.away(true);
        assert_eq!(refused(finish(&world, &begun).await), "provider-away");
        world.advance(2 * HOUR);
        let error = world.identity.begin_provider_sign_in("id").await.unwrap_err();
        assert!(error.is("provider-away"), "{error:?}");
        assert!(error.problem().unwrap().detail.as_ref().unwrap().contains("Example"));
        provider.away(false);
        in_now(go(&world, &provider, &ada(&json!({}))).await);
        let unknown = world.identity.begin_provider_sign_in("nobody").await.unwrap_err();
        assert_eq!(unknown.problem().unwrap().status, 404);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn setting_out_again_and_again_without_coming_back_has_to_wait() {
    for (world, provider) in shops(Who::Customers).await {
        let mut last = world.identity.begin_provider_sign_in("id").await;
        for _ in 0..49 {
            assert!(last.is_ok());
            last = world.identity.begin_provider_sign_in("id").await;
        }
        let begun = last.unwrap();
        let again = world.identity.begin_provider_sign_in("id").await.unwrap_err();
        assert!(again.is("too-many-attempts"));
        let returned = provider.sign_in(&begun.location, &ada(&json!({})));
        let answer = ProviderAnswer {
            provider: "id".to_owned(),
            binding: begun.binding,
            state: returned.state,
            code: returned.code,
            iss: Some(provider.issuer()),
        };
        in_now(finish(&world, &answer).await);
        world.identity.begin_provider_sign_in("id").await.unwrap();
    }
}
