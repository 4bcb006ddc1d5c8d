//! Faults that an operator switches on and off while the store runs, to see what becomes of it: calls of a service that
//! fail, that take longer, that reach nobody. While none is on, a call pays for one look.
//!
//! Calls from the same process and from others are treated alike, where they arrive. What tests lose on purpose
//! (`lost_replies.rs`) is another matter: that is in no release, and happens once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use axum::body::Body;
use axum::response::IntoResponse;
use bytes::Bytes;
use emart_http::{Context, Problem, Ready, Service};
use emart_telemetry::Metrics;
use emart_types::{Clock, Invalid, Timestamp};
use http::{Method, Request, Response, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use serde::{Deserialize, Serialize};
use tower::util::BoxCloneSyncService;

use crate::inside::{FromAfar, cut};
use crate::{CallError, Peer};

/// Faults at once.
const MOST: usize = 100;
/// The longest delay: longer than anybody waits.
const LONGEST_MS: u32 = 60_000;
/// In bytes.
const LONGEST_ROUTE: usize = 200;

/// What is wrong with some of a service's calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The service that is called.
    pub service: String,
    /// Which of its calls: what their path begins with, `*` for any one part of it, after a method if one is meant
    /// (`POST /api/v1/checkouts`). All, if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// So many of a hundred calls are answered with a 503.
    #[serde(default)]
    pub errors_percent: u8,
    /// How much longer each takes.
    #[serde(default)]
    pub latency_ms: u32,
    /// None reaches the service.
    #[serde(default)]
    pub stop: bool,
    /// When it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Fault {
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), Invalid> {
        let mut invalid = Invalid::new();
        invalid.require(self.errors_percent <= 100, "/errors_percent", "at most 100");
        let longest = self.latency_ms <= LONGEST_MS;
        invalid.require(longest, "/latency_ms", &format!("at most {LONGEST_MS}"));
        let something = self.stop || self.errors_percent > 0 || self.latency_ms > 0;
        invalid.require(something, "/stop", "nothing is wrong: errors_percent, latency_ms or stop");
        let is_route = self.route.as_deref().is_none_or(|route| {
            let (method, path) = method_and_path(route);
            method.is_none_or(|method| method.bytes().all(|b| b.is_ascii_uppercase()))
                && path.starts_with('/')
                && route.len() <= LONGEST_ROUTE
        });
        invalid.require(is_route, "/route", "like /api/v1/carts or POST /api/v1/orders/*/cancel");
        invalid.finish()
    }

    fn concerns(&self, service: &str, method: &Method, path: &str) -> bool {
        let Some(route) = &self.route else { return self.service == service };
        let (wanted, begins) = method_and_path(route);
        let mut parts = path.split('/');
        let mut wanted_parts = begins.trim_end_matches('/').split('/');
        self.service == service
            && wanted.is_none_or(|wanted| wanted == method.as_str())
            && wanted_parts.all(|want| parts.next().is_some_and(|part| want == "*" || want == part))
    }
}

fn method_and_path(route: &str) -> (Option<&str>, &str) {
    route.split_once(' ').map_or((None, route), |(method, path)| (Some(method), path))
}

/// What is switched on. Clones are handles to the same.
#[derive(Debug, Clone)]
pub struct Faults(Arc<Switches>);

#[derive(Debug)]
struct Switches {
    clock: Clock,
    any: AtomicBool,
    on: ArcSwap<Vec<Fault>>,
    injected: Family<Injected, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Injected {
    service: &'static str,
    kind: &'static str,
}

impl Faults {
    /// With these switched on from the start.
    #[must_use]
    pub fn new(on: Vec<Fault>, clock: Clock, metrics: &Metrics) -> Self {
        let injected = Family::default();
        let help =
            "Calls that were made to fail, to wait or to reach nobody, as an operator switched on";
        metrics.register("faults_injected", help, injected.clone());
        let any = AtomicBool::new(!on.is_empty());
        Self(Arc::new(Switches { clock, any, on: ArcSwap::from_pointee(on), injected }))
    }

    /// Those that are on now.
    #[must_use]
    pub fn list(&self) -> Vec<Fault> {
        let now = self.0.clock.now();
        let on = self.0.on.load();
        on.iter().filter(|fault| fault.until.is_none_or(|until| now < until)).cloned().collect()
    }

    /// Switches one on, in place of an earlier one for the same service and route.
    pub fn put(&self, fault: Fault) -> Result<(), Invalid> {
        fault.check()?;
        let mut on = self.list();
        on.retain(|known| known.service != fault.service || known.route != fault.route);
        if on.len() >= MOST {
            return Err(Invalid::field("", format!("at most {MOST} faults at once")));
        }
        on.push(fault);
        self.set(on);
        Ok(())
    }

    /// Switches those of one service off, or all.
    pub fn clear(&self, service: Option<&str>) {
        let mut on = self.list();
        on.retain(|known| service.is_some_and(|service| service != known.service));
        self.set(on);
    }

    fn set(&self, on: Vec<Fault>) {
        self.0.any.store(!on.is_empty(), Ordering::Relaxed);
        self.0.on.store(Arc::new(on));
    }

