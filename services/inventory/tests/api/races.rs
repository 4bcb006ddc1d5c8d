//! Many at once, for the same pieces and for the same reference. The complaints these answer: two buyers and one unit
//! (saleor#543, vendure#1738, vendure#3065), two lines on one item (medusa#16502, medusa#16569).

use std::future::Future;

use emart_inventory_api::{ReservationState, StockItemId};
use emart_mesh::CallError;
use tokio::task::JoinSet;

use crate::{House, houses, refused, reservation};

/// Runs them all at once.
async fn together<T: Send + 'static>(
    calls: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let mut set = JoinSet::new();
    for call in calls {
        set.spawn(call);
    }
    set.join_all().await
}

fn reserve(
    house: &House,
    reference: String,
    lines: Vec<(StockItemId, u32)>,
) -> impl Future<Output = Result<ReservationState, CallError>> + Send + 'static {
    let inventory = house.inventory.clone();
    async move {
        let lines: Vec<_> = lines.iter().map(|(id, quantity)| (id, *quantity)).collect();
        inventory.reserve(&reservation(&reference, &lines)).await.map(|held| held.state)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_buyers_of_fifty_pieces_get_exactly_fifty() {
    for house in houses().await {
        let tea = house.item(50).await;
        let buyers =
            (0..200).map(|n| reserve(&house, format!("buyer_{n}"), vec![(tea.clone(), 1)]));
        let answers = together(buyers).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 50);
        for refusal in answers.into_iter().filter(Result::is_err) {
            refused(refusal, "out-of-stock");
        }
        assert_eq!(house.counts(&tea).await, (50, 50));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_lines_on_one_item_are_one_claim() {
    for house in houses().await {
        let tea = house.item(3).await;
        let two_and_two =
            house.inventory.reserve(&reservation("greedy", &[(&tea, 2), (&tea, 2)])).await;
        refused(two_and_two, "out-of-stock");
        let lines = || vec![(tea.clone(), 1), (tea.clone(), 1)];
        let buyers = (0..20).map(|n| reserve(&house, format!("buyer_{n}"), lines()));
        let answers = together(buyers).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        assert_eq!(house.counts(&tea).await, (3, 2));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn carts_that_name_the_same_items_in_opposite_order_do_not_lock_each_other_out() {
    for house in houses().await {
        let (tea, cup) = (house.item(1000).await, house.item(1000).await);
        let buyers = (0..60).map(|n| {
            let mut lines = vec![(tea.clone(), 1), (cup.clone(), 1)];
            if n % 2 == 0 {
                lines.reverse();
            }
            reserve(&house, format!("buyer_{n}"), lines)
        });
        for answer in together(buyers).await {
            assert_eq!(answer.unwrap(), ReservationState::Held);
        }
        assert_eq!(house.counts(&tea).await, (1000, 60));
        assert_eq!(house.counts(&cup).await, (1000, 60));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_reservation_sent_many_times_at_once_is_made_once() {
    for house in houses().await {
        let tea = house.item(100).await;
        let copies = (0..16).map(|_| reserve(&house, "chk_1".to_owned(), vec![(tea.clone(), 3)]));
        for answer in together(copies).await {
            assert_eq!(answer.unwrap(), ReservationState::Held);
        }
        assert_eq!(house.counts(&tea).await, (100, 3));
        let commits = (0..16).map(|_| {
            let inventory = house.inventory.clone();
            async move { inventory.commit("chk_1").await }
        });
        for answer in together(commits).await {
            assert_eq!(answer.unwrap().state, ReservationState::Committed);
        }
        assert_eq!(house.counts(&tea).await, (97, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reservation_its_commit_and_its_release_at_once_leave_no_piece_in_between() {
    for house in houses().await {
        let tea = house.item(1000).await;
        let mut committed = 0;
        for n in 0..30 {
            let reference = format!("chk_{n}");
            let (a, b) = (house.inventory.clone(), house.inventory.clone());
            let (to_commit, to_release) = (reference.clone(), reference.clone());
            let reserve = reserve(&house, reference.clone(), vec![(tea.clone(), 1)]);
            let commit = async move { a.commit(&to_commit).await };
            let release = async move { b.release(&to_release).await };
            let mut set = JoinSet::new();
            set.spawn(async move { reserve.await.map(|_| ()) });
            set.spawn(async move { commit.await.map(|_| ()) });
            set.spawn(release);
            set.join_all().await;
            match house.inventory.release(&reference).await {
                Ok(()) => {}
                Err(error) => {
                    assert!(error.is("reservation-committed"), "{error:?}");
                    committed += 1;
                }
            }
        }
        assert_eq!(house.counts(&tea).await, (1000 - committed, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_in_the_middle_of_a_rush_loses_no_claim() {
    for house in houses().await {
        let mut items = Vec::new();
        for _ in 0..20 {
            items.push(house.item(100).await);
        }
        let put = |id: &StockItemId, on_hand| emart_inventory_api::PutStockItem {
            id: id.clone(),
            sku: Some("new".to_owned()),
            tracked: true,
            when_out: emart_inventory_api::WhenOut::Deny,
            on_hand: Some(on_hand),
        };
        let mut set = JoinSet::new();
        for n in 0..40_usize {
            let lines = vec![(items[n % 20].clone(), 1), (items[(n * 7 + 3) % 20].clone(), 1)];
            let buy = reserve(&house, format!("buyer_{n}"), lines);
            set.spawn(async move { buy.await.map(|_| ()) });
        }
        for on_hand in [200, 300, 400] {
            let (inventory, batch) =
                (house.inventory.clone(), items.iter().map(|id| put(id, on_hand)));
            let batch: Vec<_> = batch.collect();
            set.spawn(async move { inventory.put_items(&batch).await });
        }
        for answer in set.join_all().await {
            answer.unwrap();
        }
        let levels = house.inventory.levels(&items).await.unwrap();
        assert_eq!(levels.iter().map(|level| level.reserved).sum::<i64>(), 80);
        for id in &items {
            let movements = house.movements(id).await;
            let on_hand: i64 = movements.iter().map(|m| m.on_hand_delta).sum();
            assert_eq!(house.counts(id).await.0, on_hand);
        }
    }
}
