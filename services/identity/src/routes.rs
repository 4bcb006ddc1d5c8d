//! Every route of the service on one page.

mod accounts;
mod addresses;
mod api_keys;
mod audit;
mod customers;
mod imports;
mod internal;
mod invitations;
mod me;
mod passkeys;
mod password_resets;
mod providers;
mod registrations;
mod roles;
mod sessions;
mod setup;
mod sign_ins;
mod staff;
mod tokens;
mod two_factor;

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
        .routes(routes!(audit::list_audit))
        .routes(routes!(customers::list_customers))
        .routes(routes!(
            customers::get_customer,
            customers::patch_customer,
            customers::erase_customer
        ))
        .routes(routes!(customers::export_customer))
        .routes(routes!(roles::list_roles, roles::create_role))
        .routes(routes!(roles::get_role, roles::put_role, roles::delete_role))
        .routes(routes!(invitations::list_invitations, invitations::create_invitation))
        .routes(routes!(invitations::delete_invitation))
        .routes(routes!(invitations::accept_invitation))
        .routes(routes!(api_keys::list_api_keys, api_keys::create_api_key))
        .routes(routes!(api_keys::revoke_api_key))
        .routes(routes!(passkeys::list_passkeys, passkeys::create_passkey))
        .routes(routes!(passkeys::begin_passkey))
        .routes(routes!(passkeys::delete_passkey))
        .routes(routes!(passkeys::begin_passkey_sign_in))
        .routes(routes!(passkeys::finish_passkey_sign_in))
        .routes(routes!(providers::list_providers))
        .routes(routes!(providers::begin_provider_sign_in))
        .routes(routes!(providers::finish_provider_sign_in))
        .routes(routes!(providers::link_provider))
        .routes(routes!(two_factor::answer_challenge))
        .routes(routes!(two_factor::get_two_factor, two_factor::begin_two_factor))
        .routes(routes!(two_factor::confirm_two_factor))
        .routes(routes!(two_factor::end_two_factor))
        .routes(routes!(two_factor::create_recovery_codes))
        .routes(routes!(two_factor::reset_two_factor))
        .routes(routes!(sign_ins::list_my_sessions))
        .routes(routes!(sign_ins::delete_my_session))
        .routes(routes!(sign_ins::list_staff_sessions, sign_ins::delete_staff_sessions))
        .routes(routes!(sign_ins::create_staff_password_reset))
        .routes(routes!(staff::list_staff))
        .routes(routes!(staff::get_staff, staff::patch_staff, staff::delete_staff))
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
