//! Sends the spans of this process to a collector, by OTLP over HTTP. A collector that is slow or away costs spans, never
//! a request: they wait in a queue of bounded length, and what does not fit is counted.

use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use emart_telemetry::{Finished, Metrics, Spans, collect, encode};
use http::{Request, StatusCode, Uri, header};
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use prometheus_client::metrics::counter::Counter;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Telemetry;

/// Spans in one request, and how long the first of them waits for the others.
const BATCH: usize = 512;
const GATHER: Duration = Duration::from_secs(1);
/// How long the collector may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The wait after it did not take a batch, at first and at most; the batch is dropped after so many tries.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const TRIES: u32 = 5;
/// How long a process that stops tries to send what it still has.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// The sending, for as long as the process runs.
#[derive(Default)]
pub(crate) struct Traces {
    task: TaskTracker,
    stop: CancellationToken,
}

impl Traces {
    /// Begins to collect and send spans, where the settings name a collector.
    pub(crate) fn start(settings: &Telemetry, metrics: &Metrics) -> anyhow::Result<Self> {
        let traces = Self::default();
        let Some(uri) = settings.traces_uri() else { return Ok(traces) };
        let uri = uri.parse().context("telemetry.otlp_endpoint")?;
        let spans = collect(settings.sample_ratio, metrics).context("spans are collected twice")?;
        let sender = Sender {
            spans,
            collector: Collector::new(uri),
            sent: metrics.counter("trace_spans_sent", "Spans that the collector took"),
            refused: metrics
                .counter("trace_spans_refused", "Spans that the collector did not take"),
            is_well: true,
        };
        traces.task.spawn(sender.run(traces.stop.clone()));
        Ok(traces)
    }

    /// Sends what there is and ends.
    pub(crate) async fn finish(self) {
        self.stop.cancel();
        self.task.close();
        self.task.wait().await;
    }
}

struct Sender {
    spans: Spans,
    collector: Collector,
    sent: Counter,
    refused: Counter,
    /// What was last said of the collector in the log.
    is_well: bool,
}

impl Sender {
    async fn run(mut self, stop: CancellationToken) {
        loop {
            let mut batch = Vec::with_capacity(BATCH);
            let gone = tokio::select! {
                biased;
                () = stop.cancelled() => true,
                () = gather(&mut self.spans, &mut batch) => false,
            };
            if gone {
                let _ = timeout(LAST_WORDS, self.say_the_rest(batch)).await;
                return;
            }
            let count = batch.len();
            let sent = tokio::select! {
                sent = self.send(&batch) => sent,
                () = stop.cancelled() => {
                    // Once more, without patience.
                    let _ = timeout(LAST_WORDS, self.say_the_rest(batch)).await;
                    return;
                }
            };
            self.count(count, sent);
        }
    }

    /// All that was collected until now.
    async fn say_the_rest(&mut self, mut batch: Vec<Finished>) {
        self.spans.close();
        while let Ok(span) = self.spans.try_recv() {
            batch.push(span);
        }
        for part in batch.chunks(BATCH) {
            let sent = self.collector.post(part).await.is_ok();
            self.count(part.len(), sent);
        }
    }

    /// Sends a batch; tries again where that may help.
    async fn send(&mut self, batch: &[Finished]) -> bool {
        let mut wait = FIRST_WAIT;
        for attempt in 1..=TRIES {
            match self.collector.post(batch).await {
                Ok(()) => {
                    if !std::mem::replace(&mut self.is_well, true) {
                        tracing::info!("the collector takes spans again");
                    }
                    return true;
                }
                Err(refusal) => {
                    if std::mem::take(&mut self.is_well) {
                        let reason = refusal.reason;
                        tracing::warn!(reason, "the collector does not take spans");
                    }
                    if !refusal.again || attempt == TRIES {
                        return false;
                    }
                }
            }
            sleep(wait).await;
            wait *= 2;
        }
        false
    }

    fn count(&self, spans: usize, sent: bool) {
        let counter = if sent { &self.sent } else { &self.refused };
        counter.inc_by(spans as u64);
    }
}

/// Waits for a span, and a moment for those that come with it.
async fn gather(spans: &mut Spans, batch: &mut Vec<Finished>) {
    if spans.recv_many(batch, BATCH).await == 0 {
        // Nobody can tell any more.
        std::future::pending::<()>().await;
    }
    let until = Instant::now() + GATHER;
    while batch.len() < BATCH {
        let more = spans.recv_many(batch, BATCH - batch.len());
        if timeout_at(until, more).await.is_err() {
            return;
        }
    }
}

/// Why a batch was not taken.
struct Refusal {
    reason: String,
    again: bool,
}

/// Where spans are sent to.
struct Collector {
    uri: Uri,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Collector {
    fn new(uri: Uri) -> Self {
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        Self { uri, client: Client::builder(TokioExecutor::new()).build(connector) }
    }

    async fn post(&self, spans: &[Finished]) -> Result<(), Refusal> {
        let request = Request::post(&self.uri)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(encode(spans))))
            .map_err(|error| Refusal { reason: error.to_string(), again: false })?;
        let answer = timeout(PATIENCE, self.client.request(request)).await;
        let answer = answer.map_err(|_| no_answer("it does not answer in time"))?;
        let answer =
            answer.map_err(|error| no_answer(&format!("{:#}", anyhow::Error::from(error))))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        // The four that OTLP names.
        let again = matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS
                | StatusCode::BAD_GATEWAY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT
        );
        Err(Refusal { reason: format!("it answers {status}"), again })
    }
}

fn no_answer(reason: &str) -> Refusal {
    Refusal { reason: reason.to_owned(), again: true }
}
