//! How people come in: invitations, the second step, what is signed in, the keys of programs.

use std::time::Duration;

use emart_http::{Caller, Context, Permission, Permissions, Role};
use emart_identity::Config;
use emart_identity_api::{
    AcceptInvitation, Challenge, Code, MadeApiKey, NewApiKey, NewInvitation, NewLongToken,
    PasswordAgain, Position, RecoveryCodes, SecondFactor, Session, SignInStep, StaffPatch,
    TokenCredentials, Tokens,
};
use emart_mesh::{Call, CallError};

use crate::access::{calling, hired};
use crate::world::{DAY, DEVICE, Mail, PASSWORD, World, config, credentials, worlds, worlds_with};

const STAFF: &str = "rol_00000000000000000000000002";
const MANAGER: &str = "rol_00000000000000000000000001";

fn position(id: &str) -> Position {
    Position::Role(id.parse().unwrap())
}

async fn invite(
    world: &World,
    by: &Session,
    email: &str,
    position: Position,
) -> Result<String, CallError> {
    let new = NewInvitation { email: email.to_owned(), position };
    calling(world, by, world.identity.invite(&new)).await?;
    for mail in world.mails().await {
        if let Mail::Invited(mail) = mail {
            return Ok(mail.token);
        }
    }
    panic!("an e-mail was expected")
}

