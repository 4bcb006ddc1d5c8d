//! What customers are written when a parcel leaves and when money goes back.

use emart_notifications::Config;
use emart_orders_api::{
    ActionId, ActionKind, Fulfilment, FulfilmentId, LineQuantity, OrderCancelled, OrderRefund,
    OrderRefunded, OrderShipped, RefundLine, ShipmentState, Tracking,
};

use super::{Office, eur, order_placed};

fn shipped(url: &str, notify: bool) -> OrderShipped {
    let placed = order_placed();
    let tracking = Tracking {
        carrier: Some("DHL".to_owned()),
        number: Some("0034".to_owned()),
        url: Some(url.to_owned()),
    };
    let fulfilment = Fulfilment {
        id: FulfilmentId::new(),
        state: ShipmentState::Shipped,
        lines: vec![LineQuantity { line: 0, quantity: 2 }, LineQuantity { line: 9, quantity: 1 }],
        tracking,
        shipped_at: placed.order.placed_at,
        delivered_at: None,
        cancelled_at: None,
    };
    OrderShipped { order: placed.order, fulfilment, order_token: "secret".to_owned(), notify }
}

fn refund(minor: i64) -> OrderRefund {
    OrderRefund {
        id: ActionId::new(),
        kind: ActionKind::Refund,
        lines: vec![RefundLine { line: 0, removed: 1, returned: 1, amount: eur(minor) }],
        shipping: eur(0),
        tax: eur(0),
        total: eur(minor),
        reason: String::new(),
        at: order_placed().order.placed_at,
    }
}

#[tokio::test]
async fn a_customer_hears_of_a_parcel_if_they_are_to_and_can_follow_it() {
    for office in Office::both(Config::default).await {
        office.tell(shipped("https://dhl.example/0034", false)).await;
        assert!(office.listed().await.is_empty());
        let event = shipped("https://dhl.example/0034", true);
        let order = event.order.id.clone();
        office.tell(event).await;
        let email = office.listed().await[0].clone();
        assert_eq!(
            (&email["kind"], &email["order_id"]),
            (&"order_shipped".into(), &order.as_str().into())
        );
        let content = office.content(&email).await;
        let text = content["text"].as_str().unwrap();
        for part in ["2 x Green tea (100 g)", "DHL", "0034", "https://dhl.example/0034"] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        office.tell(shipped("javascript:alert(1)", true)).await;
        let content = office.content(&office.listed().await[0]).await;
        assert!(!content["html"].as_str().unwrap().contains("javascript:"));
    }
}

#[tokio::test]
async fn a_customer_hears_how_much_money_goes_back() {
    for office in Office::both(Config::default).await {
        let (order, order_token) = (order_placed().order, "secret".to_owned());
        let event = |refund, notify| OrderRefunded {
            order: order.clone(),
            refund,
            order_token: order_token.clone(),
            notify,
        };
        office.tell(event(refund(1000), true)).await;
        let content = office.content(&office.listed().await[0]).await;
        assert!(content["subject"].as_str().unwrap().starts_with("€10.00 of your order 1001"));
        assert!(content["text"].as_str().unwrap().contains("ends in 4242"), "{content}");
        // Pieces that were taken off an order that cost nothing, and one who is not to be told.
        office.tell(event(refund(0), true)).await;
        office.tell(event(refund(1000), false)).await;
        assert_eq!(office.listed().await.len(), 1);
        office.tell(OrderCancelled { order, refund: refund(0), order_token, notify: true }).await;
        let content = office.content(&office.listed().await[0]).await;
        assert_eq!(content["subject"], "Your order 1001 was cancelled");
        assert!(!content["text"].as_str().unwrap().contains("on the way back"), "{content}");
    }
}
