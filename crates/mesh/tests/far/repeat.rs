//! What is made again and what is not, and how often at most.

use std::time::{Duration, Instant};

use axum::routing::{get, post};
use emart_http::Problem;
use emart_mesh::{Call, CallError, Far};
use utoipa_axum::router::OpenApiRouter;

use crate::wire::{Callee, Caller, Count, cutter};

/// Where a copy cuts its answer: before it, in its head, in its body.
const CUTS: [&str; 3] =
    ["", "HTTP/1.1 200 OK\r\ncontent-le", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n[1,"];

fn counting(calls: &Count) -> OpenApiRouter {
    let (read, written) = (calls.clone(), calls.clone());
    let read = get(|| async move { read.one().to_string() });
    OpenApiRouter::new()
        .route("/work", read)
        .route("/work", post(|| async move { written.one().to_string() }))
}

#[tokio::test]
async fn a_post_without_a_key_that_was_cut_is_not_repeated() {
    for cut in CUTS {
        let (cuts, calls) = (Count::default(), Count::default());
        let (bad, _tasks) = cutter(cut, cuts.clone()).await;
        let good = Callee::serving(counting(&calls)).await;
        let caller = Caller::of(&[bad, good.addr], Far::default());
        let mut failed = 0;
        for _ in 0..20 {
            match Call::post(&caller.peer, "/work").done().await {
                Ok(()) => {}
                Err(CallError::Unreachable(_)) => failed += 1,
                Err(error) => panic!("{cut:?}: {error}"),
            }
        }
        assert_eq!((cuts.get(), calls.get()), (failed, 20 - failed), "{cut:?}");
    }
}

#[tokio::test]
async fn a_get_and_a_post_with_a_key_that_were_cut_are_repeated() {
    for cut in CUTS {
        let (cuts, calls) = (Count::default(), Count::default());
        let (bad, _tasks) = cutter(cut, cuts.clone()).await;
        let good = Callee::serving(counting(&calls)).await;
        let caller = Caller::of(&[bad, good.addr], Far::default());
        let mut made = 0;
        while cuts.get() < 3 {
            let call = if made % 2 == 0 { Call::get } else { Call::post };
            let call = call(&caller.peer, "/work").header("idempotency-key", "key");
            call.done().await.unwrap();
            made += 1;
            assert_eq!(calls.get(), made, "{cut:?}");
            assert!(made < 1000, "the copy that cuts is never asked");
        }
    }
}

#[tokio::test]
async fn an_answer_that_stands_still_in_the_middle_ends_the_wait_with_the_deadline() {
    let stands = get(|| async {
        let begun = futures_util::stream::once(async { Ok::<_, std::io::Error>("[1,") });
        let rest = futures_util::stream::pending();
        axum::body::Body::from_stream(futures_util::StreamExt::chain(begun, rest))
    });
    let callee = Callee::serving(OpenApiRouter::new().route("/work", stands)).await;
    let far = Far { timeout: Duration::from_millis(300), ..Far::default() };
    let caller = Caller::of(&[callee.addr], far);
    let began = Instant::now();
    Call::get(&caller.peer, "/work").done().await.unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

#[tokio::test]
async fn when_everything_fails_a_fifth_is_added_at_most() {
    const CALLS: u32 = 300;
    /// What a service that was quiet has saved up (`budget.rs`).
    const RESERVE: u32 = 10;
    let tries = Count::default();
    let failing = || {
        let tries = tries.clone();
        let work = get(|| async move {
            tries.one();
            Problem::unavailable()
        });
        Callee::serving(OpenApiRouter::new().route("/work", work))
    };
    let copies = [failing().await, failing().await, failing().await];
    let caller = Caller::of(&copies.each_ref().map(|copy| copy.addr), Far::default());
    for _ in 0..CALLS {
        Call::get(&caller.peer, "/work").done().await.unwrap_err();
    }
    assert!((CALLS..=CALLS + CALLS / 5 + RESERVE).contains(&tries.get()), "{}", tries.get());
}
