//! A service that has more to do than it bears.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::routing::get;
use emart_gateway::Config;
use emart_http::Service;
use emart_telemetry::Metrics;
use futures_util::future::join_all;
use tokio::sync::Semaphore;
use tokio::time::{Instant, advance};
use utoipa_axum::router::OpenApiRouter;

use crate::shop::{Answer, Shop};

// All of it takes less than a minute of the paused clock: then the calls between services would run out.
const TAKES: Duration = Duration::from_millis(200);
const WORKERS: usize = 4;

/// A shop whose pages are made by four workers, each of which takes a fifth of a second; and the most that waited.
async fn slow_shop(least: u32) -> (Shop, Arc<AtomicU32>) {
    let mut config = Config { request_timeout_seconds: 3600, ..Config::default() };
    config.shedding.least = least;
    let (workers, waiting, most) =
        (Arc::new(Semaphore::new(WORKERS)), Arc::<AtomicU32>::default(), Arc::default());
    let seen = Arc::clone(&most);
    let shop = Shop::with(config, move |services| {
        let work = move || {
            let (workers, waiting, most) = (workers.clone(), waiting.clone(), Arc::clone(&most));
            async move {
                let before = waiting.fetch_add(1, Ordering::SeqCst);
                AtomicU32::fetch_max(&most, before + 1, Ordering::SeqCst);
                let _worker = workers.acquire().await.unwrap();
                tokio::time::sleep(TAKES).await;
                waiting.fetch_sub(1, Ordering::SeqCst);
            }
        };
        let at = services.iter().position(|service| service.name == "storefront").unwrap();
        let routes = OpenApiRouter::new().route("/{*path}", get(work));
        services[at] = Service::new("storefront", &Metrics::new(), routes);
    })
    .await;
    (shop, seen)
}

/// So many visitors, each of whom asks again as soon as there is an answer, or half a second after a refusal.
async fn crowd(shop: &Shop, visitors: usize, lasts: Duration) -> Vec<Answer> {
    let until = Instant::now() + lasts;
    let visit = || async {
        let mut answers = Vec::new();
        while Instant::now() < until {
            let answer = shop.get("/p/tea", &[]).await;
            if answer.status != 200 {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            answers.push(answer);
        }
        answers
    };
    join_all((0..visitors).map(|_| visit())).await.into_iter().flatten().collect()
}

#[tokio::test(start_paused = true)]
async fn a_crowd_is_turned_away_at_the_door_and_those_inside_are_answered_in_time() {
    let (shop, most) = slow_shop(8).await;
    let calm = crowd(&shop, 4, Duration::from_secs(5)).await;
    assert!(calm.iter().all(|answer| answer.status == 200), "four are no crowd");
    crowd(&shop, 150, Duration::from_secs(20)).await;
    most.store(0, Ordering::SeqCst);
    let answers = crowd(&shop, 150, Duration::from_secs(10)).await;
    let (served, refused): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.status == 200);
    assert!(served.len() > 10 * WORKERS * 4, "{} served: the workers have no rest", served.len());
    assert!(
        refused.iter().all(|answer| answer.status == 503 && answer.header("retry-after") == "1")
    );
    assert_eq!(refused[0].problem(), "unavailable");
    let most = most.load(Ordering::SeqCst);
    assert!(most < 40, "{most} waited inside");
    let metrics = shop.metrics.encode();
    assert!(metrics.contains("emart_gateway_shed_total{service=\"storefront\"}"), "{metrics}");
    let calm = crowd(&shop, 4, Duration::from_secs(10)).await;
    assert!(calm.iter().all(|answer| answer.status == 200), "and then it is over");
}

#[tokio::test(start_paused = true)]
async fn staff_are_turned_away_last_and_health_never() {
    let (shop, _) = slow_shop(8).await;
    crowd(&shop, 150, Duration::from_secs(20)).await;
    let pressing = crowd(&shop, 150, Duration::from_secs(10));
    let staff = async {
        let mut statuses = Vec::new();
        for _ in 0..20 {
            let token = [("authorization", "Bearer staff-token")];
            statuses.push(shop.get("/p/tea", &token).await.status);
            assert_eq!(shop.get("/healthz", &[]).await.status, 200);
        }
        statuses
    };
    let (pressing, staff) = tokio::join!(pressing, staff);
    assert!(pressing.iter().any(|answer| answer.status == 503));
    assert!(staff.iter().all(|status| *status == 200), "{staff:?}");
}

#[tokio::test(start_paused = true)]
async fn one_slow_service_takes_no_room_from_the_others() {
    let (shop, _) = slow_shop(8).await;
    crowd(&shop, 150, Duration::from_secs(20)).await;
    let pressing = crowd(&shop, 150, Duration::from_secs(5));
    let others = async {
        for _ in 0..50 {
            assert_eq!(shop.get("/api/v1/orders", &[]).await.status, 200);
            advance(Duration::from_millis(10)).await;
        }
    };
    tokio::join!(pressing, others);
}
