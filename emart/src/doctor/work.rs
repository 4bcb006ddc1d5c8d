//! Work that does not come to its end: events, checkouts, payments, e-mails. What waits in a stopped store waits for its
//! start.

use emart_store::Error;

use super::{Books, Patient, Process, Report};

/// What has been under way for so long does not end by itself.
const STUCK_MS: i64 = 15 * 60 * 1000;
/// Events are on their way for a moment.
const LATE_MS: i64 = 5 * 60 * 1000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

pub(super) async fn check(patient: &Patient<'_>, books: &Books<'_>, report: &mut Report) {
    events(patient, books, report).await;
    let now = patient.now.as_millis();
    let (stuck, week) = (now - STUCK_MS, now - 7 * DAY_MS);
    let checkouts = format!(
        "SELECT COUNT(*) FROM checkouts WHERE state IN ('running', 'placed', 'compensating') AND updated_at < {stuck}"
    );
    let payments = format!("SELECT COUNT(*) FROM payments WHERE due_at < {stuck}");
    let mails =
        format!("SELECT COUNT(*) FROM emails WHERE state = 'failed' AND created_at > {week}");
    let tried = "SELECT COUNT(*) FROM emails WHERE state = 'queued' AND tries > 0";
    for (check, service, sql, what, advice) in [
        (
            "checkouts",
            "orders",
            &*checkouts,
            "have been under way for more than 15 minutes",
            "the store's log says at which step and why; they go on by themselves when it works again",
        ),
        (
            "payments",
            "payments",
            &payments,
            "have an outcome that is not known for more than 15 minutes",
            "see whether the payment provider can be reached",
        ),
        (
            "e-mails",
            "notifications",
            &mails,
            "were given up within a week",
            "`emart mail list` names them; see whether the mail server takes e-mails",
        ),
        (
            "e-mails",
            "notifications",
            tried,
            "wait after a try that failed",
            "see whether the mail server takes e-mails",
        ),
    ] {
        match books.number(service, sql).await {
            Ok(0) => report.ok(check, format!("none {what}")),
            Ok(count) if patient.process == Process::Stopped => {
                report.warn(
                    check,
                    format!("{count} {what}"),
                    "they go on when the store is started",
                );
            }
            Ok(count) => report.fail(check, format!("{count} {what}"), advice),
            // That it cannot be opened has been said.
            Err(Error::NotFound) => {}
            Err(error) => report.warn(check, error.to_string(), "it could not be looked at"),
        }
    }
}

async fn events(patient: &Patient<'_>, books: &Books<'_>, report: &mut Report) {
    let late = patient.now.as_millis() - LATE_MS;
    let late = format!("SELECT COUNT(*) FROM outbox WHERE emitted_at < {late}");
    let parked = "SELECT COUNT(*) FROM inbox WHERE state <> 'done' AND state = 'parked'";
    let mut found = false;
    for service in patient.schema.services() {
        let parked = books.number(service, parked).await.unwrap_or_default();
        if parked > 0 {
            found = true;
            report.fail(
                "events",
                format!("{service} could not handle {parked}: they are parked"),
                "`emart events parked` says why; then `emart events retry ID` or `discard ID`",
            );
        }
        let late = books.number(service, &late).await.unwrap_or_default();
        if late > 0 {
            found = true;
            let what = format!("{late} of {service} have not been told for more than 5 minutes");
            if patient.process == Process::Stopped {
                report.warn("events", what, "they are when the store is started");
            } else {
                report.fail(
                    "events",
                    what,
                    "the store's log says which service does not take them",
                );
            }
        }
    }
    if !found {
        report.ok("events", "none is parked or late");
    }
}
