//! The audit log: what staff change stands there, and stays.

use std::time::Duration;

use emart_http::{Permissions, Role};
use emart_identity_api::{AuditEntry, AuditFilter, PutRole, Session, StaffPatch};
use emart_store::vals;

use crate::access::{calling, hired};
use crate::world::{World, worlds};

async fn log(world: &World, by: &Session, filter: &AuditFilter) -> Vec<AuditEntry> {
    world.host.settle().await.unwrap();
    calling(world, by, world.identity.audit(filter, 100, None)).await.unwrap().items
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn who_changed_what_is_kept_and_found() {
    for world in worlds().await {
        let admin = hired(&world, "admin@example.com", Role::Admin).await;
        let clerk = hired(&world, "clerk@example.com", Role::Staff).await;
        let put = PutRole { name: "Packers".to_owned(), permissions: Permissions::NONE };
        calling(&world, &admin, world.identity.create_role(&put)).await.unwrap();
        world.advance(Duration::from_secs(60));
        let between = world.clock.now();
        let off = StaffPatch { position: None, active: Some(false) };
        let off = world.identity.patch_staff(&clerk.user.id, "*", &off);
        calling(&world, &admin, off).await.unwrap();

        let all = log(&world, &admin, &AuditFilter::default()).await;
        let actions: Vec<&str> = all.iter().map(|entry| entry.record.action.as_str()).collect();
        assert_eq!(actions, ["staff.updated", "role.created"]);
        let change = &all[0];
        assert_eq!(change.actor_name.as_deref(), Some("admin@example.com"));
        assert_eq!(
            (&change.record.before["active"], &change.record.after["active"]),
            (&true.into(), &false.into())
        );
        let one = async |filter: AuditFilter| log(&world, &admin, &filter).await.len();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(one(AuditFilter { action: some("role"), ..Default::default() }).await, 1);
        assert_eq!(
            one(AuditFilter { action: some("role.deleted"), ..Default::default() }).await,
            0
        );
        let of = some(clerk.user.id.as_str());
        assert_eq!(one(AuditFilter { resource: of.clone(), ..Default::default() }).await, 1);
        assert_eq!(one(AuditFilter { actor: of, ..Default::default() }).await, 0);
        assert_eq!(one(AuditFilter { from: Some(between), ..Default::default() }).await, 1);
        assert_eq!(one(AuditFilter { to: Some(between), ..Default::default() }).await, 1);
        let all = AuditFilter::default();
        let page = world.identity.audit(&all, 1, None);
        let page = calling(&world, &admin, page).await.unwrap();
        let next = page.next_cursor.unwrap();
        let page = world.identity.audit(&all, 1, Some(&next));
        let page = calling(&world, &admin, page).await.unwrap();
        assert_eq!(
            (page.items[0].record.action.as_str(), page.next_cursor),
            ("role.created", None)
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_stands_in_the_audit_log_cannot_be_changed_or_taken_out() {
    for world in worlds().await {
        let admin = hired(&world, "admin@example.com", Role::Admin).await;
        let put = PutRole { name: "Packers".to_owned(), permissions: Permissions::NONE };
        calling(&world, &admin, world.identity.create_role(&put)).await.unwrap();
        world.host.settle().await.unwrap();
        let tampered = world.db().exec("UPDATE audit_records SET actor = 'x'", vals![]).await;
        assert!(tampered.is_err());
        assert!(world.db().exec("DELETE FROM audit_records", vals![]).await.is_err());
        assert_eq!(world.count("SELECT COUNT(*) FROM audit_records WHERE actor <> 'x'").await, 1);
    }
}
