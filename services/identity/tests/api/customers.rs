//! Customers, as those who work here see them.

use emart_http::Role;
use emart_identity_api::{CustomerFilter, CustomerPatch, Session, UserId};

use crate::access::{calling, hired};
use crate::world::{Mail, PASSWORD, World, by, worlds};

async fn found(world: &World, clerk: &Session, q: &str, tag: &str) -> Vec<String> {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let filter = CustomerFilter { q: some(q), tag: some(tag) };
    let (mut emails, mut cursor) = (Vec::new(), None);
    loop {
        let page = world.identity.customers(&filter, 2, cursor.as_deref());
        let page = calling(world, clerk, page).await.unwrap();
        emails.extend(page.items.into_iter().map(|customer| customer.email));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return emails;
        }
    }
}

async fn patch(world: &World, clerk: &Session, id: &UserId, tags: &[&str], note: &str) {
    let tags = Some(tags.iter().map(|tag| (*tag).to_owned()).collect());
    let patch = CustomerPatch { tags, note: Some(note.to_owned()) };
    calling(world, clerk, world.identity.patch_customer(id, "*", &patch)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn customers_are_found_by_what_their_address_or_name_begins_with() {
    for world in worlds().await {
        let clerk = hired(&world, "clerk@example.com", Role::Staff).await;
        let mut people = Vec::new();
        for email in ["ada@example.com", "bob@example.com", "adam@example.com"] {
            people.push(world.register(email).await);
        }
        let name = emart_identity_api::UserPatch { name: Some("Robert Adler".to_owned()) };
        by(&people[1], world.identity.patch_me(&name)).await.unwrap();
        let newest = ["adam@example.com", "bob@example.com", "ada@example.com"];
        assert_eq!(found(&world, &clerk, "", "").await, newest);
        let begins = ["ada@example.com", "adam@example.com"];
        // The test's people are all called Ada, until one of them is not: each is found once.
        assert_eq!(found(&world, &clerk, "ADA", "").await, begins);
        assert_eq!(found(&world, &clerk, "adler rob", "").await, ["bob@example.com"]);
        assert_eq!(found(&world, &clerk, "%", "").await, Vec::<String>::new());
        patch(&world, &clerk, &people[0].user.id, &["VIP"], "Likes green tea.\nPays late.").await;
        assert_eq!(found(&world, &clerk, "", "VIP").await, ["ada@example.com"]);
        assert_eq!(found(&world, &clerk, "adam", "VIP").await, Vec::<String>::new());
        let seen = world.identity.customer(&people[0].user.id);
        let seen = calling(&world, &clerk, seen).await.unwrap().unwrap();
        assert_eq!((seen.tags, seen.version), (vec!["VIP".to_owned()], 2));
        let late = CustomerPatch::default();
        let late = world.identity.patch_customer(&people[0].user.id, "\"1\"", &late);
        assert!(calling(&world, &clerk, late).await.unwrap_err().is("version-conflict"));
        let colleague = world.identity.customer(&clerk.user.id);
        assert_eq!(
            calling(&world, &clerk, colleague).await.unwrap(),
            None,
            "staff are no customers"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn customers_are_handed_what_is_kept_of_them_and_forgotten() {
    for world in worlds().await {
        let clerk = hired(&world, "clerk@example.com", Role::Staff).await;
        let ada = world.register("ada@example.com").await;
        patch(&world, &clerk, &ada.user.id, &["VIP"], "Likes green tea.").await;
        let data = world.identity.export_customer(&ada.user.id);
        let data = calling(&world, &clerk, data).await.unwrap();
        assert_eq!((data.user, data.note.as_deref()), (ada.user.clone(), Some("Likes green tea.")));
        assert_eq!(data.sessions.len(), 1);

        world.mails().await;
        calling(&world, &clerk, world.identity.erase_customer(&ada.user.id)).await.unwrap();
        assert!(
            world
                .mails()
                .await
                .iter()
                .any(|mail| matches!(mail, Mail::Erased(erased) if erased.user_id == ada.user.id))
        );
        assert_eq!(world.principal(&ada.token).await, None);
        assert!(world.sign_in("ada@example.com", PASSWORD).await.is_err());
        let gone = world.identity.erase_customer(&ada.user.id);
        assert!(calling(&world, &clerk, gone).await.unwrap_err().is("not-found"));
        let colleague = world.identity.erase_customer(&clerk.user.id);
        assert!(calling(&world, &clerk, colleague).await.unwrap_err().is("not-found"));
        for table in ["people_words", "customer_tags", "sessions"] {
            let sql = format!("SELECT COUNT(*) FROM {table} WHERE user_id = '{}'", ada.user.id);
            let db = world.db();
            let left = db.read(|tx| async move { tx.one_dyn::<i64>(&sql, &[]).await });
            assert_eq!(left.await.unwrap(), 0, "{table}");
        }
        let logged =
            "SELECT COUNT(*) FROM audit_records WHERE after LIKE '%green%' OR label LIKE '%ada@%'";
        assert_eq!(world.count(logged).await, 0, "nor does the audit log remember them");
    }
}
