//! What stands between a host and NATS and can be cut.

use std::net::SocketAddr;

use emart_testkit::nats_url;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

pub(super) struct Proxy {
    address: SocketAddr,
    running: Option<tokio::task::JoinHandle<()>>,
}

impl Proxy {
    /// An address at which nobody listens yet.
    pub(super) async fn closed() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { address: listener.local_addr().unwrap(), running: None }
    }

    pub(super) async fn open(&mut self) {
        let target = nats_url();
        let target = target.strip_prefix("nats://").unwrap_or(&target).to_owned();
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(self.address).unwrap();
        let listener = socket.listen(64).unwrap();
        #[expect(clippy::disallowed_methods, reason = "it belongs to the test, and ends with it")]
        let running = tokio::spawn(async move {
            // Its connections end with it.
            let mut connections = JoinSet::new();
            while let Ok((mut near, _)) = listener.accept().await {
                let target = target.clone();
                connections.spawn(async move {
                    if let Ok(mut far) = TcpStream::connect(target).await {
                        let _ = copy_bidirectional(&mut near, &mut far).await;
                    }
                });
            }
        });
        self.running = Some(running);
    }

    /// Cuts every connection and refuses new ones.
    pub(super) async fn close(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
            let _ = running.await;
        }
    }

    pub(super) fn url(&self) -> String {
        format!("nats://{}", self.address)
    }
}
