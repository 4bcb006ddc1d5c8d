//! Every address of the shop's pages.

use axum::routing::{get, post};
use utoipa_axum::router::OpenApiRouter;

use crate::pages::{
    account, books, cart, category, checkout, collection, content, home, order, pay, product,
    receipt, search, sign_in, sitemap,
};
use crate::{Storefront, site};

pub(crate) fn routes(storefront: Storefront) -> OpenApiRouter {
    OpenApiRouter::new()
        .route("/", get(home::show))
        .route("/c/{slug}", get(category::show))
        .route("/collections/{handle}", get(collection::show))
        .route("/p/{handle}", get(product::show))
        .route("/search", get(search::show))
        .route("/search/suggest", get(search::suggest))
        .route("/cart", get(cart::show))
        .route("/cart/add", post(cart::add))
        .route("/cart/change", post(cart::change))
        .route("/cart/remove", post(cart::remove))
        .route("/cart/coupon", post(cart::add_coupon))
        .route("/cart/coupon/remove", post(cart::remove_coupon))
        .route("/checkout", get(checkout::show).post(checkout::submit))
        .route("/checkout/{id}", get(checkout::wait).post(checkout::answer))
        .route("/orders/{id}", get(order::show))
        .route("/orders/{id}/receipt", get(receipt::show))
        .route("/orders/{id}/receipt.pdf", get(order::receipt_pdf))
        .route("/pay/{id}", get(pay::show).post(pay::pay))
        .route("/pay/{id}/{checkout}", get(pay::wait).post(pay::answer))
        .route("/account", get(account::orders))
        .route("/account/addresses", get(account::addresses).post(account::add_address))
        .route("/account/addresses/remove", post(account::remove_address))
        .route("/account/password", get(account::password).post(account::change_password))
        .route("/account/passkeys", get(account::passkeys::passkeys).post(account::passkeys::add))
        .route("/account/passkeys/question", post(account::passkeys::question))
        .route("/account/passkeys/remove", post(account::passkeys::remove))
        .route("/sign-in", get(sign_in::sign_in).post(sign_in::signing_in))
        .route("/sign-in/code", get(sign_in::code).post(sign_in::asking))
        .route("/sign-in/with/{provider}", get(sign_in::set_out))
        .route("/sign-in/with/{provider}/return", get(sign_in::come_back))
        .route("/sign-in/passkey", get(sign_in::code).post(sign_in::passkey_signed))
        .route("/sign-in/passkey/question", post(sign_in::passkey_question))
        .route("/sign-in/link", get(sign_in::code).post(sign_in::linking))
        .route("/invitation", get(sign_in::accept).post(sign_in::accepting))
        .route("/sign-out", post(sign_in::signing_out))
        .route("/register", get(sign_in::register).post(sign_in::registering))
        .route("/confirm", get(sign_in::confirm).post(sign_in::confirmed))
        .route("/forgot", get(sign_in::forgot).post(sign_in::forgotten))
        .route("/reset", get(sign_in::reset).post(sign_in::resetting))
        .route("/setup/{token}", get(sign_in::setup).post(sign_in::setting_up))
        .route("/books", get(books::list))
        .route("/books/new", get(books::manage::add).post(books::manage::adding))
        .route(
            "/books/delete-all",
            get(books::manage::delete_all).post(books::manage::deleting_all),
        )
        .route("/books/{id}", get(books::show))
        .route("/books/{id}/edit", get(books::manage::edit).post(books::manage::editing))
        .route("/books/{id}/delete", get(books::manage::delete).post(books::manage::deleting))
        .route("/pages/{handle}", get(content::show))
        .route("/theme.css", get(site::stylesheet))
        .route("/sitemap.xml", get(sitemap::sitemap))
        .route("/robots.txt", get(sitemap::robots))
        .route("/static/{name}", get(sitemap::file))
        .with_state(storefront)
}
