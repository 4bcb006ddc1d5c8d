//! Everything the store keeps of a customer, asked of each service that keeps something, as one document to be handed to
//! them. Books are nobody's: of who added one nothing is kept.

use std::collections::BTreeMap;

use emart_cart_api::CartView;
use emart_identity_api::{PersonalData, UserId};
use emart_notifications_api::{EmailContent, PersonalEmailsQuery};
use emart_orders_api::{Draft, PersonalOrder, PersonalOrdersQuery};
use serde::Serialize;

use crate::Admin;
use crate::error::Error;

/// What there is of a person, by the service that keeps it.
#[derive(Serialize)]
pub(super) struct Personal {
    account: PersonalData,
    orders: Vec<PersonalOrder>,
    drafts: Vec<Draft>,
    cart: Option<CartView>,
    emails: Vec<EmailContent>,
}

/// Asks for all of it. A part whose service is away is not left out: then there is no document.
pub(super) async fn all_of(admin: &Admin, id: &UserId) -> Result<Personal, Error> {
    let clients = &admin.clients;
    // First, for it says whether there is such a customer, and notes in the audit log that somebody asked.
    let account = clients.identity.export_customer(id).await?;
    let cart = clients.cart.cart_of(id.as_str()).await?;
    let to = Some(account.user.email.clone());
    let mut emails: BTreeMap<String, EmailContent> = BTreeMap::new();
    let query = PersonalEmailsQuery { to, order_ids: Vec::new() };
    keep(&mut emails, clients.notifications.personal_emails(&query).await?);
    let (mut orders, mut drafts) = (Vec::new(), Vec::new());
    let email = account.user.email.clone();
    let mut query = PersonalOrdersQuery { customer_id: id.to_string(), email, before: None };
    loop {
        let page = clients.orders.personal_orders(&query).await?;
        let order_ids = page.orders.iter().map(|of| of.order.id.to_string()).collect();
        let about = PersonalEmailsQuery { to: None, order_ids };
        keep(&mut emails, clients.notifications.personal_emails(&about).await?);
        orders.extend(page.orders);
        drafts.extend(page.drafts);
        let Some(next) = page.next else { break };
        query.before = Some(next);
    }
    Ok(Personal { account, orders, drafts, cart, emails: emails.into_values().rev().collect() })
}

/// An e-mail to them about an order of theirs is found twice.
fn keep(emails: &mut BTreeMap<String, EmailContent>, found: Vec<EmailContent>) {
    emails.extend(found.into_iter().map(|content| (content.email.id.to_string(), content)));
}
