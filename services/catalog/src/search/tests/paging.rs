//! Pages show everything once, in order, also while the catalogue changes.

use proptest::prelude::*;

use super::*;
use crate::search::keeper::Change;
use crate::search::order::Place;

fn ids_of(hits: Vec<(ProductId, bool)>) -> Vec<ProductId> {
    hits.into_iter().map(|(id, _)| id).collect()
}

/// All pages of a search, and how many there were.
fn pages(view: &View, query: &str, limit: usize) -> (Vec<ProductId>, usize) {
    let (mut ids, mut count, mut after) = (Vec::new(), 0, None::<Place>);
    loop {
        let cursor = after.as_ref().map_or_else(String::new, emart_http::Cursor::encode);
        let found = find(view, &format!("{query}&limit={limit}&cursor={cursor}"));
        ids.extend(ids_of(found.hits));
        count += 1;
        after = found.next;
        if after.is_none() {
            return (ids, count);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn pages_have_no_gaps_and_no_duplicates(
        products in prop::collection::vec((0..4_usize, 0_i64..5), 0..40),
        limit in 1..10_usize,
    ) {
        let words = ["lamp", "lamp desk", "chair", "lamp lamp"];
        let items: Vec<Item> =
            products.iter().map(|(title, price)| Item::new(words[*title]).costing(price * 100)).collect();
        let view = view(&items);
        for query in ["q=", "q=lamp", "q=lamp&sort=newest", "sort=price_asc", "sort=price_desc", "q=lamp&sort=title", "sort=title"] {
            let whole = find(&view, &format!("{query}&limit=100"));
            let (ids, count) = pages(&view, query, limit);
            prop_assert_eq!(&ids, &ids_of(whole.hits.clone()), "{}", query);
            prop_assert_eq!(ids.len(), whole.total);
            prop_assert_eq!(count, ids.len().div_ceil(limit).max(1));
        }
    }
}

#[test]
fn orders_are_what_they_say() {
    let items = [
        Item::new("beta").costing(300),
        Item::new("Alpha").costing(200),
        Item::new("gamma").costing(100),
        Item::new("alpha").costing(200),
    ];
    let view = view(&items);
    assert_eq!(titles(&items, &find(&view, "")), ["alpha", "gamma", "Alpha", "beta"]);
    assert_eq!(titles(&items, &find(&view, "sort=price_asc")), ["gamma", "alpha", "Alpha", "beta"]);
    assert_eq!(
        titles(&items, &find(&view, "sort=price_desc")),
        ["beta", "alpha", "Alpha", "gamma"]
    );
    assert_eq!(titles(&items, &find(&view, "sort=title")), ["Alpha", "alpha", "beta", "gamma"]);
}

#[test]
fn a_page_goes_on_where_the_last_ended_though_its_last_product_is_gone() {
    let items: Vec<Item> =
        (0..10).map(|n| Item::new(&format!("Lamp {n}")).costing(n * 100)).collect();
    for sort in ["newest", "price_asc", "price_desc", "title"] {
        let mut keeper = Keeper::open(None).unwrap();
        keeper.replace(items.iter().map(Item::document)).unwrap();
        let whole = find(keeper.view(), &format!("sort={sort}"));
        let whole = ids_of(whole.hits);
        let first = find(keeper.view(), &format!("sort={sort}&limit=4"));
        keeper.apply(vec![Change::Delete(&first.hits[3].0)]).unwrap();
        let cursor = emart_http::Cursor::encode(&first.next.unwrap());
        let second = find(keeper.view(), &format!("sort={sort}&cursor={cursor}"));
        assert_eq!(ids_of(second.hits), whole[4..], "{sort}");
    }
}
