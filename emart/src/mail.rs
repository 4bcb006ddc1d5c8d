//! `emart mail`: the e-mails the store has written.

use anyhow::bail;
use clap::Subcommand;
use emart_notifications_api::{EmailState, Notifications};

use crate::client::Shop;
use crate::config::Config;

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the newest e-mails
    List {
        /// Only those to this address
        #[arg(long)]
        to: Option<String>,
        /// How many: 1 to 100
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
        limit: u32,
    },
    /// Print an e-mail's text
    Show {
        /// Its id, from the list
        id: String,
    },
}

/// Carries it out.
pub(crate) async fn carry_out(config: &Config, command: Command) -> anyhow::Result<()> {
    let shop = Shop::open(config).await?;
    shop.work(async |shop: &Shop| match &command {
        Command::List { to, limit } => list(shop, to.as_deref(), *limit).await,
        Command::Show { id } => show(shop, id).await,
    })
    .await
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
async fn list(shop: &Shop, to: Option<&str>, limit: u32) -> anyhow::Result<()> {
    let mut query = format!("limit={limit}");
    if let Some(to) = to {
        query.push_str("&to=");
        query.extend(to.bytes().map(|b| format!("%{b:02X}")));
    }
    let page = Notifications(shop.peer("notifications")?).emails(&query).await?;
    if page.items.is_empty() {
        println!("no e-mails");
    }
    for email in page.items {
        let state = match email.state {
            EmailState::Queued => "queued",
            EmailState::Sent => "sent",
            EmailState::Failed => "failed",
        };
        println!(
            "{}  {}  {state:<6}  {:<30}  {}",
            email.id, email.created_at, email.to, email.subject
        );
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the command's answer")]
async fn show(shop: &Shop, id: &str) -> anyhow::Result<()> {
    let found = Notifications(shop.peer("notifications")?).email(&id.parse()?).await?;
    let Some(content) = found else { bail!("there is no e-mail {id}") };
    println!("To: {}\nSubject: {}\n\n{}", content.email.to, content.email.subject, content.text);
    Ok(())
}
