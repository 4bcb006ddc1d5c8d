//! Faults that are switched on: near and far callers see the same, and nothing else changes.

use std::time::{Duration, Instant};

use axum::routing::post;
use emart_http::Context;
use emart_mesh::{Call, CallError, Far, Fault, Faults, Peer};
use utoipa_axum::router::OpenApiRouter;

use crate::wire::{Callee, Caller, Count};

/// A callee that counts, and handles to it from here and from afar.
struct Wired {
    callee: Callee,
    count: Count,
    peers: [Peer; 2],
    _caller: Caller,
}

impl Wired {
    async fn new() -> Self {
        let count = Count::default();
        let counted = count.clone();
        let work = move || async move {
            counted.one();
        };
        let callee = Callee::serving(OpenApiRouter::new().route("/work/1", post(work))).await;
        let caller = Caller::of(&[callee.addr], Far::default());
        let peers = [callee.mesh.peer("callee").unwrap(), caller.peer.clone()];
        Self { callee, count, peers, _caller: caller }
    }

    fn faults(&self) -> &Faults {
        self.callee.mesh.faults().unwrap()
    }

    fn switch_on(&self, fault: &str) {
        let fault = serde_json::from_str::<Fault>(fault).unwrap();
        self.faults().put(fault).unwrap();
    }

    async fn call(&self, peer: &Peer, patience: Duration) -> Result<(), CallError> {
        let context = Context::default().with_deadline(Instant::now() + patience);
        context.scope(Call::post(peer, "/work/1").done()).await
    }
}

const PATIENT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn calls_that_are_made_to_fail_say_so_and_are_not_begun() {
    let wired = Wired::new().await;
    wired.switch_on(r#"{"service": "callee", "route": "POST /work/*", "errors_percent": 100}"#);
    for peer in &wired.peers {
        let error = wired.call(peer, PATIENT).await.unwrap_err();
        assert!(error.is("fault-injected"), "{error}");
    }
    assert_eq!(wired.count.get(), 0);
    wired.faults().clear(Some("callee"));
    for peer in &wired.peers {
        wired.call(peer, PATIENT).await.unwrap();
    }
    assert_eq!(wired.count.get(), 2);
}

#[tokio::test]
async fn a_delay_longer_than_the_caller_waits_is_a_timeout_and_a_shorter_one_only_takes_longer() {
    let wired = Wired::new().await;
    wired.switch_on(r#"{"service": "callee", "latency_ms": 60000}"#);
    for peer in &wired.peers {
        let error = wired.call(peer, Duration::from_millis(50)).await.unwrap_err();
        let late = matches!(&error, CallError::Timeout) || error.is("timeout");
        assert!(late, "{error}");
    }
    assert_eq!(wired.count.get(), 0);
    wired.switch_on(r#"{"service": "callee", "latency_ms": 30}"#);
    for peer in &wired.peers {
        let began = Instant::now();
        wired.call(peer, PATIENT).await.unwrap();
        assert!(began.elapsed() >= Duration::from_millis(30));
    }
}

#[tokio::test]
async fn a_service_that_is_stopped_is_reached_by_nobody_and_not_ready() {
    let wired = Wired::new().await;
    let ready = wired.callee.mesh.ready("callee").unwrap();
    assert_eq!(ready().await, Ok(()));
    wired.switch_on(r#"{"service": "callee", "stop": true}"#);
    for peer in &wired.peers {
        let error = wired.call(peer, PATIENT).await.unwrap_err();
        assert!(matches!(error, CallError::Unreachable(_)), "{error}");
    }
    assert!(ready().await.unwrap_err().contains("emart faults"));
    assert_eq!(wired.count.get(), 0);
    wired.faults().clear(None);
    assert_eq!(ready().await, Ok(()));
    wired.call(&wired.peers[0], PATIENT).await.unwrap();
}

#[tokio::test]
async fn other_routes_and_services_are_left_alone() {
    let wired = Wired::new().await;
    wired.switch_on(r#"{"service": "callee", "route": "GET /work", "stop": true}"#);
    wired.switch_on(r#"{"service": "callee", "route": "/works", "stop": true}"#);
    wired.switch_on(r#"{"service": "other", "stop": true}"#);
    for peer in &wired.peers {
        wired.call(peer, PATIENT).await.unwrap();
    }
}
