//! One who asks the store, looks at every answer, and keeps what is wrong with it.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use emart_tests::{Answer, Client, Store};
use tokio::time::timeout;

/// A request, kept whole so that a failure can be repeated by hand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Request {
    /// With one more header.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// As whoever holds this token.
    pub(crate) fn by(self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// A line for the shell. What is too long to read is cut: its beginning and its length say what it was.
    fn curl(&self, addr: SocketAddr) -> String {
        let url = quoted(&cut(&format!("http://{addr}{}", self.path)));
        let mut line = format!("curl -i --path-as-is -X {} {url}", self.method);
        for (name, value) in &self.headers {
            let _ = write!(line, " -H {}", quoted(&cut(&format!("{name}: {value}"))));
        }
        if !self.body.is_empty() {
            let body = String::from_utf8_lossy(&self.body);
            let _ = write!(line, " --data-binary {}", quoted(&cut(&body)));
        }
        line
    }
}

fn cut(text: &str) -> String {
    const MOST: usize = 1000;
    if text.len() <= MOST {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(MOST / 4).collect();
    format!("{beginning}… ({} bytes)", text.len())
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// An answer takes at most this long, on a machine that has much else to do: nothing that is sent keeps the store busy.
const PATIENCE: Duration = Duration::from_secs(20);

/// However much is wrong with a request, saying so takes no more than this.
const LARGEST_REFUSAL: usize = 32 << 10;

/// Asks, and keeps what is wrong.
pub(crate) struct Asker {
    addr: SocketAddr,
    client: Option<Client>,
    asked: u32,
    wrong: Vec<String>,
    /// Whether refusals may be pages, for people to read.
    pages: bool,
    /// What took longest.
    slowest: (Duration, String),
}

impl Asker {
    pub(crate) fn new(addr: SocketAddr) -> Self {
        Self {
            addr,
            client: None,
            asked: 0,
            wrong: Vec::new(),
            pages: false,
            slowest: Default::default(),
        }
    }

    /// One who looks at pages.
    pub(crate) fn of_pages(addr: SocketAddr) -> Self {
        Self { pages: true, ..Self::new(addr) }
    }

    /// Sends it, and checks what holds of every answer, and that the status is one of these, if there are any.
    pub(crate) async fn expect(
        &mut self,
        what: &str,
        statuses: &[u16],
        request: &Request,
    ) -> Answer {
        self.asked += 1;
        let began = Instant::now();
        let answer = match timeout(PATIENCE, self.send(request)).await {
            Ok(Ok(answer)) => answer,
            failed => {
                self.client = None;
                self.note(request, &format!("{what}: no answer: {failed:?}"));
                return Answer { status: 0, headers: http::HeaderMap::new(), body: Bytes::new() };
            }
        };
        if began.elapsed() > self.slowest.0 {
            self.slowest = (began.elapsed(), what.to_owned());
        }
        if let Some(wrong) = wrong_with(&answer, self.pages) {
            self.note(request, &format!("{what}: {wrong}"));
        } else if !statuses.is_empty() && !statuses.contains(&answer.status) {
            let body = cut(&String::from_utf8_lossy(&answer.body));
            self.note(request, &format!("{what}: {} and not {statuses:?}: {body}", answer.status));
        }
        answer
    }

    /// Keeps what is wrong.
    pub(crate) fn note(&mut self, request: &Request, wrong: &str) {
        self.wrong.push(format!("{wrong}\n  {}", request.curl(self.addr)));
    }

    /// Fails with all that was wrong, or as much of it as can be read, and with what the store has logged as its own
    /// mistakes: they need not have been seen from outside.
    #[expect(clippy::print_stdout, reason = "how much was tried is part of a test's report")]
    pub(crate) fn finish(self, about: &str, store: &Store) {
        let log = store.log();
        let logged = log.lines().filter(|line| line.contains("ERROR")).map(ToOwned::to_owned);
        println!("{} requests; the slowest, {:?}: {}", self.asked, self.slowest.0, self.slowest.1);
        let (asked, wrong) = (self.asked, self.wrong.len());
        let all: Vec<String> = self.wrong.into_iter().take(40).chain(logged.take(40)).collect();
        let shown = all.join("\n");
        assert!(all.is_empty(), "{about}: {wrong} wrong answers to {asked} requests:\n{shown}");
    }

    /// On the connection there is; on a new one where the store has closed that.
    pub(crate) async fn send(&mut self, request: &Request) -> anyhow::Result<Answer> {
        let Request { method, path, headers, body } = request;
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if let Some(client) = &mut self.client
            && let Ok(answer) = client.send(method, path, &headers, body.clone()).await
        {
            return Ok(answer);
        }
        let mut client = Client::connect(self.addr).await?;
        let answer = client.send(method, path, &headers, body.clone()).await?;
        self.client = Some(client);
        Ok(answer)
    }
}

/// A server error, or a refusal that is no problem document (RFC 9457).
fn wrong_with(answer: &Answer, pages: bool) -> Option<String> {
    let Answer { status, headers, body } = answer;
    if *status >= 500 {
        return Some(format!("{status}: {}", String::from_utf8_lossy(body)));
    }
    if *status < 400 {
        return None;
    }
    if !pages && body.len() > LARGEST_REFUSAL {
        return Some(format!("{status} in {} bytes", body.len()));
    }
    let content_type = headers.get("content-type").and_then(|value| value.to_str().ok());
    if pages && content_type.is_some_and(|value| value.starts_with("text/html")) {
        return None;
    }
    if content_type != Some("application/problem+json") {
        return Some(format!("{status} as {content_type:?}"));
    }
    let problem = answer.json();
    let says = |name: &str| problem[name].as_str().is_some_and(|text| !text.is_empty());
    let complete = says("type") && says("title") && problem["status"] == *status;
    (!complete).then(|| format!("{status} with the problem {problem}"))
}
