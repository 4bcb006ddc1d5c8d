//! `emart sagas`: checkouts, refunds and cancellations that have not done what they are for, to look at and to try at once.

use anyhow::{anyhow, bail};
use clap::{Subcommand, ValueEnum};
use emart_orders_api::{Orders, Saga, SagaKind, SagaStanding};

use crate::client::Shop;
use crate::config::Config;

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List them, those that are stuck first, with the error of the last try
    List {
        /// Only those that stand so
        #[arg(long, value_enum)]
        standing: Option<Standing>,
    },
    /// Try one that is stuck at once
    Retry {
        /// The saga's id
        saga_id: String,
    },
}

/// How a saga stands.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Standing {
    /// A try did not work; it is tried again by itself
    Stuck,
    /// It goes on
    UnderWay,
    /// It ended without what it was for, and was undone
    GivenUp,
}

impl From<Standing> for SagaStanding {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Stuck => Self::Stuck,
            Standing::UnderWay => Self::UnderWay,
            Standing::GivenUp => Self::GivenUp,
        }
    }
}

/// Carries it out.
pub(crate) async fn carry_out(config: &Config, command: Command) -> anyhow::Result<()> {
    let shop = Shop::open(config).await?;
    shop.work(async |shop: &Shop| {
        let orders = Orders(shop.peer("orders")?);
        match command {
            Command::List { standing } => list(&orders, standing.map(SagaStanding::from)).await,
            Command::Retry { saga_id } => retry(&orders, &saga_id).await,
        }
    })
    .await
}

/// Prints them as the pages come: there may be many when a service is away.
#[expect(clippy::print_stdout, reason = "the command's answer")]
async fn list(orders: &Orders, standing: Option<SagaStanding>) -> anyhow::Result<()> {
    let standing = standing.map(|standing| format!("&standing={}", standing.as_str()));
    let wanted = format!("limit=100{}", standing.unwrap_or_default());
    let mut query = wanted.clone();
    let mut count = 0;
    loop {
        let page = orders.sagas(&query).await?;
        count += page.items.len();
        for saga in &page.items {
            println!("{}", line(saga));
        }
        let Some(cursor) = page.next_cursor else { break };
        query = format!("{wanted}&cursor={cursor}");
    }
    if count == 0 {
        println!("nothing is under way");
    }
    Ok(())
}

fn line(saga: &Saga) -> String {
    let kind = match saga.kind {
        SagaKind::Checkout => "checkout",
        SagaKind::Refund => "refund",
        SagaKind::Cancel => "cancellation",
        SagaKind::Edit => "edit",
    };
    let mut line = format!(
        "{}  {kind} ({}): {}, {} tries failed, since {}, {}",
        saga.id,
        saga.label,
        saga.standing.as_str().replace('_', " "),
        saga.tries,
        saga.since,
        saga.step,
    );
    if let Some(next) = saga.next_try_at {
        line.push_str(&format!(", next try {next}"));
    }
    if let Some(error) = &saga.error {
        line.push_str("\n  ");
        line.push_str(error);
    }
    line
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
async fn retry(orders: &Orders, saga_id: &str) -> anyhow::Result<()> {
    match orders.retry_saga(saga_id).await {
        Ok(Some(_)) => println!("{saga_id}: it is tried now"),
        Ok(None) => bail!("no saga {saga_id} is under way"),
        Err(error) => match error.problem().and_then(|problem| problem.detail.clone()) {
            Some(detail) => return Err(anyhow!(detail)),
            None => return Err(error.into()),
        },
    }
    Ok(())
}
