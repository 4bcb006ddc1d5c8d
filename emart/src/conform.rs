//! `emart conform`: asks any implementation of a service's contract whether it keeps it. What all contracts have in common
//! is read from the OpenAPI document; what `books` does beyond that is written down in `books.rs`.

mod asker;
mod books;
mod contract;
mod paging;
mod report;
mod schema;

use anyhow::{Context as _, bail, ensure};
use clap::{Args, ValueEnum};

use self::asker::{Asker, Identity};
use self::contract::Contract;
use self::report::Report;
use crate::config::Config;
use crate::openapi;

/// What `conform` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
With a --token the checks go through a gateway, as the person of the token: staff, for a whole report. Without one they \
go to where a service listens for the others, signed with mesh.secret if that is set.\n\n\
Books that the checks add are deleted again. That all books can be deleted is only checked where there are none, or \
with --delete-all.")]
pub(crate) struct Command {
    /// The service whose contract it is: books, catalog, cart, …
    service: String,
    /// Where the implementation listens: `http://127.0.0.1:7000`
    url: String,
    /// An access token of `identity`, sent as `Authorization: Bearer`
    #[arg(long, value_name = "JWT")]
    token: Option<String>,
    /// Check only a part of the contract
    #[arg(long, value_name = "PART")]
    only: Option<Part>,
    /// Delete all books there are, to see that it works
    #[arg(long)]
    delete_all: bool,
    /// Print JSON: [{\"level\": \"ok\", \"check\": …, \"expected\": …, \"came\": …}, …]
    #[arg(long)]
    json: bool,
}

/// A part of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Below /webapi
    Classic,
    /// Below /api/v1
    Modern,
}

impl Part {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Classic => "/webapi",
            Self::Modern => "/api/v1",
        }
    }
}

/// Carries it out.
pub(crate) async fn carry_out(config: &Config, command: Command) -> anyhow::Result<()> {
    let document = openapi::contract(&command.service)?;
    let document = serde_json::to_value(document).context("the contract")?;
    let contract = Contract::new(document, command.only.map_or("/", Part::prefix));
    ensure!(
        !contract.operations().is_empty(),
        "`{}` has no such contract to check",
        command.service
    );
    let identity = match (&command.token, &config.mesh.secret) {
        (Some(token), _) => Identity::Bearer(token.clone()),
        (None, Some(secret)) => Identity::signed(secret)?,
        (None, None) => Identity::Unsigned,
    };
    let asker = Asker::new(&command.service, &command.url, identity)?;
    let mut report = Report::default();
    asker.reach().await.with_context(|| format!("{} does not answer", command.url))?;
    contract::check(&contract, &asker, &mut report).await;
    if command.service == "books" {
        books::check(&contract, &asker, &mut report, command.delete_all).await;
    }
    report.print(command.json)?;
    match report.failed() {
        0 => Ok(()),
        1 => bail!("one check failed"),
        failed => bail!("{failed} checks failed"),
    }
}
