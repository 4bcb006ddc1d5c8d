//! Cards become tokens; tokens pay once.

use std::time::Duration;

use emart_payments_api::{Card, CardToken, PaymentState};
use serde_json::json;

use crate::{VISA, card, payment, refused, tills};

const PATH: &str = "/api/v1/payments/card-tokens";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anybody_may_turn_a_card_into_a_token_that_tells_nothing() {
    for till in tills().await {
        let body = json!({"number": "4242 4242-4242 4242", "exp_month": 11, "exp_year": 2026, "cvc": "123"});
        let answer = till.api.post(PATH, body).await.expect(201);
        let card: Card = serde_json::from_value(answer.clone()).unwrap();
        assert_eq!((card.brand.as_str(), card.last4.as_str()), ("visa", "4242"));
        assert_eq!(card.expires_at, till.clock.now().plus(Duration::from_secs(1800)));
        assert_eq!(answer.as_object().unwrap().len(), 4);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_brand_is_told_by_its_number() {
    for till in tills().await {
        for (number, brand) in [
            ("4111111111111111", "visa"),
            ("4000056655665556", "visa"),
            ("5555555555554444", "mastercard"),
            ("2223003122003222", "mastercard"),
            ("378282246310005", "amex"),
            ("6011111111111117", "discover"),
            ("3566002020360505", "jcb"),
            ("3056930009020004", "diners"),
            ("6200000000000005", "unionpay"),
        ] {
            let known = till.payments.create_card_token(&card(number)).await.unwrap();
            assert_eq!(known.brand, brand);
            let paid = till.payments.authorize(&payment(number, known.token)).await.unwrap();
            assert_eq!((paid.state, paid.brand.as_str()), (PaymentState::Authorized, brand));
            assert_eq!(paid.last4, number[number.len() - 4..]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_card_is_refused_field_by_field_and_never_repeated() {
    for till in tills().await {
        let good = || json!({"number": VISA, "exp_month": 12, "exp_year": 2030, "cvc": "123"});
        for (field, value) in [
            ("number", json!("4242424242424241")),
            ("number", json!("4242 4242 4242 4242 4242 4242 4242 4242")),
            ("number", json!(4_242_424_242_424_242_i64)),
            ("number", json!("9999999999999995")), // no test card
            ("exp_month", json!(0)),
            ("exp_month", json!(4_242_424_242_424_242_i64)),
            ("exp_year", json!(1999)),
            ("exp_month", json!("4242424242424242")),
            ("cvc", json!("4242424242424242")),
            ("cvc", json!("12")),
        ] {
            let mut body = good();
            body[field] = value;
            let answer = till.api.post(PATH, body).await;
            let problem = answer.expect_problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"), "{problem}");
            assert!(!String::from_utf8_lossy(&answer.body).contains("4242424242424"), "{problem}");
        }
        let mut expired = good();
        (expired["exp_month"], expired["exp_year"]) = (json!(10), json!(2026));
        till.api.post(PATH, expired).await.expect_problem(422, "invalid");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parser_that_quotes_its_input_is_not_let_through() {
    for till in tills().await {
        let number = "4242424242424242";
        for body in [
            format!(r#"{{"number": {number}}}"#),
            format!(r#"{{"{number}": 1}}"#),
            format!(r#"{{"number": "{number}", "extra": "{number}"}}"#),
            format!(r#"["{number}"]"#),
            format!(r#""{number}""#),
            format!(r#"{{"number": "{number}\u0000"}}"#),
            format!(r#"{{"number": "{number}"#),
            format!("{{{number}}}"),
        ] {
            let answer = till
                .api
                .raw(http::Method::POST, PATH, Some("application/json"), body.clone().into())
                .await;
            assert!(matches!(answer.status, 400 | 422), "{body}");
            let text = String::from_utf8_lossy(&answer.body);
            assert!(!text.contains("42424242"), "{body} → {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_pays_once_and_within_thirty_minutes() {
    for till in tills().await {
        let token = till.token(VISA).await;
        till.payments.authorize(&payment("chk_1", token.clone())).await.unwrap();
        let other = till.payments.authorize(&payment("chk_2", token)).await;
        refused(other, "card-token-invalid");

        let token = till.token(VISA).await;
        till.clock.advance(Duration::from_secs(30 * 60));
        refused(till.payments.authorize(&payment("chk_3", token)).await, "card-token-invalid");
        let unknown = till.payments.authorize(&payment("chk_4", CardToken::new())).await;
        refused(unknown, "card-token-invalid");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_authorisation_does_not_use_the_token_up() {
    for till in tills().await {
        till.authorize("chk_1", VISA).await.unwrap();
        let token = till.token(VISA).await;
        let taken = till.payments.authorize(&payment("chk_1", token.clone())).await;
        refused(taken, "reference-reused");
        till.payments.authorize(&payment("chk_2", token)).await.unwrap();
    }
}
