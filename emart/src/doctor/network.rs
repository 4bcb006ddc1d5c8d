//! What is reached over the network, and the port on which the store is.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::{Patient, Process, Report};
use crate::config::Config;

const PATIENCE: Duration = Duration::from_secs(5);

/// The port is free for a store that is to be started, or is the running one's.
pub(super) async fn port(patient: &Patient<'_>, report: &mut Report) {
    let listen = patient.config.listen;
    if listen.port() == 0 {
        return;
    }
    let check = format!("port {}", listen.port());
    match TcpListener::bind(listen).await {
        Ok(_) if patient.process == Process::Runs => report.warn(
            check,
            format!("the store that runs does not listen on {listen}"),
            "it was started with --listen or other settings than these",
        ),
        Ok(_) => report.ok(check, "free"),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let ours = patient.process == Process::Runs
                && timeout(PATIENCE, is_store(patient.config)).await.is_ok_and(|ours| ours);
            if ours {
                report.ok(check, "the store's");
            } else {
                let advice = "stop that, or take another port: listen in the settings";
                report.fail(check, format!("another program listens on {listen}"), advice);
            }
        }
        Err(error) => {
            let advice = "ports below 1024 need a right (CAP_NET_BIND_SERVICE); an address must be this machine's";
            report.fail(check, format!("{listen}: {error}"), advice);
        }
    }
}

async fn is_store(config: &Config) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(config.listen).await?;
        let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await?;
        let mut head = [0; 12];
        stream.read_exact(&mut head).await?;
        std::io::Result::Ok(head)
    };
    ask.await.is_ok_and(|head| &head == b"HTTP/1.1 200")
}

/// The mail server, as far as its greeting: whether it takes e-mails is seen by those that were sent.
pub(super) async fn mail_server(config: &Config, report: &mut Report) {
    const CHECK: &str = "mail server";
    let settings = &config.notifications;
    let url = match (&settings.smtp_url, &settings.smtp_url_file) {
        (Some(url), _) => url.expose().clone(),
        (None, Some(file)) => match std::fs::read_to_string(file) {
            Ok(url) => url.trim().to_owned(),
            Err(error) => {
                let found = format!("{}: {error}", file.display());
                report.fail(CHECK, found, "notifications.smtp_url_file must be readable");
                return;
            }
        },
        (None, None) => {
            let found = "none is set: e-mails become files in the folder mailbox";
            report.warn(CHECK, found, "set notifications.smtp_url");
            return;
        }
    };
    // The URL holds a password: only the host is said.
    let Some((host, port, greets)) = host_of(&url) else {
        report.fail(
            CHECK,
            "notifications.smtp_url is no address",
            "smtps://user:password@mail.example.com",
        );
        return;
    };
    match timeout(PATIENCE, greeting(&host, port, greets)).await {
        Ok(Ok(true)) => report.ok(CHECK, format!("{host}:{port} answers")),
        Ok(Ok(false)) => {
            let found = format!("{host}:{port} does not greet as a mail server does");
            report.fail(CHECK, found, "see whether notifications.smtp_url names the right port");
        }
        Ok(Err(error)) => {
            let found = format!("{host}:{port}: {error}");
            report.fail(CHECK, found, "see notifications.smtp_url, the network and its firewalls");
        }
        Err(_) => {
            let found = format!("{host}:{port} does not answer within 5 s");
            report.fail(CHECK, found, "see notifications.smtp_url, the network and its firewalls");
        }
    }
}

/// Host, port, and whether the server speaks before any encryption.
fn host_of(url: &str) -> Option<(String, u16, bool)> {
    let (scheme, rest) = url.split_once("://")?;
    let place = rest.split(['/', '?']).next()?;
    let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
    let (default, greets) = match scheme {
        "smtps" => (465, false),
        "smtp" if url.contains("tls=required") => (587, true),
        "smtp" => (25, true),
        _ => return None,
    };
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (place, default),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    (!host.is_empty()).then(|| (host.to_owned(), port, greets))
}

async fn greeting(host: &str, port: u16, greets: bool) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect((host, port)).await?;
    if !greets {
        return Ok(true);
    }
    let mut code = [0; 3];
    stream.read_exact(&mut code).await?;
    stream.write_all(b"QUIT\r\n").await?;
    Ok(&code == b"220")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_found_and_the_password_is_not() {
        for (url, host, port) in [
            ("smtps://me:p@ss@mail.example.com", "mail.example.com", 465),
            ("smtp://mail.example.com:2525", "mail.example.com", 2525),
            ("smtp://u:p@mail.example.com?tls=required", "mail.example.com", 587),
            ("smtp://[::1]:25", "::1", 25),
            ("smtp://[::1]", "::1", 25),
        ] {
            let found = host_of(url).unwrap();
            assert_eq!((&*found.0, found.1), (host, port), "{url}");
        }
        assert!(host_of("http://x").is_none() && host_of("smtp://").is_none());
    }
}
