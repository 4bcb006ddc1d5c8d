//! Backups: those there are, and one made now. Where the store keeps its data elsewhere than in SQLite, its database
//! makes them, and there is no such page.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::tabs;
use crate::error::Error;
use crate::frame::{self, Frame};
use crate::table::{Cell, Column, Empty, Row, Table};
use crate::view::Tab;
use crate::visitor::Visitor;
use crate::{Admin, words};

const LIST: &str = "/admin/system/backups";

#[derive(Template)]
#[template(path = "system/backups.html", whitespace = "minimize")]
struct Backups {
    frame: Frame,
    tabs: Vec<Tab>,
    under_way: bool,
    /// Why the last one that was asked for here could not be made.
    failed: Option<String>,
    table: Table,
}

/// `GET /admin/system/backups`
pub(super) async fn list(State(admin): State<Admin>, visitor: Visitor) -> Result<Response, Error> {
    let backups = admin.clients.backups.as_ref().ok_or(Error::NotFound)?;
    let mut failed = admin.backing_up.failed();
    let found = (backups.list)().await.unwrap_or_else(|error| {
        failed = Some(error);
        Vec::new()
    });
    let now = admin.clock.now();
    let row = |backup: &crate::Backup| {
        let cells = vec![
            Cell::text(words::date_time(backup.at)).note(words::ago(backup.at, now)),
            Cell::text(&*backup.name),
            Cell::number(size(backup.bytes)),
        ];
        Row::new("", &*backup.name, cells)
    };
    let columns = vec![Column::new("Made"), Column::new("File"), Column::new("Size").number()];
    let text = "The store backs itself up every day; the first one comes a few minutes after it was started.";
    frame::html(&Backups {
        frame: admin.frame(&visitor, "System").await,
        tabs: tabs(&admin, LIST),
        under_way: admin.backing_up.under_way.load(Ordering::Relaxed),
        failed,
        table: Table {
            caption: "Backups".to_owned(),
            columns,
            rows: found.iter().rev().map(row).collect(),
            empty: Empty::new("There is no backup yet", text),
            ..Table::default()
        },
    })
}

/// `POST /admin/system/backups`
pub(super) async fn make(State(admin): State<Admin>) -> Result<Response, Error> {
    let backups = admin.clients.backups.as_ref().ok_or(Error::NotFound)?;
    if admin.backing_up.under_way.swap(true, Ordering::SeqCst) {
        return Ok(admin.failed(LIST, "One is being made already."));
    }
    let (work, state) = ((backups.make)(), Arc::clone(&admin.backing_up));
    admin.tasks.spawn("a backup", async move { state.ended(work.await) });
    Ok(admin
        .done(LIST, "A backup is being made. It is in the list when it is written and checked."))
}

/// `3.4 MB`
fn size(bytes: u64) -> String {
    let tenths = |unit: u64| (bytes * 10 / unit, bytes / unit);
    let (name, (tenths, whole)) = match bytes {
        ..1_000_000 => ("kB", tenths(1_000)),
        1_000_000..1_000_000_000 => ("MB", tenths(1_000_000)),
        _ => ("GB", tenths(1_000_000_000)),
    };
    if whole >= 100 { format!("{whole} {name}") } else { format!("{whole}.{} {name}", tenths % 10) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_people_say_them() {
        assert_eq!(size(0), "0.0 kB");
        assert_eq!(size(3_450_000), "3.4 MB");
        assert_eq!(size(412_000_000), "412 MB");
        assert_eq!(size(5_250_000_000), "5.2 GB");
    }
}
