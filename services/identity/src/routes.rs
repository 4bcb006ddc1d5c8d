//! Every route of the service on one page.

mod accounts;
mod addresses;
mod imports;
mod internal;
mod me;
mod password_resets;
mod registrations;
mod sessions;
mod setup;
mod tokens;

use axum::routing::{get, post};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Identity;

pub(crate) fn routes(identity: Identity) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(registrations::create_registration))
        .routes(routes!(registrations::confirm_registration))
        .routes(routes!(sessions::create_session))
        .routes(routes!(sessions::delete_session))
        .routes(routes!(tokens::create_tokens))
        .routes(routes!(tokens::refresh_tokens))
        .routes(routes!(tokens::revoke_tokens))
        .routes(routes!(tokens::list_keys))
        .routes(routes!(password_resets::create_password_reset))
        .routes(routes!(password_resets::confirm_password_reset))
        .routes(routes!(me::get_me, me::patch_me))
        .routes(routes!(me::change_password))
        .routes(routes!(addresses::list_addresses, addresses::create_address))
        .routes(routes!(addresses::get_address, addresses::put_address, addresses::delete_address))
        .routes(routes!(setup::set_up))
        .route("/internal/identity/principal", get(internal::principal))
        .route("/internal/identity/setup", get(internal::setup_state))
        .route("/internal/identity/users", post(internal::create_user))
        .route("/internal/identity/users/{id}", get(accounts::user))
        .route(
            "/internal/identity/accounts",
            get(accounts::find_account).post(accounts::create_account),
        )
        .route("/internal/identity/imports", post(imports::import_accounts))
        .route(
            "/internal/identity/long-tokens",
            post(accounts::create_long_token).delete(accounts::end_token),
        )
        .with_state(identity)
}
