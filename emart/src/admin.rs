//! `emart admin`: people with a role. Never by what someone types into a registration form.

use std::io::Read;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use emart_http::Role;
use emart_identity_api::{Identity, NewUser};

use crate::client::Shop;
use crate::config::Config;

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make an administrator
    Create(Create),
    /// Make a member of staff
    CreateStaff(Create),
    /// Print the one-time link that makes the first administrator
    SetupLink,
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Their e-mail address, with which they sign in
    #[arg(long)]
    email: String,
    /// Read the password (10 to 200 characters) from standard input: one line
    #[arg(long, required = true)]
    password_stdin: bool,
}

/// Carries it out.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub(crate) async fn carry_out(config: &Config, command: Command) -> anyhow::Result<()> {
    let pages = config.pages_url();
    let (create, role) = match command {
        Command::Create(create) => (create, Role::Admin),
        Command::CreateStaff(create) => (create, Role::Staff),
        Command::SetupLink => {
            let state = Shop::open(config)
                .await?
                .work(async |shop: &Shop| {
                    Ok(Identity(shop.peer("identity")?).setup_state().await?)
                })
                .await?;
            let Some(token) = state.token else { bail!("there is an administrator already") };
            println!("{pages}/setup/{token}");
            return Ok(());
        }
    };
    let user = NewUser { email: create.email, password: password()?, role };
    let made = Shop::open(config)
        .await?
        .work(async |shop: &Shop| Ok(Identity(shop.peer("identity")?).create_user(&user).await?))
        .await?;
    println!("{} may sign in as {} now", made.email, made.role.as_str());
    Ok(())
}

fn password() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin().take(1024).read_to_string(&mut text).context("read the password")?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
