//! Address books.

use emart_http::Page;
use emart_identity_api::{Address, AddressId, PutAddress, SavedAddress};
use emart_mesh::Call;
use futures_util::future::join_all;

use crate::world::{by, worlds};

fn address(name: &str, is_default: bool) -> PutAddress {
    let address = Address {
        name: name.to_owned(),
        line1: "1 Main Street".to_owned(),
        city: "Berlin".to_owned(),
        postal_code: "10115".to_owned(),
        country: "de".to_owned(),
        ..Address::default()
    };
    PutAddress { address, is_default }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_address_is_added_read_changed_and_taken_out() {
    for world in worlds().await {
        let ada = world.register("ada@example.com").await;
        let saved = by(&ada, world.identity.create_address(&address("Ada", true))).await.unwrap();
        assert_eq!((saved.address.country.as_str(), saved.is_default), ("DE", true));
        let path = format!("/api/v1/identity/me/addresses/{}", saved.id);
        let read: SavedAddress = by(&ada, Call::get(&world.peer, &path).send()).await.unwrap();
        assert_eq!(read, saved);
        let changed = by(&ada, world.identity.put_address(&saved.id, &address("Ada L.", false)))
            .await
            .unwrap();
        assert_eq!((changed.address.name.as_str(), changed.is_default), ("Ada L.", false));
        assert_eq!(by(&ada, world.identity.addresses()).await.unwrap().items, [changed]);
        by(&ada, world.identity.delete_address(&saved.id)).await.unwrap();
        let again = by(&ada, world.identity.delete_address(&saved.id)).await;
        assert!(again.unwrap_err().is("not-found"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_address_is_the_default_however_many_claim_to_be() {
    for world in worlds().await {
        let ada = world.register("ada@example.com").await;
        let claims: Vec<_> = (0..5).map(|n| address(&n.to_string(), true)).collect();
        join_all(claims.iter().map(|put| by(&ada, world.identity.create_address(put)))).await;
        let book = by(&ada, world.identity.addresses()).await.unwrap().items;
        assert_eq!((book.len(), book.iter().filter(|saved| saved.is_default).count()), (5, 1));
        let default = book.iter().find(|saved| saved.is_default).unwrap();
        by(&ada, world.identity.delete_address(&default.id)).await.unwrap();
        let book = by(&ada, world.identity.addresses()).await.unwrap().items;
        assert_eq!(book.iter().filter(|saved| saved.is_default).count(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_book_has_fifty_entries_even_when_filled_all_at_once() {
    for world in worlds().await {
        let ada = world.register("ada@example.com").await;
        let entries: Vec<_> = (0..55).map(|n| address(&n.to_string(), false)).collect();
        let added =
            join_all(entries.iter().map(|put| by(&ada, world.identity.create_address(put)))).await;
        let refused: Vec<_> = added.into_iter().filter_map(Result::err).collect();
        assert_eq!(refused.len(), 5);
        assert!(refused.iter().all(|error| error.is("too-many-addresses")));
        let book = by(&ada, world.identity.addresses()).await.unwrap();
        assert_eq!((book.items.len(), book.next_cursor), (50, None));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_book_is_read_a_page_at_a_time() {
    for world in worlds().await {
        let ada = world.register("ada@example.com").await;
        for n in 0..5 {
            by(&ada, world.identity.create_address(&address(&n.to_string(), n == 1)))
                .await
                .unwrap();
        }
        let (mut names, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/identity/me/addresses?limit=2&cursor={cursor}");
            let page: Page<SavedAddress> =
                by(&ada, Call::get(&world.peer, path).send()).await.unwrap();
            names.extend(page.items.into_iter().map(|saved| saved.address.name));
            match page.next_cursor {
                Some(next) => cursor = next,
                None => break,
            }
        }
        assert_eq!(names, ["0", "1", "2", "3", "4"]);
        let bad =
            by(&ada, Call::get(&world.peer, "/api/v1/identity/me/addresses?cursor=x").done()).await;
        assert!(bad.unwrap_err().is("bad-cursor"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn anothers_addresses_are_not_there() {
    for world in worlds().await {
        let ada = world.register("ada@example.com").await;
        let bob = world.register("bob@example.com").await;
        let hers = by(&ada, world.identity.create_address(&address("Ada", true))).await.unwrap();
        for id in [hers.id.clone(), AddressId::new()] {
            let put = by(&bob, world.identity.put_address(&id, &address("Bob", true))).await;
            let delete = by(&bob, world.identity.delete_address(&id)).await;
            assert!(put.unwrap_err().is("not-found") && delete.unwrap_err().is("not-found"));
        }
        assert_eq!(by(&bob, world.identity.addresses()).await.unwrap().items, []);
        assert_eq!(by(&ada, world.identity.addresses()).await.unwrap().items, [hers]);
        assert!(world.identity.addresses().await.unwrap_err().is("unauthorized"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_will_not_do_is_said_field_by_field() {
    for world in worlds().await {
        let ada = world.register("ada@example.com").await;
        let mut bad = address("", false);
        bad.address.country = "Germany".to_owned();
        let error = by(&ada, world.identity.create_address(&bad)).await.unwrap_err();
        let pointers: Vec<_> =
            error.problem().unwrap().errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(pointers, ["/address/name", "/address/country"]);
    }
}
