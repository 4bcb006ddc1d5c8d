//! What staff may do: roles, who has which, and that nobody gives more than they have.

use emart_http::{Caller, Context, Permission, Permissions, Role};
use emart_identity_api::{NewUser, Position, PutRole, RoleId, Session, StaffPatch, StaffRole};
use emart_mesh::CallError;

use crate::world::{PASSWORD, World, worlds};

/// An administrator, or one of staff with the usual role, signed in.
pub(crate) async fn hired(world: &World, email: &str, role: Role) -> Session {
    let user = NewUser { email: email.to_owned(), password: PASSWORD.to_owned(), role };
    let made = world.identity.create_user(&user);
    Context::new(Caller::service("test")).scope(made).await.unwrap();
    let session = world.sign_in(email, PASSWORD).await.unwrap();
    world.mails().await;
    session
}

/// Runs something as the gateway would for the holder of this session.
pub(crate) async fn calling<T>(
    world: &World,
    session: &Session,
    work: impl Future<Output = T>,
) -> T {
    let who = world.principal(&session.token).await.unwrap();
    let caller = Caller::person(who.role, &who.user_id).allowed(who.permissions);
    Context::new(caller).scope(work).await
}

fn set(permissions: &[Permission]) -> Permissions {
    permissions.iter().copied().collect()
}

fn role(name: &str, permissions: &[Permission]) -> PutRole {
    PutRole { name: name.to_owned(), permissions: set(permissions) }
}

async fn give(
    world: &World,
    by: &Session,
    to: &Session,
    position: Position,
) -> Result<(), CallError> {
    let patch = StaffPatch { position: Some(position), active: None };
    calling(world, by, world.identity.patch_staff(&to.user.id, "*", &patch)).await.map(|_| ())
}

