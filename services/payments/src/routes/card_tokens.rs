//! The one door a card number comes in through. It goes no further than the provider, and comes back in no answer.

use axum::extract::State;
use emart_http::{Json, Problem};
use emart_payments_api::{Card, NewCardToken};
use http::StatusCode;

use crate::Payments;
use crate::error::Error;

/// Exchanges a card for a token, which pays once within 30 minutes. Anybody may; the number is neither stored nor
/// logged.
///
/// The provider `test` knows these numbers, with any security code and any date to come:
///
/// | number | what happens |
/// | --- | --- |
/// | 4242 4242 4242 4242, 4111 1111 1111 1111, 4000 0566 5566 5556 | paid (Visa) |
/// | 5555 5555 5555 4444, 2223 0031 2200 3222 | paid (Mastercard) |
/// | 3782 822463 10005 (code of four digits) | paid (American Express) |
/// | 6011 1111 1111 1117, 3566 0020 2036 0505 | paid (Discover, JCB) |
/// | 3056 9300 0902 0004, 6200 0000 0000 0005 | paid (Diners, UnionPay) |
/// | 4000 0000 0000 0002 | `card_declined` |
/// | 4000 0000 0000 9995 | `insufficient_funds` |
/// | 4000 0025 0000 3155 | `requires_action`; paid when approved, `authentication_failed` when rejected |
/// | 4000 0084 0000 1629 | `requires_action`; `card_declined` even when approved |
/// | 4000 0000 0000 0119 | `provider_error` |
/// | 4000 0000 0000 4087 | the provider promises the money, its answer is lost: `pending` at first |
/// | 4000 0000 0000 5043 | the provider never hears of it: `pending`, then `provider_timeout` |
/// | 4000 0000 0000 5035 | paid, but the first capture fails |
#[utoipa::path(post, path = "/api/v1/payments/card-tokens", operation_id = "create_card_token",
    tag = "payments", request_body = NewCardToken,
    responses((status = 201, body = Card), (status = "4XX", body = Problem)))]
pub(crate) async fn create_card_token(
    State(payments): State<Payments>,
    card: Result<Json<NewCardToken>, Problem>,
) -> Result<(StatusCode, Json<Card>), Error> {
    let Json(card) = card.map_err(|problem| Error::NotACard(Box::new(without_input(problem))))?;
    Ok((StatusCode::CREATED, Json(payments.tokenize(&card).await?)))
}

/// Takes everything out of a problem that may repeat what was typed: a parser quotes what it did not expect.
fn without_input(mut problem: Problem) -> Problem {
    const FIELDS: [&str; 4] = ["/number", "/exp_month", "/exp_year", "/cvc"];
    problem.detail = Some("expected number, exp_month, exp_year and cvc".to_owned());
    for error in &mut problem.errors {
        if !FIELDS.contains(&&*error.pointer) {
            error.pointer.clear();
        }
        "is missing or not of the right form".clone_into(&mut error.detail);
    }
    problem
}
