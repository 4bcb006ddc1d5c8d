//! Accounts that were made in another store.

use emart_http::{Caller, Context, Role};
use emart_identity_api::{AccountImport, AccountOutcome, MovedAccount, PasswordChange, UserId};
use emart_mesh::CallError;
use emart_types::Timestamp;

use crate::world::{World, by, worlds};

/// What the original's bcryptjs made of [`OLD`], at a low cost.
const HASH: &str = "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i";
/// Shorter than a new password may be.
const OLD: &str = "abc";

fn account(n: u8, email: &str, hash: Option<&str>) -> MovedAccount {
    let created_at = Timestamp::from_millis(1_606_100_429_000);
    MovedAccount {
        id: UserId::derived(created_at, [n; 10]),
        email: email.to_owned(),
        name: Some("Ada Byron".to_owned()),
        role: Role::Customer,
        password_hash: hash.map(ToOwned::to_owned),
        created_at,
    }
}

async fn import(
    world: &World,
    accounts: Vec<MovedAccount>,
    dry_run: bool,
) -> Result<Vec<AccountOutcome>, CallError> {
    let import = AccountImport { accounts, dry_run };
    Context::new(Caller::service("cli")).scope(world.identity.import_accounts(&import)).await
}

const KINDS: &str = "SELECT count(*) FROM credentials WHERE password_hash LIKE '$argon2id$%'";

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_moved_password_works_and_is_hashed_anew_when_it_is_first_used() {
    for world in worlds().await {
        let ada = account(1, "Ada@example.com", Some(HASH));
        let id = ada.id.clone();
        let outcomes = import(&world, vec![ada.clone()], false).await.unwrap();
        assert_eq!(outcomes, [AccountOutcome::Created]);
        assert_eq!(world.mails().await, [], "nobody is written to");
        let wrong = world.sign_in("ada@example.com", "abd").await.unwrap_err();
        assert!(wrong.is("bad-credentials"), "{wrong}");
        assert_eq!(world.count(KINDS).await, 0);
        // Both were checked against the old hash; the slower finds the new one in its place.
        let (one, two) = tokio::join!(
            world.sign_in("ada@example.com", OLD),
            world.sign_in("ADA@example.com", OLD)
        );
        assert_eq!((one.unwrap().user.id, two.unwrap().user.id), (id.clone(), id));
        assert_eq!(world.count(KINDS).await, 1);
        assert!(world.sign_in("ada@example.com", "abd").await.is_err());
        let session = world.sign_in("ada@example.com", OLD).await.unwrap();
        assert_eq!(import(&world, vec![ada], false).await.unwrap(), [AccountOutcome::Unchanged]);
        let change =
            PasswordChange { current: OLD.to_owned(), new: "a much longer one".to_owned() };
        by(&session, world.identity.change_password(&change, "")).await.unwrap();
        let kept = "SELECT count(*) FROM credentials WHERE moved_from IS NOT NULL";
        assert_eq!(world.count(kept).await, 0, "what it was says nothing any more");
        assert!(world.sign_in("ada@example.com", OLD).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn while_a_moved_hash_is_left_known_and_unknown_addresses_cost_the_same_work() {
    for world in worlds().await {
        world.register("grace@example.com").await;
        import(&world, vec![account(1, "ada@example.com", Some(HASH))], false).await.unwrap();
        let mut answers = Vec::new();
        for email in ["ada@example.com", "grace@example.com", "nobody@example.com"] {
            let before = world.hashes();
            let error = world.sign_in(email, "not the password").await.unwrap_err();
            answers.push((error.problem().unwrap().status, world.hashes() - before));
        }
        assert_eq!(answers, [(401, 1); 3]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_here_stays_and_what_cannot_be_kept_is_said() {
    for world in worlds().await {
        let grace = world.register("grace@example.com").await.user;
        world.mails().await;
        let accounts = vec![
            account(1, "ada@example.com", Some(HASH)),
            account(2, "GRACE@example.com", Some(HASH)),
            account(3, "no address", Some(HASH)),
            account(4, "eve@example.com", Some("plain")),
            account(5, "ADA@example.com", None),
        ];
        let taken = |user_id: &UserId| AccountOutcome::Taken { user_id: user_id.clone() };
        for dry_run in [true, false] {
            let outcomes = import(&world, accounts.clone(), dry_run).await.unwrap();
            assert_eq!(outcomes[0], AccountOutcome::Created);
            assert_eq!(outcomes[1], taken(&grace.id));
            for refused in &outcomes[2..4] {
                assert!(matches!(refused, AccountOutcome::Refused { .. }), "{refused:?}");
            }
            assert_eq!(outcomes[4], taken(&accounts[0].id), "whatever case it is written in");
            let count = if dry_run { 1 } else { 2 };
            assert_eq!(world.count("SELECT count(*) FROM users").await, count);
        }
        let import = AccountImport { accounts, dry_run: false };
        let refused = world.identity.import_accounts(&import).await.unwrap_err();
        assert_eq!(refused.problem().unwrap().status, 403, "for operators only");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn who_has_no_password_that_could_be_moved_cannot_sign_in_with_any() {
    for world in worlds().await {
        import(&world, vec![account(1, "ada@example.com", None)], false).await.unwrap();
        for password in ["", "!", OLD] {
            let refused = world.sign_in("ada@example.com", password).await.unwrap_err();
            assert!(refused.problem().unwrap().status < 500, "{refused}");
        }
    }
}
