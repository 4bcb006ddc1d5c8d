//! What a call brings with it, and who is believed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::routing::{get, post};
use emart_http::{Caller as Whoever, Context, Role};
use emart_mesh::{Call, CallError, Far, Mesh, Reach};
use emart_telemetry::Metrics;
use tokio::sync::{Notify, mpsc};
use utoipa_axum::router::OpenApiRouter;

use crate::wire::{Callee, Caller, Count, hasty, tokens};

#[tokio::test]
async fn the_caller_the_request_its_trace_and_its_deadline_arrive() {
    let who = || async {
        let context = Context::current().unwrap();
        let left = context.deadline().unwrap().saturating_duration_since(Instant::now());
        let trace = context.trace().trace_id();
        let (caller, id) = (context.caller().to_string(), context.request_id().to_owned());
        emart_http::Json((caller, id, trace, left.as_millis()))
    };
    let callee = Callee::serving(OpenApiRouter::new().route("/who", get(who))).await;
    let caller = Caller::of(&[callee.addr], Far::default());
    let context = Context::new(Whoever::person(Role::Customer, "usr_1"))
        .with_deadline(Instant::now() + Duration::from_secs(5));
    let (id, trace) = (context.request_id().to_owned(), context.trace().trace_id());
    let call = context.scope(async { Call::get(&caller.peer, "/who").send().await });
    let (seen, seen_id, seen_trace, left): (String, String, String, u64) = call.await.unwrap();
    assert_eq!((seen.as_str(), seen_id, seen_trace), ("customer usr_1", id, trace));
    assert!((1..=5000).contains(&left), "{left}");
}

#[tokio::test]
async fn a_deadline_that_passes_ends_the_wait_and_reaches_the_callee_as_what_is_left() {
    let (told, mut heard) = mpsc::unbounded_channel();
    let never = move || async move {
        told.send(Context::current().unwrap().deadline().unwrap()).unwrap();
        std::future::pending::<()>().await;
    };
    let callee = Callee::serving(OpenApiRouter::new().route("/never", post(never))).await;
    let caller = Caller::of(&[callee.addr], Far::default());
    let (began, left) = (Instant::now(), Duration::from_millis(300));
    let context = Context::default().with_deadline(began + left);
    let call = context.scope(async { Call::post(&caller.peer, "/never").done().await });
    assert!(matches!(call.await, Err(CallError::Timeout)));
    assert!(began.elapsed() < left + Duration::from_secs(2), "{:?}", began.elapsed());
    let there = heard.recv().await.unwrap();
    // The two ends measure it one after the other.
    assert!(there <= began + left + Duration::from_millis(250), "{:?}", there - began);
}

#[tokio::test]
async fn a_write_whose_caller_gave_up_is_carried_to_its_end() {
    let (began, finish, done) =
        (Arc::<Notify>::default(), Arc::<Notify>::default(), Count::default());
    let state = (began.clone(), finish.clone(), done.clone());
    let write = move || async move {
        state.0.notify_one();
        state.1.notified().await;
        state.2.one();
    };
    let callee = Callee::serving(OpenApiRouter::new().route("/write", post(write))).await;
    let caller = Caller::of(&[callee.addr], Far::default());
    {
        let call = Call::post(&caller.peer, "/write").done();
        tokio::pin!(call);
        tokio::select! {
            answer = &mut call => panic!("it cannot be done yet: {answer:?}"),
            () = began.notified() => {}
        }
    }
    // Its connection is gone as well.
    drop(caller);
    finish.notify_one();
    callee.mesh.drain().await;
    assert_eq!(done.get(), 1);
}

#[tokio::test]
async fn a_call_that_is_signed_by_nobody_or_for_another_is_refused_and_not_begun() {
    let calls = Count::default();
    let counted = calls.clone();
    let routes = OpenApiRouter::new().route(
        "/work",
        post(|| async move {
            counted.one();
        }),
    );
    let callee = Callee::serving(routes).await;
    let url = format!("http://{}", callee.addr);
    let stranger = Caller::signing("t", &url, Far::default());
    let error = Call::post(&stranger.peer, "/work").done().await.unwrap_err();
    assert!(error.is("unsigned-call"), "{error}");

    // One that means another service, which does not run there.
    let peers = BTreeMap::from([("other".to_owned(), url.clone())]);
    let metrics = Metrics::new();
    let reach = Reach::new("caller", &peers, Far::default(), tokens("s"), &metrics).unwrap();
    let mesh = Mesh::new(Duration::from_secs(1)).reaching(reach);
    let error = Call::post(&mesh.peer("other").unwrap(), "/work").done().await.unwrap_err();
    assert!(error.is("unsigned-call"), "{error}");
    assert_eq!(calls.get(), 0);

    let friend = Caller::signing("s", &url, Far::default());
    Call::post(&friend.peer, "/work").done().await.unwrap();
    assert_eq!(calls.get(), 1);
}

#[tokio::test]
async fn copies_are_found_by_name() {
    let calls = Count::default();
    let counted = calls.clone();
    let routes = OpenApiRouter::new().route(
        "/work",
        get(|| async move {
            counted.one();
        }),
    );
    let callee = Callee::serving(routes).await;
    let far = hasty();
    let caller = Caller::signing("s", &format!("http://localhost:{}", callee.addr.port()), far);
    // `localhost` may be two addresses, of which one is the copy: it is the one that answers.
    Call::get(&caller.peer, "/work").done().await.unwrap();
    assert_eq!(calls.get(), 1);
}
