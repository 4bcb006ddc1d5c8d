//! The areas of the back office, in the order of the menu: one line each. An area whose pages are not there yet is
//! not shown, nor is one that a person may not see.

use axum::Router;
use emart_http::{Caller, Permission};

use crate::{Admin, pages};

/// A part of the back office with a line in the menu.
#[derive(Clone, Copy)]
pub(crate) struct Area {
    /// Under which heading it stands.
    pub(crate) group: &'static str,
    pub(crate) label: &'static str,
    /// Where its pages begin.
    pub(crate) path: &'static str,
    /// A name that `ui::icon` knows.
    pub(crate) icon: &'static str,
    /// What it takes to see it; `None` is for everybody who works here.
    pub(crate) needs: Option<Permission>,
    /// Its pages, with whole paths.
    pub(crate) pages: Option<fn() -> Router<Admin>>,
}

type Pages = Option<fn() -> Router<Admin>>;

const fn area(
    label: &'static str,
    path: &'static str,
    icon: &'static str,
    needs: Permission,
    pages: Pages,
) -> Area {
    Area { group: "", label, path, icon, needs: Some(needs), pages }
}

const fn under(group: &'static str, area: Area) -> Area {
    Area { group, ..area }
}

const SELL: &str = "Selling";
const GOODS: &str = "Goods";
const SHOP: &str = "The shop";
const RUN: &str = "Running it";

const HOME: Area = Area {
    group: "",
    label: "Home",
    path: "/admin",
    icon: "home",
    needs: None,
    pages: Some(pages::home::routes),
};

const ACCOUNT: Area = Area {
    group: "",
    label: "Your account",
    path: "/admin/account",
    icon: "user",
    needs: None,
    pages: Some(pages::account::routes),
};

/// All of them.
#[rustfmt::skip]
pub(crate) static AREAS: [Area; 21] = [
    HOME,
    under(SELL, area("Orders", "/admin/orders", "receipt", Permission::OrdersRead, Some(pages::orders::routes))),
    under(SELL, area("Drafts", "/admin/drafts", "draft", Permission::OrdersRead, Some(pages::drafts::routes))),
    under(SELL, area("Customers", "/admin/customers", "user", Permission::CustomersRead, Some(pages::customers::routes))),
    under(SELL, area("Discounts", "/admin/discounts", "tag", Permission::SellingRead, Some(pages::discounts::routes))),
    under(SELL, area("Gift cards", "/admin/gift-cards", "card", Permission::SellingRead, Some(pages::gift_cards::routes))),
    under(GOODS, area("Products", "/admin/products", "box", Permission::ProductsRead, Some(pages::products::routes))),
    under(GOODS, area("Categories", "/admin/categories", "log", Permission::ProductsRead, Some(pages::products::categories::routes))),
    under(GOODS, area("Collections", "/admin/collections", "stack", Permission::ProductsRead, Some(pages::collections::routes))),
    under(GOODS, area("Inventory", "/admin/inventory", "shelf", Permission::InventoryRead, Some(pages::inventory::routes))),
    under(GOODS, area("Books", "/admin/books", "book", Permission::BooksWrite, None)),
    under(SHOP, area("Content", "/admin/content", "page", Permission::ContentWrite, Some(pages::content::routes))),
    under(SHOP, area("E-mails", "/admin/emails", "mail", Permission::ContentWrite, Some(pages::emails::routes))),
    under(SHOP, area("Shipping", "/admin/shipping", "truck", Permission::SellingRead, Some(pages::shipping::routes))),
    under(SHOP, area("Delivery days", "/admin/slots", "calendar", Permission::SellingRead, Some(pages::slots::routes))),
    under(SHOP, area("Taxes", "/admin/taxes", "percent", Permission::SellingRead, Some(pages::taxes::routes))),
    under(RUN, area("People", "/admin/people", "people", Permission::People, Some(pages::people::routes))),
    under(RUN, area("Audit log", "/admin/audit", "log", Permission::AuditRead, Some(pages::audit::routes))),
    under(RUN, area("Connections", "/admin/connections", "plug", Permission::Connections, Some(pages::connections::routes))),
    under(RUN, area("System", "/admin/system", "pulse", Permission::System, Some(pages::system::routes))),
    under(RUN, ACCOUNT),
];

/// What somebody sees of the menu.
pub(crate) fn seen_by(caller: &Caller) -> impl Iterator<Item = &'static Area> {
    let may = |area: &&Area| area.needs.is_none_or(|needed| caller.may(needed));
    AREAS.iter().filter(|area| area.pages.is_some()).filter(may)
}

/// The area a path belongs to: the one with the longest beginning of it.
pub(crate) fn area_of(path: &str) -> Option<&'static Area> {
    let is_in = |area: &&Area| {
        path.strip_prefix(area.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    AREAS.iter().filter(is_in).max_by_key(|area| area.path.len())
}

/// Where a path leads, once its area is there; else nowhere.
pub(crate) fn link(path: impl Into<String>) -> String {
    let path = path.into();
    let plain = path.split('?').next().unwrap_or_default();
    let is_there = area_of(plain).is_some_and(|area| area.pages.is_some() && area.path != "/admin");
    if is_there { path } else { String::new() }
}

#[cfg(test)]
mod tests {
    use emart_http::{Permissions, Role};

    use super::*;

    #[test]
    fn a_path_belongs_to_the_area_it_begins_with() {
        for (path, label) in [
            ("/admin", "Home"),
            ("/admin/orders", "Orders"),
            ("/admin/orders/ord_1", "Orders"),
            ("/admin/ordersome", "Home"),
        ] {
            assert_eq!(area_of(path).map(|area| area.label), Some(label), "{path}");
        }
    }

    #[test]
    fn nobody_sees_what_they_may_not_do() {
        let nobody = Caller::person(Role::Staff, "usr_1").allowed(Permissions::NONE);
        let seen: Vec<&str> = seen_by(&nobody).map(|area| area.label).collect();
        assert_eq!(seen, ["Home", "Your account"]);
    }
}
