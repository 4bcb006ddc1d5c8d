//! Which copy is asked: not one that is away, hangs, or is about to stop; one that came back, again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::routing::{get, post};
use emart_mesh::{Call, Far};
use tokio::net::TcpListener;
use utoipa_axum::router::OpenApiRouter;

use crate::wire::{Callee, Caller, Count, hasty, nobody};

/// A service that counts its calls, all of them at `/work`.
fn counting(calls: &Count) -> OpenApiRouter {
    let (read, written) = (calls.clone(), calls.clone());
    let read = get(|| async move { read.one().to_string() });
    OpenApiRouter::new()
        .route("/work", read)
        .route("/work", post(|| async move { written.one().to_string() }))
}

#[tokio::test]
async fn where_one_of_two_copies_is_away_no_call_fails() {
    let calls = Count::default();
    let live = Callee::serving(counting(&calls)).await;
    // Watched seldom, so that calls themselves must find out.
    let caller = Caller::of(&[nobody().await, live.addr], Far::default());
    for n in 1..=50 {
        let call = if n % 2 == 0 { Call::get } else { Call::post };
        call(&caller.peer, "/work").done().await.unwrap();
        assert_eq!(calls.get(), n);
    }
}

#[tokio::test]
async fn a_copy_that_hangs_is_left_alone_and_is_asked_again_when_it_answers() {
    let (hangs, hung) = (Arc::new(AtomicBool::new(true)), Count::default());
    let state = (Arc::clone(&hangs), hung.clone());
    let work = get(move || async move {
        state.1.one();
        if state.0.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
    });
    let sick = Callee::serving(OpenApiRouter::new().route("/work", work)).await;
    let calls = Count::default();
    let well = Callee::serving(counting(&calls)).await;
    let caller = Caller::of(&[sick.addr, well.addr], hasty());
    let mut made = 0;
    while hung.get() < 5 {
        Call::get(&caller.peer, "/work").done().await.unwrap();
        made += 1;
        assert!(made < 1000, "it is never asked");
    }
    caller.counts("emart_mesh_breakers_open{peer=\"callee\"} 1").await;
    // It says that it is ready all the time. It is asked by one call now and then, which another copy answers.
    let before = hung.get();
    for _ in 0..200 {
        Call::get(&caller.peer, "/work").done().await.unwrap();
    }
    assert!(hung.get() - before <= 3, "{} calls hung", hung.get() - before);
    hangs.store(false, Ordering::SeqCst);
    let before = hung.get();
    while hung.get() < before + 10 {
        Call::get(&caller.peer, "/work").done().await.unwrap();
    }
    caller.counts("emart_mesh_breakers_open{peer=\"callee\"} 0").await;
}

#[tokio::test]
async fn a_copy_that_is_about_to_stop_is_asked_no_more() {
    let (leaving, staying) = (Count::default(), Count::default());
    let stops = Callee::serving(counting(&leaving)).await;
    let stays = Callee::serving(counting(&staying)).await;
    // Watched seldom: the answer itself says it.
    let caller = Caller::of(&[stops.addr, stays.addr], Far::default());
    stops.stopping.cancel();
    for _ in 0..50 {
        Call::post(&caller.peer, "/work").done().await.unwrap();
    }
    assert!(leaving.get() <= 1, "{} calls", leaving.get());
    assert_eq!(leaving.get() + staying.get(), 50);
}

#[tokio::test]
async fn a_copy_that_begins_later_or_comes_back_is_found() {
    let (first, second) = (Count::default(), Count::default());
    let one = Callee::serving(counting(&first)).await;
    let later = nobody().await;
    let caller = Caller::of(&[one.addr, later], hasty());
    Call::get(&caller.peer, "/work").done().await.unwrap();
    for round in 1..=2 {
        let listener = TcpListener::bind(later).await.unwrap();
        let two = Callee::listening(listener, counting(&second));
        while second.get() < 5 * round {
            Call::post(&caller.peer, "/work").done().await.unwrap();
        }
        drop(two);
        for _ in 0..20 {
            Call::get(&caller.peer, "/work").done().await.unwrap();
        }
    }
    assert!(first.get() > 0);
}

#[tokio::test]
async fn a_service_whose_only_copy_was_killed_is_not_ready_though_nobody_calls_it() {
    let calls = Count::default();
    let copy = Callee::serving(counting(&calls)).await;
    let (addr, caller) = (copy.addr, Caller::of(&[copy.addr], hasty()));
    caller.says_ready(true).await;
    drop(copy);
    caller.says_ready(false).await;
    let listener = TcpListener::bind(addr).await.unwrap();
    let _back = Callee::listening(listener, counting(&calls));
    caller.says_ready(true).await;
    assert_eq!(calls.get(), 0);
}
