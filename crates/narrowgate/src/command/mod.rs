//! The subcommands, one file each.

mod audit;
mod catalog;
mod completions;
mod connect;
mod demo;
mod explain;
mod man;
mod needs;
mod policy;
mod reference;
mod sandbox;
mod scan;
mod serve;
mod token;

use anyhow::Result;
use clap::Subcommand;

use crate::outcome::Outcome;

/// The subcommands. What each says of itself stands in its own file.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Serve(Box<serve::Serve>),
    Demo(demo::Demo),
    Connect(connect::Connect),
    /// Create, list, show, rotate and revoke tokens, straight in the store.
    #[command(subcommand)]
    Token(token::Token),
    /// Show and set what tokens must keep to.
    #[command(subcommand)]
    Policy(policy::Policy),
    Scan(Box<scan::Scan>),
    /// List, verify and export the audit log.
    #[command(subcommand)]
    Audit(audit::Audit),
    Needs(needs::Needs),
    Explain(explain::Explain),
    /// List, search, show, check and export the catalogue.
    #[command(subcommand)]
    Catalog(catalog::Catalog),
    Sandbox(sandbox::Sandbox),
    Completions(completions::Completions),
    Man(man::Man),
    #[command(hide = true)]
    Reference(reference::Reference),
}

impl Command {
    /// Runs the subcommand.
    pub(crate) fn run(self) -> Result<Outcome> {
        match self {
            Self::Serve(serve) => serve.run(),
            Self::Demo(demo) => demo.run(),
            Self::Connect(connect) => connect.run(),
            Self::Token(token) => token.run(),
            Self::Policy(policy) => policy.run(),
            Self::Scan(scan) => scan.run(),
            Self::Audit(audit) => audit.run(),
            Self::Needs(needs) => needs.run(),
            Self::Explain(explain) => explain.run(),
            Self::Catalog(catalog) => catalog.run(),
            Self::Sandbox(sandbox) => sandbox.run(),
            Self::Completions(completions) => completions.run(),
            Self::Man(man) => man.run(),
            Self::Reference(reference) => reference.run(),
        }
    }
}
