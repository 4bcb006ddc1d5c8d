//! E-mails of a person: handed to those who may ask for them, and gone when the person, or their order, is forgotten.

use emart_http::{Caller, Role};
use emart_identity_api::{UserErased, UserId};
use emart_notifications::Config;
use emart_orders_api::OrderForgotten;
use serde_json::{Value, json};

use super::{Office, order_placed};

const DATA: &str = "/internal/notifications/personal-data";

#[tokio::test]
async fn emails_to_a_person_and_about_their_orders_are_handed_out_and_forgotten() {
    for office in Office::both(Config::default).await {
        let mut mine = order_placed();
        mine.order.email = "ada@work.example".to_owned();
        let order_id = mine.order.id.clone();
        office.tell(mine).await;
        office.tell(order_placed()).await;
        let mut eves = order_placed();
        eves.order.email = "eve@example.com".to_owned();
        office.tell(eves).await;
        let keeper = office.guest.by(Caller::person(Role::Admin, "usr_owner"));
        let query = json!({"to": "Ada@example.com", "order_ids": [order_id]});
        let kept = keeper.post(DATA, &query).await.expect(200);
        let mut to: Vec<&Value> = kept.as_array().unwrap().iter().map(|of| &of["to"]).collect();
        to.sort_by_key(|to| to.to_string());
        assert_eq!(to, ["ada@example.com", "ada@work.example"]);
        assert!(kept[0]["text"].as_str().unwrap().contains("Green tea"));
        office.guest.post(DATA, &query).await.expect_problem(401, "unauthorized");
        let email = "ada@example.com".to_owned();
        office.tell(UserErased { user_id: UserId::new(), email }).await;
        office.tell(OrderForgotten { order_id }).await;
        assert_eq!(keeper.post(DATA, &query).await.expect(200), json!([]));
        let left = office.listed().await;
        assert_eq!((left.len(), &left[0]["to"]), (1, &json!("eve@example.com")));
    }
}
