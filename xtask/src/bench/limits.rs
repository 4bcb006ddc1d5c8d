//! What the machine allows: a bare hyper server that answers fixed bytes, and raw group commits with rusqlite.

use std::convert::Infallible;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

use super::load::spawn;

/// A bare hyper server in a process of its own, so that its CPU time is its own.
pub(crate) struct Bare {
    child: Child,
    pub(crate) addr: SocketAddr,
}

impl Bare {
    /// Starts one that answers `length` bytes.
    pub(crate) fn start(length: usize) -> anyhow::Result<Self> {
        Self::start_with(length, &[])
    }

    /// The same that speaks HTTP/2.
    pub(crate) fn start_h2(length: usize) -> anyhow::Result<Self> {
        Self::start_with(length, &["--h2"])
    }

    fn start_with(length: usize, how: &[&str]) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["bench", "--bare", &length.to_string()])
            .args(how)
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().context("the server's output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        Ok(Self { child, addr: line.trim().parse()? })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves `length` bytes to every request: what [`Bare`] runs.
#[expect(clippy::print_stdout, reason = "the address is what the parent waits for")]
pub(crate) async fn serve_bare(length: &str, h2: bool) -> anyhow::Result<()> {
    let body = Bytes::from(vec![b'x'; length.parse()?]);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let body = body.clone();
        let answer = service_fn(move |_| {
            let body = body.clone();
            async move {
                let response = Response::builder()
                    .header("content-type", "application/json")
                    .header("cache-control", "public, max-age=600");
                Ok::<_, Infallible>(response.body(Full::new(body)).unwrap_or_default())
            }
        });
        spawn(async move {
            if h2 {
                let serve = http2::Builder::new(TokioExecutor::new());
                let _ = serve.serve_connection(TokioIo::new(stream), answer).await;
                return;
            }
            let _ = http1::Builder::new()
                .pipeline_flush(true)
                .serve_connection(TokioIo::new(stream), answer)
                .await;
        });
    }
}

/// Durable inserts per second: 64 callers, one writer, up to 256 inserts a commit, `synchronous = FULL`.
pub(crate) fn group_commits(dir: &Path, duration: Duration) -> anyhow::Result<f64> {
    let db = rusqlite::Connection::open(dir.join("raw.db"))?;
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE rows (id TEXT PRIMARY KEY, customer TEXT, amount INTEGER, body TEXT, at INTEGER);",
    )?;
    let (jobs, queue) = mpsc::sync_channel::<(String, mpsc::SyncSender<()>)>(1024);
    let end = Instant::now() + duration;
    let callers: Vec<_> = (0..64)
        .map(|caller| {
            let jobs = jobs.clone();
            std::thread::spawn(move || {
                let (answer, answered) = mpsc::sync_channel(1);
                let mut done = 0u64;
                while Instant::now() < end {
                    let id = format!("row_{caller:02}_{done:020}");
                    if jobs.send((id, answer.clone())).is_err() || answered.recv().is_err() {
                        break;
                    }
                    done += 1;
                }
                done
            })
        })
        .collect();
    drop(jobs);
    let body = "x".repeat(250);
    while let Ok(first) = queue.recv() {
        let mut batch = vec![first];
        batch.extend(queue.try_iter().take(255));
        db.execute_batch("BEGIN IMMEDIATE")?;
        for (id, _) in &batch {
            let mut insert = db.prepare_cached("INSERT INTO rows VALUES (?1, 'c', 1999, ?2, 0)")?;
            insert.execute(rusqlite::params![id, body])?;
        }
        db.execute_batch("COMMIT")?;
        for (_, answer) in batch {
            let _ = answer.send(());
        }
    }
    let done: u64 = callers.into_iter().filter_map(|caller| caller.join().ok()).sum();
    Ok(done as f64 / duration.as_secs_f64())
}
