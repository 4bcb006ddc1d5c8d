//! Sagas, faked: one is stuck, one was given up.

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use emart_http::{Json, Page, Problem};
use emart_orders_api::{Saga, SagaKind, SagaStanding};
use emart_types::Timestamp;
use http::{StatusCode, Uri};

use super::HOSTILE;

fn saga(id: &str, standing: SagaStanding) -> Saga {
    let at = Timestamp::from_millis(1_795_400_000_000);
    Saga {
        id: id.to_owned(),
        kind: SagaKind::Refund,
        standing,
        label: "Order 1001".to_owned(),
        order_id: Some("ord_00000000000000000000000001".parse().unwrap()),
        total: None,
        step: "money back".to_owned(),
        tries: 4,
        error: Some(format!("the bank is away {HOSTILE}")),
        since: at,
        changed_at: at,
        next_try_at: Some(at),
    }
}

/// `orders`, as far as it tells of sagas.
pub(crate) fn orders() -> Router {
    let list = |uri: Uri| async move {
        let all = [saga("act_1", SagaStanding::Stuck), saga("act_2", SagaStanding::GivenUp)];
        let given_up = uri.query().is_some_and(|query| query.contains("standing=given_up"));
        let wanted = all.into_iter().filter(|saga| !given_up || saga.id == "act_2");
        Json(Page { items: wanted.collect::<Vec<_>>(), next_cursor: None })
    };
    let retry =
        |Path(id): Path<String>| async move {
            match id.as_str() {
                "act_1" => Ok(Json(saga("act_1", SagaStanding::Stuck))),
                "act_2" => Err(Problem::new(StatusCode::CONFLICT, "saga-not-stuck", "No")
                    .detail("it has ended")),
                _ => Err(Problem::not_found()),
            }
        };
    Router::new()
        .route("/api/v1/orders/sagas", get(list))
        .route("/api/v1/orders/sagas/{id}/retry", post(retry))
}
