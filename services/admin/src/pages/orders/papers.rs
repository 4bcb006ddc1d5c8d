//! What is printed of orders.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use emart_http::Path;
use emart_orders_api::OrderId;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};

use crate::Admin;
use crate::asked::Asked;
use crate::error::Error;

/// `GET /admin/orders/{id}/invoice.pdf`, `…/receipt.pdf`, `…/packing-slip.pdf`
pub(super) async fn paper(
    State(admin): State<Admin>,
    Path((id, paper)): Path<(OrderId, String)>,
) -> Result<Response, Error> {
    let orders = &admin.clients.orders;
    let pdf = match paper.as_str() {
        "invoice.pdf" => orders.invoice_pdf(&id).await?,
        "receipt.pdf" => orders.receipt_pdf(&id, "").await?.ok_or(Error::NotFound)?,
        "packing-slip.pdf" => orders.packing_slips_pdf(std::slice::from_ref(&id)).await?,
        _ => return Err(Error::NotFound),
    };
    Ok(shown(&paper, pdf))
}

/// `GET /admin/orders/packing-slips.pdf?id=…&id=…`
pub(super) async fn slips(State(admin): State<Admin>, asked: Asked) -> Result<Response, Error> {
    let ids: Result<Vec<OrderId>, _> = asked.all("id").map(str::parse).collect();
    let ids = ids.map_err(|_| Error::NotFound)?;
    Ok(shown("packing-slips.pdf", admin.clients.orders.packing_slips_pdf(&ids).await?))
}

fn shown(name: &str, pdf: Bytes) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/pdf".to_owned()),
        (CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, pdf).into_response()
}
