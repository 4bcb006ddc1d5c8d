//! A bad network: a TCP proxy before a process, a database or a broker, that delays, cuts and swallows what passes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What happens to what passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// Every piece comes so much later.
    Delay(Duration),
    /// New connections and old ones are reset.
    Reset,
    /// Connections are taken and kept, and nothing passes any more, in either direction.
    BlackHole,
    /// So many bytes of answers pass on each connection; then it is reset.
    CutAfter(usize),
    /// Answers come byte by byte, with such a pause after each.
    Drip(Duration),
}

/// One proxy, for as long as it is there.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens.
    pub addr: SocketAddr,
    fault: Arc<watch::Sender<Fault>>,
    _served: JoinSet<()>,
}

impl Proxy {
    /// One before this address, on a port of its own.
    pub async fn before(target: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let fault = Arc::new(watch::Sender::new(Fault::None));
        let faults = Arc::clone(&fault);
        let mut served = JoinSet::new();
        served.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(pass(client, target, faults.subscribe()));
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self { addr, fault, _served: served })
    }

    /// From now on, on old connections too.
    pub fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }

    /// As if nothing had been.
    pub fn heal(&self) {
        self.set(Fault::None);
    }
}

async fn pass(mut client: TcpStream, target: SocketAddr, fault: watch::Receiver<Fault>) {
    let mut resets = fault.clone();
    let reset = async {
        let _ = resets.wait_for(|fault| *fault == Fault::Reset).await;
    };
    let carried = async {
        swallow(&mut fault.clone()).await;
        let Ok(mut server) = TcpStream::connect(target).await else { return true };
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let (client_in, client_out) = client.split();
        let (server_in, server_out) = server.split();
        // Whichever end is closed first closes the other.
        tokio::select! {
            cut = copy(client_in, server_out, fault.clone(), false) => cut,
            cut = copy(server_in, client_out, fault, true) => cut,
        }
    };
    let cut = tokio::select! {
        () = reset => true,
        cut = carried => cut,
    };
    if cut {
        // With this a socket that is dropped is reset.
        let _ = client.set_zero_linger();
    }
}

/// Waits for as long as nothing passes.
async fn swallow(fault: &mut watch::Receiver<Fault>) {
    let _ = fault.wait_for(|fault| *fault != Fault::BlackHole).await;
}

/// Carries bytes in one direction; `true` when that did not end in peace.
async fn copy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut fault: watch::Receiver<Fault>,
    answers: bool,
) -> bool {
    let (mut piece, mut passed) = (vec![0; 16 << 10], 0);
    while let Ok(read @ 1..) = from.read(&mut piece).await {
        swallow(&mut fault).await;
        let now = *fault.borrow();
        let piece = &piece[..read];
        let sent = match now {
            Fault::None | Fault::BlackHole => to.write_all(piece).await,
            Fault::Reset => return true,
            Fault::Delay(by) => {
                tokio::time::sleep(by).await;
                to.write_all(piece).await
            }
            Fault::CutAfter(bytes) if answers => {
                let left = read.min(bytes.saturating_sub(passed));
                let sent = to.write_all(&piece[..left]).await;
                if left < read {
                    return true;
                }
                sent
            }
            Fault::Drip(pause) if answers => drip(&mut to, piece, pause).await,
            Fault::CutAfter(_) | Fault::Drip(_) => to.write_all(piece).await,
        };
        passed += read;
        if sent.is_err() {
            return true;
        }
    }
    false
}

async fn drip(
    to: &mut (impl AsyncWrite + Unpin),
    piece: &[u8],
    pause: Duration,
) -> std::io::Result<()> {
    for byte in piece {
        to.write_all(&[*byte]).await?;
        tokio::time::sleep(pause).await;
    }
    Ok(())
}
