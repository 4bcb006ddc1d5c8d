//! Handing e-mails over: to a mail server, or into the mailbox folder; again with growing waits until it works.

pub(crate) mod mailbox;
pub(crate) mod smtp;

use std::time::Duration;

use emart_notifications_api::EmailContent;
use emart_telemetry::{Kind, Span};
use futures_util::future::join_all;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};

use crate::store::Due;
use crate::{Config, Notifications, store};

const FIRST_WAIT: Duration = Duration::from_secs(30);
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);
const BATCH: i64 = 20;
/// Old e-mails are forgotten this often.
const SWEEP: Duration = Duration::from_secs(60 * 60);

/// What carries e-mails.
pub(crate) enum Carrier {
    /// A mail server.
    Smtp(smtp::Server),
    /// A folder, for trying things out.
    Mailbox(mailbox::Folder),
}

impl Carrier {
    /// The one the settings ask for.
    pub(crate) fn new(config: &Config) -> anyhow::Result<Self> {
        Ok(match smtp::url(config)? {
            Some(url) => Self::Smtp(smtp::Server::new(&url)?),
            None => Self::Mailbox(mailbox::Folder::new(&config.mailbox_dir)?),
        })
    }

    async fn carry(&self, content: &EmailContent, message: Message) -> anyhow::Result<()> {
        match self {
            Self::Smtp(server) => server.send(message).await,
            Self::Mailbox(folder) => folder.put(&content.email.id, message).await,
        }
    }
}

/// Whether a text can stand in `From`.
pub(crate) fn check_sender(from: &str) -> Result<(), String> {
    from.parse::<Mailbox>().map(|_| ()).map_err(|error| format!("{from}: {error}"))
}

/// Delivers what is due, then waits for the next: a new e-mail, a next try, or what a dead copy of the service had.
pub(crate) async fn run(notifications: Notifications, carrier: Carrier) {
    let mut swept = None;
    let mut commits = notifications.db.on_commit();
    loop {
        commits.mark_unchanged();
        if swept.is_none_or(|at: tokio::time::Instant| at.elapsed() >= SWEEP) {
            swept = Some(tokio::time::Instant::now());
            if let Err(error) = forget_old(&notifications).await {
                tracing::warn!(%error, "old e-mails could not be forgotten");
            }
        }
        match deliver_due(&notifications, &carrier).await {
            Ok(()) => {}
            Err(error) => tracing::warn!(%error, "e-mails could not be read; trying again"),
        }
        let wait = until_next(&notifications).await;
        let _ = tokio::time::timeout(wait, commits.changed()).await;
    }
}

async fn deliver_due(
    notifications: &Notifications,
    carrier: &Carrier,
) -> Result<(), emart_store::Error> {
    loop {
        let now = notifications.clock.now();
        let lease = now.plus(notifications.config.lease());
        let due = notifications
            .db
            .write(move |tx| async move { store::take_due(&tx, now, lease, BATCH).await })
            .await?;
        if due.is_empty() {
            return Ok(());
        }
        // All at once, so that what became of them is written with one commit.
        let batch = due.into_iter().map(|due| deliver_traced(notifications, carrier, due));
        join_all(batch).await.into_iter().collect::<Result<(), _>>()?;
    }
}

async fn forget_old(notifications: &Notifications) -> Result<(), emart_store::Error> {
    let forget = notifications
        .clock
        .now()
        .minus(Duration::from_secs(24 * 60 * 60) * notifications.config.keep_days);
    notifications
        .db
        .write(move |tx| async move { store::delete_before(&tx, forget).await })
        .await
        .map(|_| ())
}

/// Hands an e-mail over, as part of the trace it was written for.
async fn deliver_traced(
    notifications: &Notifications,
    carrier: &Carrier,
    Due { content, trace }: Due,
) -> Result<(), emart_store::Error> {
    let kind = content.email.kind.clone();
    let delivered = deliver(notifications, carrier, content);
    let Some(trace) = trace else { return delivered.await.map(|_| ()) };
    let Some(mut span) = Span::begin("notifications", Kind::Internal, trace) else {
        return trace.scope(delivered).await.map(|_| ());
    };
    let done = span.trace().scope(delivered).await;
    span.name(format!("send e-mail {kind}"));
    span.end((!matches!(done, Ok(true))).then_some("it did not go through"));
    done.map(|_| ())
}

/// `true` when it has gone.
async fn deliver(
    notifications: &Notifications,
    carrier: &Carrier,
    content: EmailContent,
) -> Result<bool, emart_store::Error> {
    let outcome = match message(&notifications.config, &content) {
        Ok(message) => carrier.carry(&content, message).await.map_err(|error| (error, true)),
        // It will not be a better address next time.
        Err(error) => Err((error, false)),
    };
    let (id, now) = (content.email.id.clone(), notifications.clock.now());
    let gone = outcome.is_ok();
    let noted = match outcome {
        Ok(()) => {
            notifications
                .db
                .write(move |tx| async move { store::mark_sent(&tx, &id, now).await })
                .await
        }
        Err((error, again)) => {
            let tries = content.email.tries + 1;
            let next =
                (again && tries < notifications.config.tries).then(|| now.plus(wait_after(tries)));
            let (email_id, error) = (id.to_string(), format!("{error:#}"));
            tracing::warn!(
                email_id,
                tries,
                error,
                given_up = next.is_none(),
                "an e-mail did not go through"
            );
            notifications
                .db
                .write(move |tx| async move { store::mark_tried(&tx, &id, &error, next).await })
                .await
        }
    };
    noted.map(|()| gone)
}

/// 30 s, doubling to an hour.
fn wait_after(tries: u32) -> Duration {
    FIRST_WAIT.saturating_mul(1 << tries.saturating_sub(1).min(10)).min(LONGEST_WAIT)
}

async fn until_next(notifications: &Notifications) -> Duration {
    let next = notifications.db.read(|tx| async move { store::next_due(&tx).await }).await;
    let longest = notifications.config.lease();
    match next {
        Ok(Some(at)) => {
            at.since(notifications.clock.now()).clamp(Duration::from_millis(10), longest)
        }
        Ok(None) => longest,
        Err(_) => Duration::from_secs(5),
    }
}

/// The e-mail as it goes over the wire. Its Message-ID is the e-mail's own id, so that a mail server that gets it
/// twice can tell.
fn message(config: &Config, content: &EmailContent) -> anyhow::Result<Message> {
    let from: Mailbox = config.from.parse()?;
    let domain = from.email.domain().to_owned();
    let auto = HeaderName::new_from_ascii_str("Auto-Submitted");
    let message = Message::builder()
        .from(from)
        .to(content.email.to.parse()?)
        .subject(content.email.subject.clone())
        .message_id(Some(format!("<{}@{domain}>", content.email.id)))
        .date(content.email.created_at.to_jiff().into())
        .raw_header(HeaderValue::new(auto, "auto-generated".to_owned()))
        .multipart(MultiPart::alternative_plain_html(content.text.clone(), content.html.clone()))?;
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour() {
        assert_eq!(wait_after(1), Duration::from_secs(30));
        assert_eq!(wait_after(2), Duration::from_secs(60));
        assert_eq!(wait_after(99), LONGEST_WAIT);
    }
}