async fn made(world: &World, by: &Session, put: &PutRole) -> StaffRole {
    calling(world, by, world.identity.create_role(put)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn staff_may_do_what_their_role_says_and_a_change_counts_at_once() {
    for world in worlds().await {
        let (admin, clerk) = (
            hired(&world, "admin@example.com", Role::Admin).await,
            hired(&world, "clerk@example.com", Role::Staff).await,
        );
        let may = async || world.principal(&clerk.token).await.unwrap().permissions;
        assert_eq!(may().await, Permissions::STAFF, "as staff could before there were roles");
        let reading = role("Reads", &[Permission::OrdersRead]);
        let made = made(&world, &admin, &reading).await;
        give(&world, &admin, &clerk, Position::Role(made.id.clone())).await.unwrap();
        assert_eq!(may().await, set(&[Permission::OrdersRead]));
        let more = role("Reads", &[Permission::OrdersRead, Permission::InventoryRead]);
        let put = world.identity.put_role(&made.id, "\"1\"", &more);
        let put = calling(&world, &admin, put).await.unwrap();
        assert_eq!((put.people, put.version), (1, 2));
        assert_eq!(may().await, more.permissions);
        let late = world.identity.put_role(&made.id, "\"1\"", &reading);
        assert!(calling(&world, &admin, late).await.unwrap_err().is("version-conflict"));
        assert_eq!(world.principal(&admin.token).await.unwrap().permissions, Permissions::ALL);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn nobody_gives_or_takes_more_than_they_may_do_themselves() {
    for world in worlds().await {
        let admin = hired(&world, "admin@example.com", Role::Admin).await;
        let boss = hired(&world, "boss@example.com", Role::Staff).await;
        let clerk = hired(&world, "clerk@example.com", Role::Staff).await;
        let few = [Permission::People, Permission::OrdersRead];
        let small = made(&world, &admin, &role("Small", &few)).await;
        let big = made(&world, &admin, &role("Big", &[Permission::OrdersRefund])).await;
        give(&world, &admin, &boss, Position::Role(small.id.clone())).await.unwrap();

        let refused = |answer: Result<_, CallError>| answer.unwrap_err().is("forbidden");
        let new = role("Mine", &[Permission::People, Permission::System]);
        assert!(refused(
            calling(&world, &boss, world.identity.create_role(&new)).await.map(|_| ())
        ));
        let fewer = role("Big", &[]);
        let put = world.identity.put_role(&big.id, "*", &fewer);
        assert!(refused(calling(&world, &boss, put).await.map(|_| ())), "nor takes away");
        let delete = world.identity.delete_role(&big.id);
        assert!(refused(calling(&world, &boss, delete).await));
        // The clerk may do more than the boss: whatever the boss wants them to be, they cannot be touched.
        for position in [Position::Role(small.id.clone()), Position::Admin] {
            assert!(refused(give(&world, &boss, &clerk, position).await));
        }
        assert!(refused(give(&world, &boss, &boss, Position::Role(big.id)).await));
        assert!(refused(give(&world, &boss, &boss, Position::Admin).await));
        assert!(refused(give(&world, &boss, &admin, Position::Role(small.id.clone())).await));
        give(&world, &admin, &clerk, Position::Role(small.id.clone())).await.unwrap();
        give(&world, &boss, &clerk, Position::Role(small.id)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_administrator_stays_whoever_tries_what_at_once() {
    for world in worlds().await {
        let one = hired(&world, "one@example.com", Role::Admin).await;
        let staff: RoleId = "rol_00000000000000000000000002".parse().unwrap();
        let demoted = Position::Role(staff);
        let last = give(&world, &one, &one, demoted.clone()).await.unwrap_err();
        assert!(last.is("last-administrator"));
        let off = StaffPatch { position: None, active: Some(false) };
        let off = world.identity.patch_staff(&one.user.id, "*", &off);
        assert!(calling(&world, &one, off).await.unwrap_err().is("last-administrator"));
        let away = world.identity.delete_staff(&one.user.id);
        assert!(calling(&world, &one, away).await.unwrap_err().is("last-administrator"));

        let two = hired(&world, "two@example.com", Role::Admin).await;
        let (a, b) = tokio::join!(
            give(&world, &one, &two, demoted.clone()),
            give(&world, &two, &one, demoted.clone()),
        );
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        assert_eq!(world.count("SELECT COUNT(*) FROM users WHERE role = 'admin'").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn who_is_deactivated_is_out_at_once_and_stays_out() {
    for world in worlds().await {
        let admin = hired(&world, "admin@example.com", Role::Admin).await;
        let clerk = hired(&world, "clerk@example.com", Role::Staff).await;
        let off = StaffPatch { position: None, active: Some(false) };
        let off = world.identity.patch_staff(&clerk.user.id, "\"1\"", &off);
        let shown = calling(&world, &admin, off).await.unwrap();
        assert!(!shown.active);
        assert_eq!(world.principal(&clerk.token).await, None);
        let again = world.sign_in("clerk@example.com", PASSWORD).await.unwrap_err();
        assert!(again.is("bad-credentials"));
        world.identity.request_password_reset("clerk@example.com").await.unwrap();
        let on = StaffPatch { position: None, active: Some(true) };
        let on = world.identity.patch_staff(&clerk.user.id, "\"2\"", &on);
        calling(&world, &admin, on).await.unwrap();
        assert!(world.sign_in("clerk@example.com", PASSWORD).await.is_ok());
        assert_eq!(world.principal(&clerk.token).await, None, "what has ended stays ended");

        calling(&world, &admin, world.identity.delete_staff(&clerk.user.id)).await.unwrap();
        let back = world.sign_in("clerk@example.com", PASSWORD).await.unwrap();
        assert_eq!(back.user.role, Role::Customer);
        let staff = calling(&world, &admin, world.identity.staff()).await.unwrap();
        assert_eq!(staff.items.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn roles_are_named_once_kept_while_somebody_has_them_and_those_of_the_store_stay() {
    for world in worlds().await {
        let admin = hired(&world, "admin@example.com", Role::Admin).await;
        let clerk = hired(&world, "clerk@example.com", Role::Staff).await;
        let roles = calling(&world, &admin, world.identity.roles()).await.unwrap().items;
        let names: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
        assert_eq!(names, ["Manager", "Staff", "Clerk"]);
        assert_eq!(roles[1].people, 1);
        let mine = role("Mine", &[]);
        let put = world.identity.put_role(&roles[1].id, "*", &mine);
        assert!(calling(&world, &admin, put).await.unwrap_err().is("role-built-in"));
        let delete = world.identity.delete_role(&roles[1].id);
        assert!(calling(&world, &admin, delete).await.unwrap_err().is("role-built-in"));
        let clerk_again = role(" Clerk ", &[]);
        let twice = world.identity.create_role(&clerk_again);
        assert!(calling(&world, &admin, twice).await.unwrap_err().is("invalid"));

        let own = made(&world, &admin, &role("Own", &[])).await;
        give(&world, &admin, &clerk, Position::Role(own.id.clone())).await.unwrap();
        let delete = calling(&world, &admin, world.identity.delete_role(&own.id)).await;
        assert!(delete.unwrap_err().is("role-in-use"));
        give(&world, &admin, &clerk, Position::Role(roles[2].id.clone())).await.unwrap();
        calling(&world, &admin, world.identity.delete_role(&own.id)).await.unwrap();
        let unknown = Position::Role(own.id);
        assert!(give(&world, &admin, &clerk, unknown).await.unwrap_err().is("invalid"));
    }
}
