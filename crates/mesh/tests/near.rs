//! The near call must not be weaker than a far one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::routing::{get, post};
use emart_http::{Caller, Context, Role, Service};
use emart_mesh::{Call, CallError, Mesh};
use emart_telemetry::Metrics;
use tokio::sync::Notify;
use utoipa_axum::router::OpenApiRouter;

fn mesh(routes: OpenApiRouter) -> Mesh {
    let mut mesh = Mesh::new(Duration::from_secs(30));
    mesh.add(Service::new("callee", &Metrics::new(), routes));
    mesh
}

async fn panicking() -> &'static str {
    panic!("on purpose")
}

#[tokio::test]
async fn the_callee_sees_the_callers_identity_request_and_trace() {
    let routes = OpenApiRouter::new().route(
        "/who",
        get(|| async {
            let context = Context::current().unwrap();
            emart_http::Json((context.caller().to_string(), context.request_id().to_owned()))
        }),
    );
    let peer = mesh(routes).peer("callee").unwrap();
    let context = Context::new(Caller::person(Role::Customer, "usr_1"));
    let id = context.request_id().to_owned();
    let seen: (String, String) =
        context.scope(async { Call::get(&peer, "/who").send().await }).await.unwrap();
    assert_eq!(seen, ("customer usr_1".to_owned(), id));
}

#[tokio::test]
async fn a_panic_in_the_callee_is_a_500_and_not_the_callers_death() {
    let routes = OpenApiRouter::new().route("/panic", get(panicking).post(panicking));
    let peer = mesh(routes).peer("callee").unwrap();
    for call in [Call::get(&peer, "/panic"), Call::post(&peer, "/panic")] {
        let error = call.done().await.unwrap_err();
        assert!(error.is("internal"), "{error}");
    }
}

#[tokio::test]
async fn a_deadline_that_has_passed_is_not_begun_and_one_that_passes_ends_the_wait() {
    let routes = OpenApiRouter::new().route("/never", get(std::future::pending::<&'static str>));
    let peer = mesh(routes).peer("callee").unwrap();
    for left in [Duration::ZERO, Duration::from_millis(20)] {
        let context = Context::default().with_deadline(Instant::now() + left);
        let answer = context.scope(async { Call::get(&peer, "/never").done().await }).await;
        assert!(matches!(answer, Err(CallError::Timeout)));
    }
}

#[tokio::test]
async fn a_caller_who_gives_up_cuts_no_write_in_half() {
    let (began, finish, done) =
        (Arc::new(Notify::new()), Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
    let state = (began.clone(), finish.clone(), done.clone());
    let write = move || async move {
        state.0.notify_one();
        state.1.notified().await;
        state.2.store(true, Ordering::SeqCst);
    };
    let mesh = mesh(OpenApiRouter::new().route("/write", post(write)));
    let peer = mesh.peer("callee").unwrap();
    {
        let call = Call::post(&peer, "/write").done();
        tokio::pin!(call);
        tokio::select! {
            _ = &mut call => panic!("it cannot be done yet"),
            () = began.notified() => {}
        }
    }
    finish.notify_one();
    mesh.drain().await;
    assert!(done.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_peer_that_is_not_there_is_named_with_the_line_to_add() {
    let error = mesh(OpenApiRouter::new()).peer("payments").unwrap_err();
    assert_eq!(error.to_string(), "`payments` does not run here and peers.payments is not set");
}
