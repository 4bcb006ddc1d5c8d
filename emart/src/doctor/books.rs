//! The databases: whether each can be opened, is whole, and has a schema that this version knows; and what the clock says
//! against theirs.

use emart_store::{Contents, Error, Files, Server, Snapshot};

use super::{Patient, Report};

const RESTORE: &str = "bring it back from a backup: emart restore FILE --replace";

/// Where the rows are.
pub(super) enum Books<'a> {
    Files(Vec<(&'a str, Snapshot)>),
    Server(Server),
}

impl Books<'_> {
    /// One number out of a service's database.
    pub(super) async fn number(&self, service: &str, sql: &str) -> Result<i64, Error> {
        match self {
            Self::Files(files) => find(files, service)?.number(sql),
            Self::Server(server) => server.number(service, sql).await,
        }
    }

    /// One column of text.
    pub(super) async fn column(&self, service: &str, sql: &str) -> Result<Vec<String>, Error> {
        match self {
            Self::Files(files) => find(files, service)?.column(sql),
            Self::Server(server) => server.column(service, sql).await,
        }
    }
}

fn find<'a>(files: &'a [(&str, Snapshot)], service: &str) -> Result<&'a Snapshot, Error> {
    let found = files.iter().find(|(name, _)| *name == service);
    found.map(|(_, snapshot)| snapshot).ok_or(Error::NotFound)
}

/// Opens and checks every file; those that are good are what other checks look into.
pub(super) fn check_files<'a>(patient: &Patient<'a>, report: &mut Report) -> Option<Books<'a>> {
    let files = Files::in_dir(&patient.config.data);
    let (mut good, mut missing) = (Vec::new(), Vec::new());
    for service in patient.schema.services() {
        let path = files.path(service);
        if !path.is_file() {
            missing.push(service);
            continue;
        }
        let name = format!("database {service}");
        let looked = Snapshot::open(path).and_then(|snapshot| {
            let faults = snapshot.faults(false)?;
            Ok((faults, snapshot.contents()?, snapshot))
        });
        match looked {
            Err(error) => report.fail(name, error.to_string(), RESTORE),
            Ok((faults, ..)) if !faults.is_empty() => report.fail(name, faults.join("; "), RESTORE),
            Ok((_, contents, snapshot)) => {
                schema(patient, service, &contents, report);
                good.push((service, snapshot));
            }
        }
    }
    match &*missing {
        [] => {}
        all if all.len() == patient.schema.services().count() => {
            report.warn("databases", "there are none yet", "`emart run` makes them");
        }
        some => {
            let found = format!("there is none of {}", some.join(", "));
            report.fail("databases", found, RESTORE);
        }
    }
    (!good.is_empty()).then_some(Books::Files(good))
}

/// Whether a database's schema is this version's.
pub(super) fn schema(patient: &Patient<'_>, service: &str, found: &Contents, report: &mut Report) {
    let name = format!("database {service}");
    if let Err(error) = patient.schema.ensure_known(service, found) {
        report.fail(
            name,
            error.to_string(),
            "start the version that made it, or restore a backup from before",
        );
    } else if patient.schema.is_current(service, found) {
        let rows: u64 = found.tables.values().sum();
        report.ok(name, format!("whole, {rows} rows"));
    } else {
        report.warn(
            name,
            "its schema is an older version's",
            "`emart migrate`, or start the store",
        );
    }
}

/// A clock that went back gives out times, and leases, that were there before.
pub(super) async fn clock(patient: &Patient<'_>, books: &Books<'_>, report: &mut Report) {
    let mut latest = 0;
    for service in patient.schema.services() {
        let migrated = "SELECT MAX(applied_at) FROM schema_migrations";
        let told = "SELECT MAX(received_at) FROM inbox";
        for sql in [migrated, told] {
            latest = latest.max(books.number(service, sql).await.unwrap_or_default());
        }
    }
    let now = patient.now;
    let latest = emart_types::Timestamp::from_millis(latest);
    if latest.as_millis() > now.as_millis() + 60_000 {
        let found = format!("it says {now}, but there are rows of {latest}");
        report.fail("clock", found, "set it, and keep it right with NTP");
    } else {
        report.ok("clock", now.to_string());
    }
}
