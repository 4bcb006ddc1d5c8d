//! What permissions are called.

use emart_http::{Permission, Permissions};

use crate::forms::Choice;
use crate::visitor::Visitor;

/// What somebody with a permission may do.
pub(super) const fn permission(permission: Permission) -> &'static str {
    match permission {
        Permission::OrdersRead => "See orders, drafts and payments",
        Permission::OrdersWrite => "Fulfil, edit, cancel and note orders; make drafts",
        Permission::OrdersRefund => "Give money back",
        Permission::ProductsRead => "See products before they are for sale, and costs",
        Permission::ProductsWrite => "Change products, categories, collections and pictures",
        Permission::InventoryRead => "See stock and its movements",
        Permission::InventoryWrite => "Correct stock",
        Permission::CustomersRead => "See customers",
        Permission::CustomersWrite => "Change, export and erase customers",
        Permission::SellingRead => "See discounts, gift cards, taxes and shipping",
        Permission::SellingWrite => "Change discounts, gift cards, taxes and shipping",
        Permission::ContentWrite => "Change pages, menus, e-mails and the shop's name",
        Permission::BooksWrite => "Change and delete books",
        Permission::Connections => "Webhooks, payment providers and the mail server",
        Permission::People => "Invite people, give permissions, make API keys",
        Permission::AuditRead => "Read the audit log",
        Permission::System => "Look after the system's health",
    }
}

/// The boxes of all that somebody may give.
pub(super) fn choices(visitor: &Visitor, on: Permissions) -> Vec<Choice> {
    let may = Permission::ALL.into_iter().filter(|one| visitor.may(*one));
    may.map(|one| Choice::new(one.as_str(), permission(one), on.contains(one))).collect()
}

/// The boxes that were ticked.
pub(super) fn ticked(words: &[String]) -> Permissions {
    words.iter().filter_map(|word| word.parse::<Permission>().ok()).collect()
}
