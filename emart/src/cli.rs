//! The command line: every command, its words of help, and where it is carried out.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::{
    admin, backup, config, conform, doctor, events, faults, health, load, mail, openapi, products,
    relocate, restore, run, sagas, seed, top,
};

/// E-Mart, a self-hosted store. Without a command it runs the whole store.
#[derive(Debug, Parser)]
#[command(version, about, long_about = LONG, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

const LONG: &str = "E-Mart, a self-hosted store.\n\n\
    Without a command it runs the whole store on http://127.0.0.1:8080, keeping its data in ./data; on first start \
    it fills itself with a demo catalogue. Settings come from emart.toml, then from EMART_* variables \
    (EMART_SHOP__NAME sets `name` in [shop]), then from the options below. `emart config` prints them all.";

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The settings file; ./emart.toml is read if it is there and this is not given
    #[arg(long, short, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where the data is kept
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// What is logged: a level, or a filter such as `info,emart_orders=debug`
    #[arg(long, global = true, value_name = "FILTER")]
    pub(crate) log: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the store, or some of its services
    Run(RunArgs),
    /// Make administrators and staff
    #[command(subcommand)]
    Admin(admin::Command),
    /// Read products or books from a file, or move an original E-Mart in
    #[command(subcommand)]
    Import(products::Import),
    /// Write products to a file
    #[command(subcommand)]
    Export(products::Export),
    /// Fill an empty store with as much as a large shop has, to try and to measure with
    Seed(seed::Seed),
    /// Look at events that could not be handled, and try them again
    #[command(subcommand)]
    Events(events::Command),
    /// Look at checkouts and refunds that are under way or stuck, and try them at once
    #[command(subcommand)]
    Sagas(sagas::Command),
    /// Look at e-mails the store has written
    #[command(subcommand)]
    Mail(mail::Command),
    /// Print the settings in effect, secrets as ***
    Config {
        /// Only say what is wrong with them
        #[arg(long)]
        check: bool,
    },
    /// Bring the databases to this version's schema without running the store
    Migrate {
        /// The services whose databases it is about; all, if none is named
        #[arg(value_name = "SERVICE")]
        services: Vec<String>,
    },
    /// Write everything a store on SQLite keeps into one archive, while it runs
    Backup(backup::Command),
    /// Bring a store back from an archive
    Restore(restore::Command),
    /// Move a store's data from SQLite to PostgreSQL, or back
    #[command(name = "move")]
    Relocate(relocate::Command),
    /// Look at an installation and say what is wrong and what to do; exit code 1 if anything is
    Doctor(doctor::Command),
    /// Watch what the services of a running store do: rates, times, errors, breakers, events, memory
    Top(top::Command),
    /// Make calls of a service fail, wait or reach nobody, to see what becomes of the store
    Faults(faults::Command),
    /// Send made-up shoppers to a store and show how it bears them: rate, times, errors, orders
    Load(load::Command),
    /// Print the OpenAPI document of a service
    Openapi {
        /// The service: catalog, cart, orders, …
        service: String,
    },
    /// Check that a service, ours or another's, keeps a service's contract; exit code 1 if it does not
    Conform(conform::Command),
    /// Ask a running store whether it is ready; exit code 0 if so
    Health {
        /// Where it listens
        #[arg(default_value = "127.0.0.1:8080")]
        addr: SocketAddr,
    },
}

/// What `run` takes.
#[derive(Debug, Default, Args)]
pub(crate) struct RunArgs {
    /// The services to run in this process: identity, catalog, orders, …; all, if none is named
    #[arg(value_name = "SERVICE")]
    pub(crate) services: Vec<String>,
    /// The address to listen on, such as 0.0.0.0:80
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// Start with an empty catalogue instead of the demo's
    #[arg(long)]
    pub(crate) no_demo: bool,
}

/// Carries a command out.
pub(crate) fn dispatch(cli: Cli) -> anyhow::Result<()> {
    let Cli { global, command } = cli;
    let command = command.unwrap_or_else(|| Command::Run(RunArgs::default()));
    let flags = match &command {
        Command::Run(args) => config::Flags::new(&global, args.listen, args.no_demo),
        _ => config::Flags::new(&global, None, false),
    };
    let mut config = config::Config::load(&global, &flags)?;
    if let Command::Run(RunArgs { services, .. }) | Command::Migrate { services } = &command {
        config.services.clone_from(services);
    }
    if let Command::Config { check } = command {
        return config::print(&config, check);
    }
    match command {
        // The doctor says what is wrong with them, and with what else.
        Command::Doctor(_) => {}
        Command::Migrate { .. } => config.with_every_peer().ensure_valid()?,
        _ => config.ensure_valid()?,
    }
    emart_telemetry::init(config.log.format, config.log.filter_for(&command))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Run(_) => run::run(&config).await,
            Command::Admin(command) => admin::carry_out(&config, command).await,
            Command::Import(command) => products::import(&config, command).await,
            Command::Export(command) => products::export(&config, command).await,
            Command::Seed(command) => seed::carry_out(&config, command).await,
            Command::Events(command) => events::carry_out(&config, command).await,
            Command::Sagas(command) => sagas::carry_out(&config, command).await,
            Command::Mail(command) => mail::carry_out(&config, command).await,
            Command::Backup(command) => backup::carry_out(&config, command).await,
            Command::Restore(command) => restore::carry_out(&config, command).await,
            Command::Relocate(command) => relocate::carry_out(&config, command).await,
            Command::Doctor(command) => doctor::carry_out(&config, command).await,
            Command::Top(command) => top::carry_out(&config, command).await,
            Command::Load(command) => load::carry_out(&config, command).await,
            Command::Faults(command) => faults::carry_out(&config, command).await,
            Command::Migrate { .. } => run::migrate(&config).await,
            Command::Conform(command) => conform::carry_out(&config, command).await,
            Command::Openapi { service } => openapi::print(&service).await,
            Command::Health { addr } => health::ask(&config, addr).await,
            Command::Config { .. } => Ok(()),
        }
    })
}

impl config::Log {
    /// Commands other than `run` speak for themselves: only warnings are logged, unless asked for more.
    fn filter_for(&self, command: &Command) -> &str {
        match (&self.filter, command) {
            (Some(filter), _) => filter,
            (None, Command::Run(_)) => "info",
            (None, _) => "warn",
        }
    }
}
