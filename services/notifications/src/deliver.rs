//! Handing e-mails over: to a mail server, or into the mailbox folder; again with growing waits until it works.

pub(crate) mod carriers;
mod mailbox;
pub(crate) mod smtp;

use std::sync::Arc;
use std::time::Duration;

use emart_notifications_api::EmailContent;
use emart_store::{Db, Error};
use emart_telemetry::{Kind, Span};
use emart_types::{Clock, Timestamp};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};

use self::carriers::Route;
use crate::queue::Queue;
use crate::store::emails::{self, Due};
use crate::{DAY, Notifications};

const FIRST_WAIT: Duration = Duration::from_secs(30);
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);
const BATCH: i64 = 20;

/// Whether a text can stand in `From`.
pub(crate) fn check_sender(from: &str) -> Result<(), String> {
    from.parse::<Mailbox>().map(|_| ()).map_err(|error| format!("{from}: {error}"))
}

/// Whether a text is an address that something can be sent to.
pub(crate) fn is_address(to: &str) -> bool {
    to.len() <= 254 && to.parse::<lettre::Address>().is_ok()
}

/// The address in a sender, without the name.
pub(crate) fn address(from: &str) -> String {
    from.parse::<Mailbox>().map_or_else(|_| from.to_owned(), |mailbox| mailbox.email.to_string())
}

/// E-mails to be handed over.
pub(crate) struct Emails(pub(crate) Notifications);

impl Queue for Emails {
    type Item = (Due, Arc<Route>);
    const NAME: &'static str = "e-mails";

    fn db(&self) -> &Db {
        &self.0.db
    }

    fn clock(&self) -> &Clock {
        &self.0.clock
    }

    fn lease(&self) -> Duration {
        self.0.config.lease()
    }

    async fn take(&self) -> Result<Vec<Self::Item>, Error> {
        let now = self.clock().now();
        let lease = now.plus(self.lease());
        let take = move |tx| async move { emails::take_due(&tx, now, lease, BATCH).await };
        let due: Vec<Due> = self.db().write(take).await?;
        let route = self.0.carriers.current(self.db()).await?;
        Ok(due.into_iter().map(|due| (due, Arc::clone(&route))).collect())
    }

    async fn work(&self, (due, route): Self::Item) -> Result<(), Error> {
        deliver_traced(&self.0, &route, due).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, Error> {
        self.db().read(|tx| async move { emails::next_due(&tx).await }).await
    }

    async fn sweep(&self) -> Result<(), Error> {
        let forget = self.clock().now().minus(DAY * self.0.config.keep_days);
        let sweep = move |tx| async move { emails::delete_before(&tx, forget).await };
        self.db().write(sweep).await.map(drop)
    }
}

/// Hands an e-mail over, as part of the trace it was written for.
async fn deliver_traced(
    notifications: &Notifications,
    route: &Route,
    Due { content, trace }: Due,
) -> Result<(), Error> {
    let kind = content.email.kind.clone();
    let delivered = deliver(notifications, route, content);
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
    route: &Route,
    content: EmailContent,
) -> Result<bool, Error> {
    let outcome = match message(&route.from, &content) {
        Ok(message) => route.carry(&content.email.id, message).await.map_err(|error| (error, true)),
        // It will not be a better address next time.
        Err(error) => Err((error, false)),
    };
    let (id, now) = (content.email.id.clone(), notifications.clock.now());
    let gone = outcome.is_ok();
    let noted = match outcome {
        Ok(()) => {
            notifications
                .db
                .write(move |tx| async move { emails::mark_sent(&tx, &id, now).await })
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
                .write(move |tx| async move { emails::mark_tried(&tx, &id, &error, next).await })
                .await
        }
    };
    noted.map(|()| gone)
}

/// 30 s, doubling to an hour.
fn wait_after(tries: u32) -> Duration {
    FIRST_WAIT.saturating_mul(1 << tries.saturating_sub(1).min(10)).min(LONGEST_WAIT)
}

/// The e-mail as it goes over the wire. Its Message-ID is the e-mail's own id, so that a mail server that gets it
/// twice can tell.
pub(crate) fn message(from: &str, content: &EmailContent) -> anyhow::Result<Message> {
    let from: Mailbox = from.parse()?;
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