async fn accept(world: &World, token: &str) -> Result<Session, CallError> {
    let (token, password) = (token.to_owned(), "a rather new password".to_owned());
    let accept = AcceptInvitation { token, password, name: Some("Grace".to_owned()) };
    world.identity.accept_invitation(&accept).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn whoever_is_invited_chooses_a_password_and_may_do_what_was_meant() {
    for world in worlds().await {
        let admin = hired(&world, "admin@example.com", Role::Admin).await;
        let first = invite(&world, &admin, "grace@example.com", position(STAFF)).await.unwrap();
        let token = invite(&world, &admin, "Grace@Example.com", position(STAFF)).await.unwrap();
        assert!(accept(&world, &first).await.unwrap_err().is("link-expired"), "a newer one counts");
        let session = accept(&world, &token).await.unwrap();
        assert_eq!((session.user.role, session.user.name.as_deref()), (Role::Staff, Some("Grace")));
        let who = world.principal(&session.token).await.unwrap();
        assert_eq!(who.permissions, Permissions::STAFF);
        assert!(accept(&world, &token).await.unwrap_err().is("link-expired"), "once");
        let again = invite(&world, &admin, "grace@example.com", Position::Admin).await;
        assert!(again.unwrap_err().is("invalid"), "they work here already");
        assert!(world.sign_in("grace@example.com", "a rather new password").await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_invitation_keeps_an_account_and_ends_what_was_signed_in() {
    for world in worlds().await {
        let admin = hired(&world, "admin@example.com", Role::Admin).await;
        let before = world.register("ada@example.com").await;
        let token = invite(&world, &admin, "ada@example.com", Position::Admin).await.unwrap();
        let session = accept(&world, &token).await.unwrap();
        assert_eq!((&session.user.id, session.user.role), (&before.user.id, Role::Admin));
        assert_eq!(world.principal(&before.token).await, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_invitation_is_worth_no_more_than_who_sent_it() {
    for world in worlds().await {
        let admin = hired(&world, "admin@example.com", Role::Admin).await;
        let boss = hired(&world, "boss@example.com", Role::Staff).await;
        let manager = StaffPatch { position: Some(position(MANAGER)), active: None };
        let patch = world.identity.patch_staff(&boss.user.id, "*", &manager);
        calling(&world, &admin, patch).await.unwrap();
        let admin_too = invite(&world, &boss, "eve@example.com", Position::Admin).await;
        assert!(admin_too.unwrap_err().is("forbidden"));
        let token = invite(&world, &boss, "eve@example.com", position(MANAGER)).await.unwrap();
        let staff = StaffPatch { position: Some(position(STAFF)), active: None };
        let patch = world.identity.patch_staff(&boss.user.id, "*", &staff);
        calling(&world, &admin, patch).await.unwrap();
        assert!(accept(&world, &token).await.unwrap_err().is("link-expired"));

        // Nobody's mailbox is filled: there is a wait from the fourth letter on.
        world.advance(Duration::from_secs(3600));
        let token = invite(&world, &admin, "eve@example.com", position(STAFF)).await.unwrap();
        let list = calling(&world, &admin, world.identity.invitations()).await.unwrap().items;
        let taken_back = world.identity.delete_invitation(&list[0].id);
        calling(&world, &admin, taken_back).await.unwrap();
        assert!(accept(&world, &token).await.unwrap_err().is("link-expired"));
        world.advance(Duration::from_secs(3600));
        let token = invite(&world, &admin, "eve@example.com", position(STAFF)).await.unwrap();
        world.advance(7 * DAY);
        assert!(accept(&world, &token).await.unwrap_err().is("link-expired"));
    }
}

/// The code of the app with this secret, now.
pub(crate) fn code(world: &World, secret: &str) -> Code {
    use aws_lc_rs::hmac;
    let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret);
    let tag = hmac::sign(&key, &(world.clock.now().as_seconds() / 30).to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 15);
    let number = u32::from_be_bytes(tag.as_ref()[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    Code { code: format!("{:06}", number % 1_000_000) }
}

fn again(password: &str) -> PasswordAgain {
    PasswordAgain { password: password.to_owned() }
}

/// Gives somebody a second factor: its secret and the recovery codes.
pub(crate) async fn protect(world: &World, session: &Session) -> (String, Vec<String>) {
    let password = again(PASSWORD);
    let begin = world.identity.begin_two_factor(&password);
    let setup = calling(world, session, begin).await.unwrap();
    assert!(setup.uri.contains(&setup.secret) && setup.qr_svg.contains("<svg"));
    let right = code(world, &setup.secret);
    let confirm = world.identity.confirm_two_factor(&right);
    let RecoveryCodes { codes } = calling(world, session, confirm).await.unwrap();
    world.advance(Duration::from_secs(30));
    (setup.secret, codes)
}

async fn owed(world: &World, email: &str) -> Challenge {
    let credentials = credentials(email, PASSWORD);
    match world.identity.sign_in(&credentials, "Firefox", DEVICE).await.unwrap() {
        SignInStep::CodeDue(owed) => owed,
        SignInStep::In(_) => panic!("a code was to be asked for"),
    }
}

pub(crate) async fn answer(
    world: &World,
    owed: &Challenge,
    code: &str,
) -> Result<Session, CallError> {
    let answer = SecondFactor { challenge: owed.challenge.clone(), code: code.to_owned() };
    world.identity.second_factor(&answer, "Firefox", DEVICE).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn with_a_second_factor_a_password_is_not_enough() {
    for world in worlds().await {
        let ada = world.register("ada@example.com").await;
        let (again_right, wrong) = (again(PASSWORD), again("not her password"));
        let wrong = world.identity.begin_two_factor(&wrong);
        assert!(calling(&world, &ada, wrong).await.unwrap_err().is("invalid"));
        let (secret, codes) = protect(&world, &ada).await;
        assert_eq!(codes.len(), 10);
        let state = calling(&world, &ada, world.identity.two_factor()).await.unwrap();
        assert_eq!(
            (state.since.is_some(), state.recovery_codes, state.required),
            (true, 10, false)
        );
        let twice = world.identity.begin_two_factor(&again_right);
        assert!(calling(&world, &ada, twice).await.unwrap_err().is("two-factor-on"));

        let challenge = owed(&world, "ada@example.com").await;
        assert!(answer(&world, &challenge, "000000").await.unwrap_err().is("wrong-code"));
        let right = code(&world, &secret).code;
        let session = answer(&world, &challenge, &right).await.unwrap();
        assert!(world.principal(&session.token).await.is_some());
        assert!(answer(&world, &challenge, &right).await.unwrap_err().is("sign-in-expired"));
        let challenge = owed(&world, "ada@example.com").await;
        let replayed = answer(&world, &challenge, &right).await.unwrap_err();
        assert!(replayed.is("wrong-code"), "a code works once, also in another sign-in");
        assert!(answer(&world, &challenge, &codes[3]).await.is_ok());
        let challenge = owed(&world, "ada@example.com").await;
        assert!(answer(&world, &challenge, &codes[3]).await.unwrap_err().is("wrong-code"));
        let typed = codes[4].to_uppercase().replace('-', " ");
        assert!(answer(&world, &challenge, &typed).await.is_ok());

        let end = world.identity.end_two_factor(&again_right);
        calling(&world, &ada, end).await.unwrap();
        assert!(world.sign_in("ada@example.com", PASSWORD).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn codes_cannot_be_guessed_and_a_question_does_not_stand_for_ever() {
    for world in worlds().await {
        let ada = world.register("ada@example.com").await;
        let (secret, _) = protect(&world, &ada).await;
        let challenge = owed(&world, "ada@example.com").await;
        for _ in 0..5 {
            assert!(answer(&world, &challenge, "000000").await.unwrap_err().is("wrong-code"));
        }
        let right = code(&world, &secret).code;
        let throttled = answer(&world, &challenge, &right).await.unwrap_err();
        assert!(throttled.is("too-many-attempts"));
        let more = owed(&world, "ada@example.com").await;
        let throttled = answer(&world, &more, &right).await.unwrap_err();
        assert!(throttled.is("too-many-attempts"), "another question is no way around it");
        world.advance(Duration::from_secs(600));
        let late = answer(&world, &challenge, &code(&world, &secret).code).await.unwrap_err();
        assert!(late.is("sign-in-expired"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_new_password_ends_a_question_that_the_old_one_asked() {
    for world in worlds().await {
        let ada = world.register("ada@example.com").await;
        let (secret, _) = protect(&world, &ada).await;
        let challenge = owed(&world, "ada@example.com").await;
        let (current, new) = (PASSWORD.to_owned(), "another long one".to_owned());
        let change = emart_identity_api::PasswordChange { current, new };
        let change = world.identity.change_password(&change, &ada.token);
        calling(&world, &ada, change).await.unwrap();
        let code = code(&world, &secret).code;
        assert!(answer(&world, &challenge, &code).await.unwrap_err().is("bad-credentials"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn programs_send_the_code_along_and_old_ones_cannot_come_in_without() {
    for world in worlds().await {
        let ada = world.register("ada@example.com").await;
        let (secret, _) = protect(&world, &ada).await;
        let ask = async |code: Option<String>| -> Result<Tokens, CallError> {
            let (email, password) = ("ada@example.com".to_owned(), PASSWORD.to_owned());
            let body = TokenCredentials { email, password, code };
            Call::post(&world.peer, "/api/v1/identity/tokens").json(&body).send().await
        };
        assert!(ask(None).await.unwrap_err().is("second-factor-needed"));
        assert!(ask(Some("123".to_owned())).await.unwrap_err().is("wrong-code"));
        assert!(ask(Some(code(&world, &secret).code)).await.is_ok());
        let credentials = credentials("ada@example.com", PASSWORD);
        let long = NewLongToken { credentials, seconds: 60 };
        let long = world.identity.create_long_token(&long, "Firefox").await;
        assert!(long.unwrap_err().is("second-factor-needed"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn where_the_store_wants_it_staff_may_do_nothing_without_a_second_factor() {
    let config = Config { second_factor_for_staff: true, ..config() };
    for world in worlds_with(&config).await {
        let admin = hired(&world, "admin@example.com", Role::Admin).await;
        let who = world.principal(&admin.token).await.unwrap();
        assert_eq!((who.role, who.permissions), (Role::Staff, Permissions::NONE));
        assert!(who.second_factor_due);
        protect(&world, &admin).await;
        let who = world.principal(&admin.token).await.unwrap();
        assert_eq!((who.role, who.permissions), (Role::Admin, Permissions::ALL));
        let ada = world.register("ada@example.com").await;
        assert!(!world.principal(&ada.token).await.unwrap().second_factor_due);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_lost_app_is_helped_by_whoever_manages_people() {
    for world in worlds().await {
        let admin = hired(&world, "admin@example.com", Role::Admin).await;
        let clerk = hired(&world, "clerk@example.com", Role::Staff).await;
        protect(&world, &clerk).await;
        let reset = world.identity.reset_two_factor(&admin.user.id);
        assert!(calling(&world, &clerk, reset).await.unwrap_err().is("forbidden"));
        let reset = world.identity.reset_two_factor(&clerk.user.id);
        calling(&world, &admin, reset).await.unwrap();
        assert_eq!(world.principal(&clerk.token).await, None);
        assert!(world.sign_in("clerk@example.com", PASSWORD).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn people_see_what_they_are_signed_in_with_and_end_it() {
    for world in worlds().await {
        let (ada, eve) =
            (world.register("ada@example.com").await, world.register("eve@example.com").await);
        let other = world.sign_in("ada@example.com", PASSWORD).await.unwrap();
        let mine = world.identity.my_sign_ins(&ada.token);
        let mine = calling(&world, &ada, mine).await.unwrap().items;
        assert_eq!(mine.iter().filter(|one| one.current).count(), 1);
        let there = mine.iter().find(|one| !one.current).unwrap();
        assert_eq!(there.user_agent.as_deref(), Some("Firefox"));
        let stolen = world.identity.end_my_sign_in(&there.id);
        assert!(calling(&world, &eve, stolen).await.unwrap_err().is("not-found"));
        calling(&world, &ada, world.identity.end_my_sign_in(&there.id)).await.unwrap();
        assert_eq!(world.principal(&other.token).await, None);
        assert!(world.principal(&ada.token).await.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn each_sign_in_has_a_secret_of_its_own_whatever_the_browser_brought() {
    for world in worlds().await {
        let ada = world.register("ada@example.com").await;
        let planted = "a-token-that-somebody-planted-in-the-browser";
        let call = Call::post(&world.peer, "/api/v1/identity/sessions");
        let call = call.header("emart-session", planted);
        let session: Session =
            call.json(&credentials("ada@example.com", PASSWORD)).send().await.unwrap();
        assert_ne!(session.token, planted);
        assert_ne!(session.token, ada.token);
        assert_eq!(world.principal(planted).await, None);
    }
}

async fn key(world: &World, by: &Session, permissions: &[Permission]) -> MadeApiKey {
    let permissions = permissions.iter().copied().collect();
    let new = NewApiKey { name: "Warehouse".to_owned(), permissions, days: Some(30) };
    calling(world, by, world.identity.create_api_key(&new)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_key_may_do_what_it_was_made_for_until_it_ends() {
    for world in worlds().await {
        let admin = hired(&world, "admin@example.com", Role::Admin).await;
        let made = key(&world, &admin, &[Permission::InventoryRead]).await;
        assert!(made.token.starts_with("emk_"));
        let who = world.identity.principal_of_token(&made.token).await.unwrap().unwrap();
        assert_eq!((who.user_id.as_str(), who.role), (made.key.id.as_str(), Role::Staff));
        assert_eq!(who.permissions, Permissions::NONE.with(Permission::InventoryRead));
        assert_eq!(world.identity.principal_of_token("emk_guessed").await.unwrap(), None);
        let kept = world.count("SELECT COUNT(*) FROM api_keys WHERE token_hash LIKE 'emk%'").await;
        assert_eq!(kept, 0, "its secret is kept nowhere");

        calling(&world, &admin, world.identity.revoke_api_key(&made.key.id)).await.unwrap();
        assert_eq!(world.identity.principal_of_token(&made.token).await.unwrap(), None);
        let other = key(&world, &admin, &[Permission::InventoryRead]).await;
        world.advance(30 * DAY);
        assert_eq!(world.identity.principal_of_token(&other.token).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_key_is_never_worth_more_than_who_made_it() {
    for world in worlds().await {
        let admin = hired(&world, "admin@example.com", Role::Admin).await;
        let boss = hired(&world, "boss@example.com", Role::Staff).await;
        let manager = StaffPatch { position: Some(position(MANAGER)), active: None };
        let patch = world.identity.patch_staff(&boss.user.id, "*", &manager);
        calling(&world, &admin, patch).await.unwrap();
        let permissions = Permissions::NONE.with(Permission::System);
        let new = NewApiKey { name: "x".to_owned(), permissions, days: None };
        let more = calling(&world, &boss, world.identity.create_api_key(&new)).await;
        assert!(more.unwrap_err().is("forbidden"));

        let made = key(&world, &boss, &[Permission::People, Permission::OrdersRead]).await;
        let who = async || world.identity.principal_of_token(&made.token).await.unwrap();
        assert!(who().await.unwrap().permissions.contains(Permission::People));
        let program = Caller::person(Role::Staff, made.key.id.as_str())
            .allowed(Permissions::NONE.with(Permission::People));
        let new = NewApiKey { name: "x".to_owned(), permissions: Permissions::NONE, days: None };
        let made_by_key = Context::new(program).scope(world.identity.create_api_key(&new)).await;
        assert!(made_by_key.unwrap_err().is("forbidden"), "keys make no keys");
        let staff = StaffPatch { position: Some(position(STAFF)), active: None };
        let patch = world.identity.patch_staff(&boss.user.id, "*", &staff);
        calling(&world, &admin, patch).await.unwrap();
        assert!(!who().await.unwrap().permissions.contains(Permission::People));
        let off = StaffPatch { position: None, active: Some(false) };
        let patch = world.identity.patch_staff(&boss.user.id, "*", &off);
        calling(&world, &admin, patch).await.unwrap();
        assert_eq!(who().await, None);
    }
}
