//! No list reads all orders, whatever is asked.

use emart_orders_api::{FulfilmentState, MoneyState, OrderState};
use emart_store::vals;
use emart_testkit::{assert_no_scan, databases};

use super::*;
use crate::MIGRATIONS;
use crate::store::{days, drafts, index};

/// Every filter by itself, and mixes of them.
fn filters() -> Vec<Filter> {
    let all = Filter::default();
    let waiting = index::statuses(Some(OrderState::Confirmed), Some(MoneyState::Paid), None);
    let sent = index::statuses(None, None, Some(FulfilmentState::Fulfilled));
    let some = |text: &str| Some(text.to_owned());
    let singles = [
        all.clone(),
        Filter { customer_id: some("usr_1"), ..all.clone() },
        Filter { email: some("ada@example.com"), ..all.clone() },
        Filter { number: Some(1001), ..all.clone() },
        Filter { statuses: waiting.clone(), ..all.clone() },
        Filter { statuses: sent, ..all.clone() },
        Filter { tag: some("vip"), ..all.clone() },
        Filter { words: vec!["te".to_owned()], ..all.clone() },
        Filter { words: vec!["te".to_owned(), "gre".to_owned()], ..all.clone() },
        Filter { placed: (Some(1), Some(2)), ..all.clone() },
        Filter { total: (Some(1), Some(2)), ..all.clone() },
        Filter { total: (Some(1), Some(2)), statuses: waiting.clone(), ..all.clone() },
        Filter {
            tag: some("vip"),
            words: vec!["te".to_owned()],
            statuses: waiting,
            email: some("ada@example.com"),
            placed: (Some(1), None),
            total: (None, Some(2)),
            ..all
        },
    ];
    let sorts = [OrderSort::Newest, OrderSort::Oldest, OrderSort::Largest, OrderSort::Smallest];
    let sorted = |filter: &Filter| sorts.map(|sort| Filter { sort, ..filter.clone() });
    singles.iter().flat_map(sorted).collect()
}

fn leads(filter: &Filter) -> Vec<Query<'_>> {
    let mut terms = vec![None];
    if !filter.words.is_empty() {
        terms.push(Some(vec!["tea".to_owned(), "team".to_owned()]));
    }
    let query = |terms: Option<Vec<String>>| {
        let words = filter.words.iter().map(|word| (word.clone(), format!("{word}z")));
        let words = words.skip(usize::from(terms.is_some())).collect();
        Query { filter, lead: Lead::of(filter, terms), words, numbers: (1, 9) }
    };
    terms.into_iter().map(query).collect()
}

#[tokio::test]
async fn no_list_of_orders_reads_all_of_them() {
    for db in databases("orders", MIGRATIONS).await {
        for filter in filters() {
            for query in leads(&filter) {
                for from in [None, Some((5, 5))] {
                    for (sql, values) in [
                        query.page(from, 1000, 21),
                        query.count(from, 1000),
                        query.end_sql(from, 1000),
                    ] {
                        assert_no_scan(&db, &sql, &values).await;
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn neither_do_searches_nor_statistics() {
    for db in databases("orders", MIGRATIONS).await {
        assert_no_scan(&db, lead::TERMS_BETWEEN, vals!["te", "tez", 24]).await;
        assert_no_scan(&db, lead::FIRST_SINCE, vals![1]).await;
        assert_no_scan(&db, drafts::LIST, vals!["open", "~", 21]).await;
        assert_no_scan(&db, lead::LAST_BEFORE, vals![1]).await;
        for (sql, values) in days::statements() {
            assert_no_scan(&db, &sql, &values).await;
        }
    }
}