    /// The same service, whose calls suffer from what is on. One that is stopped is not ready.
    pub(crate) fn around(&self, service: Service, peer: Peer) -> (Service, Peer) {
        let name = service.name;
        let (faults, ready) = (self.clone(), Arc::clone(&service.ready));
        let ready: Ready = Arc::new(move || {
            let asked = ready();
            let stopped = faults.is_stopped(name);
            Box::pin(async move {
                match stopped {
                    true => Err("stopped by a fault that is switched on (emart faults)".to_owned()),
                    false => asked.await,
                }
            })
        });
        let faults = self.clone();
        let suffering = tower::service_fn(move |request: Request<Bytes>| {
            let (faults, peer) = (faults.clone(), peer.clone());
            async move {
                if faults.0.any.load(Ordering::Relaxed)
                    && let Some(answer) = faults.befall(name, &request).await
                {
                    return answer;
                }
                peer.forward(request).await
            }
        });
        let peer = Peer::new(name, BoxCloneSyncService::new(suffering));
        (Service { ready, ..service }, peer)
    }

    fn is_stopped(&self, service: &str) -> bool {
        self.0.any.load(Ordering::Relaxed)
            && self
                .list()
                .iter()
                .any(|fault| fault.stop && fault.route.is_none() && fault.service == service)
    }

    /// What becomes of a call instead of its answer, if anything.
    async fn befall(
        &self,
        service: &'static str,
        request: &Request<Bytes>,
    ) -> Option<Result<Response<Body>, CallError>> {
        let (method, path) = (request.method(), request.uri().path());
        let on = self.list();
        let mine = || on.iter().filter(|fault| fault.concerns(service, method, path));
        if mine().any(|fault| fault.stop) {
            self.count(service, "stop");
            let from_afar = request.extensions().get::<FromAfar>().is_some();
            let nobody = || Err(CallError::Unreachable("stopped by a fault".to_owned()));
            return Some(if from_afar { Ok(cut()) } else { nobody() });
        }
        let latency = mine().map(|fault| fault.latency_ms).fold(0, u32::saturating_add);
        if latency > 0 {
            self.count(service, "latency");
            let wait = Duration::from_millis(latency.into());
            let deadline = deadline(request).filter(|deadline| *deadline < Instant::now() + wait);
            if let Some(deadline) = deadline {
                tokio::time::sleep_until(deadline.into()).await;
                return Some(Err(CallError::Timeout));
            }
            tokio::time::sleep(wait).await;
        }
        if mine().any(|fault| rand::random_range(0..100) < fault.errors_percent) {
            self.count(service, "error");
            let title = "This call was made to fail: a fault is switched on";
            let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "fault-injected", title);
            return Some(Ok(problem.into_response()));
        }
        None
    }

    fn count(&self, service: &'static str, kind: &'static str) {
        self.0.injected.get_or_create(&Injected { service, kind }).inc();
    }
}

/// When the caller of a call stops waiting.
fn deadline(request: &Request<Bytes>) -> Option<Instant> {
    match request.extensions().get::<Context>() {
        Some(context) => context.deadline(),
        None => Context::current().and_then(|context| context.deadline()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(service: &str, route: Option<&str>) -> Fault {
        Fault {
            service: service.to_owned(),
            route: route.map(str::to_owned),
            errors_percent: 0,
            latency_ms: 5,
            stop: false,
            until: None,
        }
    }

    #[test]
    fn a_route_is_the_beginning_of_a_path_part_by_part() {
        let concerns = |route, method: Method, path| fault("a", route).concerns("a", &method, path);
        assert!(concerns(None, Method::GET, "/x"));
        assert!(concerns(Some("/x"), Method::GET, "/x"));
        assert!(concerns(Some("/x/"), Method::GET, "/x/y"));
        assert!(!concerns(Some("/x"), Method::GET, "/xy"));
        assert!(concerns(Some("/x/*/pay"), Method::GET, "/x/1/pay"));
        assert!(!concerns(Some("/x/*/pay"), Method::GET, "/x/1"));
        assert!(concerns(Some("POST /x"), Method::POST, "/x"));
        assert!(!concerns(Some("POST /x"), Method::GET, "/x"));
        assert!(concerns(Some("/"), Method::GET, "/x"));
        assert!(!fault("a", None).concerns("b", &Method::GET, "/x"));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (route, errors_percent, latency_ms) in [
            (None, 0, 0),
            (None, 101, 0),
            (None, 0, LONGEST_MS + 1),
            (Some("x"), 1, 0),
            (Some("post /x"), 1, 0),
        ] {
            let wrong = Fault { errors_percent, latency_ms, ..fault("a", route) };
            assert!(wrong.check().is_err(), "{wrong:?}");
        }
        assert_eq!(fault("a", Some("DELETE /x/*")).check(), Ok(()));
    }

    #[test]
    fn a_fault_takes_the_place_of_an_earlier_one_and_ends_when_it_said() {
        let clock = Clock::fixed(Timestamp::from_millis(0));
        let faults = Faults::new(Vec::new(), clock.clone(), &Metrics::new());
        faults.put(fault("a", None)).unwrap();
        let until = Some(Timestamp::from_millis(1000));
        faults.put(Fault { until, ..fault("a", None) }).unwrap();
        faults.put(fault("b", Some("/x"))).unwrap();
        assert_eq!(faults.list().len(), 2);
        clock.advance(Duration::from_secs(1));
        assert_eq!(faults.list(), [fault("b", Some("/x"))]);
        faults.put(fault("a", None)).unwrap();
        faults.clear(Some("b"));
        assert_eq!(faults.list(), [fault("a", None)]);
        faults.clear(None);
        assert!(faults.list().is_empty() && !faults.0.any.load(Ordering::Relaxed));
    }
}
