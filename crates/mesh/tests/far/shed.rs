//! The bounded queue.

use std::time::{Duration, Instant};

use axum::routing::get;
use emart_mesh::{Call, Far};
use tokio::task::JoinSet;
use utoipa_axum::router::OpenApiRouter;

use crate::wire::{Callee, Caller, Count, eventually};

#[tokio::test]
async fn calls_past_the_bounded_queue_are_shed_at_once_and_those_in_it_are_answered() {
    let (begun, gate) = (Count::default(), tokio_util::sync::CancellationToken::new());
    let state = (begun.clone(), gate.clone());
    let work = get(move || async move {
        state.0.one();
        state.1.cancelled().await;
    });
    let callee = Callee::serving(OpenApiRouter::new().route("/work", work)).await;
    let far = Far { at_once: 8, waiting: 16, ..Far::default() };
    let caller = Caller::of(&[callee.addr], far);
    let mut calls = JoinSet::new();
    let mut call = || {
        let peer = caller.peer.clone();
        calls.spawn(async move { Call::get(&peer, "/work").done().await });
    };
    (0..8 + 16).for_each(|_| call());
    eventually("all places are taken", || begun.get() == 8).await;
    let began = Instant::now();
    for _ in 0..100 {
        let error = Call::get(&caller.peer, "/work").done().await.unwrap_err();
        assert!(error.is("unavailable"), "{error}");
        let again = error.problem().and_then(|problem| problem.retry_after_seconds);
        assert_eq!(again, Some(1), "{error}");
    }
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    gate.cancel();
    while let Some(answer) = calls.join_next().await {
        answer.unwrap().unwrap();
    }
    assert_eq!(begun.get(), 8 + 16);
}
