//! Debian's nginx as a reverse proxy: what a gateway is measured against.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::net::TcpStream;

use super::fleet::free_addr;
use super::process;
use crate::{packages, tools};

/// A running nginx.
pub(crate) struct Nginx {
    child: Child,
    pub(crate) addr: SocketAddr,
}

impl Nginx {
    /// Starts one before `upstream`, with so many workers; what is under `/kept` it keeps.
    pub(crate) async fn start(
        dir: &Path,
        upstream: SocketAddr,
        workers: usize,
    ) -> anyhow::Result<Self> {
        let program = packages::ensure("nginx", &["nginx-light"], find)?;
        let addr = free_addr()?;
        let dir = dir.join("nginx");
        std::fs::create_dir_all(&dir)?;
        let file = dir.join("nginx.conf");
        std::fs::write(&file, config(&dir, addr, upstream, workers))?;
        let log = dir.join("error.log");
        let child = Command::new(&program)
            .arg("-p")
            .arg(&dir)
            .arg("-e")
            .arg(&log)
            .arg("-c")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| program.display().to_string())?;
        let started = Self { child, addr };
        for _ in 0..500 {
            if TcpStream::connect(addr).await.is_ok() {
                return Ok(started);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("nginx did not start: {}", std::fs::read_to_string(log).unwrap_or_default())
    }

    /// CPU time of the master and its workers.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        process::family_cpu_time(self.child.id())
    }
}

impl Drop for Nginx {
    /// Its workers end with the master only when that is asked to stop.
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

fn config(dir: &Path, addr: SocketAddr, upstream: SocketAddr, workers: usize) -> String {
    let dir = dir.display();
    let user = if packages::is_root() { "user root;" } else { "" };
    format!(
        "daemon off; worker_processes {workers}; pid {dir}/pid; {user}
         events {{ worker_connections 1024; }}
         http {{
           access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
           client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi;
           uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
           proxy_cache_path {dir}/cache keys_zone=kept:10m;
           upstream behind {{ server {upstream}; keepalive 128; keepalive_requests 1000000000; }}
           proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_set_header Host $host;
           proxy_set_header X-Forwarded-For $remote_addr;
           server {{
             listen {addr};
             location / {{ proxy_pass http://behind; }}
             location /api/v1/catalog/ {{ proxy_pass http://behind; proxy_cache kept; }}
           }}
         }}"
    )
}

/// Debian keeps it where only root's path looks.
fn find() -> Option<PathBuf> {
    tools::find("nginx")
        .or_else(|| Some(PathBuf::from("/usr/sbin/nginx")).filter(|path| path.is_file()))
}
